package calendar_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/calendar"
)

// The one list of format 1 says that both ways are covered.
func TestCoverageOfFormat1(t *testing.T) {
	both := hours(1, 2, 3, 4)
	tests := []struct {
		text string
		want calendar.Coverage
	}{
		{`[{"from":"1970-01-01T01:00:00Z","to":"1970-01-01T02:00:00Z"},{"from":"1970-01-01T03:00:00Z","to":"1970-01-01T04:00:00Z"}]`, calendar.Coverage{Calls: both, Groups: both}},
		{` []`, calendar.Coverage{}},
		{`{}`, calendar.Coverage{}},
		{`{"groups":[{"from":"1970-01-01T01:00:00Z","to":"1970-01-01T02:00:00Z"}]}`, calendar.Coverage{Groups: hours(1, 2)}},
	}
	for _, tt := range tests {
		var got calendar.Coverage
		if err := json.Unmarshal([]byte(tt.text), &got); err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want.Whole(), got.Whole()); diff != "" || got.Empty() != tt.want.Empty() {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		written, err := json.Marshal(got)
		var again calendar.Coverage
		if err != nil || json.Unmarshal(written, &again) != nil || !cmp.Equal(got.Add(calendar.Coverage{}), again.Add(calendar.Coverage{})) {
			t.Errorf("%s is written as %s", tt.text, written)
		}
	}
	if err := json.Unmarshal([]byte(`["x"]`), &calendar.Coverage{}); err == nil {
		t.Error("a list of texts is a coverage")
	}
}

func TestCoverageWhole(t *testing.T) {
	tests := []struct {
		what          string
		calls, groups []calendar.Interval
		want          []calendar.Interval
	}{
		{"one way is used", hours(1, 5), nil, hours(1, 5)},
		{"only the other is", nil, hours(1, 5), hours(1, 5)},
		{"one lags behind", hours(1, 9), hours(0, 4, 6, 7), hours(1, 4, 6, 7)},
		{"neither", nil, nil, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, calendar.Coverage{Calls: tt.calls, Groups: tt.groups}.Whole()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.what, diff)
		}
	}
}

func TestDayAsText(t *testing.T) {
	want := calendar.Doubt{Day: day(t, "2026-01-21"), Since: instant(t, "2026-01-22T01:30:00Z")}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"day":"2026-01-21","since":"2026-01-22T01:30:00Z"}` {
		t.Errorf("written as %s (%v)", text, err)
	}
	var got calendar.Doubt
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("read as %v (%v)", got, err)
	}
}
