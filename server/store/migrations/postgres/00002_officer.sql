-- +goose Up
CREATE TABLE officer (
  id        BYTEA PRIMARY KEY CHECK (length(id) = 16),
  desk      TEXT NOT NULL,
  login     TEXT NOT NULL UNIQUE,
  pw        TEXT NOT NULL,
  totp_enc  BYTEA,
  totp_last BIGINT NOT NULL,
  state     TEXT NOT NULL,
  due       BIGINT NOT NULL
);

CREATE TABLE sess (
  tok_h   BYTEA PRIMARY KEY CHECK (length(tok_h) = 32),
  officer BYTEA NOT NULL REFERENCES officer (id),
  stage   BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  born    BIGINT NOT NULL,
  pending BYTEA
);
CREATE INDEX sess_officer ON sess (officer, born);

CREATE TABLE audit (
  seq     BIGINT PRIMARY KEY,
  hour    BIGINT NOT NULL,
  officer BYTEA NOT NULL,
  act     TEXT NOT NULL,
  obj     BYTEA NOT NULL,
  prev    BYTEA NOT NULL,
  h       BYTEA NOT NULL
);
CREATE INDEX audit_officer ON audit (officer, seq);
CREATE INDEX audit_hour ON audit (hour);
