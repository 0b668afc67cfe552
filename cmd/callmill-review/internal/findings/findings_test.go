package findings_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

func TestLook(t *testing.T) {
	c, truth := simulated.World(t, simulate.Options{People: 20_000, Seed: 1})
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	v := among.View{Corpus: c, Graph: nodes.Find(c), Hits: match.Find(book, c)}
	for _, p := range truth.Planted {
		t.Logf("%+v", p)
	}
	w := &findings.Words{Lang: schema.Chinese}
	for day := c.Calls[0].Day; day <= c.Calls[len(c.Calls)-1].Day && day < c.Calls[0].Day+40; day++ {
		l := findings.Make(v, handmade.All(c), findings.Options{Day: day})
		t.Logf("%s %+v tests %d chance %d", day, l.Head, l.Tests, l.Chance)
		for i := range l.Findings {
			f := &l.Findings[i]
			t.Logf("  %s %s %v %s %s ‹%s› %s %s z %.1f → %s %s days %v", f.Group, f.ID, f.Worse, w.Kind(f), w.Title(f), w.Where(f), w.Measure(f), w.Says(f), f.Z, f.Next.Way, f.Next.Wording, len(f.Days))
		}
		for _, q := range l.Quiet {
			t.Log("  ", q)
		}
	}
}
