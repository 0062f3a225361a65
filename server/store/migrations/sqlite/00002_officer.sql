-- +goose Up
CREATE TABLE officer (
  id        BLOB PRIMARY KEY CHECK (length(id) = 16),
  desk      TEXT NOT NULL,
  login     TEXT NOT NULL UNIQUE,
  pw        TEXT NOT NULL,
  totp_enc  BLOB,
  totp_last BIGINT NOT NULL,
  state     TEXT NOT NULL,
  due       BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sess (
  tok_h   BLOB PRIMARY KEY CHECK (length(tok_h) = 32),
  officer BLOB NOT NULL REFERENCES officer (id),
  stage   BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  born    BIGINT NOT NULL,
  pending BLOB
) WITHOUT ROWID;
CREATE INDEX sess_officer ON sess (officer, born);

CREATE TABLE audit (
  seq     INTEGER PRIMARY KEY,
  hour    BIGINT NOT NULL,
  officer BLOB NOT NULL,
  act     TEXT NOT NULL,
  obj     BLOB NOT NULL,
  prev    BLOB NOT NULL,
  h       BLOB NOT NULL
);
CREATE INDEX audit_officer ON audit (officer, seq);
CREATE INDEX audit_hour ON audit (hour);
