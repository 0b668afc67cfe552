package nodes_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/pipeline/simulate"
)

// judged is how well a graph agrees with the truth of a world.
type judged struct {
	wordings, nodes   float64 // V-measures
	recall, precision float64 // of re-prompts
	heard, silent     float64 // recall and precision of silence prompts
	again, silences   int     // re-prompts and silence prompts of the world
}

// TestWorlds holds wordings and nodes to the truth of worlds, and of campaigns that
// nobody wrote this package for.
func TestWorlds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: thousands of simulated people")
	}
	heldout := os.DirFS("../../../../pipeline/simulate/testdata/heldout")
	worlds := []simulate.Options{{People: 5000, Seed: 11}, {People: 3000, Seed: 12, Campaigns: heldout}}
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		for seed := range uint64(5) {
			worlds = append(worlds, simulate.Options{People: 20_000, Seed: seed + 1}, simulate.Options{People: 5000, Seed: seed + 1, Campaigns: heldout})
		}
	}
	for _, o := range worlds {
		t.Run(fmt.Sprintf("people=%d seed=%d heldout=%v", o.People, o.Seed, o.Campaigns != nil), func(t *testing.T) {
			c, truth := simulated.World(t, o)
			got := judge(c, truth, nodes.Find(c))
			t.Logf("%+v", got)
			if got.again < 500 || got.silences < 100 {
				t.Errorf("%d re-prompts and %d silence prompts are too few to judge by", got.again, got.silences)
			}
			if got.wordings < 0.985 || got.nodes < 0.99 {
				t.Errorf("V-measure of wordings %.4f, want 0.985; of nodes %.4f, want 0.99", got.wordings, got.nodes)
			}
			if got.recall < 0.99 || got.precision < 0.99 {
				t.Errorf("recall and precision of re-prompts %.4f and %.4f, want 0.99", got.recall, got.precision)
			}
			if got.heard < 0.95 || got.silent < 0.95 {
				t.Errorf("recall and precision of silence prompts %.4f and %.4f, want 0.95", got.heard, got.silent)
			}
		})
	}
}

func judge(c *corpus.Corpus, truth simulated.Truth, g *nodes.Graph) judged {
	type table struct {
		classes, clusters map[string]int
		both              map[[2]string]int
	}
	newTable := func() table {
		return table{map[string]int{}, map[string]int{}, map[[2]string]int{}}
	}
	add := func(t table, class, cluster string) {
		t.classes[class]++
		t.clusters[cluster]++
		t.both[[2]string{class, cluster}]++
	}
	byWording, byNode := newTable(), newTable()
	var found, is, right int
	var sfound, sis, sright int
	for k := range c.Calls {
		call := &c.Calls[k]
		if call.LineCount == 0 {
			continue
		}
		turns, campaign := truth.Turns(call), truth.Job(call).Campaign
		for i, line := range c.Of(call) {
			if c.Texts[line.Text].Speaker != corpus.Robot {
				continue
			}
			told := turns[line.Turn]
			at := int(call.FirstLine) + i
			add(byWording, campaign+"/"+told.Node+"/"+told.Said, fmt.Sprint(g.LineWording[at]))
			add(byNode, campaign+"/"+told.Node, fmt.Sprint(g.LineNode[at]))
			class := g.Wordings[g.LineWording[at]].Class
			count := func(said string, want nodes.Class, is, found, right *int) {
				if told.Said == said {
					*is++
				}
				if class == want {
					*found++
					if told.Said == said {
						*right++
					}
				}
			}
			count("unheard", nodes.Reprompt, &is, &found, &right)
			count("silence", nodes.SilencePrompt, &sis, &sfound, &sright)
		}
	}
	return judged{
		vMeasure(byWording.classes, byWording.clusters, byWording.both), vMeasure(byNode.classes, byNode.clusters, byNode.both),
		float64(right) / float64(is), float64(right) / float64(found),
		float64(sright) / float64(sis), float64(sright) / float64(sfound), is, sis,
	}
}

