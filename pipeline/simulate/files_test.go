package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"callmill/pipeline/simulate"
)

func responses(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "resp-*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no responses in %s: %v", dir, err)
	}
	return names // in order
}

// A written response, to be read by a reviewer.
func TestResponse(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, simulate.Options{People: 12, Seed: 4})
	if err := w.WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(responses(t, dir)[0])
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "response.json", append(pretty.Bytes(), '\n'))
}

// response has the documented fields only.
type response struct {
	Message, RequestID string
	Jobs               []struct {
		Status, JobGroupID, ScenarioID, ReferenceID, FailureReason, StrategyID, JobID string
		Priority, SystemPriority                                                      int
		Summary                                                                       []summary
		Tasks                                                                         []struct {
			Status, ChatbotID, CalledNumber, ScenarioID, TaskID, CallID, Brief, CallingNumber, JobID string
			PlanedTime, ActualTime                                                                   int64
			Duration                                                                                 int
			Conversation                                                                             []struct {
				Script, Speaker string
				Timestamp       int64
				Summary         []summary
			}
			Contact contact
		}
		Contacts       []contact
		Extras         []struct{ Key, Value string }
		CallingNumbers []string
	}
	HTTPStatusCode int
	Code           string
	Success        bool
}

type summary struct{ Category, Content, SummaryName string }

type contact struct {
	Role, Honorific, ReferenceID, State, PhoneNumber, ContactID, ContactName, JobID string
}

// Every file is valid JSON with the documented fields only, and together they
// contain every job once, in order.
func TestFilesHoldEveryJob(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, simulate.Options{People: 620, Seed: 3})
	if err := w.WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	next := 0
	for _, name := range responses(t, dir) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var r response
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !r.Success || r.Code != "OK" || len(r.Jobs) == 0 || len(r.Jobs) > simulate.JobsPerFile {
			t.Errorf("%s: success %t, code %s, %d jobs", name, r.Success, r.Code, len(r.Jobs))
		}
		for _, got := range r.Jobs {
			want, _ := w.Job(next)
			if got.JobID != want.JobID || len(got.Tasks) != len(want.Tasks) || got.Contacts[0].ContactName != want.Contacts[0].Name {
				t.Fatalf("%s: job %d is %s with %d tasks, want %s with %d", name, next, got.JobID, len(got.Tasks), want.JobID, len(want.Tasks))
			}
			for k, task := range got.Tasks {
				for n, turn := range task.Conversation {
					if turn.Script != want.Tasks[k].Turns[n].Script || turn.Timestamp != want.Tasks[k].Turns[n].Timestamp {
						t.Fatalf("%s: job %d, task %d, turn %d: %+v", name, next, k, n, turn)
					}
				}
			}
			next++
		}
	}
	if next != w.Len() {
		t.Errorf("files hold %d jobs, the world %d", next, w.Len())
	}
}

func TestWriteFilesRefusesForeignFolders(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	tests := []struct {
		name, file string
		ours       bool // written by WriteFiles before
		want       string
	}{
		{"responses of another program", "resp-00001.json", false, "was not written by callmill simulate"},
		{"notes", "notes.txt", false, "was not written by callmill simulate"},
		{"notes among ours", "notes.txt", true, "notes.txt, which is not a simulated response"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.ours {
				if err := w.WriteFiles(context.Background(), dir); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, test.file)
			if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			err := w.WriteFiles(context.Background(), dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if kept, _ := os.ReadFile(path); string(kept) != "precious" {
				t.Errorf("%s now holds %q", test.file, kept)
			}
		})
	}
}

// A smaller world leaves no file of a larger one before it, nor of a writer that was
// killed.
func TestWriteFilesReplacesItsOwn(t *testing.T) {
	dir := t.TempDir()
	if err := newWorld(t, simulate.Options{People: 300}).WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	torn := filepath.Join(dir, ".resp-00007.json.tmp")
	if err := os.WriteFile(torn, []byte(`{"Jobs":[`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := newWorld(t, simulate.Options{People: 90}).WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	if n := len(responses(t, dir)); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
	if _, err := os.Stat(torn); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", torn, err)
	}
}

func TestWriteFilesStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := newWorld(t, simulate.Options{People: 60})
	if err := w.WriteFiles(ctx, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if err := w.WriteTruth(ctx, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("truth: error %v, want context.Canceled", err)
	}
}

// A hundred thousand jobs must be written in 20 s and 200 MB; here a tenth of
// that. BenchmarkWriteFiles writes all of them.
func TestWriteFilesIsFast(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 10_000})
	const limit = slowdown * 2 * time.Second // of CPU time, which does not pass while other processes run
	took := limit + 1
	for range 3 { // others take the caches
		if took <= limit {
			break
		}
		start := cpuTime(t)
		if err := w.WriteFiles(context.Background(), t.TempDir()); err != nil {
			t.Fatal(err)
		}
		took = cpuTime(t) - start
	}
	if took > limit {
		t.Errorf("10,000 jobs took %s, want at most %s", took, limit)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	if slowdown == 1 && memory.Sys > 200<<20 { // the race detector's own is not counted
		t.Errorf("the process took %d MB from the system, want at most 200", memory.Sys>>20)
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func BenchmarkWriteFiles(b *testing.B) {
	w := newWorld(b, simulate.Options{People: 100_000})
	for b.Loop() {
		if err := w.WriteFiles(context.Background(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/(1<<20), "MB-from-system")
}
