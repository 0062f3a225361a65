-- Days are numbers since 1970-01-01. No table knows a time, a sequence or, but
-- for the daily check of the desks, which desk anything is for.
-- A row number that the database chose would keep the order of arrival: that of
-- pool is the beginning of the random id, and the other tables have none. (pool
-- WITHOUT ROWID would have each comparison of two ids read a whole report.)

-- +goose Up
CREATE TABLE pool (
  n      INTEGER NOT NULL PRIMARY KEY, -- the first 63 bits of id
  id     BLOB    NOT NULL CHECK (length(id) = 16),
  exp    INTEGER NOT NULL,
  cap_h  BLOB    NOT NULL CHECK (length(cap_h) = 32),
  del_h  BLOB    NOT NULL CHECK (length(del_h) = 32),
  body_h BLOB    NOT NULL CHECK (length(body_h) = 32),
  ct     BLOB    NOT NULL
);
CREATE INDEX pool_exp ON pool (exp, id);

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
