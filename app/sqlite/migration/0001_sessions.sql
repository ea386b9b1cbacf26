-- Sessions, what was recorded in them, and what was said.
-- Times are nanoseconds of the session clock; "started" is UTC text of fixed
-- width, so that it sorts.

PRAGMA application_id = 1382969970; -- "Rnrr"

CREATE TABLE sessions (
  key       INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  title     TEXT NOT NULL,
  started   TEXT NOT NULL,
  length_ns INTEGER NOT NULL,
  state     TEXT NOT NULL,
  host      TEXT NOT NULL,
  user      TEXT NOT NULL,
  home      TEXT NOT NULL,
  system    TEXT NOT NULL,
  events    INTEGER NOT NULL DEFAULT 0, -- how many events it has
  commands  INTEGER NOT NULL DEFAULT 0,
  clicks    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX sessions_started ON sessions (started);
CREATE INDEX sessions_recording ON sessions (state) WHERE state = 'recording';

CREATE TABLE events (
  session INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
  seq     INTEGER NOT NULL,
  at_ns   INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  fact    TEXT NOT NULL, -- JSON, by capture.MarshalFact
  PRIMARY KEY (session, seq)
) STRICT;

CREATE TABLE segments (
  session  INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
  n        INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns   INTEGER NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (session, n)
) STRICT, WITHOUT ROWID;
