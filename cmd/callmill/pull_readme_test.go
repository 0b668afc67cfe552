package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestReadmeOfNights: the manual names every metric that a pull writes and no
// other.
func TestReadmeOfNights(t *testing.T) {
	text := readme(t, manual)
	p := newPuller(simulatedAPI(t, simulate.Options{People: 20}, api.Options{}), append([]string{"--instance", "x"}, wholeWorld...)...)
	metrics := filepath.Join(t.TempDir(), "metrics.prom")
	p.pull(t, exit.Done, "--out", filepath.Join(t.TempDir(), "data"), "--metrics-file", metrics)
	written, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	names := func(text []byte, pattern string) (list []string) {
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			list = append(list, string(match[1]))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	got, want := names([]byte(text), `\b(callmill_[a-z_]+)`), names(written, `(?m)^# TYPE (\S+)`)
	if !slices.Equal(got, want) {
		t.Errorf("the manual names the metrics\n%q, written are\n%q", got, want)
	}
}
