package copies

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/simulate"
)

// job is what the tests read of a job, with a reader of their own.
type job struct {
	JobID    string `json:"JobId"`
	Contacts []struct {
		JobID string `json:"JobId"`
	}
	Tasks []struct {
		TaskID       string `json:"TaskId"`
		JobID        string `json:"JobId"`
		PlanedTime   int64
		ActualTime   int64
		CalledNumber string
		Conversation []struct {
			Speaker, Script string
			Timestamp       int64
		}
	}
}

func jobsIn(t *testing.T, dir string) (jobs []job) {
	t.Helper()
	for _, body := range bodies(t, dir) {
		var response struct{ Jobs []job }
		if err := json.Unmarshal([]byte(body), &response); err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, response.Jobs...)
	}
	return jobs
}

// bodies returns the responses of a folder, in order.
func bodies(t *testing.T, dir string) (list []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no responses in %s: %v", dir, err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(body))
	}
	return list
}

// simulated returns a folder of simulated responses, some of several jobs.
func simulated(t *testing.T, people int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	world, err := simulate.New(simulate.Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	if err := world.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// handmade returns a folder with one response.
func handmade(t *testing.T, body string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "resp.json"), []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func written(t *testing.T, source string, o Options) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "copies")
	turns, err := Write(t.Context(), source, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	var have int64
	for _, j := range jobsIn(t, dir) {
		for _, task := range j.Tasks {
			have += int64(len(task.Conversation))
		}
	}
	if have != turns || turns < o.Turns {
		t.Errorf("%d turns in %s, Write returned %d, asked for %d", have, dir, turns, o.Turns)
	}
	return dir
}

// TestSameSeedSameBytes: what is written depends on the source and the options alone.
func TestSameSeedSameBytes(t *testing.T) {
	source := simulated(t, 60)
	o := Options{Turns: 1000, Recut: true, Seed: 1}
	first := bodies(t, written(t, source, o))
	if !slices.Equal(first, bodies(t, written(t, source, o))) {
		t.Error("the same options wrote other bytes")
	}
	o.Seed = 2
	if slices.Equal(first, bodies(t, written(t, source, o))) {
		t.Error("another seed wrote the same bytes")
	}
}

// TestRepeated: copies differ from the source in ids of jobs and tasks alone.
func TestRepeated(t *testing.T) {
	source := simulated(t, 60)
	original := jobsIn(t, source)
	copied := jobsIn(t, written(t, source, Options{Turns: 1000}))
	if len(copied) < 2*len(original) {
		t.Fatalf("%d jobs of %d are not two copies", len(copied), len(original))
	}
	seen := map[string]bool{}
	for i, j := range copied {
		old := original[i%len(original)]
		ids := []string{j.JobID}
		for k := range j.Contacts {
			if j.Contacts[k].JobID != j.JobID {
				t.Errorf("job %s has a contact of job %s", j.JobID, j.Contacts[k].JobID)
			}
			j.Contacts[k].JobID = old.JobID
		}
		for k := range j.Tasks {
			task := &j.Tasks[k]
			ids = append(ids, task.TaskID)
			if task.JobID != j.JobID {
				t.Errorf("job %s has a task of job %s", j.JobID, task.JobID)
			}
			task.TaskID, task.JobID = old.Tasks[k].TaskID, old.JobID
		}
		j.JobID = old.JobID
		if diff := cmp.Diff(old, j); diff != "" {
			t.Errorf("a copy of job %s differs:\n%s", old.JobID, diff)
		}
		for _, id := range ids {
			if seen[id] || len(id) != 36 {
				t.Errorf("id %q was there before, or is none", id)
			}
			seen[id] = true
		}
	}
}

// TestRecut: turns, speakers, times and clauses are as many as they were, and each
// clause is one of another script of the same speaker.
func TestRecut(t *testing.T) {
	source := simulated(t, 60)
	original := jobsIn(t, source)
	saidIn := map[[2]string]int{} // speaker and clause: how many scripts have it
	for _, j := range original {
		for _, task := range j.Tasks {
			for _, turn := range task.Conversation {
				for _, c := range slices.Compact(slices.Sorted(slices.Values(cut(turn.Script)))) {
					saidIn[[2]string{turn.Speaker, c}]++
				}
			}
		}
	}
	alternatives := map[sampled]int{}
	for said := range saidIn {
		alternatives[sampled{said[0], ended(said[1])}]++
	}
	scripts, same := 0, 0
	for i, j := range jobsIn(t, written(t, source, Options{Turns: 1000, Recut: true, Seed: 1})) {
		old := original[i%len(original)]
		for k, task := range j.Tasks {
			if len(task.Conversation) != len(old.Tasks[k].Conversation) {
				t.Fatalf("a copy of job %s has %d turns, want %d", old.JobID, len(task.Conversation), len(old.Tasks[k].Conversation))
			}
			for n, turn := range task.Conversation {
				was := old.Tasks[k].Conversation[n]
				if turn.Speaker != was.Speaker || turn.Timestamp != was.Timestamp {
					t.Errorf("turn %+v was %+v", turn, was)
				}
				if len(cut(turn.Script)) != len(cut(was.Script)) {
					t.Errorf("%q has not as many clauses as %q", turn.Script, was.Script)
				}
				for _, c := range cut(turn.Script) {
					others := saidIn[[2]string{turn.Speaker, c}]
					if slices.Contains(cut(was.Script), c) {
						others--
					}
					if others < 1 && alternatives[sampled{turn.Speaker, ended(c)}] > 1 {
						t.Errorf("%q is in no other script of %s", c, turn.Speaker)
					}
				}
				scripts++
				if turn.Script == was.Script {
					same++
				}
			}
		}
	}
	// By chance: 喂 is drawn for 喂.
	if same*10 > scripts {
		t.Errorf("%d of %d scripts are what they were", same, scripts)
	}
}

// dialogue is a response in another spelling: white space, escapes, the speaker
// first, members that the API does not have.
const dialogue = `{ "Code" : "OK", "Jobs" : [
  {"JobId":"j-1", "More":{"Script":null,"JobId":7,"ActualTime":"now","PlanedTime":1e12}, "Tasks":[{"TaskId":"t-1","JobId":"j-1","Conversation":[
    {"Speaker":"Robot","Script":"您好，\u4f60\n好。","Timestamp":1},
    {"Script":"喂！喂","Speaker":"Contact"},
    {"Script":"\"再见\"。再见，","Speaker":"Robot"},
    {"Script":"。","Speaker":"Robot"},
    {"Script":"好？我","Speaker":"Contact"},
    {"Script":"3.5分","Speaker":"Nobody"}]}]} ] }`

// TestSpellingStays: whatever is not an id is copied as it is spelled.
func TestSpellingStays(t *testing.T) {
	body := bodies(t, written(t, handmade(t, dialogue), Options{Turns: 6}))[0]
	jobs := jobsIn(t, handmade(t, body))
	back := strings.NewReplacer(jobs[0].JobID, "j-1", jobs[0].Tasks[0].TaskID, "t-1").Replace(body)
	if diff := cmp.Diff(dialogue, back); diff != "" {
		t.Error(diff)
	}
}

// TestRecutByHand: which clauses may take whose place.
func TestRecutByHand(t *testing.T) {
	allowed := [][]string{
		{`"再见"。`, "再见，"}, // of the other script of the robot, twice
		{"好？", "我"},
		{"您好，", "你\n好。"},
		{"您好，", "你\n好。", `"再见"。`, "再见，"}, // marks alone are no clause to draw
		{"喂！", "喂"},
		{"3.", "5分"}, // nobody else has said anything
	}
	for seed := range uint64(20) {
		jobs := jobsIn(t, written(t, handmade(t, dialogue), Options{Turns: 6, Recut: true, Seed: seed}))
		for i, turn := range jobs[0].Tasks[0].Conversation {
			for _, c := range cut(turn.Script) {
				if !slices.Contains(allowed[i], c) {
					t.Errorf("seed %d: turn %d has %q, want some of %q", seed, i, c, allowed[i])
				}
			}
		}
	}
}

// TestOneDay: every job's first call is on one day in China, at its hour, and its other
// times are as long after it as they were.
func TestOneDay(t *testing.T) {
	source := simulated(t, 60)
	original := jobsIn(t, source)
	china := time.FixedZone("Asia/Shanghai", 8*60*60)
	days := map[string]int{}
	moved := 0
	for i, j := range jobsIn(t, written(t, source, Options{Turns: 1000, OneDay: true})) {
		old := original[i%len(original)]
		first, shift := int64(0), int64(0)
		for k, task := range j.Tasks {
			was := old.Tasks[k]
			call := task.ActualTime
			if call == 0 {
				call = task.PlanedTime
			}
			if first == 0 || call < first {
				first = call
			}
			if k == 0 {
				shift = task.PlanedTime - was.PlanedTime
			}
			times := []int64{task.PlanedTime - was.PlanedTime}
			if was.ActualTime != 0 {
				times = append(times, task.ActualTime-was.ActualTime)
			}
			for n, turn := range task.Conversation {
				times = append(times, turn.Timestamp-was.Conversation[n].Timestamp)
			}
			for _, by := range times {
				if by != shift || by%(24*time.Hour).Milliseconds() != 0 {
					t.Errorf("times of job %s moved by %d and %d ms", old.JobID, shift, by)
				}
			}
		}
		if shift != 0 {
			moved++
		}
		if first != 0 {
			days[time.UnixMilli(first).In(china).Format(time.DateOnly)]++
		}
	}
	if len(days) != 1 || moved == 0 {
		t.Errorf("jobs by day %v, %d moved", days, moved)
	}
}

// TestSampleIsBounded: of many clauses a part is kept, from everywhere.
func TestSampleIsBounded(t *testing.T) {
	s := newSample(1)
	s.limit = 10
	for n := range 1000 {
		s.keep(sampled{"Robot", true}, clause{"好，", n})
	}
	kept := s.kept[sampled{"Robot", true}].clauses
	late := 0
	for _, c := range kept {
		if c.script >= 500 {
			late++
		}
	}
	if len(kept) != 10 || late == 0 || late == 10 {
		t.Errorf("%d clauses, %d of them from the second half", len(kept), late)
	}
}

// TestCut: clauses end with all marks that follow each other.
func TestCut(t *testing.T) {
	for script, want := range map[string][]string{
		"":           nil,
		"喂":          {"喂"},
		"好的，谢谢。再见":   {"好的，", "谢谢。", "再见"},
		"什么？！，没有...": {"什么？！，", "没有..."},
		"，嗯":         {"，", "嗯"},
	} {
		if got := cut(script); !slices.Equal(got, want) {
			t.Errorf("cut %q: %q, want %q", script, got, want)
		}
	}
}

// TestTurns counts no further than is enough.
func TestTurns(t *testing.T) {
	source := simulated(t, 60)
	all, err := Turns(t.Context(), source, 1e9)
	if err != nil || all < 100 {
		t.Fatalf("%d turns: %v", all, err)
	}
	some, err := Turns(t.Context(), source, 1)
	if err != nil || some < 1 || some >= all {
		t.Errorf("%d turns of %d are enough, want some: %v", some, all, err)
	}
}

// TestErrors: an error says which file, and where.
func TestErrors(t *testing.T) {
	for body, want := range map[string]string{
		"":                           "read ",
		`{"Jobs":[{"JobId":"j",]}`:   "resp.json: byte 22",
		`{"Jobs":[]} {}`:             "more than one JSON value",
		`{"Jobs":[{"JobId":"j"}]}`:   "no turn in any response",
		strings.Repeat("[", 100_000): "resp.json: byte 64",
		`{"Jobs":[{"Script":"好"}`:    "resp.json: byte ",
	} {
		_, err := Write(t.Context(), handmade(t, body), filepath.Join(t.TempDir(), "copies"), Options{Turns: 1, Recut: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", body, err, want)
		}
	}
	if _, err := Write(t.Context(), t.TempDir(), t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "no responses") {
		t.Errorf("an empty folder: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Write(cancelled, handmade(t, dialogue), t.TempDir(), Options{Turns: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNamesOfValues: every name that copies change is in the simulated responses, or
// nothing would tell that the API calls it otherwise.
func TestNamesOfValues(t *testing.T) {
	all := strings.Join(bodies(t, simulated(t, 60)), "")
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		if !strings.Contains(all, `"`+name+`":`) {
			t.Errorf("no %s", name)
		}
	}
}
