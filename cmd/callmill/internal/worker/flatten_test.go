package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/shuffle"
	"callmill/schema"
)

// TestHeld: a job is on hold under its own instance alone.
func TestHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "held")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"instance_id":"i","job_id":"a"}` + "\n" + `{"instance_id":"","job_id":"b","reason":"complaint 17"}` + "\n")
	held, err := (&run{holds: path}).onHold()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		instance, job string
		want          bool
	}{{"i", "a", true}, {"", "b", true}, {"", "a", false}, {"i", "b", false}, {"i", "", false}} {
		if got := held(schema.JobKey(nil, c.instance, c.job)); got != c.want {
			t.Errorf("job %q of %q on hold: %v, want %v", c.job, c.instance, got, c.want)
		}
	}
	for text, want := range map[string]string{`{"job_id":""}`: "hold 1: ", `{"job_id":"a"} x`: "hold 2: "} {
		write(text)
		if _, err := (&run{holds: path}).onHold(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s…", text, err, want)
		}
	}
	if none, err := (&run{}).onHold(); none != nil || err != nil {
		t.Errorf("without a file: %v", err)
	}
}

// TestOptOuts: an opt-out is told by the contact key of its call, and one without is of
// nobody.
func TestOptOuts(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	asks := func(key string, at int64) schema.Task {
		return schema.Task{ContactKey: key, ActualTime: at, Turns: []schema.Turn{{Speaker: schema.SpeakerContact, Script: "别再打了"}}}
	}
	late := time.Date(2026, 1, 31, 20, 0, 0, 0, time.UTC).UnixMilli() // the next day in Shanghai
	got := optOuts(&schema.Job{Tasks: []schema.Task{asks("k", late), asks("", late), asks("l", 0), {ContactKey: "m"}}}, shanghai)
	day := int32(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).Unix() / (24 * 3600))
	want := []shuffle.OptOut{{ContactKey: "k", CallDate: &day, Source: "rule", Value: "not_again"}, {ContactKey: "l", Source: "rule", Value: "not_again"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opt-outs (-want +got):\n%s", diff)
	}
}
