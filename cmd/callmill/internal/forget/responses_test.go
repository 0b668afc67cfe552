package forget

import (
	"strings"
	"testing"
	"time"

	"callmill/pipeline/trace"
)

// TestResponses: what a list of calls says of somebody of whom only a predicate is known
// goes from a kept response, and nothing else; later calls stay.
func TestResponses(t *testing.T) {
	const line = `{"observed_at":"2026-01-23T01:30:00Z","instance_id":"sales","action":"SearchTask","asked":{},"status":200,"body":{"Tasks":[` +
		`{"JobId":"theirs","CalledNumber":"100-2000-0013","ActualTime":1769000000000},` +
		`{"JobId":"later","CalledNumber":"10020000013","ActualTime":1769300000000},` +
		`{"JobId":"uncalled","CalledNumber":"+8610020000013"},` +
		`{"JobId":"other","CalledNumber":"10020000002","ActualTime":1769000000000}],"JobIds":["theirs","other","by-id"]}}`
	r := newResponses(time.UTC, trace.Values{}, func(instance string, o *trace.Object, day string) (bool, error) {
		if instance != "sales" {
			t.Errorf("asked of instance %q", instance)
		}
		return o.Job == "by-id" || len(o.Numbers) > 0 && o.Numbers[0] == "10020000013" && day <= "2026-01-23", nil
	})
	left := string(r.line([]byte(line)))
	for id, stays := range map[string]bool{`{"JobId":"theirs`: false, `"later"`: true, `"uncalled"`: false, `"other"`: true, `"by-id"`: false} {
		if strings.Contains(left, id) != stays {
			t.Errorf("%s stays: want %v in %s", id, stays, left)
		}
	}
	if strings.Count(left, "10020000013") != 1 || r.lines != 1 || r.err != nil {
		t.Errorf("%d lines, error %v, left %s", r.lines, r.err, left)
	}
	if again := string(r.line([]byte(left))); again != left {
		t.Errorf("cut once more: %s", again)
	}
}
