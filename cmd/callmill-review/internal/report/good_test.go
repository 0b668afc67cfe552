package report

import (
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/nodes"
)

// Where fewer calls are lost at a wording, calls that heard it and did not fail show it,
// the latest first.
func TestGood(t *testing.T) {
	heard := []string{"R 您好", "C 好", "R 再见"}
	c := handmade.Corpus(
		handmade.Call{Script: "甲", Lines: heard},
		handmade.Call{Script: "甲", Lines: append(slices.Clone(heard), "!")},
		handmade.Call{Script: "甲", Lines: []string{"R 喂", "C 好"}},
		handmade.Call{Script: "甲", Lines: heard},
	)
	g := nodes.Find(c)
	m := &maker{Data: Data{Corpus: c, Graph: g, Selected: handmade.All(c)}, Options: Options{Examples: 10}}
	if got := m.good(g.LineWording[0]); !slices.Equal(got, []int32{3, 0}) {
		t.Errorf("calls %v, want [3 0]", got)
	}
	m.Examples = 1
	if got := m.good(g.LineWording[0]); !slices.Equal(got, []int32{3}) {
		t.Errorf("calls %v, want [3]", got)
	}
}
