-- Documents with edits that are not in the search index yet.

CREATE TABLE unindexed (
  document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE
) STRICT;
