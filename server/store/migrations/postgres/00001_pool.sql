-- Days are numbers since 1970-01-01. No table knows a time, a sequence or, but
-- for the daily check of the desks, which desk anything is for. The order of
-- the rows in the file is that of arrival until CLUSTER rewrites it each night.
-- What is stored is sealed and does not compress: EXTERNAL does not try.

-- +goose Up
CREATE TABLE pool (
  n      BIGINT  NOT NULL PRIMARY KEY, -- the first 63 bits of id
  id     BYTEA   NOT NULL CHECK (length(id) = 16),
  exp    INTEGER NOT NULL,
  cap_h  BYTEA   NOT NULL CHECK (length(cap_h) = 32),
  del_h  BYTEA   NOT NULL CHECK (length(del_h) = 32),
  body_h BYTEA   NOT NULL CHECK (length(body_h) = 32),
  ct     BYTEA   NOT NULL
);
ALTER TABLE pool ALTER COLUMN ct SET STORAGE EXTERNAL;
CREATE INDEX pool_exp ON pool (exp, id);

CREATE TABLE mail (
  addr BYTEA   NOT NULL CHECK (length(addr) = 32),
  slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 3),
  exp  INTEGER NOT NULL,
  ct   BYTEA   NOT NULL,
  PRIMARY KEY (addr, slot)
);
ALTER TABLE mail ALTER COLUMN ct SET STORAGE EXTERNAL;
CREATE INDEX mail_exp ON mail (exp);

CREATE TABLE beat (
  desk TEXT    NOT NULL PRIMARY KEY,
  day  INTEGER NOT NULL
);

-- One row that is written to learn whether anything can be written.
CREATE TABLE probe (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  ct BYTEA   NOT NULL
);
ALTER TABLE probe ALTER COLUMN ct SET STORAGE EXTERNAL;
