package report

import (
	"os"
	"path/filepath"
	"testing"

	"callmill/pipeline/dataset"
)

// TestLast: the run that began last counts, in one second the one that ended last;
// what is damaged or no run does not.
func TestLast(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "runs"), 0o700); err != nil {
		t.Fatal(err)
	}
	d := dataset.Nothing(dir)
	if last := Last(d); last != nil {
		t.Errorf("%+v", last)
	}
	for _, c := range []struct{ name, text, want string }{
		{"20260120T013000Z-aaaaaa.json", `{"run":"20260120T013000Z-aaaaaa","command":"pull","started":"2026-01-20T01:30:00Z","finished":"2026-01-20T01:31:00Z","exit_code":0}`, "pull, ended 2026-01-20T01:31:00Z after 1m0s, exit code 0: nothing new"},
		{"20260121T013000Z-bbbbbb.json", `{"run":"20260121T013000Z-bbbbbb","command":"pull","started":"2026-01-21T01:30:00Z","finished":"2026-01-21T01:30:09Z","exit_code":3,"snapshot":"20260121T013009Z-123456"}`, "pull, ended 2026-01-21T01:30:09Z after 9s, exit code 3: published 20260121T013009Z-123456"},
		{"20260121T013000Z-aaaaaa.json", `{"run":"20260121T013000Z-aaaaaa","command":"convert","started":"2026-01-21T01:30:00Z","finished":"2026-01-21T01:30:10.5Z","exit_code":1,"error":"full"}`, "convert, ended 2026-01-21T01:30:10Z after 10.5s, exit code 1: failed, nothing is published since"},
		{"20260122T013000Z-cccccc.json", `{"run":"20260122T013000Z-ccc`, "convert, ended 2026-01-21T01:30:10Z after 10.5s, exit code 1: failed, nothing is published since"},
		{"20260123T013000Z-dddddd.json", `[]`, "convert, ended 2026-01-21T01:30:10Z after 10.5s, exit code 1: failed, nothing is published since"},
		{"20260124T013000Z-eeeeee.manifest", `{}`, "convert, ended 2026-01-21T01:30:10Z after 10.5s, exit code 1: failed, nothing is published since"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "runs", c.name), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Last(d); got == nil || got.String() != c.want {
			t.Errorf("with %s: %v, want %s", c.name, got, c.want)
		}
	}
}
