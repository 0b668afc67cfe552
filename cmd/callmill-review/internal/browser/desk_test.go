//go:build cgo

package browser

import (
	"bufio"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/pipeline/simulate"
)

var update = flag.Bool("update", false, "write the pictures of the READMEs")

// TestPages walks the desk of the demo's calls in a browser. One desk is enough for all
// that is looked at: how long the parts take is mostly the time to publish and to load.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a browser and minutes")
	}
	browser := chromium(t)
	d := serve(t)
	before := hashes(t, d.dir)
	t.Run("five minutes", func(t *testing.T) { walk(t, d.open(t, browser)) })
	t.Run("without the script", func(t *testing.T) { walkWithoutScript(t, d.open(t, browser)) })
	t.Run("every page", func(t *testing.T) { look(t, d.open(t, browser)) })
	if *update {
		t.Run("pictures", func(t *testing.T) { pictures(t, d.open(t, browser)) })
	}
	if after := hashes(t, d.dir); !maps.Equal(before, after) {
		for name := range after {
			if before[name] != after[name] {
				t.Errorf("%s has changed", name)
			}
		}
		t.Errorf("the dataset had %d files and has %d", len(before), len(after))
	}
}

// served is a desk that is served, and the world that its calls are of.
type served struct {
	dir, folder string // of the dataset, of reviews
	url, host   string
	world       *simulate.World
}

// serve serves the desk of a simulated dataset until the test ends.
func serve(t *testing.T) *served {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "callmill-review")
	if out, err := exec.Command("go", "build", "-o", binary, "../..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	d := &served{folder: filepath.Join(t.TempDir(), "desk")}
	d.dir, d.world = published.In(t.TempDir()).Pulled(t, simulate.Options{People: 4000, Seed: 1})
	c := exec.Command(binary, "serve", d.dir, "--listen", "127.0.0.1:0", "--desk", d.folder)
	c.Env = append(os.Environ(), "USER=analyst", "TZ=Asia/Shanghai")
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	ended := make(chan []string)
	go func() {
		var all []string
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if all = append(all, lines.Text()); strings.HasPrefix(lines.Text(), "http://") {
				said <- strings.Fields(lines.Text())[0]
			}
		}
		ended <- all
	}()
	t.Cleanup(func() {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		all := <-ended
		if err := c.Wait(); c.ProcessState.ExitCode() != 128+int(syscall.SIGTERM) && err != nil || t.Failed() {
			t.Logf("serve ends with %v:\n%s", err, strings.Join(all, "\n"))
		}
	})
	select {
	case d.url = <-said:
	case all := <-ended:
		t.Fatalf("serve has ended:\n%s", strings.Join(all, "\n"))
	}
	u, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	d.host = u.Host
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get(d.url + "about")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return d
		}
		if time.Now().After(end) {
			t.Fatalf("the pages do not come: status %d", answer.StatusCode)
		}
	}
}

// hashes are those of all files below a folder, by their paths.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files in %s: %v", len(all), dir, err)
	}
	return all
}
