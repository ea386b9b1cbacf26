package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The pace of a hand and of a voice. They are part of the performance: nothing
// waits for a result by them.
const (
	breath   = 700 * time.Millisecond // after a sentence
	aim      = 350 * time.Millisecond // between arriving at a button and pressing it
	keyDelay = "25"                   // milliseconds between keys
)

// perform does one action, after saying what belongs before it.
func (s *stage) perform(ctx context.Context, a Action) error {
	if a.Say != "" {
		fmt.Fprintf(s.log, "  says   %s\n", a.Say)
		if err := s.say(ctx, a.Say); err != nil {
			return err
		}
	}
	switch {
	case a.Run != "":
		return s.run(ctx, a.Run)
	case a.Open != "":
		return s.open(ctx, a.Open)
	case a.Click != "":
		return s.click(ctx, a)
	case a.Type != "":
		return s.fill(ctx, a)
	case a.Mark != "":
		fmt.Fprintf(s.log, "  marks  %s\n", a.Mark)
		_, err := s.self(ctx, "mark", a.Mark)
		return err
	case a.Hidden != "":
		return s.hide(ctx, a.Hidden)
	}
	return nil
}

func (s *stage) say(ctx context.Context, text string) error {
	wav := filepath.Join(s.Dir, "voice.wav")
	if _, err := s.Run(ctx, "espeak-ng", "-v", "en-us", "-s", "150", "-w", wav, text); err != nil {
		return fmt.Errorf("say %q: %w", text, err)
	}
	if _, err := s.Run(ctx, "paplay", "--device=runreel", wav); err != nil {
		return fmt.Errorf("say %q: %w", text, err)
	}
	return pause(ctx, breath)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// settled waits until the recorder has seen the end of every command so far.
func (s *stage) settled(ctx context.Context) error {
	return s.until(ctx, fmt.Sprintf("command %d", s.commands), func(ctx context.Context) (bool, error) {
		st, err := s.status(ctx)
		return st.Commands >= s.commands, err
	})
}

func (s *stage) typeLine(ctx context.Context, line string) error {
	if _, err := s.Run(ctx, "xdotool", "windowactivate", "--sync", s.window); err != nil {
		return fmt.Errorf("go to the terminal: %w", err)
	}
	if _, err := s.Run(ctx, "xdotool", "type", "--delay", keyDelay, "--clearmodifiers", "--", line); err != nil {
		return fmt.Errorf("type %q: %w", line, err)
	}
	if _, err := s.Run(ctx, "xdotool", "key", "--clearmodifiers", "Return"); err != nil {
		return fmt.Errorf("type %q: %w", line, err)
	}
	return nil
}

func (s *stage) run(ctx context.Context, line string) error {
	fmt.Fprintf(s.log, "  runs   %s\n", line)
	// What was opened has to end before the shell takes a line again.
	if err := s.settled(ctx); err != nil {
		return err
	}
	if err := s.typeLine(ctx, line); err != nil {
		return err
	}
	s.commands++
	return s.settled(ctx)
}

func (s *stage) open(ctx context.Context, line string) error {
	fmt.Fprintf(s.log, "  opens  %s\n", line)
	if err := s.settled(ctx); err != nil {
		return err
	}
	s.commands++
	return s.typeLine(ctx, line)
}

// hide runs a command while the recording is paused.
func (s *stage) hide(ctx context.Context, line string) error {
	fmt.Fprintln(s.log, "  hides  a command behind a pause")
	if _, err := s.self(ctx, "pause"); err != nil {
		return err
	}
	if err := s.typeLine(ctx, line); err != nil {
		return err
	}
	err := s.until(ctx, "the hidden command", func(context.Context) (bool, error) {
		info, err := os.Stat(filepath.Join(s.home, "hidden"))
		return err == nil && info.Size() > 0, nil
	})
	if err != nil {
		return err
	}
	if err := pause(ctx, breath); err != nil { // nobody resumes on the same instant
		return err
	}
	_, err = s.self(ctx, "resume")
	return err
}

func (s *stage) click(ctx context.Context, a Action) error {
	fmt.Fprintf(s.log, "  clicks %s in %s\n", a.Click, a.Title)
	return s.press(ctx, a.Title, a.Role, a.Click)
}

// fill clicks the window's entry, and types into it.
func (s *stage) fill(ctx context.Context, a Action) error {
	fmt.Fprintf(s.log, "  types  %s into %s\n", a.Type, a.Field)
	if err := s.press(ctx, a.Title, "text", ""); err != nil {
		return err
	}
	if _, err := s.Run(ctx, "xdotool", "type", "--delay", keyDelay, "--clearmodifiers", "--", a.Type); err != nil {
		return fmt.Errorf("type %q: %w", a.Type, err)
	}
	return nil
}

// press moves the pointer onto an element, and clicks it. Windows move for a
// moment after they open: it waits until the element stays where it is.
func (s *stage) press(ctx context.Context, window, role, label string) error {
	if s.tree == nil {
		t, err := openTree(ctx, s.Lookup("DBUS_SESSION_BUS_ADDRESS"))
		if err != nil {
			return err
		}
		s.tree = t
	}
	var at, before box
	err := s.until(ctx, fmt.Sprintf("%s %q in %q", role, label, window), func(ctx context.Context) (bool, error) {
		before = at
		var err error
		at, err = s.tree.find(ctx, window, role, label)
		return err == nil && at == before, err
	})
	if err != nil {
		return err
	}
	x, y := at.middle()
	if _, err := s.Run(ctx, "xdotool", "mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y)); err != nil {
		return fmt.Errorf("move the pointer: %w", err)
	}
	if err := pause(ctx, aim); err != nil {
		return err
	}
	if _, err := s.Run(ctx, "xdotool", "click", "1"); err != nil {
		return fmt.Errorf("click %q: %w", label, err)
	}
	return nil
}
