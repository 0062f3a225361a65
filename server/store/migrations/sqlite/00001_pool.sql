-- Days are numbers since 1970-01-01. No table knows a time, a sequence or, but
-- for the daily check of the desks, which desk anything is for.
-- WITHOUT ROWID: the hidden row number would keep the order of arrival.

-- +goose Up
CREATE TABLE pool (
  id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  exp    INTEGER NOT NULL,
  cap_h  BLOB    NOT NULL CHECK (length(cap_h) = 32),
  del_h  BLOB    NOT NULL CHECK (length(del_h) = 32),
  body_h BLOB    NOT NULL CHECK (length(body_h) = 32),
  ct     BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX pool_exp ON pool (exp);

CREATE TABLE mail (
  addr BLOB    NOT NULL CHECK (length(addr) = 32),
  slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 3),
  exp  INTEGER NOT NULL,
  ct   BLOB    NOT NULL,
  PRIMARY KEY (addr, slot)
) WITHOUT ROWID;
CREATE INDEX mail_exp ON mail (exp);

CREATE TABLE beat (
  desk TEXT    NOT NULL PRIMARY KEY,
  day  INTEGER NOT NULL
) WITHOUT ROWID;

-- One row that is written to learn whether anything can be written.
CREATE TABLE probe (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  ct BLOB    NOT NULL
) WITHOUT ROWID;
