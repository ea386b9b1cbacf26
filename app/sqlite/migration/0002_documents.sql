-- Documents as JSON, the versions that were kept of them, the journal that
-- undo and redo walk, and the index that search reads.

CREATE TABLE documents (
  key      INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  session  INTEGER REFERENCES sessions (key) ON DELETE CASCADE, -- NULL where it was not recorded
  title    TEXT NOT NULL,
  status   TEXT NOT NULL,
  steps    INTEGER NOT NULL, -- numbered ones
  json     TEXT NOT NULL,    -- the schema of sop.Document
  revision INTEGER NOT NULL, -- grows by one at each save
  cursor   INTEGER NOT NULL, -- how many edits of the journal are in json
  updated  TEXT NOT NULL
) STRICT;

CREATE INDEX documents_session ON documents (session);
CREATE INDEX documents_updated ON documents (updated);

CREATE TABLE revisions (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  note     TEXT NOT NULL,
  json     TEXT NOT NULL,
  saved    TEXT NOT NULL,
  PRIMARY KEY (document, revision)
) STRICT;

-- Edit n of a document is applied where n <= documents.cursor, and can be
-- redone where it is larger.
CREATE TABLE edits (
  document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
  n        INTEGER NOT NULL,
  forward  BLOB NOT NULL,
  inverse  BLOB NOT NULL,
  PRIMARY KEY (document, n)
) STRICT;

-- rowid is documents.key. The text is prepared by searchText.
CREATE VIRTUAL TABLE search USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

-- Deleted words leave the index at once, instead of at the next merge.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
