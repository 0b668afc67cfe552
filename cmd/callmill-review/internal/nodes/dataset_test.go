//go:build cgo

package nodes_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/simulate"
)

// TestDatasets holds wordings and nodes to the truth where texts are masked, and where
// nothing is known but what ListJobs says, as well as in a plain dataset.
func TestDatasets(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: makes three datasets")
	}
	o := simulate.Options{People: 3000, Seed: 21}
	worlds := published.In(t.TempDir())
	_, truth := simulated.World(t, o)
	load := func(dir string, _ *simulate.World) *corpus.Corpus {
		db, err := query.Open(t.Context(), dir, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		c, err := db.Load(t.Context(), query.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := load(worlds.Pulled(t, o))
	plain := judge(c, truth, nodes.Find(c))
	for name, c := range map[string]*corpus.Corpus{
		"masked":          load(worlds.Pulled(t, o, "--pii", "mask")),
		"responses alone": load(worlds.Converted(t, o)),
	} {
		got := judge(c, truth, nodes.Find(c))
		t.Logf("%s: %+v; plain %+v", name, got, plain)
		if got.wordings < plain.wordings-0.005 || got.nodes < plain.nodes-0.005 {
			t.Errorf("%s: V-measure of wordings %.4f, of nodes %.4f; plain %.4f and %.4f", name, got.wordings, got.nodes, plain.wordings, plain.nodes)
		}
		if got.again < 500 || got.again != plain.again {
			t.Errorf("%s: %d re-prompts, plain %d; want as many, at least 500", name, got.again, plain.again)
		}
		if got.recall < 0.99 || got.precision < 0.99 {
			t.Errorf("%s: recall and precision of re-prompts %.4f and %.4f, want 0.99", name, got.recall, got.precision)
		}
	}
}
