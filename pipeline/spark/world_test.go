package spark

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// observed is when files that do not say it were received.
const observed = "2026-02-01T00:00:00Z"

// world is a folder of inputs with everything that an input may be: files of
// responses, those of every shape with damaged ones among them, real dialogues where
// the sample is there, what a pull kept: answers of all actions, and what a run of
// convert kept.
type world struct {
	dir   string
	units [][]string // paths below dir; the files of one stay together, for they say different things of the same jobs
}

// newWorld makes a world. The people of the pull are other ones.
func newWorld(t *testing.T, s *session, people int) *world {
	t.Helper()
	w := &world{dir: filepath.Join(t.TempDir(), "responses")}
	s.callmill(t, 0, "simulate", "--write", filepath.Join(w.dir, "saved"), "--people", fmt.Sprint(people))
	shapes := filepath.Join("..", "decode", "testdata", "shapes")
	w.link(t, shapes, "shapes", func(name string) bool { return !strings.HasSuffix(name, ".golden") })
	if sample := crosswoz(); sample != "" {
		w.link(t, sample, "crosswoz", func(name string) bool { return strings.HasSuffix(name, ".json") })
	}
	for name, content := range odd(t) {
		writeFile(t, filepath.Join(w.dir, "odd", name), content)
	}
	var made struct{ Files []string }
	s.ask(t, "split", map[string]any{"path": pulledRaw(t, s.bench, people/4), "folder": filepath.Join(w.dir, "pulled"), "lines": 4}, &made)
	if len(made.Files) < 5 {
		t.Fatalf("%d files of what a pull kept", len(made.Files))
	}

	w.link(t, keptRaw(t, s.bench), "kept", func(string) bool { return true })

	together := map[string][]string{}
	err := filepath.WalkDir(w.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(w.dir, path)
		unit := name
		if folder, _, _ := strings.Cut(name, "/"); folder == "shapes" {
			unit = folder
		}
		together[unit] = append(together[unit], name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range together {
		w.units = append(w.units, names)
	}
	slices.SortFunc(w.units, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return w
}

// odd are inputs that are in no other folder: a status that nobody knows, a job that
// was never called, an archive with a flipped byte.
func odd(t *testing.T) map[string]string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintf(z, `{"Jobs":[{"JobId":"in-an-archive","Tasks":[{"TaskId":"t","Brief":%q}]}]}`, strings.Repeat("0123456789abcdef", 400))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	flipped := packed.Bytes()
	flipped[len(flipped)-7] ^= 1 // in its checksum
	return map[string]string{
		"status.json":     `{"Jobs":[{"JobId":"mumbling","Tasks":[{"TaskId":"t","Status":"Mumbling","ActualTime":1769000000000}]}]}`,
		"not-called.json": `{"Jobs":[{"JobId":"not-called","Status":"Scheduling"}]}`,
		"flipped.json.gz": string(flipped),
		"notes.txt":       "no input",
		".hidden.json":    `{"Jobs":[{"JobId":"hidden"}]}`,
	}
}

// link puts files of a folder into one of the world.
func (w *world) link(t *testing.T, from, to string, wanted func(name string) bool) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if wanted(entry.Name()) {
			content, err := os.ReadFile(filepath.Join(from, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(w.dir, to, entry.Name()), string(content))
		}
	}
}

// part is a folder with some units of the world, each file where it was, so that
// rejects name the same origins.
func (w *world) part(t *testing.T, units [][]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "responses")
	for _, name := range slices.Concat(units...) {
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(filepath.Join(w.dir, name), to); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// crosswoz returns the folder of the real sample, beside the repository, or nothing.
func crosswoz() string {
	dir, err := os.Getwd()
	for err == nil {
		found := filepath.Join(dir, "shared", "data", "crosswoz")
		if _, err := os.Stat(found); err == nil {
			return found
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// pulledRaw pulls all of a simulated API and returns the folder of what it kept.
func pulledRaw(t *testing.T, b *bench, people int) string {
	t.Helper()
	served := serve(t, simulate.Options{People: people, Seed: 2}, api.Options{})
	data := filepath.Join(t.TempDir(), "data")
	b.callmill(t, 0, pull(served, data, "--from", "2026-01-17", "--to", "2026-01-31")...)
	return onlyFolder(t, filepath.Join(data, "raw"))
}

// keptRaw converts responses and returns the folder of what that kept of them: lines
// that say their origin, instant and instance.
func keptRaw(t *testing.T, b *bench) string {
	t.Helper()
	dir := t.TempDir()
	saved, data := filepath.Join(dir, "saved"), filepath.Join(dir, "data")
	b.callmill(t, 0, "simulate", "--write", saved, "--people", "40", "--seed", "3")
	writeFile(t, filepath.Join(saved, "torn.json"), `{"Jobs":[{"JobId":"kept-of-a-torn-file"`)
	b.callmill(t, 0, "convert", saved, "--out", data, "--instance", "kept", "--observed-at", "2026-02-03T04:05:06Z", "--keep-raw", "1",
		"--progress", "none", "--allow-rejects", "100%")
	return onlyFolder(t, filepath.Join(data, "raw"))
}

// serve serves a simulated API on the loopback interface.
func serve(t *testing.T, o simulate.Options, served api.Options) (url string) {
	t.Helper()
	w, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	served.Stall = 50 * time.Millisecond
	handler, err := api.New(w, served)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// pull are the arguments of a pull from a simulated API.
func pull(url, data string, more ...string) []string {
	return append([]string{
		"pull", "--endpoint", url, "--instance", "pulled", "--out", data, "--discover", "calls,groups",
		"--qps", "400", "--progress", "none", "--allow-missing", "100%", "--allow-rejects", "100%",
	}, more...)
}

func onlyFolder(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v: want one folder in %s, found %v", err, dir, found)
	}
	return found[0]
}

// dataset makes one with convert, in one run.
func (s *session) dataset(t *testing.T, inputs ...string) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	s.callmill(t, 0, append([]string{
		"convert", "--out", data, "--key", s.key, "--instance", "saved", "--observed-at", observed, "--progress", "none", "--allow-rejects", "100%",
	}, inputs...)...)
	return data
}
