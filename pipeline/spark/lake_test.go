package spark

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestLake runs callmill_spark.py on a Spark of two threads and holds its tables to
// those of callmill convert. All of it is in one session, for a JVM takes seconds.
func TestLake(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.newSession(t, "local[2]")
	people := 1200
	if thorough() {
		people = 6000
	}
	w := newWorld(t, s, people)
	data := s.dataset(t, w.dir)
	t.Run("one run", func(t *testing.T) { oneRun(t, s, w, data) })
	t.Run("splits", func(t *testing.T) { splits(t, s, w, data) })
	t.Run("arguments", func(t *testing.T) { arguments(t, s) })
	t.Run("nights", func(t *testing.T) { nights(t, s) })
	t.Run("import", func(t *testing.T) { imported(t, s, w, data) })
	t.Run("bad input", func(t *testing.T) { badInput(t, s, w) })
	t.Run("one run at a time", func(t *testing.T) { oneAtATime(t, s, w, data) })
	t.Run("a killed driver", func(t *testing.T) { killedDriver(t, s, w, data) })
	t.Run("README", func(t *testing.T) { readme(t, s) })
	if thorough() {
		t.Run("killed executors", func(t *testing.T) { killedExecutors(t, s, w, data) })
		t.Run("a thousand changed jobs", func(t *testing.T) { thousandChanged(t, s) })
	}
}

// dated are the arguments for inputs that do not say what they are.
var dated = []string{"--instance", "saved", "--observed-at", observed, "--allow-torn"}

// load is a run that publishes inputs.
func (s *session) load(t *testing.T, namespace string, inputs ...string) ran {
	t.Helper()
	return s.must(t, published, append(s.convert(namespace, inputs...), dated...)...)
}

// oneRun loads everything into an empty lake, and then once more.
func oneRun(t *testing.T, s *session, w *world, data string) {
	s.load(t, "whole", w.dir)
	s.checkSame(t, data, "whole")
	if got := s.compare(t, s.dataset(t, w.part(t, w.units[1:])), "whole", s.tag(t, "whole")); len(got["Spark"]) == 0 || len(got["pyiceberg"]) == 0 {
		t.Errorf("the comparison does not see that a file is missing: %v", got)
	}

	before := s.heads(t, "whole")
	s.load(t, "whole", w.dir)
	s.checkSame(t, data, "whole")
	// Of some shapes a job has several contents at one instant. These are compared in
	// another order once one of them is published, which changes what is pending, as in
	// convert; after that they, too, change nothing.
	s.checkUnchanged(t, "whole", before, "state")
}

// checkUnchanged checks that no table has another snapshot than before, but runs and
// those that are named.
func (s *session) checkUnchanged(t *testing.T, namespace string, before map[string]head, but ...string) {
	t.Helper()
	after := s.heads(t, namespace)
	for name, was := range before {
		if now := after[name]; now.Snapshot != was.Snapshot && name != "runs" && !slices.Contains(but, name) {
			t.Errorf("%s has snapshot %s, had %s", name, now.Snapshot, was.Snapshot)
		}
	}
}

// arguments loads a folder, a URI, a file of another name, and one of a name that no
// URI has unescaped: rejects name the same origins, later arguments win.
func arguments(t *testing.T, s *session) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"saved/a=b/first.json":   `{"Jobs":[{"JobId":"again","Status":"Executing"}]}`,
		"saved/_x/torn 50%.json": `{"Jobs":[{"JobId":"torn"`,
		"saved/notes.txt":        "passed over",
		"late/again.json":        `{"Jobs":[{"JobId":"again","Status":"Failed"}]}`,
		"late/empty.json":        "",
		"by name.txt":            "no JSON",
		"12:30 中#?.json":         `{"Jobs":[{"Status":"no id"}]}`,
	} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	data := s.dataset(t, in("saved"), in("by name.txt"), in("12:30 中#?.json"), in("late"))
	s.load(t, "arguments", in("saved"), in("by name.txt"), in("12:30 中#?.json"), "file://"+in("late"))
	s.checkSame(t, data, "arguments")
}

// splits loads everything in several runs, any of it in any run, the runs in any
// order.
func splits(t *testing.T, s *session, w *world, data string) {
	rounds := 2
	if thorough() {
		rounds = 10
	}
	for n := range rounds {
		t.Run(fmt.Sprint("split ", n), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(n), 16))
			runs := make([][][]string, 2+random.IntN(2))
			for _, unit := range w.units {
				i := random.IntN(len(runs))
				runs[i] = append(runs[i], unit)
			}
			var parts []string
			for _, units := range runs {
				parts = append(parts, w.part(t, units))
			}
			namespace := fmt.Sprint("split", n)
			for _, part := range parts {
				s.load(t, namespace, part)
			}
			s.checkSame(t, data, namespace)
			if !thorough() {
				return
			}
			slices.Reverse(parts)
			for _, part := range parts {
				s.load(t, namespace+"r", part)
			}
			s.checkSame(t, data, namespace+"r")
		})
	}
}

