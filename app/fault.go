package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/pdf"
	"github.com/runreel/runreel/app/figure"
	"github.com/runreel/runreel/app/hotkey"
	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/model"
	"github.com/runreel/runreel/app/pick"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/input"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/terminal"
	"github.com/runreel/runreel/capture/uitree"
	"github.com/runreel/runreel/capture/window"
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
//
// A test reads this file: every sentinel and every error type of the program
// stands here, or on a list there that says why nobody ever reads it.
var faults = []struct {
	is      error
	code    string
	message string
	help    string
}{
	// Documents and the library.
	{ErrConflict, "conflict", "The document was changed elsewhere meanwhile.", "Your last change was not applied. Look at the newest version and make it again."},
	{sqlite.ErrConflict, "conflict", "The document was changed elsewhere meanwhile.", "Your last change was not applied. Look at the newest version and make it again."},
	{sqlite.ErrNothing, "nothing-to-undo", "There is nothing left to undo or redo.", "Go on with the document as it is."},
	{sqlite.ErrNotFound, "not-found", "It is no longer there:", "Look at the library: `runreel list`."},
	{sqlite.ErrExists, "exists", "Something of that name is stored already:", "Nothing was changed. Try again; `runreel list` shows what is there."},
	{ErrNoDocument, "not-found", "There is no such document:", "`runreel list` shows all documents and sessions."},
	{ErrAmbiguous, "ambiguous", "That stands for several documents:", "Give more of the id."},
	{sop.ErrLimit, "too-long", "The document is too long to be kept:", "The document is as it was. Divide it into several."},

	// Recording.
	{capture.ErrBusy, "busy", "A recording is already running.", "Stop or discard it first: `runreel stop` or the Stop button."},
	{capture.ErrNotRecording, "not-recording", "Nothing is being recorded.", "Start a recording with `runreel record` or the Record button."},
	{terminal.ErrNotRecording, "not-recording", "Nothing is being recorded.", "Start a recording with `runreel record` or the Record button."},
	{capture.ErrNoSource, "no-source", "Nothing on this machine can be recorded:", "Run `runreel doctor`: it tells what is missing and how to get it."},
	{session.ErrRecording, "busy", "That session is still being recorded.", "Stop or discard the recording first."},
	{mic.ErrNoDevice, "no-microphone", "No microphone was found.", "Plug one in, or record without sound: `--mic none`."},
	{mic.ErrDevice, "microphone", "The microphone cannot be used:", "Another program may hold it. Close that program, choose another microphone, or record without sound: `--mic none`."},
	{mic.ErrSilent, "microphone-silent", "The microphone delivers nothing.", "It may be muted: check its switch and its plug. The recording goes on without sound."},
	{screen.ErrWayland, "wayland", "The desktop runs on Wayland, where only programs under XWayland are seen.", "Log in with \"Xorg\" chosen at the login screen."},
	{screen.ErrNoServer, "no-display", "There is no screen to record:", "Log in to an X11 session, or set DISPLAY. `runreel doctor` tells more."},
	{screen.ErrServerGone, "no-display", "The display server went away:", "What was recorded before is kept. Log in again."},
	{screen.ErrNoDisplay, "no-such-display", "That display is not there:", "Choose another one; --display counts from 0, and -1 records all."},
	{screen.ErrPixels, "pixels", "The display has colours that cannot be recorded:", "Set it to 24 or 32 bits a pixel."},
	{window.ErrNoDisplay, "no-display", "There is no screen to record:", "Log in to an X11 session, or set DISPLAY. `runreel doctor` tells more."},
	{input.ErrNoDisplay, "no-display", "There is no screen to record:", "Log in to an X11 session, or set DISPLAY. `runreel doctor` tells more."},
	{input.ErrNoRecord, "no-input", "Clicks and keys cannot be seen on this X server:", "Switch its RECORD extension on; Xorg has it by default."},
	{uitree.ErrNoBus, "no-accessibility", "The accessibility bus is not there, so buttons are not named.", "Install at-spi2-core and log in again."},
	{capture.ErrTarget, "target", "That cannot be recorded:", "Choose all displays, one display, a window or a region."},
	{screen.ErrWindowHidden, "window-hidden", "The recorded window is not on the screen:", "Bring it back; its pictures go on then. Commands and speech are recorded meanwhile."},
	{screen.ErrUntold, "windows-untold", "No picture is kept while it cannot be told which windows must not be seen:", "Run `runreel doctor`: it tells what the window manager lacks."},
	{window.ErrServerGone, "no-display", "The display server went away:", "What was recorded before is kept. Log in again."},
	{pick.ErrCancelled, "cancelled", "No region was drawn.", "Draw one with the mouse, or choose a display or a window."},
	{pick.ErrGrabbed, "mouse-held", "Another program holds the mouse:", "Close its menu, and draw the region again."},
	{pick.ErrUnsupported, "unsupported", "A region cannot be drawn on this desktop yet:", "Choose a display or a window."},
	{hotkey.ErrUnsupported, "hotkeys", "This desktop lets no program have global hotkeys:", "In its keyboard settings, bind keys to `runreel toggle`, `runreel pause` and `runreel mark`."},
	{hotkey.ErrNoDisplay, "hotkeys", "Hotkeys need a screen:", "Log in to an X11 session, or set DISPLAY."},
	{hotkey.ErrTaken, "hotkey-taken", "Those keys cannot be had:", "Choose others in the settings, or free them in the program that has them."},
	{hotkey.ErrNoKey, "hotkey-no-key", "Those keys cannot be had:", "Choose keys that this keyboard has."},
	{hotkey.ErrTwice, "hotkey-twice", "Those keys cannot be had:", "Give each action keys of its own."},
	{hotkey.ErrKeys, "hotkey-keys", "Those keys cannot be a hotkey:", "Take a function key, or a key with Ctrl, Alt or Super."},
	{hotkey.ErrClosed, "hotkeys", "Hotkeys are switched off:", "Start runreel again; the buttons of its window work all the same."},
	{terminal.ErrUnsupported, "unsupported", "A shell cannot be recorded on this system yet:", "Record the screen instead; commands are then seen in its pictures only."},
	{window.ErrUnsupported, "unsupported", "Windows cannot be told apart on this system yet:", "Recording works without; steps do not name their windows then."},
	{input.ErrUnsupported, "unsupported", "Clicks and keys cannot be recorded on this system yet:", "Recording works without; use marks to divide it into steps."},
	{uitree.ErrUnsupported, "unsupported", "Buttons and fields cannot be named on this system yet:", "Recording works without; name the buttons in the draft."},
	{control.ErrUnsupported, "unsupported", "The command line cannot reach the recorder on this system yet:", "Use the buttons of the window."},
	{control.ErrRunning, "running", "Runreel is already running:", "Use its window, or end it first. `runreel status` asks it what it does."},
	{control.ErrNotRunning, "not-running", "Runreel is not running, so nothing is being recorded.", "Start a recording with `runreel record`, or open the window with `runreel`."},

	// Speech.
	{ErrNoModel, "no-model", "No speech model is installed, so what you said is not in the draft.", "The sound is kept. Add a model with `runreel models add FILE`, then run `runreel draft SESSION` again."},
	{transcribe.ErrModelTruncated, "model", "The model file is cut off, as after a broken download:", "Fetch the file again, and compare its size and checksum."},
	{transcribe.ErrModel, "model", "The file is not a speech model that can be used:", "Take a whole model file of the Whisper family in ggml format, such as ggml-base.en.bin."},
	{transcribe.ErrEngine, "engine", "The speech engine failed:", "Nothing of the recording is lost. Try `runreel draft SESSION` again, or another model."},
	{transcribe.ErrWorkerDied, "engine", "The speech engine ended unexpectedly:", "Nothing of the recording is lost. Try again, or choose a smaller model: it may have needed too much memory."},
	{transcribe.ErrProtocol, "engine", "The speech engine answered what cannot be understood:", "Nothing of the recording is lost. Install runreel again: the parts may be of different versions."},
	{transcribe.ErrWAV, "sound", "The recorded sound cannot be read:", "The rest of the session is whole. Its sound lies in the data folder, under sessions."},
	{model.ErrExists, "model-exists", "Another speech model of that name is installed:", "Give the file another name and add it again."},
	{model.ErrName, "model-name", "The file's name cannot name a speech model:", "Rename the file to letters, digits, dots and dashes, and add it again."},

	// Exports and pictures.
	{ErrFormat, "format", "That export format is not known:", "The formats are: " + strings.Join(Formats(), ", ") + "."},
	{ErrNotExported, "not-exported", "Only what an export made can be shown in the file manager:", "Export the document first."},
	{export.ErrNoFreeName, "no-free-name", "Every name for the export is taken:", "Choose another folder, or remove old exports. Nothing was overwritten."},
	{pdf.ErrInternal, "pdf", "The PDF could not be made:", "The document is unharmed. Export it as Markdown, and tell us which step the message names."},
	{media.ErrImage, "picture", "A picture cannot be read:", "The rest of the document is whole. Take the figure out of its step, or draft the session again."},
	{media.ErrTooLarge, "picture-too-large", "A picture is too large:", "Pictures may have 50 megapixels. Record one display instead of all of them."},
	{figure.ErrTooLarge, "picture-too-large", "A picture is too large:", "Pictures may have 50 megapixels. Record one display instead of all of them."},
	{figure.ErrEmpty, "picture-empty", "Nothing of a picture is left to show:", "Make the crop of the figure larger, or take the figure out."},
	{media.ErrName, "picture", "A picture's name cannot be that of a stored one:", "Take the figure out of its step, or draft the session again."},

	// What is stored, and the folder that it is in.
	{ErrDiskLow, "disk-low", "The disk is getting full:", "Free some space. The recording stops by itself, and is kept, when 200 MB are left."},
	{ErrDiskOut, "disk-out", "The recording was stopped and kept, because the disk is nearly full:", "Free some space before the next one."},
	{ErrDiskFull, "disk-full", "There is too little free disk space to record:", "Free at least 500 MB, or choose another folder with --data-dir."},
	{sqlite.ErrFull, "disk-full", "The disk is full.", "What was recorded before is kept. Free some space, then open the session in the library."},
	{syscall.ENOSPC, "disk-full", "The disk is full.", "What was recorded before is kept. Free some space, then open the session in the library."},
	{sqlite.ErrCorrupt, "corrupt", "The database is damaged:", "It was not changed. Move it away; if a copy made before an update (.bak) lies beside it, put that in its place. The pictures and sound are in the folder sessions."},
	{sqlite.ErrForeign, "foreign", "The file is not a database of runreel:", "It was not changed. Move it away, or choose another folder with --data-dir."},
	{sqlite.ErrBusy, "locked", "Another program holds the database.", "Close it and try again."},
	{syscall.ENOTDIR, "data-folder", "A file stands where a folder is needed:", "Move it away, or choose another folder with --data-dir."},
	{ErrDataFolder, "data-folder", "The data folder cannot be used:", "Choose another one with --data-dir, or give yourself the right to write there."},

	// Ends of the program and of patience.
	{errClosing, "closing", "Runreel is closing.", "What was recorded is kept. Open runreel again and repeat it."},
	{errNoWindow, "no-window", "There is no window to ask in.", "Name the file or the folder on the command line: `runreel models add FILE`, `runreel export DOC --out PATH`."},
	{context.Canceled, "cancelled", "It was cancelled.", "Nothing that was stored is lost. Start it again when you like."},
	{context.DeadlineExceeded, "timeout", "It took too long.", "Try again; `runreel doctor` shows what does not answer."},
	{os.ErrDeadlineExceeded, "timeout", "It took too long.", "Try again; `runreel doctor` shows what does not answer."},

	// What the system says of files.
	{fs.ErrPermission, "permission", "The right to do this is missing:", "Choose another folder, or change the permissions."},
	{exec.ErrNotFound, "no-program", "A program is not installed:", "Install it, or check PATH."},
	{fs.ErrNotExist, "missing", "A file or folder is not there:", "Check the path."},
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
	if answer, ok := errors.AsType[*control.Error](err); ok {
		return Fault{Code: answer.Code, Message: answer.Message, Help: answer.Help}, true
	}
	for _, row := range typedFaults {
		if row.is(err) {
			return Fault{Code: row.code, Message: row.message + " " + sentence(err), Help: row.help}, true
		}
	}
	return Fault{}, false
}

