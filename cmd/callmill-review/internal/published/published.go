// Package published publishes simulated worlds as datasets, as callmill does it: by a
// pull of the API or by a conversion of files. It is for tests that read a folder;
// corpus/simulated makes a corpus without one.
package published

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// Worlds publishes each world once. Safe for concurrent use. A TestMain makes one for
// all tests of its package:
//
//	var worlds *published.Worlds
//
//	func TestMain(m *testing.M) { os.Exit(published.Main(m, &worlds)) }
type Worlds struct {
	dir string

	building sync.Mutex

	mu   sync.Mutex
	made map[string]string // folders, by what they are made of
}

// In returns worlds that are published below a folder, which must be empty.
func In(dir string) *Worlds { return &Worlds{dir: dir, made: map[string]string{}} }

// Main runs the tests of a package with worlds below a folder of their own, which goes
// after them. Each of ends is called when the tests are done. It returns the exit code:
// that of the tests, or 1 where anything else failed.
func Main(m *testing.M, worlds **Worlds, ends ...func() error) int {
	dir, err := os.MkdirTemp("", "worlds")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	*worlds = In(dir)
	code := m.Run()
	for _, end := range append(ends, func() error { return os.RemoveAll(dir) }) {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

// Pulled returns the folder of a dataset with all calls of a world, with the facts of
// SearchTask, and the world, which knows the truth: World.Job, World.TruthHead. The
// flags are those of callmill pull, such as "--pii", "mask". The dataset is not to be
// changed.
func (w *Worlds) Pulled(t testing.TB, o simulate.Options, flags ...string) (dir string, world *simulate.World) {
	t.Helper()
	world = newWorld(t, o)
	return w.publish(t, key("pull", o, flags), func(out string) {
		handler, err := api.New(world, api.Options{})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(handler)
		defer server.Close()
		const days = 40 // more than any world that tests make
		arguments := append([]string{
			"pull", "--out", out, "--endpoint", server.URL, "--instance", world.InstanceID(), "--qps", "2000", "--progress", "none",
			"--from", world.Now().AddDate(0, 0, -days).Format(time.DateOnly), "--to", world.Now().Format(time.DateOnly),
		}, flags...)
		w.Run(t, arguments...)
	}), world
}

// Converted returns the folder of a dataset made of the responses of ListJobs alone,
// which have no facts of SearchTask. The flags are those of callmill convert.
func (w *Worlds) Converted(t testing.TB, o simulate.Options, flags ...string) (dir string, world *simulate.World) {
	t.Helper()
	world = newWorld(t, o)
	return w.publish(t, key("convert", o, flags), func(out string) { w.Convert(t, world, out, flags...) }), world
}

// Convert adds the responses of ListJobs of a world to a dataset in a folder of one's own.
func (w *Worlds) Convert(t testing.TB, world *simulate.World, dir string, flags ...string) {
	t.Helper()
	responses := filepath.Join(t.TempDir(), "responses")
	if err := world.WriteFiles(t.Context(), responses); err != nil {
		t.Fatal(err)
	}
	w.Run(t, append([]string{"convert", responses, "--out", dir, "--progress", "none"}, flags...)...)
}

func newWorld(t testing.TB, o simulate.Options) *simulate.World {
	t.Helper()
	world, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return world
}

func key(how string, o simulate.Options, flags []string) string {
	return fmt.Sprintf("%s %+v %q", how, o, flags)
}

// publish returns the folder that has been or is now made for a key.
func (w *Worlds) publish(t testing.TB, key string, publish func(out string)) string {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if dir, ok := w.made[key]; ok {
		return dir
	}
	dir := filepath.Join(w.dir, fmt.Sprint("world", len(w.made)+1))
	publish(dir)
	w.made[key] = dir
	return dir
}

// Callmill returns the path of the program, which is built once.
func (w *Worlds) Callmill(t testing.TB) string {
	t.Helper()
	w.building.Lock()
	defer w.building.Unlock()
	binary := filepath.Join(w.dir, "callmill")
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	if text, err := exec.Command("go", "build", "-o", binary, "callmill/cmd/callmill").CombinedOutput(); err != nil {
		t.Fatalf("build callmill: %v\n%s", err, text)
	}
	return binary
}

// Run runs callmill; the test fails where it does.
func (w *Worlds) Run(t testing.TB, arguments ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), w.Callmill(t), arguments...)
	c.Env = append(os.Environ(), "ALIBABA_CLOUD_ACCESS_KEY_ID="+api.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+api.AccessKeySecret)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("callmill %s: %v\n%s", arguments[0], err, text)
	}
}

// Copy returns a copy of a dataset, to be changed.
func Copy(t testing.TB, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}
