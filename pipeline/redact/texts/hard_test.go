package texts_test

import (
	"testing"

	"callmill/pipeline/redact/internal/hard"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
)

// need is how many of the hard lines' marks of some kinds must be masked in each part,
// and how many spans may be found as these kinds where there is no mark.
type need struct {
	name   string
	kinds  []span.Kind
	masked map[string]float64 // by part; a part without it has next to no such marks
	false  int                // in any part
}

// The lines were written to be hard, so what is reached on them is less than on calls;
// and whoever wrote the rules has read all but the sealed half.
var needs = []need{
	{"numbers", []span.Kind{span.Phone, span.IDCard, span.BankCard, span.ID, span.Number}, map[string]float64{"open": 0.99, "sealed": 0.92}, 6},
	{"other kinds", []span.Kind{span.Plate, span.Email, span.WeChat, span.QQ, span.Passport, span.Birthday, span.Tail, span.Code}, map[string]float64{"open": 0.97, "more": 0.95, "sealed": 0.87}, 2},
	{"addresses", []span.Kind{span.Address}, map[string]float64{"open": 1, "more": 0.96, "sealed": 0.76}, 2},
	{"names", []span.Kind{span.Name}, map[string]float64{"open": 1, "more": 0.90, "sealed": 0.86}, 6},
}

// Of the sealed half nothing but counts is printed: it stays unknown to who writes
// rules.
func TestHardLines(t *testing.T) {
	for _, half := range []string{"open", "more", "sealed"} {
		t.Run(half, func(t *testing.T) {
			cases, err := hard.Read("../testdata/hard/" + half)
			if err != nil {
				t.Fatal(err)
			}
			m := texts.New()
			var s hard.Score
			for _, c := range cases {
				m.Of(c.Job)
				found := m.Find(nil, c.Lines)
				s.Add(c, found)
				if half != "sealed" {
					for _, wrong := range c.Wrong(found) {
						t.Log(wrong)
					}
				}
			}
			t.Logf("\n%s", s.String())
			for _, n := range needs {
				c, want := s.Of(n.kinds...), n.masked[half]
				if got := float64(c.Masked()) / float64(c.Marks); got < want {
					t.Errorf("%s: %d of %d are masked (%.3f), want %.3f", n.name, c.Masked(), c.Marks, got, want)
				}
				if c.False > n.false {
					t.Errorf("%s: %d found where there is no mark, want at most %d", n.name, c.False, n.false)
				}
			}
		})
	}
}
