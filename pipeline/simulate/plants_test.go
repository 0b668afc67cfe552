package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

// dayOf returns the day of an instant in China.
func dayOf(ms int64) string {
	return time.UnixMilli(ms + 8*3_600_000).UTC().Format(time.DateOnly)
}

// plantsOf returns what is planted under a kind in a campaign.
func plantsOf(w *simulate.World, kind, campaign string) (found []simulate.Planted) {
	for _, p := range w.Planted() {
		if p.Kind == kind && (p.Campaign == "" || p.Campaign == campaign) {
			found = append(found, p)
		}
	}
	return found
}

// allows reports whether the conditions that the head of the truth states hold for a
// task, as far as they are seen in the dataset.
func allows(p simulate.Planted, truth *simulate.Truth, task *schema.Task) bool {
	hour := int((task.ActualTime/3_600_000 + 8) % 24)
	return (p.Number == "" || p.Number == task.CallingNumber) &&
		(p.Version == "" || p.Version == truth.Version) &&
		(p.Batch == "" || p.Batch == task.Facts.JobGroupName) &&
		(p.Hours == nil || p.Hours[0] <= hour && hour < p.Hours[1]) &&
		(p.Script == "" || p.Script == task.Facts.ScriptName) &&
		p.From <= dayOf(task.ActualTime) && (dayOf(task.ActualTime) <= p.To || p.Version+p.Batch != "")
}

// A cause is noted where the head of the truth allows it and nowhere else, at the
// node that it names; the turn says so as well.
func TestCausesAreWhereTheHeadSays(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	for name, o := range map[string]simulate.Options{
		"built in": {People: 4000, Seed: 21},
		"held out": {People: 4000, Seed: 22, Campaigns: os.DirFS("testdata/heldout")},
	} {
		w := newWorld(t, o)
		for i := range w.Len() {
			job, truth := w.Job(i)
			for _, c := range truth.Causes {
				k := slices.IndexFunc(job.Tasks, func(task schema.Task) bool { return task.TaskID == c.TaskID })
				node := ""
				if c.Turn >= 0 {
					turn := truth.Tasks[k].Turns[c.Turn]
					node = turn.Node
					if !slices.Contains(turn.Causes, c.Kind) {
						t.Errorf("%s: cause %+v is not in its turn %+v", name, c, turn)
					}
				}
				if !slices.ContainsFunc(plantsOf(w, c.Kind, truth.Campaign), func(p simulate.Planted) bool {
					return allows(p, truth, &job.Tasks[k]) && (p.Node == "" || c.Turn < 0 || p.Node == node || p.Size["divert"]+p.Size["gap"]+p.Size["silence"] > 0)
				}) {
					t.Errorf("%s: job %d of %s %s: %+v at node %q is not planted", name, i, truth.Campaign, truth.Version, c, node)
				}
			}
		}
	}
}

// The weak plants add five percentage points to the calls that they concern and
// change no others: the same world without them has the same calls but for these.
func TestWeakPlants(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	o := simulate.Options{People: 20_000, Seed: 3}
	with := newWorld(t, o)
	for _, test := range []struct {
		kind, campaign string
		concerns       func(truth *simulate.Truth, turns []simulate.TurnTruth, n int) bool // the line before a choice to hang up
	}{
		{"weak_wording", "appointment", func(truth *simulate.Truth, turns []simulate.TurnTruth, n int) bool {
			return truth.Version == "3.1.0" && turns[n].Node == "prepare" && turns[n].Said == "say"
		}},
		{"weak_phrase", "repayment", func(_ *simulate.Truth, turns []simulate.TurnTruth, n int) bool {
			return n > 0 && turns[n-1].Said == "will_pay" && turns[n].Said == "say"
		}},
	} {
		o.Campaigns = campaignsWithout(t, test.kind)
		without := newWorld(t, o)
		var more, less share
		for i := range with.Len() {
			job, truth := with.Job(i)
			plain, plainly := without.Job(i)
			if truth.Campaign == test.campaign {
				hangs(&more, job, truth, test.concerns)
				hangs(&less, plain, plainly, test.concerns)
			}
			if !slices.ContainsFunc(truth.Causes, func(c simulate.Cause) bool { return c.Kind == test.kind && c.Decisive }) {
				if !reflect.DeepEqual(job, plain) {
					t.Fatalf("job %d differs without %s, which did not decide anything in it", i, test.kind)
				}
			}
		}
		rise := more.rate() - less.rate()
		t.Logf("%s: %d of %d lines, without it %d of %d: %+.3f", test.kind, more.n, more.of, less.n, less.of, rise)
		if spread := math.Sqrt(0.05 * 0.95 / float64(more.of)); math.Abs(rise-0.05) > 2.5*spread || less.rate() > 0.1 {
			t.Errorf("%s: %+.3f, want +0.05 ± %.3f", test.kind, rise, spread)
		}
	}
}

