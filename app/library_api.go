package app

// LibraryAPI is what the window's library calls.
type LibraryAPI struct{ app *App }

// SessionItem is a session in the library.
type SessionItem struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Started  string `json:"started"` // RFC 3339
	LengthMs int64  `json:"lengthMs"`
	State    string `json:"state"`
	Document string `json:"document"` // "" before its draft
	Events   int    `json:"events"`
}

// DocumentItem is a document in the library.
type DocumentItem struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Session  string `json:"session"`
	Steps    int    `json:"steps"`
	Updated  string `json:"updated"` // RFC 3339
	Revision int64  `json:"revision"`
	Status   string `json:"status"`
}

// SearchHit is a document that was found.
type SearchHit struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Snippet string `json:"snippet"` // plain
}

// Sessions lists the sessions, the newest first.
func (l *LibraryAPI) Sessions() ([]SessionItem, error) {
	return guard(l.app.log, "Sessions", func() ([]SessionItem, error) { return l.app.ListSessions(l.app.ctx) })
}

// Documents lists the documents, the newest first.
func (l *LibraryAPI) Documents() ([]DocumentItem, error) {
	return guard(l.app.log, "Documents", func() ([]DocumentItem, error) { return l.app.ListDocuments(l.app.ctx) })
}

// DeleteSession removes a session with its pictures and sound.
func (l *LibraryAPI) DeleteSession(id string) error {
	return guardOnly(l.app.log, "DeleteSession", func() error { return l.app.DeleteSession(l.app.ctx, id) })
}

// DeleteDocument removes a document; its session stays.
func (l *LibraryAPI) DeleteDocument(id string) error {
	return guardOnly(l.app.log, "DeleteDocument", func() error { return l.app.DeleteDocument(l.app.ctx, id) })
}

// Draft makes the document of a session and returns its id. Progress is told
// by job events.
func (l *LibraryAPI) Draft(session string) (string, error) {
	return guard(l.app.log, "Draft", func() (string, error) { return l.app.Draft(l.app.ctx, session) })
}

// Search finds documents by the words in them.
func (l *LibraryAPI) Search(words string) ([]SearchHit, error) {
	return guard(l.app.log, "Search", func() ([]SearchHit, error) { return l.app.Search(l.app.ctx, words) })
}
