package crash

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

var (
	kills = flag.Int("kills", 25, "how many times a child is killed")
	seed  = flag.Uint64("seed", 0, "repeats a run; 0 takes a new seed")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirEnv); dir != "" {
		if err := work(dir); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// chain is the steps that are aimed at while one data folder lives. It begins
// with one of an older schema.
var chain = []step{stepOpen, stepAppend, stepRewrite, stepFinish, stepDraft, stepEdit, stepAppend, stepDelete, stepEdit, stepRewrite}

// alsoRecovery is how many of the kills are followed by one of the recovery.
const alsoRecovery = 0.35

func TestCrash(t *testing.T) {
	h := newHarness(t)
	h.run(t)
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d; to repeat, give -args -kills %d -seed %d", *seed, *kills, *seed)
	h := &harness{random: rand.New(rand.NewPCG(*seed, 0)), usual: map[step]time.Duration{}, versions: map[int]int{}, hit: map[step]int{}, missed: map[step]int{}}
	h.templates = makeTemplates(t, h.random)
	h.usual[stepOpen] = h.openingTakes(t)
	return h
}

func (h *harness) run(t *testing.T) {
	t.Helper()
	begun := time.Now()
	for h.done < *kills {
		h.startFolder(t)
		for _, aim := range chain {
			h.round(t, aim)
			if t.Failed() {
				t.Fatalf("after %d kills, the last one aimed at %q; the data folder is %s", h.done, aim, h.dir)
			}
			if h.done >= *kills {
				break
			}
		}
		h.endFolder(t)
	}
	h.report(t, time.Since(begun))
}

// harness kills.
type harness struct {
	random    *rand.Rand
	templates []template
	base      string // where data folders are made; "" is the usual place
	cut       func() // cuts the power instead of killing the child; may be nil
	restore   func() // gives it back
	unpacked  func() // makes a new data folder durable; may be nil
	dir       string
	world     *world
	folders   int
	versions  map[int]int            // folders by the version of the schema that they began with
	done      int                    // kills
	usual     map[step]time.Duration // how long a step takes, at most
	hit       map[step]int           // kills before the step was said to be done
	missed    map[step]int           // kills after it
	facts     int                    // checked as durable, over all rounds
	untold    int                    // done and not told
}

func (h *harness) startFolder(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp(h.base, "runreel-crash-")
	if err != nil {
		t.Fatal(err)
	}
	h.dir = dir
	tp := h.templates[h.folders%len(h.templates)]
	h.world = tp.unpack(t, dir)
	if h.unpacked != nil {
		h.unpacked()
	}
	h.versions[tp.version]++
	h.folders++
}

// openingTakes is how long it takes to open the oldest database.
func (h *harness) openingTakes(t *testing.T) time.Duration {
	t.Helper()
	dir := t.TempDir()
	h.templates[1].unpack(t, dir)
	begun := time.Now()
	s, err := openStores(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	if err := s.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return took
}

// endFolder leaves a folder that something is wrong with where it is.
func (h *harness) endFolder(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
}

// round kills one child in a step, maybe the recovery after it too, and looks
// at what is left.
func (h *harness) round(t *testing.T, aim step) {
	t.Helper()
	h.kill(t, aim)
	if t.Failed() {
		return
	}
	for h.done < *kills && aim != stepDraft && aim != stepDelete && h.random.Float64() < alsoRecovery {
		h.kill(t, stepRecover)
	}
	h.verify(t)
}

// kill starts a child, waits until it begins the step, lets a random part of
// the step's usual time go by, and kills it.
func (h *harness) kill(t *testing.T, aim step) {
	t.Helper()
	skip := 0
	if aim != stepOpen && aim != stepRecover {
		skip = h.random.IntN(4) // of the steps of that kind
	}
	part := h.random.Float64() * 1.2
	c := startChild(t, h.dir, aim, h.random.Uint64())
	if !c.await(t, aim, skip) {
		return
	}
	if usual := h.usual[aim]; usual > 0 {
		<-time.After(time.Duration(part * float64(usual))) // the random moment
	}
	if h.cut != nil {
		// It stands first, so that it says nothing after the cut: a sync that is
		// under way then could seem to have gone well.
		c.stop(t)
		h.cut()
		c.cut = true
	}
	said := c.kill(t)
	if h.cut != nil {
		h.restore()
	}
	h.done++
	for _, s := range said {
		h.learn(s)
		h.world.apply(s.op, s.done)
	}
	if len(said) > 0 && !said[len(said)-1].done && said[len(said)-1].op.Step == aim {
		h.hit[aim]++
	} else {
		h.missed[aim]++
	}
}

// learn keeps what a step takes. Opening is measured with a migration to do, and
// a recovery is short where there is nothing to recover, so these two do not
// count by their mean.
func (h *harness) learn(s said) {
	usual := h.usual[s.op.Step]
	switch {
	case !s.done || s.op.Step == stepOpen:
		return
	case usual == 0:
		usual = s.took
	case s.op.Step == stepRecover:
		usual = max(usual*95/100, s.took)
	default:
		usual = (usual*4 + s.took) / 5
	}
	h.usual[s.op.Step] = usual
}

func (h *harness) report(t *testing.T, took time.Duration) {
	t.Helper()
	t.Logf("%d kills in %d data folders in %s: %d facts that were told were looked for and found, %d steps were done and not told",
		h.done, h.folders, took.Round(time.Second), h.facts, h.untold)
	t.Logf("  folders by the version of the schema that they began with, 0 for none: %v", h.versions)
	for _, s := range slices.Sorted(maps.Keys(merged(h.hit, h.missed))) {
		t.Logf("  %-8s %3d kills within the step, %3d after it; it takes %s", s, h.hit[s], h.missed[s], h.usual[s].Round(10*time.Microsecond))
	}
	within := 0
	for _, n := range h.hit {
		within += n
	}
	if within < h.done/4 {
		t.Errorf("only %d of %d kills met the step that they aimed at: they show too little", within, h.done)
	}
}

func merged(a, b map[step]int) map[step]int {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return m
}