// hangs counts the lines of the robot that a plant concerns, and those of them at
// which the contact hung up.
func hangs(s *share, job *schema.Job, truth *simulate.Truth, concerns func(*simulate.Truth, []simulate.TurnTruth, int) bool) {
	for k := range job.Tasks {
		turns := truth.Tasks[k].Turns
		for n := range turns {
			if job.Tasks[k].Turns[n].Speaker == schema.SpeakerRobot && concerns(truth, turns, n) {
				s.count(n == len(turns)-1 && strings.HasPrefix(job.Tasks[k].Status, "SucceededClientHangUp"))
			}
		}
	}
}

// Lines that breach a rule are what the truth says of them, and no others are.
func TestBreaches(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 6000, Seed: 4})
	counts := map[string]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		for k := range job.Tasks {
			for n, told := range truth.Tasks[k].Turns {
				text := job.Tasks[k].Turns[n].Script
				silent := slices.Contains(told.Causes, "no_introduction")
				if truth.Campaign == "renewal" && told.Node == "greet" && told.Said == "say" {
					counts["greeting"]++
					if silent == strings.Contains(text, "安途保险代理") {
						t.Errorf("%q of %s: no introduction: %t", text, truth.Version, silent)
					}
				} else if silent {
					t.Errorf("%q: no introduction", text)
				}
				if promised := slices.Contains(told.Causes, "forbidden_promise"); promised != strings.Contains(text, "百病全消") {
					t.Errorf("%q: a forbidden promise: %t", text, promised)
				} else if promised {
					counts["forbidden_promise"]++
				}
				if silent {
					counts["no_introduction"]++
				}
			}
		}
	}
	for what, least := range map[string]int{"greeting": 200, "no_introduction": 20, "forbidden_promise": 40} {
		if counts[what] < least {
			t.Errorf("%s: %d lines, want at least %d", what, counts[what], least)
		}
	}
}

// What contacts say is marked with what it amounts to. A promise has a day or a time
// of day, abuse is what no one says otherwise.
func TestActs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 8000, Seed: 5})
	counts, planted := map[string]int{}, map[string]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		for k := range job.Tasks {
			for n, told := range truth.Tasks[k].Turns {
				for _, act := range told.Acts {
					counts[act]++
					if job.Tasks[k].Turns[n].Speaker != schema.SpeakerContact {
						t.Errorf("the robot says %q: %s", job.Tasks[k].Turns[n].Script, act)
					}
					if slices.Contains(told.Causes, act) {
						planted[act]++
					}
				}
				if (told.Said == "abuse") != slices.Contains(told.Acts, "abuse") || (told.Said == "optout") != slices.Contains(told.Acts, "opt_out") {
					t.Errorf("%q: said %s, acts %v", job.Tasks[k].Turns[n].Script, told.Said, told.Acts)
				}
			}
		}
	}
	t.Logf("acts %v, planted %v", counts, planted)
	if counts["opt_out"] < 100 || counts["abuse"] < 20 || planted["abuse"] != counts["abuse"] || planted["promise"] < 20 || counts["promise"] < 2*planted["promise"] {
		t.Errorf("acts %v, planted %v", counts, planted)
	}
}

// What is planted besides replies changes no call: without it the robot says the
// same and calls end as they do.
func TestSaidBesides(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	full := newWorld(t, simulate.Options{People: 6000, Seed: 6})
	bare := newWorld(t, simulate.Options{People: 6000, Seed: 6, Campaigns: campaignsWithout(t, " says=")})
	said := 0
	for i := range full.Len() {
		job, truth := full.Job(i)
		plain, plainly := bare.Job(i)
		for k := range job.Tasks {
			got, want := robotLines(job, truth, k), robotLines(plain, plainly, k)
			if job.Tasks[k].Status != plain.Tasks[k].Status || !slices.Equal(got, want) {
				t.Fatalf("job %d, task %d: %s, %q\nwithout what is planted %s, %q", i, k, job.Tasks[k].Status, got, plain.Tasks[k].Status, want)
			}
		}
		for _, c := range truth.Causes {
			if c.Kind == "abuse" || c.Kind == "promise" {
				said++
			}
		}
		if slices.ContainsFunc(plainly.Causes, func(c simulate.Cause) bool { return c.Kind == "abuse" || c.Kind == "promise" }) {
			t.Errorf("job %d: causes %+v", i, plainly.Causes)
		}
	}
	if said < 50 {
		t.Errorf("planted %d times", said)
	}
}

