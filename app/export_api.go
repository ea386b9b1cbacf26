package app

// ExportAPI is what the window's export menu calls.
type ExportAPI struct{ app *App }

// ExportResult tells what an export made.
type ExportResult struct {
	Files    []string `json:"files"`
	Warnings []string `json:"warnings"`
}

// ChooseFolder asks for a folder; "" when the person cancelled.
func (e *ExportAPI) ChooseFolder() (string, error) {
	return guard(e.app.log, "ChooseFolder", e.app.dialogs.chooseFolder)
}

// DefaultFolder is where exports go when nobody chose: the Documents folder.
func (e *ExportAPI) DefaultFolder() (string, error) {
	return guard(e.app.log, "DefaultFolder", defaultExportFolder)
}

// Export writes a document into a folder, never over an existing file. Job
// events of kind "export" tell how far it is, and Cancel ends it.
func (e *ExportAPI) Export(id, format, folder string) (ExportResult, error) {
	return guard(e.app.log, "Export", func() (ExportResult, error) {
		return e.app.Export(e.app.ctx, ExportRequest{Document: id, Format: format, Folder: folder})
	})
}

// Cancel ends a running export, or the making of a draft, by the id of its job.
// What an export had written so far is removed. One that has ended stays as it
// is.
func (e *ExportAPI) Cancel(job string) error {
	return guardOnly(e.app.log, "Cancel", func() error {
		e.app.jobs.cancelJob(job)
		return nil
	})
}

// Reveal shows a file that Export made in the file manager.
func (e *ExportAPI) Reveal(path string) error {
	return guardOnly(e.app.log, "Reveal", func() error { return e.app.reveal(path) })
}
