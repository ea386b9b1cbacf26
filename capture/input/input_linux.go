package input

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/record"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// lateness is how long an event may be on its way to us, on a busy machine,
// without being taken for one that did not come in time.
const lateness = 100 * time.Millisecond

// Probe implements capture.Source: it tells whether the display answers and
// can record input.
func (s *Source) Probe(context.Context) error {
	r, err := openRecorder(s.opts.DisplayName)
	if err != nil {
		return err
	}
	r.close()
	return nil
}

// Run implements capture.Source.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	r, err := openRecorder(s.opts.DisplayName)
	if err != nil {
		return err
	}
	var readers sync.WaitGroup
	defer readers.Wait()
	defer r.close()

	keys, err := r.keymap()
	if err != nil {
		return err
	}
	held, err := r.held()
	if err != nil {
		return err
	}
	readers.Go(r.discardEvents)

	events := make(chan stamped, 4096)
	failed := make(chan error, 1)
	readers.Go(func() { failed <- s.read(ctx, r.data, events) })

	q := newQueue()
	var emitter sync.WaitGroup
	emitter.Go(func() { q.emit(s.opts.Clock, emit) })
	defer emitter.Wait()
	return s.dispatch(ctx, newGestures(s.opts, keys, held, r.keymap, q), events, failed)
}

// dispatch feeds the gestures until ctx ends or the server goes away.
func (s *Source) dispatch(ctx context.Context, g *gestures, events <-chan stamped, failed <-chan error) error {
	defer g.finish()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if next := g.next(); !next.IsZero() {
			timer.Reset(time.Until(next) + lateness)
		} else {
			timer.Stop()
		}
		select {
		case e := <-events:
			g.expire(e.wall)
			g.take(e)
		case now := <-timer.C:
			if len(events) == 0 { // else what came in time goes first
				g.expire(now.Add(-lateness))
			}
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		}
	}
}

// read stamps the events of the data connection and hands them on.
func (s *Source) read(ctx context.Context, conn net.Conn, to chan<- stamped) error {
	var (
		stamps stamper
		header [recordHeader]byte
		data   []byte
		events []rawEvent
	)
	for {
		if _, err := io.ReadFull(conn, header[:]); err != nil {
			return fmt.Errorf("read input: the display server went away: %w", err)
		}
		category, n, err := parseHeader(header[:])
		if err != nil {
			return fmt.Errorf("read input: %w", err)
		}
		if cap(data) < n {
			data = make([]byte, n)
		}
		data = data[:n]
		if _, err := io.ReadFull(conn, data); err != nil {
			return fmt.Errorf("read input: the display server went away: %w", err)
		}
		if category == endOfData {
			return errors.New("read input: the display server ended the recording of input")
		}
		events = events[:0]
		switch category {
		case newMapping:
			events = append(events, rawEvent{kind: mappingNotify})
		case fromServer:
			events = parseEvents(events, data)
		}
		now := time.Now()
		for _, e := range events {
			wall := now
			if e.kind != mappingNotify {
				wall = stamps.stamp(e.time, now)
			}
			select {
			case to <- stamped{rawEvent: e, at: s.opts.Clock.At(wall), wall: wall, live: s.opts.Clock.Ran(wall, now)}:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// recorder is the pair of connections that RECORD asks for: one to control,
// one for the data.
type recorder struct {
	control *xgb.Conn
	data    net.Conn
	xkb     byte // opcode of the XKEYBOARD extension; zero where there is none
}

func openRecorder(display string) (_ *recorder, err error) {
	control, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("open display %q: %w: %w", display, ErrNoDisplay, err)
	}
	r := &recorder{control: control}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	opcode, err := r.init()
	if err != nil {
		return nil, err
	}
	r.initXKB()
	id, err := record.NewContextId(control)
	if err != nil {
		return nil, fmt.Errorf("record input: %w", err)
	}
	const allClients = 3
	devices := record.Range{DeviceEvents: record.Range8{First: keyPress, Last: motionNotify}}
	if err := record.CreateContextChecked(control, id, 0, 1, 1, []record.ClientSpec{allClients}, []record.Range{devices}).Check(); err != nil {
		return nil, fmt.Errorf("record input: %w", err)
	}
	if r.data, err = dial(display); err != nil {
		return nil, err
	}
	return r, r.enable(opcode, uint32(id))
}

// init finds the extension. record.Init would also write to tables that all
// connections of the process share, without a lock; none of what it enters
// there is needed.
func (r *recorder) init() (opcode byte, err error) {
	const name = "RECORD"
	ext, err := xproto.QueryExtension(r.control, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("record input: %w", err)
	}
	if !ext.Present {
		return 0, fmt.Errorf("record input: %w", ErrNoRecord)
	}
	r.control.ExtLock.Lock()
	r.control.Extensions[name] = ext.MajorOpcode
	r.control.ExtLock.Unlock()
	if _, err := record.QueryVersion(r.control, 1, 13).Reply(); err != nil {
		return 0, fmt.Errorf("record input: %w: %w", ErrNoRecord, err)
	}
	return ext.MajorOpcode, nil
}

// enable sends EnableContext (RECORD protocol, section 4) and waits until the
// server has begun.
func (r *recorder) enable(opcode byte, context uint32) error {
	const enableContext = 5
	req := binary.LittleEndian.AppendUint32([]byte{opcode, enableContext, 2, 0}, context)
	if _, err := r.data.Write(req); err != nil {
		return fmt.Errorf("record input: %w", err)
	}
	var header [recordHeader]byte
	for {
		if _, err := io.ReadFull(r.data, header[:]); err != nil {
			return fmt.Errorf("record input: %w", err)
		}
		category, n, err := parseHeader(header[:])
		if err != nil || n != 0 {
			return fmt.Errorf("record input: %w", errProtocol)
		}
		if category == startOfData {
			return nil
		}
	}
}

func (r *recorder) close() {
	if r.data != nil {
		r.data.Close()
	}
	r.control.Close()
}
