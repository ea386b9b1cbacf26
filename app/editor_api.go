package app

import "github.com/runreel/runreel/pipeline/sop"

// EditorAPI is what the window's editor calls.
type EditorAPI struct{ app *App }

// Snapshot is a document as the editor shows it.
type Snapshot struct {
	Document *sop.Document  `json:"document"`
	Revision int64          `json:"revision"`
	CanUndo  bool           `json:"canUndo"`
	CanRedo  bool           `json:"canRedo"`
	SavedAt  string         `json:"savedAt"` // RFC 3339
	Numbers  map[string]int `json:"numbers"` // of the steps, by their ids
}

// Open opens a document.
func (e *EditorAPI) Open(id string) (Snapshot, error) {
	return guard(e.app.log, "Open", func() (Snapshot, error) { return e.app.editors.open(e.app.ctx, id) })
}

// Apply changes a document by one edit in its JSON form and stores it. An edit
// that coalesces joins the one before it, as typing does, for undo.
func (e *EditorAPI) Apply(id string, revision int64, edit string, coalesce bool) (Snapshot, error) {
	return guard(e.app.log, "Apply", func() (Snapshot, error) {
		return e.app.editors.apply(e.app.ctx, id, revision, edit, coalesce)
	})
}

// Undo takes the last edit back.
func (e *EditorAPI) Undo(id string) (Snapshot, error) {
	return guard(e.app.log, "Undo", func() (Snapshot, error) { return e.app.editors.undo(e.app.ctx, id) })
}

// Redo applies again what Undo took back.
func (e *EditorAPI) Redo(id string) (Snapshot, error) {
	return guard(e.app.log, "Redo", func() (Snapshot, error) { return e.app.editors.redo(e.app.ctx, id) })
}

// Close forgets an open document. It is stored already.
func (e *EditorAPI) Close(id string) error {
	return guardOnly(e.app.log, "Close", func() error { e.app.editors.close(id); return nil })
}
