-- A log can have holes: what was taken off the record leaves, and its numbers
-- are not given again. "events" counts those that are there, and "last" is the
-- number that was given last.

ALTER TABLE sessions ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET last = events;
