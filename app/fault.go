package app

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/app/model"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/uitree"
	"github.com/runreel/runreel/pipeline/sop"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// Fault is an error as a person reads it: what happened and why, and what to do
// next. Code is for programs and does not change.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Help    string `json:"help"`
}

// faults is the only place where errors become sentences. The first row that
// matches counts. A message that ends with a colon is completed by the error's
// own text, which names the file, the field or the device.
var faults = []struct {
	is      error
	code    string
	message string
	help    string
}{
	{ErrConflict, "conflict", "The document was changed elsewhere meanwhile.", "Your last change was not applied. Look at the newest version and make it again."},
	{sqlite.ErrConflict, "conflict", "The document was changed elsewhere meanwhile.", "Your last change was not applied. Look at the newest version and make it again."},
	{capture.ErrBusy, "busy", "A recording is already running.", "Stop or discard it first: `runreel stop` or the Stop button."},
	{capture.ErrNotRecording, "not-recording", "Nothing is being recorded.", "Start a recording with `runreel record` or the Record button."},
	{capture.ErrNoSource, "no-source", "Nothing on this machine can be recorded:", "Run `runreel doctor`: it tells what is missing and how to get it."},
	{ErrDiskFull, "disk-full", "There is too little free disk space to record:", "Free at least 500 MB, or choose another folder with --data-dir."},
	{syscall.ENOSPC, "disk-full", "The disk is full.", "What was recorded before is kept. Free some space, then open the session in the library."},
	{control.ErrRunning, "running", "Runreel is already running with this account.", "Use its window, or end it first. `runreel status` asks it what it does."},
	{control.ErrNotRunning, "not-running", "Runreel is not running, so nothing is being recorded.", "Start a recording with `runreel record`, or open the window with `runreel`."},
	{ErrNoModel, "no-model", "No speech model is installed, so what you said is not in the draft.", "The sound is kept. Add a model with `runreel models add FILE`, then run `runreel draft SESSION` again."},
	{transcribe.ErrModel, "model", "The file is not a speech model that can be used:", "Take a whole model file of the Whisper family in ggml format, such as ggml-base.en.bin."},
	{transcribe.ErrEngine, "engine", "The speech engine failed:", "Nothing of the recording is lost. Try `runreel draft SESSION` again, or another model."},
	{transcribe.ErrWorkerDied, "engine", "The speech engine ended unexpectedly:", "Nothing of the recording is lost. Try again, or choose a smaller model: it may have needed too much memory."},
	{mic.ErrNoDevice, "no-microphone", "No microphone was found.", "Plug one in, or record without sound: `--mic none`."},
	{uitree.ErrNoBus, "no-accessibility", "The accessibility bus is not there, so buttons are not named.", "Install at-spi2-core and log in again."},
	{sqlite.ErrCorrupt, "corrupt", "The database is damaged:", "It was not changed. Move it away; if a copy made before an update (.bak) lies beside it, put that in its place. The pictures and sound are in the folder sessions."},
	{sqlite.ErrForeign, "foreign", "The file is not a database of runreel:", "It was not changed. Move it away, or choose another folder with --data-dir."},
	{sqlite.ErrBusy, "locked", "Another program holds the database.", "Close it and try again."},
	{session.ErrRecording, "busy", "That session is still being recorded.", "Stop or discard the recording first."},
	{syscall.ENOTDIR, "data-folder", "A file stands where a folder is needed:", "Move it away, or choose another folder with --data-dir."},
	{sqlite.ErrNotFound, "not-found", "It is no longer there:", "Look at the library: `runreel list`."},
	{ErrNoDocument, "not-found", "There is no such document:", "`runreel list` shows all documents and sessions."},
	{ErrAmbiguous, "ambiguous", "That stands for several documents:", "Give more of the id."},
	{ErrNotExported, "not-exported", "Only what an export made can be shown in the file manager:", "Export the document first."},
	{model.ErrExists, "model-exists", "Another speech model of that name is installed:", "Give the file another name and add it again."},
	{model.ErrName, "model-name", "The file's name cannot name a speech model:", "Rename the file to letters, digits, dots and dashes, and add it again."},
	{ErrFormat, "format", "That export format is not known:", "The formats are: " + strings.Join(Formats(), ", ") + "."},
	{ErrDataFolder, "data-folder", "The data folder cannot be used:", "Choose another one with --data-dir, or give yourself the right to write there."},
	{fs.ErrPermission, "permission", "The right to do this is missing:", "Choose another folder, or change the permissions."},
	{fs.ErrNotExist, "missing", "A file or folder is not there:", "Check the path."},
	{context.DeadlineExceeded, "timeout", "It took too long.", "Try again; `runreel doctor` shows what does not answer."},
}

// Describe maps an error to a Fault.
func Describe(err error) Fault {
	if err == nil {
		return Fault{}
	}
	if f, ok := typed(err); ok {
		return f
	}
	for _, row := range faults {
		if errors.Is(err, row.is) {
			f := Fault{Code: row.code, Message: row.message, Help: row.help}
			if strings.HasSuffix(f.Message, ":") {
				f.Message += " " + sentence(err)
			}
			return f
		}
	}
	return Fault{Code: "unexpected", Message: "Something unexpected happened: " + sentence(err),
		Help: "Nothing that was stored is lost. If it happens again, run `runreel doctor` and tell us what it prints."}
}

// typed describes errors that carry more than their kind.
func typed(err error) (Fault, bool) {
	var newer *sqlite.NewerSchemaError
	if errors.As(err, &newer) {
		return Fault{Code: "newer", Message: "The data were written by a newer version of runreel: " + sentence(err),
			Help: "They were not changed. Update runreel, or use another folder with --data-dir."}, true
	}
	var bad *sop.EditError
	if errors.As(err, &bad) {
		return Fault{Code: "edit", Message: "That change cannot be made: " + sentence(err),
			Help: "The document is as it was."}, true
	}
	var socket *control.PathError
	if errors.As(err, &socket) {
		return Fault{Code: "socket", Message: "The socket for the command line cannot be made: " + sentence(err),
			Help: "Set XDG_RUNTIME_DIR to a private folder with a short path."}, true
	}
	var answer *control.Error
	if errors.As(err, &answer) {
		return Fault{Code: answer.Code, Message: answer.Message, Help: answer.Help}, true
	}
	return Fault{}, false
}

// sentence ends an error's text with a full stop.
func sentence(err error) string {
	text := strings.TrimRight(strings.TrimSpace(err.Error()), ".")
	return text + "."
}

// Explain is an error for a terminal: message and next step.
func Explain(err error) string {
	f := Describe(err)
	if f.Help == "" {
		return f.Message
	}
	return f.Message + "\n" + f.Help
}
