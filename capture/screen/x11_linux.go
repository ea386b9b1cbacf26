package screen

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	sysv "github.com/gen2brain/shm"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// comparePeriod is the time between grabs where the server has no DAMAGE.
const comparePeriod = 250 * time.Millisecond

// x11 is the device over an X server. Requests come from one goroutine; another
// one reads events.
type x11 struct {
	conn   *xgb.Conn
	log    *slog.Logger
	target capture.Target
	name   string       // of the chosen display, once it was seen
	told   bool         // RandR told of displays before
	follow *followed    // the chosen window; nil where none is chosen
	screen capture.Rect // all of it
	root   xproto.Window

	damageEvent, randrEvent byte
	hasDamage, hasRandR     bool
	hasSHM                  bool
	damage                  damage.Damage
	region                  xfixes.Region

	all     []Display // all that are on, as of the last look
	shown   []Display
	offsets []int // of each shown display in pix
	pix     []byte
	shared  []byte  // the segment that pix is the beginning of; nil where it is not shared with the server
	seg     shm.Seg // 0 where pix is not shared with the server

	wakes   chan struct{}
	ended   chan struct{} // closed when the reader of events has ended
	resized atomic.Bool
	closed  atomic.Bool // the chosen window was destroyed
}

// openX11 connects to the server called name and prepares grabs of target.
func openX11(name string, target capture.Target, log *slog.Logger) (*x11, error) {
	x, err := connect(name, log)
	if err != nil {
		return nil, err
	}
	x.target = target
	if err := x.prepare(); err != nil {
		x.dropPixels()
		x.conn.Close()
		return nil, err
	}
	go x.readEvents()
	return x, nil
}

// connect opens the connection.
func connect(name string, log *slog.Logger) (*x11, error) {
	if name == "" {
		name = os.Getenv("DISPLAY")
	}
	if name == "" {
		return nil, fmt.Errorf("%w: DISPLAY is not set", ErrNoServer)
	}
	conn, err := xgb.NewConnDisplay(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	x := &x11{
		conn: conn, log: log, root: xproto.Setup(conn).DefaultScreen(conn).Root,
		wakes: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	if _, err := x.extension("RANDR", &x.hasRandR); err != nil {
		conn.Close()
		return nil, err
	}
	return x, nil
}

// extension asks for an extension, sets has, and returns its first event.
func (x *x11) extension(name string, has *bool) (byte, error) {
	r, err := xproto.QueryExtension(x.conn, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, gone(fmt.Errorf("query extension %s: %w", name, err))
	}
	if has != nil {
		*has = r.Present
	}
	if !r.Present {
		return 0, nil
	}
	x.conn.ExtLock.Lock()
	x.conn.Extensions[name] = r.MajorOpcode
	x.conn.ExtLock.Unlock()
	return r.FirstEvent, nil
}

// gone turns the loss of the connection into ErrServerGone.
func gone(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrServerGone, err)
	}
	return err
}

// prepare finds displays and extensions, and starts to listen.
func (x *x11) prepare() error {
	var xwayland, hasFixes bool
	_, err1 := x.extension("XWAYLAND", &xwayland)
	_, err2 := x.extension("MIT-SHM", &x.hasSHM)
	_, err3 := x.extension("XFIXES", &hasFixes)
	dmg, err4 := x.extension("DAMAGE", &x.hasDamage)
	rr, err5 := x.extension("RANDR", &x.hasRandR)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	if xwayland {
		return ErrWayland
	}
	x.damageEvent, x.randrEvent = dmg, rr
	x.hasDamage = x.hasDamage && hasFixes
	if err := x.checkPixels(); err != nil {
		return err
	}
	x.listen()
	return x.rebuild()
}

// checkPixels accepts 24-bit colour in 32 bits with blue first, as practically
// every X server has it.
func (x *x11) checkPixels() error {
	setup := xproto.Setup(x.conn)
	scr := setup.DefaultScreen(x.conn)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
		return fmt.Errorf("%w: most significant byte first", ErrPixels)
	}
	for _, f := range setup.PixmapFormats {
		if f.Depth == scr.RootDepth && f.BitsPerPixel != 32 {
			return fmt.Errorf("%w: %d bits", ErrPixels, f.BitsPerPixel)
		}
	}
	for _, d := range scr.AllowedDepths {
		for _, v := range d.Visuals {
			if v.VisualId != scr.RootVisual {
				continue
			}
			if v.RedMask != 0xff0000 || v.GreenMask != 0xff00 || v.BlueMask != 0xff {
				return fmt.Errorf("%w: masks %x %x %x", ErrPixels, v.RedMask, v.GreenMask, v.BlueMask)
			}
		}
	}
	return nil
}

