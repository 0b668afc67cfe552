package balance_test

import (
	"slices"
	"testing"

	"callmill/pipeline/dataset/balance"
)

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		what   string
		counts balance.Counts
		want   []string
	}{
		{what: "nothing"},
		{what: "all there is", counts: balance.Counts{Seen: 28, New: 1, Changed: 2, Unchanged: 3, Superseded: 4, Rejected: 5, Expired: 6, Erased: 7, Held: 1, Undated: 3, Shrunk: 2, Left: 9, Lost: 9}},
		{"one too many", balance.Counts{Seen: 2, Expired: 1}, []string{"2 seen, but 0 new + 0 changed + 0 unchanged + 0 superseded + 0 rejected + 1 expired + 0 erased"}},
		{"below zero", balance.Counts{Left: -1}, []string{"a count is -1"}},
		{"more of a part than of the whole", balance.Counts{Seen: 1, Superseded: 1, Held: 1, Undated: 1}, []string{"1 undated and 1 held of 1 superseded, 0 shrunk of 0 changed"}},
	} {
		if got := c.counts.Wrong(); !slices.Equal(got, c.want) || c.counts.Balanced() != (c.what != "one too many") {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestWrongJobs(t *testing.T) {
	c := balance.Counts{New: 3, Left: 2, Lost: 1, Erased: 9}
	if got := c.WrongJobs(10, 10); got != "" {
		t.Errorf("10 jobs of 10: %s", got)
	}
	if got, want := c.WrongJobs(11, 10), "11 jobs, but 10 of the parent + 3 new - 2 left - 1 lost"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
