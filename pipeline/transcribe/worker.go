package transcribe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	startLimit = 2 * time.Minute // to load a model
	pieceLimit = 5 * time.Minute // for one piece
	closeLimit = 2 * time.Second // to end by itself
	tailSize   = 4 << 10         // bytes of a worker's last words
)

// ErrWorkerDied tells that the process that transcribes is gone: the model
// could not be loaded, memory ran out, or the engine failed an assertion. The
// error that wraps it is a *WorkerError. The next call starts a new process.
var ErrWorkerDied = errors.New("transcription worker died")

// WorkerError tells how a worker ended.
type WorkerError struct {
	Status string // of the process, such as "exit status 1" or "signal: killed"
	Output string // the end of what it wrote to standard error
	Err    error  // what runreel met when it talked to it
}

func (e *WorkerError) Error() string {
	return fmt.Sprintf("%v: %s (%v)", ErrWorkerDied, e.Status, e.Err)
}

// Unwrap makes errors.Is find ErrWorkerDied and the error beneath.
func (e *WorkerError) Unwrap() []error { return []error{ErrWorkerDied, e.Err} }

// EngineError is a worker's word that its engine failed on a piece; the worker
// lives on.
type EngineError struct{ Reason string }

func (e *EngineError) Error() string { return "speech engine failed: " + e.Reason }

// Worker is an Engine that runs in a process of its own. Its methods may be
// called by several goroutines; pieces are done one after the other.
type Worker struct {
	command func() *exec.Cmd
	log     *slog.Logger

	mu     sync.Mutex
	proc   *process // nil where none runs
	closed bool
}

// Start runs the command, which calls Serve, and returns when it has loaded its
// model. The command is called again when the process died and another piece
// comes; it sets Path, Args and Env at most. A nil log discards. The caller
// closes the worker.
func Start(ctx context.Context, command func() *exec.Cmd, log *slog.Logger) (*Worker, error) {
	w := NewWorker(command, log)
	if err := w.Start(ctx); err != nil {
		return nil, err
	}
	return w, nil
}

// NewWorker is Start without a process: the first piece starts it.
func NewWorker(command func() *exec.Cmd, log *slog.Logger) *Worker {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Worker{command: command, log: log}
}

// Start starts the process where none runs, and returns when it has loaded its
// model.
func (w *Worker) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return fmt.Errorf("transcribe: %w", os.ErrClosed)
	}
	if w.proc != nil {
		return nil
	}
	return w.start(ctx)
}

// Transcribe implements Engine. An error that wraps ErrWorkerDied means that
// this piece is lost but the next call may work. When ctx ends the process is
// ended at once, and the next call starts another.
func (w *Worker) Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, fmt.Errorf("transcribe: %w", os.ErrClosed)
	}
	if len(samples) == 0 {
		return nil, ctx.Err()
	}
	if w.proc == nil {
		if err := w.start(ctx); err != nil {
			return nil, err
		}
	}
	m, err := w.exchange(ctx, pieceLimit, func() error {
		return writeMessage(w.proc.in, msgTranscribe, encodeSamples(samples))
	})
	if err != nil {
		return nil, err
	}
	switch m.kind {
	case msgSegments:
		segments, err := decodeSegments(m.body)
		if err != nil {
			return nil, w.died(err)
		}
		return segments, nil
	case msgError:
		return nil, &EngineError{Reason: string(m.body)}
	}
	return nil, w.died(fmt.Errorf("%w: kind %#02x from a worker", ErrProtocol, m.kind))
}

// Close ends the process and waits for it. A piece in work is finished first;
// to stop that, end its context.
func (w *Worker) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.proc != nil {
		w.proc.end(closeLimit)
		w.proc = nil
	}
	return nil
}

func (w *Worker) start(ctx context.Context) error {
	proc, err := launch(w.command())
	if err != nil {
		return &WorkerError{Status: "not started", Err: err}
	}
	w.proc = proc
	began := time.Now()
	m, err := w.exchange(ctx, startLimit, func() error { return nil })
	if err != nil {
		return err
	}
	if m.kind != msgHello || len(m.body) != 1 || m.body[0] != protocolVersion {
		return w.died(fmt.Errorf("%w: greeted with kind %#02x", ErrProtocol, m.kind))
	}
	w.log.Debug("transcription worker ready", "pid", proc.cmd.Process.Pid, "took", time.Since(began))
	return nil
}

// exchange sends a question and waits for the answer. The process is ended
// where it does not come in time or ctx ends.
func (w *Worker) exchange(ctx context.Context, limit time.Duration, send func() error) (message, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(limited, w.proc.kill)
	m, err := message{}, send()
	if err == nil {
		m, err = readMessage(w.proc.out)
	}
	stop()
	if ctx.Err() != nil {
		w.proc.end(0)
		w.proc = nil
		return message{}, ctx.Err()
	}
	if err == nil && limited.Err() != nil {
		err = limited.Err()
	}
	if err != nil {
		return message{}, w.died(err)
	}
	return m, nil
}

// died ends what is left of the process and tells how it ended.
func (w *Worker) died(err error) error {
	status, output := w.proc.end(closeLimit)
	w.proc = nil
	w.log.Warn("transcription worker died", "status", status, "error", err, "output", output)
	return &WorkerError{Status: status, Output: output, Err: err}
}

// process is one run of the command.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
	errors *tail
}

func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, errors: &tail{}}
	cmd.Stderr = p.errors
	cmd.WaitDelay = closeLimit
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// The threads of the engine's parallel loops would otherwise spin while
	// they wait, and take the processor from the recording: measured, that
	// made one piece take twelve times as long on a busy machine.
	cmd.Env = append(cmd.Env, "OMP_WAIT_POLICY=passive")
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.out, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lower(cmd.Process)
	return p, nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() } // it may have ended by itself

// end closes the process's input, waits that long for it to end by itself, then
// ends it.
func (p *process) end(within time.Duration) (status, output string) {
	_ = p.in.Close() // its reader may be gone
	timer := time.AfterFunc(within, p.kill)
	_ = p.cmd.Wait() // ProcessState tells the same
	timer.Stop()
	return p.cmd.ProcessState.String(), p.errors.String()
}

// tail keeps the last bytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if n := len(t.buf) - tailSize; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.ToValidUTF8(t.buf, []byte("?")))
}
