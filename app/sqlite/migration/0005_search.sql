-- FTS5's secure-delete breaks an index that has prefix indexes: of 400 random
-- runs of 60 changes, 20 ended with a checksum mismatch (SQLite 3.54.1), and none
-- without it. Deleted words leave by merging instead: see forgetWords.

INSERT INTO search (search, rank) VALUES ('secure-delete', 0);
INSERT INTO search (search) VALUES ('rebuild');
