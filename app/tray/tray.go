package tray

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"fyne.io/systray"
)

// ErrNoTray says that this desktop has no tray that takes icons.
var ErrNoTray = errors.New("the desktop has no tray")

// State is what the icon shows.
type State int

// The states.
const (
	Idle State = iota
	Recording
	Paused
)

// Action is what a person chose.
type Action int

// The actions.
const (
	Show Action = iota // the window
	Record
	Stop
	Pause
	Resume
	Mark
	OffTheRecord
)

// Options configures Run. Fire is required.
type Options struct {
	// Fire is called from several goroutines. opened is when the menu that the
	// person chose from was opened; zero where there was none.
	Fire func(a Action, opened time.Time)
	Log  *slog.Logger // nil discards
}

// Tray is the icon. The zero Tray shows nothing until Run.
type Tray struct {
	mu      sync.Mutex
	state   State
	items   map[Action]*systray.MenuItem // nil while there is no icon
	changed chan struct{}
	opened  time.Time
}

// New returns a tray that shows nothing.
func New() *Tray { return &Tray{changed: make(chan struct{}, 1)} }

// Set shows a state, now or when the icon appears.
func (t *Tray) Set(s State) {
	t.mu.Lock()
	t.state = s
	t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default: // it will look anyway
	}
}

// entries is the menu, in order.
var entries = []struct {
	action Action
	title  string
	in     []State // where it can be chosen
}{
	{Record, "Start recording", []State{Idle}},
	{Stop, "Stop and keep", []State{Recording, Paused}},
	{Pause, "Pause", []State{Recording}},
	{Resume, "Go on", []State{Paused}},
	{Mark, "Mark this moment", []State{Recording, Paused}},
	{OffTheRecord, "Off the record", []State{Recording, Paused}},
	{Show, "Show the window", []State{Idle, Recording, Paused}},
}

// Run shows the icon until ctx ends. It waits for a tray to appear, which may be
// never; the error tells that there can be none.
func (t *Tray) Run(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := awaitTray(ctx, o.Log); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("%w: %w", ErrNoTray, err)
	}
	var wg sync.WaitGroup
	start, end := systray.RunWithExternalLoop(nil, func() {})
	systray.SetTitle("Runreel")
	systray.SetOnTapped(func() { o.Fire(Show, time.Time{}) })
	t.build(ctx, o, &wg)
	t.show()
	start()
	defer func() {
		end()
		wg.Wait()
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.changed:
			t.show()
		case <-systray.TrayOpenedCh:
			t.mu.Lock()
			t.opened = time.Now()
			t.mu.Unlock()
		}
	}
}

// build makes the menu.
func (t *Tray) build(ctx context.Context, o Options, wg *sync.WaitGroup) {
	items := map[Action]*systray.MenuItem{}
	for _, e := range entries {
		item := systray.AddMenuItem(e.title, "")
		items[e.action] = item
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-item.ClickedCh:
					t.mu.Lock()
					opened := t.opened
					t.mu.Unlock()
					o.Fire(e.action, opened)
				}
			}
		})
	}
	t.mu.Lock()
	t.items = items
	t.mu.Unlock()
}

// show draws the state.
func (t *Tray) show() {
	t.mu.Lock()
	state, items := t.state, t.items
	t.mu.Unlock()
	systray.SetIcon(icon(state))
	systray.SetTooltip(tooltip(state))
	for _, e := range entries {
		if slices.Contains(e.in, state) {
			items[e.action].Show()
		} else {
			items[e.action].Hide()
		}
	}
}

func tooltip(s State) string {
	switch s {
	case Recording:
		return "Runreel is recording"
	case Paused:
		return "Runreel is paused"
	}
	return "Runreel"
}
