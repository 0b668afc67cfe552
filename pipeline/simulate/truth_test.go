package simulate_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/identity"
	"callmill/schema"
)

// The truth file has a head that says what is planted, then a line per job with the
// truth that Job returns, then what no line of one job can say.
func TestWriteTruth(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 150})
	var file bytes.Buffer
	if err := w.WriteTruth(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(&file)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	var head simulate.TruthHead
	if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.World.Jobs != 150 || head.World.Seed != 1 {
		t.Fatalf("head %+v: %v", head, err)
	}
	kinds := map[string]bool{}
	for _, p := range head.Planted {
		kinds[p.Kind] = true
	}
	if len(kinds) < 15 {
		t.Errorf("%d kinds are planted, want at least 15: %v", len(kinds), kinds)
	}
	for n := range w.Len() {
		if !lines.Scan() {
			t.Fatalf("%d lines, want %d", n, w.Len())
		}
		var got simulate.Truth
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		_, want := w.Job(n)
		if got.JobID != want.JobID || got.Index != n || len(got.Tasks) != len(want.Tasks) || len(got.Causes) != len(want.Causes) {
			t.Errorf("line %d: %+v, want %+v", n, got, want)
		}
	}
	var tail simulate.TruthTail
	lines.Scan()
	if err := json.Unmarshal(lines.Bytes(), &tail); err != nil || len(tail.OptOuts) == 0 || len(tail.Counted) == 0 {
		t.Errorf("tail %s: %v", lines.Bytes(), err)
	}
	if lines.Scan() {
		t.Errorf("%s comes after the tail", lines.Bytes())
	}
}

// Spans contain what they claim, do not overlap, and cover all full names and
// numbers of the job.
func TestSpans(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 3000, Seed: 6})
	kinds := map[string]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		for k := range job.Tasks {
			for n, turn := range job.Tasks[k].Turns {
				said := truth.Tasks[k].Turns[n]
				rest, at := "", 0
				for _, span := range said.Spans {
					if span.Start < at || span.End > len(turn.Script) || turn.Script[span.Start:span.End] != span.Text || span.Text == "" {
						t.Fatalf("%q: span %+v", turn.Script, span)
					}
					kinds[span.Kind]++
					rest += turn.Script[at:span.Start] + "|"
					at = span.End
				}
				rest += turn.Script[at:]
				own := []string{job.Contacts[0].Honorific, job.Contacts[0].PhoneNumber}
				if name := job.Contacts[0].Name; utf8.RuneCountInString(name) > 2 { // shorter ones may be a street's
					own = append(own, name)
				}
				for _, own := range own {
					if strings.Contains(rest, own) {
						t.Errorf("%q: %s is in no span", turn.Script, own)
					}
				}
				if said.Node == "" && turn.Speaker == schema.SpeakerRobot || said.Said == "" {
					t.Errorf("%q: truth %+v", turn.Script, said)
				}
			}
		}
	}
	for _, kind := range identity.Kinds {
		if kinds[kind] < 100 {
			t.Errorf("%d spans are a %s, want at least 100", kinds[kind], kind)
		}
	}
}

// No number in a response is assigned: mobile numbers begin with 13 to 19, local
// ones after the area code with 2 to 8 (see numbers.go).
func TestNoAssignedNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	assigned := regexp.MustCompile(`(^|[^0-9])(86)?1[3-9][0-9]{9}([^0-9]|$)|(^|[^0-9])0[1-9][0-9]{1,2}-?[2-8][0-9]{6,7}([^0-9]|$)|(^|[^0-9])[48]00[0-9]{7}([^0-9]|$)|(^|[^0-9])(95|96)[0-9]{3,6}([^0-9.]|$)`)
	spoken := regexp.MustCompile(`[一幺][三四五六七八九][零一二三四五六七八九幺]{9}`)
	for _, must := range []string{"打13812345678", "057126883106", "4008001234", "请拨95188"} {
		if !assigned.MatchString(must) {
			t.Fatalf("the test does not know %s", must)
		}
	}
	w := newWorld(t, simulate.Options{People: 4000, Seed: 9})
	people := map[string]string{}
	check := func(text string) {
		if found := assigned.FindString(text); found != "" {
			t.Errorf("%q holds %q", text, found)
		}
		if found := spoken.FindString(text); found != "" {
			t.Errorf("%q holds %q", text, found)
		}
	}
	for i := range w.Len() {
		job, truth := w.Job(i)
		number := job.Contacts[0].PhoneNumber
		check(number)
		if len(number) != 11 || number[:2] != "10" {
			t.Errorf("number %s", number)
		}
		if name, known := people[number]; known && name != job.Contacts[0].Name {
			t.Errorf("number %s belongs to %s and %s", number, name, job.Contacts[0].Name)
		}
		people[number] = job.Contacts[0].Name
		for _, n := range job.CallingNumbers {
			check(n)
		}
		for _, e := range job.Extras {
			if e.Key != "id_no" && e.Key != "plate" { // not of a phone
				check(e.Value)
			}
		}
		for k := range job.Tasks {
			for n, turn := range job.Tasks[k].Turns {
				// Cards, documents, codes and days of birth are no numbers of phones,
				// whatever digits they have.
				text := turn.Script
				for _, span := range truth.Tasks[k].Turns[n].Spans {
					if span.Kind != "phone" && span.Kind != "number" {
						text = strings.Replace(text, span.Text, strings.Repeat("*", len(span.Text)), 1)
					}
				}
				check(text)
			}
		}
	}
}

