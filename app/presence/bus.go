package presence

import (
	"context"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	login      = "org.freedesktop.login1"
	loginPath  = dbus.ObjectPath("/org/freedesktop/login1")
	manager    = login + ".Manager"
	session    = login + ".Session"
	properties = "org.freedesktop.DBus.Properties"
	callLimit  = 2 * time.Second
)

// savers are the screen savers that tell whether the screen is locked, each
// with its object. All have GetActive and ActiveChanged.
var savers = map[string]dbus.ObjectPath{
	"org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
	"org.gnome.ScreenSaver":       "/org/gnome/ScreenSaver",
	"org.cinnamon.ScreenSaver":    "/org/cinnamon/ScreenSaver",
	"org.mate.ScreenSaver":        "/org/mate/ScreenSaver",
	"org.xfce.ScreenSaver":        "/org/xfce/ScreenSaver",
}

// watcher is one Watch.
type watcher struct {
	options Options
	handler Handler
	slept   time.Duration // suspended, as last seen

	system  *dbus.Conn
	desktop *dbus.Conn      // the session bus
	locked  map[string]bool // by whom the screen is locked
	own     dbus.ObjectPath // this login session
	inhibit int             // descriptor that delays sleep; -1 is none
}

func (w *watcher) run(ctx context.Context) {
	w.locked, w.inhibit = map[string]bool{}, -1
	defer w.release()
	// Closing a connection closes its channel, so each has its own.
	system, desktop := make(chan *dbus.Signal, 64), make(chan *dbus.Signal, 64)
	if conn := w.connect(ctx, "system", w.options.System, dbus.ConnectSystemBus, system); conn != nil {
		defer conn.Close()
		w.system = conn
		w.watchLogin(ctx)
	}
	if conn := w.connect(ctx, "session", w.options.Session, dbus.ConnectSessionBus, desktop); conn != nil {
		defer conn.Close()
		w.desktop = conn
		w.watchSavers(ctx)
	}
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-system:
			if !ok {
				system = nil // the bus went away
				continue
			}
			w.signal(ctx, s)
		case s, ok := <-desktop:
			if !ok {
				desktop = nil
				continue
			}
			w.signal(ctx, s)
		case <-tick.C:
			w.noteSleep()
			w.recheck(ctx)
		}
	}
}

// recheck asks again those who said that the screen is locked: one that ended
// meanwhile must not keep a recording paused for ever.
func (w *watcher) recheck(ctx context.Context) {
	for by := range w.locked {
		if !w.asks(ctx, by) {
			w.setLocked(by, false)
		}
	}
}

// asks tells whether a screen saver, or logind, says now that the screen is
// locked.
func (w *watcher) asks(ctx context.Context, by string) (locked bool) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if by == login {
		var v dbus.Variant
		call := w.system.Object(login, w.own).CallWithContext(ctx, properties+".Get", 0, session, "LockedHint")
		if call.Store(&v) == nil {
			locked, _ = v.Value().(bool)
		}
		return locked
	}
	call := w.desktop.Object(by, savers[by]).CallWithContext(ctx, by+".GetActive", dbus.FlagNoAutoStart)
	return call.Store(&locked) == nil && locked
}

// connect returns nil where there is no bus.
func (w *watcher) connect(ctx context.Context, name, address string, usual func(...dbus.ConnOption) (*dbus.Conn, error), signals chan *dbus.Signal) *dbus.Conn {
	dial := func() (*dbus.Conn, error) { return usual(dbus.WithContext(ctx)) }
	if address != "" {
		dial = func() (*dbus.Conn, error) { return dbus.Connect(address, dbus.WithContext(ctx)) }
	}
	conn, err := dial()
	if err != nil {
		w.options.Log.Info("no "+name+" bus: what it tells is not known", "err", err)
		return nil
	}
	conn.Signal(signals)
	return conn
}

// watchLogin asks logind for this session, its lock and sleep. The signals Lock
// and Unlock are requests to whoever locks and say nothing of what was done, so
// LockedHint counts.
func (w *watcher) watchLogin(ctx context.Context) {
	conn := w.system
	for _, m := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(login), dbus.WithMatchInterface(manager), dbus.WithMatchMember("PrepareForSleep")},
		{dbus.WithMatchSender(login), dbus.WithMatchInterface(properties), dbus.WithMatchArg(0, session)},
	} {
		if err := conn.AddMatchSignalContext(ctx, m...); err != nil {
			w.options.Log.Warn("listen to logind", "err", err)
		}
	}
	w.own = w.ownSession(ctx)
	if w.own != "" && w.asks(ctx, login) {
		w.setLocked(login, true)
	}
	w.delaySleep(ctx)
}

