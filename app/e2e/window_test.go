//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture/virtual"
)

// windowWait bounds each wait for the window; it is long for a busy machine.
const windowWait = 60 * time.Second

const screenWidth = 1440

var (
	button   = []string{"push button", "button"}
	editable = []string{"entry", "text", "paragraph", "section"}
	menuItem = []string{"menu item"}
)

// bench drives the real window with real input.
type bench struct {
	bin     string
	desktop *virtual.Desktop
	tree    *tree
}

// TestWindow records, edits and exports as a person does.
func TestWindow(t *testing.T) {
	w := startWindowBench(t)
	end := w.start(t, w.bin)
	w.record(t)
	w.edit(t)
	w.export(t)
	w.xdotool(t, "key", "alt+F4") // the last click was in the window: it is the active one
	if err := end(); err != nil {
		t.Errorf("the window ended with %v", err)
	}
}

func startWindowBench(t *testing.T) *bench {
	t.Helper()
	bin, err := filepath.Abs(os.Getenv("RUNREEL_BIN"))
	if err != nil || os.Getenv("RUNREEL_BIN") == "" {
		t.Fatal("RUNREEL_BIN names no program")
	}
	d, err := virtual.Start(t.Context(), virtual.Options{Width: screenWidth, Height: 900, WindowManager: true, Accessibility: true, Sound: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &bench{bin: bin, desktop: d, tree: openTree(t, d)}
	return w
}

// start starts a program; the returned function waits for its end.
func (w *bench) start(t *testing.T, name string, args ...string) (end func() error) {
	t.Helper()
	var printed bytes.Buffer
	cmd := w.desktop.Command(context.Background(), name, args...)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var ended error
	go func() {
		ended = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // one that has ended needs none
		<-done
		if t.Failed() {
			t.Logf("%s printed:\n%s", name, printed.String())
		}
	})
	return func() error {
		select {
		case <-done:
			return ended
		case <-time.After(windowWait):
			return fmt.Errorf("%s does not end", name)
		}
	}
}

func (w *bench) record(t *testing.T) {
	t.Helper()
	w.click(t, nil, "Record")
	w.click(t, []string{"radio button"}, "Window")
	w.click(t, []string{"radio button"}, "Whole screen")
	w.click(t, []string{"radio button"}, "None")
	whole := w.place(t)
	w.picture(t, "preflight")
	w.click(t, button, "Start recording")
	w.find(t, button, "Stop")
	w.small(t, whole)

	w.start(t, "xterm", "-T", "Shell", "-geometry", "70x12+500+380", "-e", w.bin, "shell")
	w.focus(t, "--class", "xterm")
	secret, made, listed := filepath.Join(w.desktop.Dir, "secret"), filepath.Join(w.desktop.Dir, "made"), filepath.Join(w.desktop.Dir, "listed")
	w.keys(t, "mkdir -p "+secret)
	w.until(t, "the command that is taken back", func() bool { return exists(secret) })
	w.click(t, button, "Off the record")
	w.find(t, button, "Resume")
	w.picture(t, "off-the-record")
	w.until(t, "room for what was removed", func() bool { return w.place(t).H > w.place(t).W/6 })
	w.click(t, button, "Resume")
	w.click(t, button, "Add mark")
	w.focus(t, "--class", "xterm")
	w.keys(t, "mkdir -p "+made)
	w.until(t, "the first command", func() bool { return exists(made) })
	w.keys(t, "ls / | sort > "+listed)
	w.until(t, "the second command", func() bool { return exists(listed) })

	answered := w.start(t, "zenity", "--question", "--title", "Release", "--text", "Roll out 1.5.0?", "--ok-label", "Approve", "--cancel-label", "Reject")
	w.click(t, button, "Approve")
	if err := answered(); err != nil {
		t.Fatalf("the dialog: %v", err)
	}
	w.picture(t, "bar")
	w.click(t, button, "Show the whole window")
	w.until(t, "the whole window", func() bool { return w.place(t) == whole })
	w.click(t, button, "Become a small bar")
	w.small(t, whole)
	w.click(t, button, "Stop")
	w.find(t, nil, "Title of step 1")
	if now := w.place(t); now != whole {
		t.Errorf("the window came back as %+v, it was %+v", now, whole)
	}
	w.draft(t, secret)
}

// small waits until the window is a bar at the top right.
func (w *bench) small(t *testing.T, whole box) {
	t.Helper()
	w.until(t, "the bar", func() bool {
		at := w.place(t)
		return at.W < whole.W/2 && at.H < whole.H/3 && at.X+at.W > screenWidth-40 && at.X+at.W <= screenWidth && at.Y < 60
	})
}

// draft looks at what became of the recording: nothing of the recorder itself
// and nothing that was taken off the record is in it.
func (w *bench) draft(t *testing.T, secret string) {
	t.Helper()
	out, err := w.desktop.Run(t.Context(), w.bin, "--json", "show", "last")
	if err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{secret, "Off the record", "Add mark", `"Stop"`, "Resume", `"window":"Runreel"`} {
		if strings.Contains(out, not) {
			t.Errorf("the draft has %q:\n%s", not, out)
		}
	}
	left, err := exec.CommandContext(t.Context(), "grep", "-rlaF", secret, filepath.Join(w.desktop.Dir, ".local")).CombinedOutput()
	if err == nil {
		t.Errorf("what was taken off the record is still in %s", left)
	}
}

// place is where the window is on the screen, without its frame.
func (w *bench) place(t *testing.T) box {
	t.Helper()
	var at box
	w.until(t, "the window", func() bool {
		out, err := w.desktop.Run(t.Context(), "xdotool", "search", "--onlyvisible", "--class", "^Runreel$", "getwindowgeometry", "--shell")
		if err != nil {
			return false
		}
		found := box{}
		for line := range strings.Lines(out) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			n, err := strconv.ParseInt(value, 10, 32)
			if to := map[string]*int32{"X": &found.X, "Y": &found.Y, "WIDTH": &found.W, "HEIGHT": &found.H}[name]; to != nil && err == nil {
				*to = int32(n)
			}
		}
		at = found
		return at.W > 0 && at.H > 0
	})
	return at
}