// listen asks for events about drawing and geometry. What cannot be had is
// logged: pictures are then compared, or the geometry taken to be fixed.
func (x *x11) listen() {
	xproto.ChangeWindowAttributes(x.conn, x.root, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify})
	if x.hasRandR {
		if _, err := randr.QueryVersion(x.conn, 1, 5).Reply(); err != nil {
			x.log.Warn("RandR does not answer", "err", err)
			x.hasRandR = false
		} else {
			randr.SelectInput(x.conn, x.root, randr.NotifyMaskScreenChange|randr.NotifyMaskCrtcChange)
		}
	}
	if x.hasDamage {
		if err := x.watchDamage(); err != nil {
			x.log.Warn("pictures are compared all the time, as drawing is not reported", "err", err)
			x.hasDamage = false
		}
	}
}

func (x *x11) watchDamage() error {
	// Both versions must be told before any other request of the extension.
	if _, err := xfixes.QueryVersion(x.conn, 5, 0).Reply(); err != nil {
		return fmt.Errorf("query XFIXES version: %w", err)
	}
	if _, err := damage.QueryVersion(x.conn, 1, 1).Reply(); err != nil {
		return fmt.Errorf("query DAMAGE version: %w", err)
	}
	var err error
	if x.region, err = xfixes.NewRegionId(x.conn); err != nil {
		return err
	}
	if err := xfixes.CreateRegionChecked(x.conn, x.region, nil).Check(); err != nil {
		return fmt.Errorf("create region: %w", err)
	}
	if x.damage, err = damage.NewDamageId(x.conn); err != nil {
		return err
	}
	// NonEmpty: one event when something was drawn, the next only after
	// Subtract. The region itself is fetched with the pixels.
	err = damage.CreateChecked(x.conn, x.damage, xproto.Drawable(x.root), damage.ReportLevelNonEmpty).Check()
	if err != nil {
		return fmt.Errorf("create damage: %w", err)
	}
	return nil
}

// readEvents runs until the connection ends.
func (x *x11) readEvents() {
	defer close(x.ended)
	if !x.hasDamage {
		stop := x.tick()
		defer stop()
	}
	for {
		ev, err := x.conn.WaitForEvent()
		switch {
		case err != nil:
			x.log.Debug("X error", "err", err)
		case ev == nil:
			return
		case x.moved(ev):
			x.resized.Store(true)
			x.poke()
		case x.aboutWindow(ev):
			x.poke()
		case x.drawn(ev):
			x.poke()
		}
	}
}

// tick wakes the loop at a steady pace.
func (x *x11) tick() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(comparePeriod)
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				x.poke()
			}
		}
	}()
	return func() { close(quit); <-done }
}

func (x *x11) poke() {
	select {
	case x.wakes <- struct{}{}:
	default:
	}
}

func (x *x11) displays() []Display   { return x.shown }
func (x *x11) wake() <-chan struct{} { return x.wakes }
func (x *x11) gone() <-chan struct{} { return x.ended }
func (x *x11) layout() layout        { return bgrx }

func (x *x11) pixels(i int) []byte {
	b := x.shown[i].Bounds
	return x.pix[x.offsets[i]:][:b.W*b.H*4]
}

// close ends the connection. It waits for the reader of events for a moment
// only: a server that hangs answers no more.
func (x *x11) close() {
	x.dropPixels()
	x.conn.Close()
	select {
	case <-x.ended:
	case <-time.After(time.Second):
	}
}

