package mic

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// Errors of this package, to be found with errors.Is.
var (
	// ErrNoDevice tells that there is no microphone, or not the one asked for.
	ErrNoDevice = errors.New("no microphone")
	// ErrDevice tells that the microphone is there and cannot be used; another
	// program may hold it.
	ErrDevice = errors.New("the microphone cannot be opened")
	// ErrSilent tells that the microphone stopped delivering sound.
	ErrSilent = errors.New("the microphone delivers nothing")
)

// Device is a microphone, or another source of sound such as the monitor of a
// loudspeaker.
type Device struct {
	ID      string // stable on this machine; the name of the source under PulseAudio
	Name    string // for people; hostile text
	Default bool
}

const (
	period    = 40 * time.Millisecond // of callbacks
	periods   = 25                    // that the system keeps, a second: a busy machine loses nothing
	openLimit = 10 * time.Second      // for calls into the sound server
	queueLen  = 256                   // packets, ten seconds
)

// backends leaves out miniaudio's null device, which would record silence
// where there is no sound system.
func backends() []malgo.Backend {
	return []malgo.Backend{
		malgo.BackendWasapi, malgo.BackendCoreaudio, malgo.BackendPulseaudio,
		malgo.BackendAlsa, malgo.BackendJack, malgo.BackendSndio, malgo.BackendOss,
	}
}

// Devices returns the microphones, the default one first. Where there is no
// sound system the error is ErrNoDevice.
func Devices() ([]Device, error) {
	c, err := openContext()
	if err != nil {
		return nil, err
	}
	defer closeContext(c)
	infos, err := c.Devices(malgo.Capture)
	if err != nil {
		return nil, fmt.Errorf("list microphones: %w", err)
	}
	var all []Device
	for i := range infos {
		d := Device{ID: idOf(infos[i].ID), Name: infos[i].Name(), Default: infos[i].IsDefault != 0}
		if d.Default {
			all = append([]Device{d}, all...)
		} else {
			all = append(all, d)
		}
	}
	return all, nil
}

func openContext() (*malgo.AllocatedContext, error) {
	c, err := malgo.InitContext(backends(), malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: no sound system answers: %w", ErrNoDevice, err)
	}
	return c, nil
}

func closeContext(c *malgo.AllocatedContext) {
	_ = c.Uninit() // nothing can be done about a context that is not one any more
	c.Free()
}

// idOf returns the text of an identifier where it is one, else its bytes in
// hexadecimal digits.
func idOf(id malgo.DeviceID) string {
	text, _, _ := strings.Cut(string(id[:]), "\x00")
	printable := text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
	if printable {
		return text
	}
	return hex.EncodeToString([]byte(strings.TrimRight(string(id[:]), "\x00")))
}

// find returns the identifier of the device called name by its ID or Name; ""
// is the default one, for which it returns nil.
func find(c *malgo.AllocatedContext, name string) (*malgo.DeviceID, error) {
	infos, err := c.Devices(malgo.Capture)
	if err != nil {
		return nil, fmt.Errorf("list microphones: %w", err)
	}
	if len(infos) == 0 {
		return nil, ErrNoDevice
	}
	if name == "" {
		return nil, nil
	}
	for i := range infos {
		if idOf(infos[i].ID) == name || infos[i].Name() == name {
			return &infos[i].ID, nil
		}
	}
	return nil, fmt.Errorf("%w called %q", ErrNoDevice, name)
}

// stream is an open device.
type stream struct {
	ctx     *malgo.AllocatedContext
	dev     *malgo.Device
	packets chan packet
	stopped chan struct{} // gets an element when the device stopped by itself
}

// openStream opens the device called name and starts it. stamp gives the
// session clock's sample and whether the clock runs; the callback calls it.
func openStream(name string, stamp func() (int64, bool)) (*stream, error) {
	c, err := openContext()
	if err != nil {
		return nil, err
	}
	s := &stream{ctx: c, packets: make(chan packet, queueLen), stopped: make(chan struct{}, 1)}
	if err := s.start(name, stamp); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stream) start(name string, stamp func() (int64, bool)) error {
	id, err := find(s.ctx, name)
	if err != nil {
		return err
	}
	config := malgo.DefaultDeviceConfig(malgo.Capture)
	config.SampleRate = Rate
	config.PeriodSizeInMilliseconds = uint32(period / time.Millisecond)
	config.Periods = periods
	config.Capture.Format = malgo.FormatS16
	config.Capture.Channels = 1
	config.Pulse.StreamNameCapture = "Runreel"
	if id != nil {
		var pin runtime.Pinner
		defer pin.Unpin()
		pin.Pin(id)
		config.Capture.DeviceID = unsafe.Pointer(id)
	}
	s.dev, err = malgo.InitDevice(s.ctx.Context, config, malgo.DeviceCallbacks{
		Data: func(_, in []byte, _ uint32) { s.receive(in, stamp) },
		Stop: func() { s.tellStopped() },
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDevice, err)
	}
	if err := s.dev.Start(); err != nil {
		return fmt.Errorf("%w: start: %w", ErrDevice, err)
	}
	return nil
}

// receive runs on the thread of miniaudio: it copies and never waits. Packets
// that find no room are missing on the track, which reports them.
func (s *stream) receive(in []byte, stamp func() (int64, bool)) {
	p := packet{samples: make([]int16, len(in)/2)}
	p.end, p.running = stamp()
	for i := range p.samples {
		p.samples[i] = int16(uint16(in[2*i]) | uint16(in[2*i+1])<<8)
	}
	select {
	case s.packets <- p:
	default:
	}
}

func (s *stream) tellStopped() {
	select {
	case s.stopped <- struct{}{}:
	default:
	}
}

func (s *stream) close() {
	if s.dev != nil {
		s.dev.Uninit()
	}
	closeContext(s.ctx)
}

// opened is the outcome of an attempt to open a device.
type opened struct {
	stream *stream
	err    error
}

// openAsync opens a device without waiting. The result comes in time, as an
// error where the sound server hangs; the stream that comes too late, or after
// ctx ended, is closed.
func openAsync(ctx context.Context, name string, stamp func() (int64, bool)) <-chan opened {
	result := make(chan opened, 1)
	go func() {
		inner := make(chan opened)
		quit := make(chan struct{})
		go func() {
			s, err := openStream(name, stamp)
			select {
			case inner <- opened{s, err}:
			case <-quit:
				if s != nil {
					s.close()
				}
			}
		}()
		defer close(quit)
		select {
		case o := <-inner:
			result <- o
		case <-time.After(openLimit):
			result <- opened{err: fmt.Errorf("%w: no answer within %v", ErrDevice, openLimit)}
		case <-ctx.Done():
			result <- opened{err: ctx.Err()}
		}
	}()
	return result
}

// closeSoon closes s, and goes on without it where the sound server hangs.
func closeSoon(s *stream) {
	if s == nil {
		return
	}
	done := make(chan struct{})
	go func() { s.close(); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}