func (w *bench) edit(t *testing.T) {
	t.Helper()
	const title = "Prepare the release folder"
	w.click(t, nil, "Title of step 1")
	w.xdotool(t, "key", "ctrl+a")
	w.xdotool(t, "type", "--delay", "25", title)
	w.xdotool(t, "key", "Tab")
	w.shows(t, title, true)
	w.picture(t, "editor")
	w.click(t, button, "Undo")
	w.shows(t, title, false)
	w.click(t, button, "Redo")
	w.shows(t, title, true)
	w.click(t, button, "Delete step 1")
	w.shows(t, title, false)
	w.click(t, button, "Undo")
	w.shows(t, title, true)
}

func (w *bench) export(t *testing.T) {
	t.Helper()
	for _, format := range []string{"Markdown", "PDF"} {
		folder := filepath.Join(w.desktop.Dir, "out-"+format)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		w.click(t, nil, "Export")
		w.click(t, menuItem, format)
		w.click(t, editable, "Folder")
		w.xdotool(t, "key", "ctrl+a")
		w.xdotool(t, "type", "--delay", "25", folder)
		w.click(t, button, "Export document")
		w.click(t, button, "Done")
	}
	readme := w.only(t, filepath.Join(w.desktop.Dir, "out-Markdown"), "README.md")
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Prepare the release folder", "mkdir -p ", "ls / | sort > ", "Approve"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("README.md has no %q:\n%s", want, text)
		}
	}
	pdf := w.only(t, filepath.Join(w.desktop.Dir, "out-PDF"), ".pdf")
	if out, err := exec.CommandContext(t.Context(), "qpdf", "--check", pdf).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v: %s", err, out)
	}
}

// only finds the one file below dir whose name ends in suffix.
func (w *bench) only(t *testing.T, dir, suffix string) string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, suffix) {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("files %s below %s: %q, %v", suffix, dir, found, err)
	}
	return found[0]
}

// shows waits until the stored document has the text, or has it no more.
func (w *bench) shows(t *testing.T, text string, want bool) {
	t.Helper()
	w.until(t, fmt.Sprintf("the document has %q: %v", text, want), func() bool {
		out, err := w.desktop.Run(t.Context(), w.bin, "--json", "show", "last")
		return err == nil && strings.Contains(out, text) == want
	})
}

// find waits for an element that stands still.
func (w *bench) find(t *testing.T, roles []string, name string) element {
	t.Helper()
	var last element
	w.until(t, fmt.Sprintf("element %q %q", roles, name), func() bool {
		e, ok := w.tree.look(t.Context(), func(e element) bool {
			return e.name == name && isOneOf(e.role, roles) && e.at.W > 1 && e.at.H > 1 && e.at.X >= 0 && e.at.Y >= 0
		})
		still := ok && e == last
		last = e
		return still
	})
	return last
}

func (w *bench) click(t *testing.T, roles []string, name string) {
	t.Helper()
	at := w.find(t, roles, name).at
	w.xdotool(t, "mousemove", fmt.Sprint(at.X+at.W/2), fmt.Sprint(at.Y+at.H/2), "click", "1")
}

func (w *bench) focus(t *testing.T, by, what string) {
	t.Helper()
	// A window that goes away while xdotool looks at it, such as a tooltip, fails the search.
	w.until(t, "the window "+what, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), windowWait)
		defer cancel()
		_, err := w.desktop.Run(ctx, "xdotool", "search", "--onlyvisible", by, what, "windowactivate", "--sync")
		return err == nil
	})
}

func (w *bench) keys(t *testing.T, line string) {
	t.Helper()
	w.xdotool(t, "type", "--delay", "25", line+"\n")
}

func (w *bench) xdotool(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), windowWait)
	defer cancel()
	if _, err := w.desktop.Run(ctx, "xdotool", args...); err != nil {
		w.picture(t, "failed")
		t.Fatalf("%q: %v", args, err)
	}
}

func (w *bench) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(windowWait)
	for !done() {
		if time.Now().After(deadline) {
			w.picture(t, "failed")
			t.Fatalf("waited %s for %s; on the screen are\n%s", windowWait, what, w.tree.dump(context.Background()))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// picture saves the screen into RUNREEL_PICTURES, when that names a folder.
func (w *bench) picture(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("RUNREEL_PICTURES")
	if dir == "" {
		return
	}
	if _, err := w.desktop.Run(context.Background(), "import", "-window", "root", filepath.Join(dir, name+".png")); err != nil {
		t.Error(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