// rebuild implements device.
func (x *x11) rebuild() error {
	x.resized.Store(false)
	all, err := x.monitors()
	if err != nil {
		return err
	}
	switch x.target.Kind {
	case capture.TargetWindow:
		if x.follow == nil {
			f := &followed{x: x, window: xproto.Window(x.target.Window)}
			if err := f.listen(); err != nil {
				return err
			}
			x.follow = f
		}
		place, err := x.follow.place()
		if errors.Is(err, ErrWindowHidden) {
			// It may come back: until then nothing is shown.
			x.adapt(nil)
			return nil
		}
		if err != nil {
			return err
		}
		x.adapt([]Display{holder(all, place)})
	case capture.TargetRegion:
		part := x.target.Region.Intersect(x.screen)
		if part.Empty() {
			return fmt.Errorf("%w: %+v is outside of the screen", ErrNoDisplay, x.target.Region)
		}
		x.adapt([]Display{holder(all, part)})
	case capture.TargetDisplay:
		d, err := x.chosen(all)
		if err != nil {
			return err
		}
		x.adapt([]Display{d})
	default:
		x.adapt(all)
	}
	return nil
}

// chosen finds the display that was chosen, also when others came or went.
func (x *x11) chosen(all []Display) (Display, error) {
	i := slices.IndexFunc(all, func(d Display) bool { return d.Name == x.name })
	if x.name == "" {
		i = x.target.Display
	}
	if i < 0 || i >= len(all) {
		return Display{}, fmt.Errorf("%w: %s", ErrNoDisplay, cmp.Or(x.name, fmt.Sprintf("%d of %d", x.target.Display, len(all))))
	}
	x.name = all[i].Name
	return all[i], nil
}

// holder is a part of the screen as a display, with the index of the one that
// holds most of it.
func holder(all []Display, part capture.Rect) Display {
	d := Display{Bounds: part}
	most := 0
	for _, m := range all {
		in := m.Bounds.Intersect(part)
		if in.W*in.H > most {
			most, d.Index, d.Name = in.W*in.H, m.Index, m.Name
		}
	}
	return d
}

// adapt makes room for the pixels of what is shown.
func (x *x11) adapt(shown []Display) {
	x.shown, x.offsets = shown, x.offsets[:0]
	size := 0
	for _, d := range shown {
		x.offsets = append(x.offsets, size)
		size += d.Bounds.W * d.Bounds.H * 4
	}
	x.makePixels(size)
}

// segmentStep is what the size of a segment is rounded up to: a window that is
// being resized must not need a new one each time.
const segmentStep = 1 << 20

// makePixels provides size bytes, shared with the server where it can.
func (x *x11) makePixels(size int) {
	if x.seg != 0 && size <= len(x.shared) && len(x.shared) <= 2*size+segmentStep {
		x.pix = x.shared[:size]
		return
	}
	x.dropPixels()
	if size == 0 {
		return
	}
	if x.hasSHM {
		pix, seg, err := x.share((size + segmentStep - 1) / segmentStep * segmentStep)
		if err == nil {
			x.shared, x.pix, x.seg = pix, pix[:size], seg
			return
		}
		x.log.Warn("pictures come over the socket, as memory cannot be shared with the display server", "err", err)
		x.hasSHM = false
	}
	x.pix = make([]byte, size)
}

// share makes a segment that only this user can open, attaches it on both
// sides and removes its name, so that it ends with the last process that has
// it, however that ends.
func (x *x11) share(size int) ([]byte, shm.Seg, error) {
	id, err := sysv.Get(sysv.IPC_PRIVATE, size, sysv.IPC_CREAT|sysv.IPC_EXCL|0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("create shared memory: %w", err)
	}
	defer func() { _ = sysv.Rm(id) }()
	pix, err := sysv.At(id, 0, 0)
	if err != nil {
		return nil, 0, fmt.Errorf("attach shared memory: %w", err)
	}
	seg, err := shm.NewSegId(x.conn)
	if err == nil {
		err = shm.AttachChecked(x.conn, seg, uint32(id), false).Check()
	}
	if err != nil {
		_ = sysv.Dt(pix)
		return nil, 0, fmt.Errorf("attach shared memory to the display server: %w", gone(err))
	}
	return pix, seg, nil
}

func (x *x11) dropPixels() {
	if x.seg != 0 {
		shm.Detach(x.conn, x.seg)
		_ = sysv.Dt(x.shared)
	}
	x.pix, x.shared, x.seg = nil, nil, 0
}