// campaignsWithout returns the built-in campaigns without the plants that have a
// setting.
func campaignsWithout(t *testing.T, setting string) fstest.MapFS {
	t.Helper()
	names, err := filepath.Glob("campaigns/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool {
			return strings.HasPrefix(line, "plant ") && strings.Contains(line, setting)
		})
		files[filepath.Base(name)] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	}
	return files
}

// robotLines returns what the robot says of its script in a call.
func robotLines(job *schema.Job, truth *simulate.Truth, k int) (lines []string) {
	for n, turn := range job.Tasks[k].Turns {
		if turn.Speaker == schema.SpeakerRobot && truth.Tasks[k].Turns[n].Said != "listens" {
			lines = append(lines, turn.Script)
		}
	}
	return lines
}

// Values that the robot says and no extra has are in the truth.
func TestUnlistedValues(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 4000, Seed: 7})
	said := map[string]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		for _, v := range truth.Unlisted {
			for _, e := range job.Extras {
				if strings.Contains(e.Value, v.Value) {
					t.Errorf("job %d: the extra %s has the value of %s, %q", i, e.Key, v.Key, v.Value)
				}
			}
			for k := range job.Tasks {
				for n := range job.Tasks[k].Turns {
					if truth.Tasks[k].Turns[n].Node == "station" && truth.Tasks[k].Turns[n].Said == "say" && strings.Contains(job.Tasks[k].Turns[n].Script, v.Value) {
						said[v.Key]++
					}
				}
			}
		}
	}
	if said["pickup_shop"] < 20 || said["pickup_code"] != said["pickup_shop"] {
		t.Errorf("values said: %v", said)
	}
}

// The tail of the truth names who asked not to be called, when first, and every later
// call to that person, by whichever campaign; and counts what was planted.
func TestTail(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 3000, Seed: 8})
	var file bytes.Buffer
	if err := w.WriteTruth(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(file.String()), "\n")
	var tail simulate.TruthTail
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &tail); err != nil {
		t.Fatal(err)
	}
	asked := map[string]int64{} // by phone
	counted := map[[2]string][2]int{}
	for i := range w.Len() {
		job, truth := w.Job(i)
		calls := map[[2]string]bool{}
		for _, c := range truth.Causes {
			calls[[2]string{c.Kind, c.TaskID}] = calls[[2]string{c.Kind, c.TaskID}] || c.Decisive
		}
		for of, decisive := range calls {
			key := [2]string{of[0], truth.Campaign}
			n := counted[key]
			n[0]++
			if decisive {
				n[1]++
			}
			counted[key] = n
		}
		for k := range job.Tasks {
			for n, turn := range job.Tasks[k].Turns {
				at, before := asked[job.Contacts[0].PhoneNumber]
				if truth.Tasks[k].Turns[n].Said == "optout" && (!before || turn.Timestamp < at) {
					asked[job.Contacts[0].PhoneNumber] = turn.Timestamp
				}
			}
		}
	}
	again := map[string]bool{}
	for i := range w.Len() {
		job, _ := w.Job(i)
		at, ok := asked[job.Contacts[0].PhoneNumber]
		for _, task := range job.Tasks {
			if ok && task.ActualTime > at {
				again[task.TaskID] = true
			}
		}
	}
	if len(tail.OptOuts) != len(asked) || len(again) < 20 {
		t.Errorf("%d people asked, want %d; %d calls after it", len(tail.OptOuts), len(asked), len(again))
	}
	for _, o := range tail.OptOuts {
		for _, task := range o.CalledAgain {
			if !again[task] {
				t.Errorf("%s is no call after %+v", task, o)
			}
			delete(again, task)
		}
	}
	if len(again) > 0 {
		t.Errorf("%d calls after an opt-out are not in the tail", len(again))
	}
	got := map[[2]string][2]int{}
	for _, c := range tail.Counted {
		got[[2]string{c.Kind, c.Campaign}] = [2]int{c.Calls, c.Decisive}
	}
	if !maps.Equal(got, counted) {
		t.Errorf("counted %v, want %v", got, counted)
	}
}