func vMeasure(classes, clusters map[string]int, both map[[2]string]int) float64 {
	c, k, ck := entropy(classes), entropy(clusters), entropy(both)
	homogeneity, completeness := (c+k-ck)/c, (c+k-ck)/k
	return 2 * homogeneity * completeness / (homogeneity + completeness)
}

func entropy[K comparable](counts map[K]int) (h float64) {
	n := 0
	for _, count := range counts {
		n += count
	}
	for _, count := range counts {
		p := float64(count) / float64(n)
		h -= p * math.Log(p)
	}
	return h
}

// strong are the plants that make a wording much worse than the one before.
var strong = []string{"threatening_line", "confusing_options", "confusing_question", "long_opening"}

// TestPlantedWordings holds the comparison of wordings to what is planted: the wordings
// that were made worse are above all others, those that mended them the other way round.
func TestPlantedWordings(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: thousands of simulated people")
	}
	seeds, people := []uint64{1}, 20_000
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		seeds = []uint64{1, 2, 3, 4, 7}
	}
	planted, found := 0, 0
	for _, seed := range seeds {
		c, truth := simulated.World(t, simulate.Options{People: people, Seed: seed})
		g := nodes.Find(c)
		said := placesOf(c, truth, g)
		plantedAt := map[string]string{}
		for _, p := range truth.Planted {
			if p.Version != "" && p.Node != "" {
				plantedAt[p.Campaign+"/"+p.Node+"/"+p.Version] = p.Kind
			}
		}
		worse, mended, others := map[string]float64{}, map[string]float64{}, 0.0
		for _, change := range effect.Changes(c, g, handmade.All(c), effect.Count(c, g, handmade.All(c))) {
			now, before := plantedAt[said[change.Wording]], plantedAt[said[change.Before]]
			z := change.Most().Z
			switch {
			case slices.Contains(strong, now):
				worse[now] = math.Round(10*z) / 10
			case slices.Contains(strong, before):
				mended[before] = math.Round(10*z) / 10
			case now != "" || before != "": // too weak to be told from chance
			default:
				others = max(others, math.Abs(z))
			}
		}
		t.Logf("seed %d: worse %v, mended %v, others up to %.1f", seed, worse, mended, others)
		for _, kind := range strong {
			planted++
			if worse[kind] > others {
				found++
			}
		}
		if len(mended) == 0 {
			t.Errorf("seed %d: nothing is mended, want one at least", seed)
		}
		for kind, z := range mended {
			if !(z < 0) {
				t.Errorf("seed %d: what mended %s has z %.1f, want less than 0", seed, kind, z)
			}
		}
		if others > 4 {
			t.Errorf("seed %d: z %.1f where nothing is planted, want at most 4", seed, others)
		}
	}
	if 20*found < 19*planted {
		t.Errorf("%d of %d planted wordings are above all others, want 19 of 20", found, planted)
	}
}

// placesOf returns the campaign, node and version that a wording is mostly said at.
func placesOf(c *corpus.Corpus, truth simulated.Truth, g *nodes.Graph) []string {
	counts := make([]map[string]int, len(g.Wordings))
	for k := range c.Calls {
		call := &c.Calls[k]
		if call.LineCount == 0 {
			continue
		}
		turns, job := truth.Turns(call), truth.Job(call)
		for i, line := range c.Of(call) {
			w := g.LineWording[int(call.FirstLine)+i]
			if w < 0 {
				continue
			}
			if counts[w] == nil {
				counts[w] = map[string]int{}
			}
			counts[w][job.Campaign+"/"+turns[line.Turn].Node+"/"+job.Version]++
		}
	}
	places := make([]string, len(counts))
	for w, at := range counts {
		for place, n := range at {
			if n > at[places[w]] {
				places[w] = place
			}
		}
	}
	return places
}
