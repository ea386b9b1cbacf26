package narrate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func said(start, end float64, text string) capture.Segment {
	return capture.Segment{Start: seconds(start), End: seconds(end), Text: text}
}

func done(start, end float64, words string) Step {
	return Step{Start: seconds(start), End: seconds(end), Words: words}
}

// told writes a placement: the step, the role, the text.
func told(sentences []Sentence) string {
	var out []string
	for _, s := range sentences {
		role := ""
		if s.Role != Plain {
			role = " " + string(s.Role)
		}
		out = append(out, fmt.Sprintf("%d%s: %s", s.Step, role, s.Text))
	}
	return strings.Join(out, "\n")
}

func TestPlace(t *testing.T) {
	pods := done(10, 11, "kubectl get pods")
	roll := done(20, 21, "Roll out")
	tests := []struct {
		name     string
		segments []capture.Segment
		steps    []Step
		want     string
	}{
		{"nothing said", nil, []Step{pods}, ""},
		{"no steps", []capture.Segment{said(1, 2, "this is how we do it")}, nil, "-1: this is how we do it"},
		{"announcement", []capture.Segment{said(12, 14, "now i confirm it")}, []Step{pods, roll}, "1: now i confirm it"},
		{"comment", []capture.Segment{said(16, 18, "as you can see it is green")}, []Step{pods, roll}, "0: as you can see it is green"},
		{"comment close to the next step", []capture.Segment{said(17, 19.5, "the output shows four replicas")}, []Step{pods, roll}, "0: the output shows four replicas"},
		{"announcement right after a step", []capture.Segment{said(11.2, 13, "next i open the dashboard")}, []Step{pods, roll}, "1: next i open the dashboard"},
		{"words decide", []capture.Segment{said(15, 17, "the rollout")}, []Step{pods, roll}, "1: the rollout"},
		{"while it runs", []capture.Segment{said(13, 16, "this takes a while")}, []Step{done(10, 30, "kubectl rollout status"), done(32, 32, "Close")}, "0: this takes a while"},
		{"spelt numbers", []capture.Segment{said(14, 16, "the port is eight zero eight zero")}, []Step{pods, done(20, 22, "Port 8080")}, "1: the port is eight zero eight zero"},
		{"opening", []capture.Segment{said(1, 4, "today we restore the customer database"), said(7, 9, "first look at the pods")}, []Step{pods, roll},
			"-1: today we restore the customer database\n0: first look at the pods"},
		{"warning", []capture.Segment{said(12, 14, "never run this against production")}, []Step{pods, roll}, "0 warning: never run this against production"},
		{"prerequisite", []capture.Segment{said(1, 3, "before you start you need access to the vault")}, []Step{pods}, "-1 prerequisite: before you start you need access to the vault"},
		{"prerequisite too late", []capture.Segment{said(12, 14, "you need a token")}, []Step{pods, roll}, "0 warning: you need a token"},
		{"rollback", []capture.Segment{said(22, 25, "if this fails roll back the release")}, []Step{pods, roll}, "1 rollback: if this fails roll back the release"},
		{"rolling back is the work", []capture.Segment{said(17, 19, "now i roll back the release")}, []Step{pods, roll}, "1: now i roll back the release"},
		{"asides", []capture.Segment{said(12, 13, "um let me see"), said(13.5, 14, "um"), said(22, 23, "thank you for watching")}, []Step{pods, roll},
			"0 aside: um let me see\n0 aside: um\n1 aside: thank you for watching"},
		{"never back", []capture.Segment{said(18, 19.5, "now i roll out"), said(19.6, 19.9, "as you can see the pods")}, []Step{pods, roll},
			"1: now i roll out\n1: as you can see the pods"},
		{"full stops", []capture.Segment{said(11.5, 13, "All pods are running. Now we"), said(13.2, 15, "roll it out. v2.5 is next,"), said(15.1, 16, "e.g. on staging.")}, []Step{pods, roll},
			"0: All pods are running.\n1: Now we roll it out. v2.5 is next, e.g. on staging."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(Place(tt.segments, tt.steps)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestSplitSharesTheTime(t *testing.T) {
	got := sentences([]capture.Segment{said(10, 20, "One two three. Four five six.")})
	if len(got) != 2 || got[0].Start != seconds(10) || got[1].End != seconds(20) {
		t.Fatalf("%v", got)
	}
	if middle := got[1].Start.Seconds(); middle < 14.5 || middle > 15.5 || got[0].End != got[1].Start {
		t.Errorf("cut at %v, %v", got[0].End, got[1].Start)
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"eight zero eight zero":  "8080",
		"twenty five":            "25",
		"two point five":         "2 5",
		"six three seven nine x": "6379",
		"thirty seconds":         "30",
		"no number":              "",
	} {
		if got := strings.Join(numbers(strings.Fields(in)), " "); got != want {
			t.Errorf("numbers(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPlace(f *testing.F) {
	f.Add("now i run it. As you can see it works", []byte{1, 2, 3, 4, 5, 6})
	f.Add("um\nnever\xff", []byte{0, 0, 0, 200, 1})
	f.Fuzz(func(t *testing.T, text string, times []byte) {
		var segments []capture.Segment
		var steps []Step
		now := time.Duration(0)
		for i, line := range strings.Split(text, "\n") {
			b := time.Duration(0)
			if i < len(times) {
				b = time.Duration(times[i]) * 100 * time.Millisecond
			}
			segments = append(segments, capture.Segment{Start: now + b, End: now + b*2, Text: line})
			now += b
		}
		now = 0
		for i, b := range times {
			now += time.Duration(b) * 80 * time.Millisecond
			steps = append(steps, Step{Start: now, End: now + time.Duration(i%5)*time.Second, Words: text})
		}
		last := Intro
		for _, s := range Place(segments, steps) {
			if s.Step < last || s.Step >= len(steps) || s.Text == "" || s.End < s.Start {
				t.Fatalf("sentence %+v after step %d of %d", s, last, len(steps))
			}
			last = s.Step
		}
	})
}

// TestSpeakThenDo is the usual pace: say it, do it, go on.
func TestSpeakThenDo(t *testing.T) {
	script := []struct{ say, do string }{
		{"first i open the project directory", "cd payments"},
		{"check the version of the current release", "cat current/VERSION"},
		{"now start the service", "./payctl start"},
		{"make sure the health check is green before you continue", "curl -s localhost:8080/health"},
		{"select the staging cluster in the list", "staging"},
		{"enter the version number", "Version 1.5.0"},
		{"press the roll out button", "Roll out"},
		{"click the approve button and wait ten seconds", "Approve"},
		{"verify the version of the service", "curl -s localhost:8080/version | tee deployed.json"},
		{"as you can see the new version is running", ""},
		{"next look at the other release", "for r in releases/*; do echo release; done"},
		{"if something goes wrong run the rollback", "./payctl rollback"},
		{"check the health of the service again", "./payctl status"},
	}
	for _, pause := range []float64{0.4, 1, 2.5} {
		var segments []capture.Segment
		var steps []Step
		var want []int
		now := 1.0
		for _, line := range script {
			length := 0.33 * float64(len(strings.Fields(line.say)))
			segments = append(segments, said(now, now+length, line.say))
			now += length + 0.5
			if line.do == "" {
				want = append(want, len(steps)-1)
				continue
			}
			want = append(want, len(steps))
			steps = append(steps, done(now, now+0.8, line.do))
			now += 0.8 + pause
		}
		for i, s := range Place(segments, steps) {
			if s.Step != want[i] {
				t.Errorf("pause %v: %q is on step %d, want %d", pause, s.Text, s.Step, want[i])
			}
		}
	}
}

func TestARequestLooksAhead(t *testing.T) {
	for text, ahead := range map[string]bool{
		"Make sure the health check is green before you continue.": true,
		"Check that the service is healthy.":                       true,
		"As you can see the health check is green.":                false,
		"The health check is green.":                               false,
	} {
		if got := direction(text); got > 0 != ahead {
			t.Errorf("%q: direction %v", text, got)
		}
	}
}
