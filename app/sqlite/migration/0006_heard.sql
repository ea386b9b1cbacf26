-- Speech is transcribed piece by piece, also while it is recorded. Pieces are
-- only ever added at the end, where SQLite moves nothing that is stored, or
-- overwritten where they lie: what is taken off the record leaves no copy.

CREATE TABLE heard (
  n        INTEGER PRIMARY KEY,
  session  INTEGER NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
  start_ns INTEGER NOT NULL,
  end_ns   INTEGER NOT NULL,
  said     TEXT NOT NULL -- JSON array of segments; blank where it is to be heard again
) STRICT;

CREATE INDEX heard_session ON heard (session);

-- How far the sound of a session was heard: up to heard_ns, or -1 for all of it,
-- and then "segments" holds what was said. heard_by tells with which model, and
-- its pieces are those after number heard_after.
ALTER TABLE sessions ADD COLUMN heard_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN heard_by TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN heard_after INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET heard_ns = -1 WHERE key IN (SELECT session FROM segments);
