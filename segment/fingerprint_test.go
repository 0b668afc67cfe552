package segment

import (
	"fmt"
	"testing"
)

func TestNewer(t *testing.T) {
	ours := fingerprint("fast/4", "abc", nil, false)
	for _, c := range []struct {
		theirs string
		newer  bool
	}{
		{ours, false},
		{fingerprint("fast/3", "abc", nil, false), false},
		{fingerprint("fast/5", "abc", nil, false), true},
		{fingerprint("fast/10", "abc", nil, false), true},
		{fingerprint("fast/4", "def", nil, true), false}, // another dictionary and a model
		{fingerprint("gse/v0.99.9", "abc", nil, false), false},
		{fmt.Sprintf("fast/4 words/abc marks/%d unicode/15.0.0", layerVersion+1), true},
		{fmt.Sprintf("fast/4 words/abc marks/%d unicode/99.0.0", layerVersion), false},
		{"", false},
		{"fast/next", false},
	} {
		if got := Newer(c.theirs, ours); got != c.newer {
			t.Errorf("%q is newer than %q: %v", c.theirs, ours, got)
		}
	}
}