// contrast compares how often calls fail with and without a planted cause.
type contrast struct{ with, without share }

// z is the statistic of the two-sample test of proportions.
func (c contrast) z() float64 {
	pooled := float64(c.with.n+c.without.n) / float64(c.with.of+c.without.of)
	spread := math.Sqrt(pooled * (1 - pooled) * (1/float64(c.with.of) + 1/float64(c.without.of)))
	return (c.with.rate() - c.without.rate()) / spread
}

func (s *share) count(failed bool) {
	s.of++
	if failed {
		s.n++
	}
}

// What is planted as a strong cause shows in simple comparisons, as an analyst would
// make them without the truth, and is realistic: failures rise by a plausible share.
func TestPlantedCausesSurface(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 10_000, Seed: 1})
	found := map[string]*contrast{}
	add := func(kind string, exposed, failed bool) {
		if found[kind] == nil {
			found[kind] = &contrast{}
		}
		if exposed {
			found[kind].with.count(failed)
		} else {
			found[kind].without.count(failed)
		}
	}
	flagged, later := w.Planted()[0].Number, w.Planted()[1].Number
	for i := range w.Len() {
		job, truth := w.Job(i)
		for k := range job.Tasks {
			task := &job.Tasks[k]
			o := schema.OutcomeOf(task.Status)
			if !o.Dialed() {
				continue
			}
			hour := (task.ActualTime/3_600_000 + 8) % 24
			add("flagged_number", task.CallingNumber == flagged, !*o.Connected())
			if task.CallingNumber == later {
				day := time.UnixMilli(task.ActualTime + 8*3_600_000).UTC().Format(time.DateOnly)
				add("flagged_later", day >= w.Planted()[1].From, !*o.Connected())
			}
			if truth.Campaign == "event" {
				add("bad_hour", hour == 12 || hour == 13, !*o.Connected())
			}
			if *o.Answered() {
				exposures(truth, k, *o.FailedDialogue(task.Facts.ReachedEnd), task.Status, hour, add)
			}
		}
	}
	for _, p := range w.Planted() {
		c := found[p.Kind]
		if !strong(p) {
			continue // see plants_test.go
		}
		if c == nil {
			t.Errorf("%s: nothing to compare", p.Kind)
			continue
		}
		t.Logf("%-20s %5d of %5d with, %5d of %5d without it: z = %.1f", p.Kind, c.with.n, c.with.of, c.without.n, c.without.of, c.z())
		if rise := c.with.rate() - c.without.rate(); c.z() < 2.6 || rise < 0.08 || rise > 0.75 {
			t.Errorf("%s: failure %.2f with it, %.2f without, z = %.1f", p.Kind, c.with.rate(), c.without.rate(), c.z())
		}
	}
}

// strong reports whether a single comparison of some thousand calls shows the plant.
func strong(p simulate.Planted) bool {
	return p.Size["hangup"] != 5 && p.Size["says"] == 0 && p.Size["breach"] == 0
}

// exposures adds an answered call to the comparisons that include it.
func exposures(truth *simulate.Truth, k int, failed bool, status string, hour int64, add func(string, bool, bool)) {
	reached := map[string]bool{}
	said := map[string]bool{}
	for _, turn := range truth.Tasks[k].Turns {
		reached[turn.Node], said[turn.Said] = true, true
	}
	switch truth.Campaign {
	case "repayment":
		if reached["inform"] {
			add("threatening_line", truth.Version == "1.7.0", failed)
		}
	case "delivery":
		if reached["how_to_leave"] {
			add("confusing_options", truth.Version == "2.4.0", failed)
		}
	case "survey":
		if reached["q_speed"] {
			add("confusing_question", truth.Version == "2.1.0", failed)
		}
	case "renewal":
		add("long_opening", truth.Version == "4.2.0", failed)
	case "appointment":
		add("wrong_hot_word", said["rebook"], failed)
	case "verification":
		add("slow_node", reached["lookup"], failed)
		add("stale_list", truthBlames(truth, "stale_list"), reached["wrong_person"])
	case "arrears":
		if reached["to_agent"] || reached["queue_full"] {
			add("queue_full", hour >= 14, status != "SucceededTransferByIntent")
		}
	}
}

func truthBlames(truth *simulate.Truth, kind string) bool {
	for _, c := range truth.Causes {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

// Causes are recorded for the calls they apply to, and some are decisive.
func TestCausesAreNoted(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 10_000, Seed: 2})
	noted, decided := map[string]int{}, map[string]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		for _, c := range truth.Causes {
			turns := -1
			for k := range job.Tasks {
				if job.Tasks[k].TaskID == c.TaskID {
					turns = len(job.Tasks[k].Turns)
				}
			}
			if c.Turn < -1 || c.Turn >= max(turns, 0) {
				t.Errorf("job %s: cause %+v in a call of %d turns", job.JobID, c, turns)
			}
			noted[c.Kind]++
			if c.Decisive {
				decided[c.Kind]++
			}
		}
	}
	for _, p := range w.Planted() {
		if p.Size["says"]+p.Size["breach"] > 0 {
			if noted[p.Kind] < 20 || decided[p.Kind] > 0 {
				t.Errorf("%s: noted %d times, decisive %d times, want never", p.Kind, noted[p.Kind], decided[p.Kind])
			}
			continue
		}
		if noted[p.Kind] < 20 || decided[p.Kind] < 5 {
			t.Errorf("%s: noted %d times, decisive %d times", p.Kind, noted[p.Kind], decided[p.Kind])
		}
	}
}
