package mic

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
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
	// ErrSilent tells that the microphone delivers nothing, or nothing but
	// silence.
	ErrSilent = errors.New("no sound comes from the microphone")

	errNoServer = errors.New("no sound system answers")
)

// Device is a microphone, or another source of sound such as the monitor of a
// loudspeaker.
type Device struct {
	ID      string // stable on this machine; the name of the source under PulseAudio
	Name    string // for people; hostile text
	Default bool
	Monitor bool // records what an output plays, and no person
}

const (
	period     = 100 * time.Millisecond // of callbacks
	periods    = 10                     // that the system keeps, a second: a busy machine loses nothing
	openLimit  = 10 * time.Second       // for calls into the sound server
	closeLimit = 2 * time.Second        // to close a device
	queueLen   = 256                    // packets, ten seconds
)

// Devices returns the microphones: the default one first, and the monitors of
// outputs, which record what the machine plays, last. Where there is no sound
// system the error is ErrNoDevice.
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
	all := make([]Device, 0, len(infos))
	for i := range infos {
		id := idOf(infos[i].ID)
		all = append(all, Device{
			ID: id, Name: infos[i].Name(), Default: infos[i].IsDefault != 0,
			Monitor: strings.HasSuffix(id, ".monitor"), // PulseAudio's way to name them
		})
	}
	return arrange(all), nil
}

// arrange puts devices in the order in which people look for them, and gives
// each a name of its own.
func arrange(all []Device) []Device {
	rank := func(d Device) int {
		switch {
		case d.Default:
			return 0
		case d.Monitor:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b Device) int { return rank(a) - rank(b) })
	times := map[string]int{}
	for i, d := range all {
		if strings.TrimSpace(d.Name) == "" {
			all[i].Name = d.ID
		}
		times[all[i].Name]++
	}
	for i, d := range all {
		if times[d.Name] > 1 {
			all[i].Name = fmt.Sprintf("%s (%s)", d.Name, d.ID)
		}
	}
	return all
}

func openContext() (*malgo.AllocatedContext, error) {
	quietLibraries()
	c, err := malgo.InitContext(backends(), malgo.ContextConfig{}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w: %w", ErrNoDevice, errNoServer, err)
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
	lost    int64         // samples that found no room; the callback's
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
// that find no room are told with the next one, so that the track knows the
// place.
func (s *stream) receive(in []byte, stamp func() (int64, bool)) {
	p := packet{samples: make([]int16, len(in)/2)}
	p.end, p.running = stamp()
	for i := range p.samples {
		p.samples[i] = int16(uint16(in[2*i]) | uint16(in[2*i+1])<<8)
	}
	p.lost = s.lost
	select {
	case s.packets <- p:
		s.lost = 0
	default:
		if p.running {
			s.lost += int64(len(p.samples))
		}
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
		// Uninit alone waits for ever for miniaudio's thread where the device is
		// gone and no sound wakes that up. Stop wakes it.
		_ = s.dev.Stop()
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

// closeAsync closes s without waiting: a sound server that hangs, and one that
// took the device away, let it take its time. The channel is closed then.
func closeAsync(s *stream) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s != nil {
			s.close()
		}
	}()
	return done
}

// closeSoon closes s, and goes on without it where that takes too long.
func closeSoon(s *stream) { await(closeAsync(s)) }

// await waits for channels to be closed, for closeLimit together.
func await(all ...<-chan struct{}) {
	limit := time.After(closeLimit)
	for _, done := range all {
		select {
		case <-done:
		case <-limit:
			return
		}
	}
}