// typedFaults is faults for errors that are told by their type. The error's own
// text always completes the message.
var typedFaults = []struct {
	is      func(error) bool
	code    string
	message string
	help    string
}{
	{isA[*sqlite.NewerSchemaError], "newer", "The data were written by a newer version of runreel:", "They were not changed. Update runreel, or use another folder with --data-dir."},
	{isA[*sop.NewerError], "newer", "The document was written by a newer version of runreel:", "It was not changed. Update runreel."},
	{isA[*sop.InvalidError], "invalid-document", "The document breaks a rule that every document keeps:", "It was not stored, and the stored one is as it was. Draft the session again, or undo the last change."},
	{isA[*sop.EditError], "edit", "That change cannot be made:", "The document is as it was."},
	{isFolder, "data-folder", "The data folder cannot be used:", "Choose another one with --data-dir, or give yourself the right to write there."},
	{isA[*control.PathError], "socket", "The socket for the command line cannot be made:", "Set XDG_RUNTIME_DIR to a private folder with a short path."},
	{isA[*control.HeldError], "running", "Another runreel is at work:", "Use its window, or end that process first. `runreel status` asks it what it does."},
	{isA[*terminal.ShellError], "shell", "That cannot be recorded as a shell:", "Runreel records bash, zsh and fish: `runreel shell` starts one, and `eval \"$(runreel hook bash)\"` in ~/.bashrc reports from yours. Start any other program in such a shell."},
	{isA[*transcribe.EngineError], "engine", "The speech engine failed:", "Nothing of the recording is lost. Try `runreel draft SESSION` again, or another model."},
}

// isFolder leaves a full disk to the row that says so.
func isFolder(err error) bool {
	return isA[*sqlite.FolderError](err) && !errors.Is(err, syscall.ENOSPC)
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
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
