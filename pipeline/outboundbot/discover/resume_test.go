package discover_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/source"
	"callmill/schema"
)

const (
	killed = "20260122T013000Z-aaaaaa"
	next   = "20260122T020000Z-bbbbbb"
)

// killer is a log whose run is killed after some lines.
type killer struct {
	discover.Log
	kill func()

	mu          sync.Mutex
	lines, left int
}

func (k *killer) Append(line []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left == 0 {
		k.kill()
		return context.Canceled
	}
	k.left--
	k.lines++
	return k.Log.Append(line)
}

// untilNight sleeps until the night after the day.
func untilNight() { time.Sleep(time.Until(day.Add(25*time.Hour + 30*time.Minute))) }

// A run may be killed at any moment: the next one gets everything, asks for nothing
// that was kept, and leaves a folder with exactly what the run was given.
func TestKilledNights(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills runs")
	}
	whole := busyDay(400)
	if n := pull(t.Context(), newClient(t, whole, nil), dayPlan, nil); n.err != nil {
		t.Fatal(n.err)
	}
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			untilNight()
			f, dir := busyDay(400), filepath.Join(t.TempDir(), "raw")
			random := rand.New(rand.NewPCG(seed, 2))
			first, err := rawlog.Open(rawlog.Options{Dir: dir, Run: killed})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			dying := &killer{Log: first, left: random.IntN(len(whole.requests)), kill: cancel}
			if n := pull(ctx, newClient(t, f, nil), dayPlan, dying); n.err == nil {
				t.Fatalf("seed %d: not killed", seed)
			}
			// The log is left as it is.
			f.requests = nil
			time.Sleep(time.Hour)
			resume := killed
			if dying.lines == 0 {
				resume, _ = rawlog.Unfinished(durable.OS{}, dir, rawlog.Nightly, func(string) bool { return false })
			}
			second, err := rawlog.Open(rawlog.Options{Dir: dir, Run: next, Resume: resume})
			if err != nil {
				t.Fatal(err)
			}
			c := newClient(t, f, nil)
			n := pull(t.Context(), c, dayPlan, second)
			if err := second.Close(); err != nil || n.err != nil {
				t.Fatal(err, n.err)
			}
			if got := n.came(); !slices.Equal(got, f.ids()) {
				t.Errorf("seed %d: %d jobs came, want %d", seed, len(got), len(f.ids()))
			}
			if most := len(whole.requests) - dying.lines; len(f.requests) > most {
				t.Errorf("seed %d: killed after %d of %d answers, and asks %d times", seed, dying.lines, len(whole.requests), len(f.requests))
			}
			if counts := n.counters; counts.Asked != 400 || counts.Returned != 400 {
				t.Errorf("seed %d: counters %+v", seed, counts)
			}
			for _, line := range differing(spelled(n.lines), kept(t, filepath.Join(dir, next))) {
				t.Errorf("seed %d: either kept or given to the run, but not both: %.300s", seed, line)
			}
		})
	}
}

// differing are the lines that are in one of two lists only.
func differing(a, b []string) []string {
	a, b = slices.Clone(a), slices.Clone(b)
	for i := 0; i < len(a); {
		if j := slices.Index(b, a[i]); j >= 0 {
			a, b = slices.Delete(a, i, i+1), slices.Delete(b, j, j+1)
			continue
		}
		i++
	}
	return append(a, b...)
}

// spelled are lines as they are kept.
func spelled(lines []schema.RawLine) []string {
	var all []string
	for _, l := range lines {
		all = append(all, string(l.Append(nil)))
	}
	return all
}

