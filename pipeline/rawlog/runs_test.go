package rawlog_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/rawlog"
)

// rawFolder makes a raw/ with runs of several days, and other entries.
func rawFolder(t *testing.T, runs ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "raw")
	for _, run := range append(runs, "notes") {
		keep(t, rawlog.Options{Dir: dir, Run: run}, line(1, "a"))
	}
	if err := os.WriteFile(filepath.Join(dir, "20260101T013000Z-cccccc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUnfinished(t *testing.T) {
	const sunday = "20260118T013000Z-ffffff"
	dir := rawFolder(t, sunday, monday, tuesday)
	tests := []struct {
		finished []string
		want     string
	}{
		{nil, tuesday},
		{[]string{tuesday}, monday},
		{[]string{sunday, tuesday}, monday},
		{[]string{sunday, monday, tuesday}, ""},
	}
	for _, tt := range tests {
		got, err := rawlog.Unfinished(durable.OS{}, dir, func(run string) bool { return slices.Contains(tt.finished, run) })
		if got != tt.want || err != nil {
			t.Errorf("finished %v: %q, %v; want %q", tt.finished, got, err, tt.want)
		}
	}
	// One that reads files has asked for nothing.
	inputs, err := rawlog.Open(rawlog.Options{Dir: dir, Run: "20260121T013000Z-cccccc", Inputs: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := inputs.Append([]byte(`{"origin":"a.json"}`)); err != nil {
		t.Fatal(err)
	}
	if got, err := rawlog.Unfinished(durable.OS{}, dir, func(string) bool { return false }); got != tuesday || err != nil {
		t.Errorf("files were read: %q, %v; want %q", got, err, tuesday)
	}
	if err := errors.Join(inputs.Close(), inputs.Remove()); err != nil {
		t.Error(err)
	}
	none := filepath.Join(dir, "none")
	if got, err := rawlog.Unfinished(durable.OS{}, none, func(string) bool { return false }); got != "" || err != nil {
		t.Errorf("no folder: %q, %v", got, err)
	}
}

func TestPrune(t *testing.T) {
	const sunday = "20260118T013000Z-ffffff"
	tests := []struct {
		keep   int
		spared string
		want   []string // removed
	}{
		{14, "", nil},
		{3, "", nil},
		{2, "", []string{sunday}},
		{1, sunday, []string{monday, tuesday}},
		{2, sunday, []string{monday}},
		{0, sunday, []string{monday, tuesday}},
		{0, "", []string{sunday, monday, tuesday}},
	}
	for _, tt := range tests {
		dir := rawFolder(t, sunday, monday, tuesday)
		// A run that read files does not count.
		inputs, err := rawlog.Open(rawlog.Options{Dir: dir, Run: "20260122T013000Z-cccccc", Inputs: true})
		if err == nil {
			err = errors.Join(inputs.Append([]byte(`{"origin":"a.json"}`)), inputs.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		removed, err := rawlog.Prune(durable.OS{}, dir, tt.keep, false, tt.spared)
		if !slices.Equal(removed, tt.want) || err != nil {
			t.Errorf("keep %d: removed %v, %v; want %v", tt.keep, removed, err, tt.want)
		}
		for _, run := range []string{sunday, monday, tuesday, "notes"} {
			_, err := os.Stat(filepath.Join(dir, run))
			if gone := err != nil; gone != slices.Contains(tt.want, run) {
				t.Errorf("keep %d: %s: %v", tt.keep, run, err)
			}
		}
	}
}
