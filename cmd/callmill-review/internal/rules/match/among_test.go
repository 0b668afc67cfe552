package match_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/simulate"
)

// TestFindAmong: the hits among some calls are those of all, without the others'.
func TestFindAmong(t *testing.T) {
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := simulated.World(t, simulate.Options{People: 300, Seed: 4})
	all := match.Find(book, c)
	var third []int32
	for i := 0; i < len(c.Calls); i += 3 {
		third = append(third, int32(i))
	}
	some, err := match.FindAmong(t.Context(), book, c, third)
	if err != nil {
		t.Fatal(err)
	}
	hits := 0
	for k := range all.Rules {
		hits += len(some.Rules[k].Hits)
		for i := range c.Calls {
			in := slices.Contains(third, int32(i))
			if some.Rules[k].Hit(int32(i)) != (in && all.Rules[k].Hit(int32(i))) || some.Rules[k].Could(int32(i)) != (in && all.Rules[k].Could(int32(i))) {
				t.Fatalf("%s in call %d", book.Rules[k].Name, i)
			}
		}
	}
	if hits == 0 {
		t.Error("no hits")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := match.FindAmong(ended, book, c, third); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
}

// TestExplainAgrees: what is explained of a call is what was found in all.
func TestExplainAgrees(t *testing.T) {
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := simulated.World(t, simulate.Options{People: 200, Seed: 5})
	all := match.Find(book, c)
	for i := range c.Calls {
		for k, e := range match.Explain(book, c, &c.Calls[i], false) {
			if (e.Verdict == match.IsHit) != all.Rules[k].Hit(int32(i)) {
				t.Fatalf("call %d, %s: %s", i, e.Rule.Name, e.Verdict)
			}
			if e.Verdict != match.IsHit {
				continue
			}
			at, _ := slices.BinarySearchFunc(all.Rules[k].Hits, int32(i), func(h match.Hit, call int32) int { return int(h.Call - call) })
			if !slices.Equal(all.Rules[k].Hits[at].Lines, e.Lines) {
				t.Fatalf("call %d, %s: lines %v, found %v", i, e.Rule.Name, e.Lines, all.Rules[k].Hits[at].Lines)
			}
		}
	}
}
