package own_test

import (
	"testing"

	"callmill/pipeline/redact/internal/hard"
	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
)

// TestHard measures names and addresses on the hard lines, as both layers find them
// that know of any. Of the sealed half it prints counts alone.
func TestHard(t *testing.T) {
	for _, half := range []string{"open", "sealed"} {
		cases, err := hard.Read("../testdata/hard/" + half)
		if err != nil {
			t.Fatal(err)
		}
		mine, theirs := own.New(), others.New()
		var score hard.Score
		for _, c := range cases {
			mine.Job(c.Job)
			found := theirs.Find(mine.Find(nil, c.Lines), c.Lines)
			score.Add(c, span.Merge(found))
		}
		t.Logf("%s half: %s", half, &score)
		for kind, least := range map[span.Kind]float64{span.Name: 0.8, span.Address: 0.7} {
			c := score.Of(kind)
			if c.Marks == 0 || float64(c.Masked()) < least*float64(c.Marks) {
				t.Errorf("%s half: of %d marks of %s %d are masked, want %v of them", half, c.Marks, kind, c.Masked(), least)
			}
			if c.False > 4 {
				t.Errorf("%s half: %d spans of %s are false", half, c.False, kind)
			}
		}
	}
}
