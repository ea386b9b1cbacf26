package crash

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// said is a step that the child announced.
type said struct {
	op   op
	done bool
	took time.Duration // where it is done
}

// child is a running worker.
type child struct {
	cmd   *exec.Cmd
	begun chan step // each announced step; closed when the child has ended
	steps []said    // to be read after begun was closed
	err   error     // likewise: a line that is none
	cut   bool      // it may have failed: its disk went away
}

func startChild(t *testing.T, dir string, aim step, seed uint64) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(exe), begun: make(chan step, 1024)}
	c.cmd.Env = append(os.Environ(), dirEnv+"="+dir, aimEnv+"="+string(aim), fmt.Sprint(seedEnv, "=", seed))
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.listen(out)
	return c
}

func (c *child) listen(out io.Reader) {
	defer close(c.begun)
	var at time.Time
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return // a line that the kill cut short was not said
		}
		if line == "done\n" && len(c.steps) > 0 {
			last := &c.steps[len(c.steps)-1]
			last.done, last.took = true, time.Since(at)
			continue
		}
		var o op
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			c.err = fmt.Errorf("the child said %q: %w", line, err)
			return
		}
		at = time.Now()
		c.steps = append(c.steps, said{op: o})
		c.begun <- o.Step
	}
}

// await waits until the child begins a step for the time after skip times.
func (c *child) await(t *testing.T, aim step, skip int) bool {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		select {
		case s, ok := <-c.begun:
			if !ok {
				t.Errorf("the child ended before it came to %q: %v, %v", aim, c.cmd.Wait(), c.err)
				return false
			}
			if s != aim {
				continue
			}
			if skip == 0 {
				return true
			}
			skip--
		case <-limit:
			c.kill(t)
			t.Errorf("the child does not come to %q", aim)
			return false
		}
	}
}

// stop makes the child stand still, each of its threads.
func (c *child) stop(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return // it has ended by itself
	}
	tasks := fmt.Sprintf("/proc/%d/task/*/stat", c.cmd.Process.Pid)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		files, err := filepath.Glob(tasks)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, runs) {
			return
		}
	}
	t.Error("the child does not stop")
}

// runs tells whether a thread still does something: proc(5).
func runs(stat string) bool {
	data, err := os.ReadFile(stat)
	if err != nil {
		return false // it is gone
	}
	_, state, _ := strings.Cut(string(data), ") ")
	return state != "" && !strings.ContainsRune("TZX", rune(state[0]))
}

// kill kills the child, which may have ended by itself, and returns what it
// said.
func (c *child) kill(t *testing.T) []said {
	t.Helper()
	_ = c.cmd.Process.Kill()
	for range c.begun { // until it has ended
	}
	if err := c.cmd.Wait(); c.cmd.ProcessState.Exited() && err != nil && !c.cut {
		t.Errorf("the child failed: %v", err)
	}
	if c.err != nil {
		t.Error(c.err)
	}
	return c.steps
}
