package spark

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCatalog holds the lock, and what it is for, to a catalog that compares and swaps
// in a database, as those of production do, and as the hadoop catalog of the other
// tests does not.
func TestCatalog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jar := os.Getenv("CALLMILL_SQLITE_JAR")
	if jar == "" {
		missing(t, "needs CALLMILL_SQLITE_JAR, the driver of SQLite that .ci/run names")
	}
	b.settings(t, b.jar+","+jar, "type jdbc", "uri jdbc:sqlite:"+filepath.Join(b.dir, "catalog.db"), "warehouse "+b.warehouse)
	inputs, data := filepath.Join(b.dir, "responses"), filepath.Join(b.dir, "data")
	b.callmill(t, 0, "simulate", "--write", inputs, "--people", "200")
	b.callmill(t, 0, "convert", inputs, "--out", data, "--key", b.key, "--instance", "saved", "--observed-at", observed,
		"--progress", "none", "--allow-rejects", "100%")

	cases := []string{"many_at_once", "waiting", "stale", "renewed"}
	if thorough() {
		cases = append(cases, "runs", "torn", "woken", "forgets")
	}
	cmd := exec.Command(b.python, append([]string{
		filepath.Join("testdata", "catalog.py"), b.contract, b.binary, b.key, inputs, data,
	}, cases...)...)
	cmd.Env = b.environ()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cases, " "), err, out)
	}
	t.Logf("%s", out)
}