// ownSession is the login session of this process; empty where logind knows
// none, as for a service.
func (w *watcher) ownSession(ctx context.Context) dbus.ObjectPath {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var path dbus.ObjectPath
	call := w.system.Object(login, loginPath).CallWithContext(ctx, manager+".GetSessionByPID", 0, uint32(os.Getpid()))
	if err := call.Store(&path); err == nil {
		return path
	}
	// A process of the user's manager belongs to no session; the environment
	// still tells which one it serves.
	id := os.Getenv("XDG_SESSION_ID")
	if id == "" {
		return ""
	}
	call = w.system.Object(login, loginPath).CallWithContext(ctx, manager+".GetSession", 0, id)
	if err := call.Store(&path); err != nil {
		w.options.Log.Info("logind knows no session of this process", "err", err)
		return ""
	}
	return path
}

// delaySleep asks logind to wait with going to sleep until the recording is
// held (systemd's inhibitor locks, mode "delay").
func (w *watcher) delaySleep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var fd dbus.UnixFD
	call := w.system.Object(login, loginPath).CallWithContext(ctx, manager+".Inhibit", 0,
		"sleep", "runreel", "the recording is paused first", "delay")
	if err := call.Store(&fd); err != nil {
		w.options.Log.Info("sleep cannot be delayed", "err", err)
		return
	}
	syscall.CloseOnExec(int(fd))
	w.inhibit = int(fd)
}

// release lets the machine sleep.
func (w *watcher) release() {
	if w.inhibit < 0 {
		return
	}
	_ = syscall.Close(w.inhibit) // nothing can be done about a failure, and the process's end closes it
	w.inhibit = -1
}

func (w *watcher) watchSavers(ctx context.Context) {
	for name, path := range savers {
		err := w.desktop.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(path), dbus.WithMatchInterface(name), dbus.WithMatchMember("ActiveChanged"))
		if err != nil {
			w.options.Log.Warn("listen to a screen saver", "name", name, "err", err)
			continue
		}
		if w.asks(ctx, name) {
			w.setLocked(name, true)
		}
	}
}

// signal handles one signal. Its body comes from other programs.
func (w *watcher) signal(ctx context.Context, s *dbus.Signal) {
	dot := strings.LastIndexByte(s.Name, '.')
	if dot < 0 {
		return
	}
	iface, member := s.Name[:dot], s.Name[dot+1:]
	switch {
	case iface == manager && member == "PrepareForSleep":
		if sleeps, ok := first[bool](s); ok {
			w.sleep(ctx, sleeps)
		}
	case iface == properties && s.Path == w.own && len(s.Body) > 1:
		changed, _ := s.Body[1].(map[string]dbus.Variant)
		if locked, ok := changed["LockedHint"].Value().(bool); ok {
			w.setLocked(login, locked)
		}
	case savers[iface] == s.Path && member == "ActiveChanged":
		if active, ok := first[bool](s); ok {
			w.setLocked(iface, active)
		}
	}
}

func first[T any](s *dbus.Signal) (v T, ok bool) {
	if len(s.Body) == 0 {
		return v, false
	}
	v, ok = s.Body[0].(T)
	return v, ok
}

func (w *watcher) sleep(ctx context.Context, sleeps bool) {
	if sleeps {
		w.handler.Away(Asleep)
		w.release()
		return
	}
	w.noteSleep()
	w.handler.Back(Asleep)
	w.delaySleep(ctx)
}

// setLocked notes whether one of those who tell says that the screen is locked.
// It is locked while any of them says so.
func (w *watcher) setLocked(by string, locked bool) {
	before := len(w.locked) > 0
	if locked {
		w.locked[by] = true
	} else {
		delete(w.locked, by)
	}
	switch now := len(w.locked) > 0; {
	case now && !before:
		w.handler.Away(Locked)
	case before && !now:
		w.handler.Back(Locked)
	}
}