// nights loads the raw folder of each pull in its night: jobs go on, results and
// SearchTask's columns come late.
func nights(t *testing.T, s *session) {
	world := simulate.Options{People: 200, Seed: 3, Days: 5, Until: simulate.EndOfDay(2026, 1, 31)}
	data := filepath.Join(t.TempDir(), "data")
	var now time.Time
	lag := map[string]time.Duration{"SearchTask.columns": 20 * time.Hour}
	url := serve(t, world, api.Options{Now: func() time.Time { return now }, Lag: lag})
	known := map[string]bool{}
	var folders []string
	for day := 29; day <= 31; day++ {
		now = simulate.EndOfDay(2026, 1, day)
		s.callmill(t, 0, pull(url, data, "--from", "2026-01-27", "--to", fmt.Sprintf("2026-01-%d", day))...)
		found, err := filepath.Glob(filepath.Join(data, "raw", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range found {
			if !known[folder] {
				known[folder] = true
				folders = append(folders, folder)
				s.load(t, "nights", folder)
			}
		}
	}
	if len(folders) != 3 {
		t.Fatalf("%d raw folders of three nights", len(folders))
	}
	all := s.dataset(t, folders...)
	s.checkSame(t, all, "nights")
	before := s.heads(t, "nights")
	s.load(t, "nights", folders...)
	s.checkSame(t, all, "nights")
	s.checkUnchanged(t, "nights", before)
}

// imported takes a published snapshot into an empty lake, then what changed since.
func imported(t *testing.T, s *session, w *world, data string) {
	own := filepath.Join(t.TempDir(), "own")
	add := func(dir string) {
		t.Helper()
		s.callmill(t, 0, "convert", dir, "--out", own, "--key", s.key, "--instance", "saved", "--observed-at", observed,
			"--progress", "none", "--allow-rejects", "100%")
	}
	half := len(w.units) / 2
	add(w.part(t, w.units[:half]))
	s.callmill(t, 0, "snapshots", own, "pin", "--as", "lake")
	s.must(t, published, "import", own, "--into", "lake.imported", "--binary", s.binary, "--key", s.key)
	s.checkSame(t, own, "imported")

	add(w.part(t, w.units[half:]))
	s.must(t, published, "import", own, "--into", "lake.imported", "--binary", s.binary, "--key", s.key, "--since", "lake")
	s.checkSame(t, data, "imported")
}

// thousandChanged measures what a run costs that changes a thousand jobs among many.
func thousandChanged(t *testing.T, s *session) {
	people := 5_000
	if thorough() {
		people = 100_000
	}
	dir := t.TempDir()
	all, changed := filepath.Join(dir, "all"), filepath.Join(dir, "changed")
	s.callmill(t, 0, "simulate", "--write", all, "--people", fmt.Sprint(people))
	n := rewritten(t, all, changed, 1000)
	s.load(t, "cost", all)
	size := s.size(t, "cost")
	var spent struct {
		Read, Written, Shuffled int64
	}
	s.ask(t, "spent", nil, &spent) // so far
	before := spent
	s.must(t, published, append(s.convert("cost", changed), "--instance", "saved", "--observed-at", "2026-02-02T00:00:00Z")...)
	s.ask(t, "spent", nil, &spent)
	after := s.size(t, "cost")
	t.Logf("%d of %d jobs changed: tables had %d MB; read %.1f MB, shuffled %.1f MB, files grew by %.1f MB",
		n, people, size>>20, mega(spent.Read-before.Read), mega(spent.Shuffled-before.Shuffled), mega(after-size))
}

func mega(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// size is how many bytes the files of a namespace have.
func (s *session) size(t *testing.T, namespace string) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(s.warehouse, namespace), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		bytes += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// priority is a field that each simulated job has.
var priority = regexp.MustCompile(`"SystemPriority":\d+`)

// rewritten copies responses with the first n jobs, to which it gives another priority.
func rewritten(t *testing.T, from, to string, n int) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: files of responses: %d", err, len(files))
	}
	done := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if done >= n {
			break
		}
		done += len(priority.FindAll(text, -1))
		writeFile(t, filepath.Join(to, filepath.Base(file)), string(priority.ReplaceAll(text, []byte(`"SystemPriority":7`))))
	}
	return done
}