// kept are the lines in a folder.
func kept(t *testing.T, dir string) (lines []string) {
	t.Helper()
	files, err := source.Open([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		for line := range bytes.Lines(raw.Body) {
			lines = append(lines, string(bytes.TrimRight(line, "\n")))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// What was kept before a job's last call, or before the day was over, is too old.
func TestOldAnswersAreAskedAgain(t *testing.T) {
	call := day.Add(20 * time.Hour)
	tests := []struct {
		what     string
		observed time.Time
		lists    int // requests for lists
		jobs     int // and for jobs
	}{
		{"a moment ago", day.Add(25 * time.Hour), 0, 0},
		{"before the end of the day", day.Add(23 * time.Hour), 2, 0},
		{"before the call", call.Add(-time.Hour), 2, 1},
		{"days ago", day.Add(-72 * time.Hour), 2, 1},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(tt.observed))
			f, dir := newFake(), filepath.Join(t.TempDir(), "raw")
			f.add("a", "g", call)
			f.groups = []fakeGroup{{id: "g", status: "Completed", created: day.Add(-40 * 24 * time.Hour)}}
			night := func(run, resume string) {
				f.requests = nil
				s, err := rawlog.Open(rawlog.Options{Dir: dir, Run: run, Resume: resume})
				if err != nil {
					t.Fatal(err)
				}
				n := pull(t.Context(), newClient(t, f, nil), dayPlan, s)
				if n.err != nil || len(n.came()) != 1 {
					t.Fatalf("%s: %v, %v", tt.what, n.came(), n.err)
				}
				// All pages of lists are for the run, however old: converting raw/
				// must give the same tables.
				if given, most := strings.Count(n.actions(), "SearchTask"), strings.Count(strings.Join(kept(t, filepath.Join(dir, run)), "\n"), `"action":"SearchTask"`); given != most {
					t.Errorf("%s, run %s: the run was given %d pages of SearchTask, %d are kept", tt.what, run, given, most)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			night(killed, "")
			untilNight()
			night(next, killed)
			if lists, jobs := f.asked("SearchTask")+f.asked("ListJobGroups"), f.asked("ListJobs"); lists != tt.lists || jobs != tt.jobs {
				t.Errorf("%s: %d requests for lists and %d for jobs, want %d and %d", tt.what, lists, jobs, tt.lists, tt.jobs)
			}
		})
	}
}

// Where the killed run was asked for more than this one, all that comes with its
// answers is seen and counted.
func TestKilledWithAnotherQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		untilNight()
		f, dir := busyDay(300), filepath.Join(t.TempDir(), "raw")
		open := func(run, resume string) *rawlog.Log {
			s, err := rawlog.Open(rawlog.Options{Dir: dir, Run: run, Resume: resume})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		first := open(killed, "")
		if n := pull(t.Context(), newClient(t, f, nil), dayPlan, first); n.err != nil {
			t.Fatal(n.err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		second, c := open(next, killed), newClient(t, f, nil)
		defer second.Close()
		n := pull(t.Context(), c, discover.Plan{InstanceID: "i", JobIDs: []string{"job-0000", "job-0150", "unknown"}}, second)
		came := n.came()
		if n.err != nil || len(came) < 100 || len(n.saw) != len(came)+1 {
			t.Fatalf("%d jobs came, %d were seen, %v", len(came), len(n.saw), n.err)
		}
		for _, id := range came {
			if n.saw[id].Trouble != "" {
				t.Errorf("job %s came and was not seen", id)
			}
		}
		all := int64(len(n.saw))
		if got := n.counters; got.Found != all || got.Asked != all || got.Resumed != all-1 || got.Missing != 1 {
			t.Errorf("counters %+v, want %d jobs", got, all)
		}
	})
}

// An id that was given up is tried again, and nothing that is kept has
// credentials in it, not even when the API repeats them.
func TestGivenUpIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		untilNight()
		f, dir := newFake(), filepath.Join(t.TempDir(), "raw")
		f.add("a", "g")
		f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
			if seen.ids[0] == "a" {
				apitest.Refuse(w, 500, "InternalError", "caller demo with demo-secret and token-of-an-hour")
			}
			return seen.ids[0] == "a"
		}
		plan := discover.Plan{InstanceID: "i", JobIDs: []string{"a"}}
		keys := func(o *client.Options) {
			o.Keys = &client.Keys{ID: "demo", Secret: "demo-secret", Token: "token-of-an-hour"}
		}
		s, err := rawlog.Open(rawlog.Options{Dir: dir, Run: killed})
		if err != nil {
			t.Fatal(err)
		}
		n := pull(t.Context(), newClient(t, f, keys), plan, s)
		if err := s.Close(); err != nil || n.err != nil || len(n.rejects) != 1 {
			t.Fatal(err, n.err, n.rejects)
		}
		lines := kept(t, filepath.Join(dir, killed))
		if len(lines) != 1 {
			t.Fatalf("kept %q", lines)
		}
		var line schema.RawLine
		if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
			t.Fatal(err)
		}
		// The line reads as the reject the run was given.
		want := *n.rejects[0]
		want.Origin = ""
		if got := line.Unfetched(); got == nil || fmt.Sprint(*got) != fmt.Sprint(want) {
			t.Errorf("the kept line reads as %+v, the run was given %+v", got, want)
		}
		for _, secret := range []string{"demo-secret", "token-of-an-hour"} {
			if bytes.Contains([]byte(lines[0]+want.Reason), []byte(secret)) {
				t.Errorf("%q is in %s", secret, lines[0])
			}
		}
		f.mess = nil
		s, err = rawlog.Open(rawlog.Options{Dir: dir, Run: next, Resume: killed})
		if err != nil {
			t.Fatal(err)
		}
		if n := pull(t.Context(), newClient(t, f, keys), plan, s); len(n.came()) != 1 || n.err != nil {
			t.Errorf("%v, %v", n.came(), n.err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A disk that is full ends the run.
func TestLogEndsTheNight(t *testing.T) {
	f := busyDay(100)
	log := &killer{left: 2, kill: func() {}, Log: nothing{}}
	if n := pull(t.Context(), newClient(t, f, nil), dayPlan, log); n.err == nil || len(n.lines) > 2 {
		t.Errorf("%v after %d lines", n.err, len(n.lines))
	}
}

// nothing is a log that accepts everything and has nothing.
type nothing struct{}

func (nothing) Append([]byte) error                   { return nil }
func (nothing) Job(string, string) (int, int64, bool) { return 0, 0, false }
func (nothing) Lines(string) []int                    { return nil }
func (nothing) Line(int) ([]byte, error)              { return nil, nil }
func (nothing) Request(string, string, schema.RawAsked, int) (int, int64, bool) {
	return 0, 0, false
}
