package effect

import (
	"cmp"
	"math"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// Change is a wording against the one before it at the same node.
type Change struct {
	Node          int32
	Wording       int32
	Before        int32 // wording
	HungUp        Difference
	NotUnderstood Difference
}

// Difference is a share after against before.
type Difference struct {
	Share     float64 // after - before
	Low, High float64 // 95 % interval of that
	// Z is how many standard deviations of chance it is: above 0 where there are more
	// after than before.
	Z float64
}

// Most returns the difference that is less likely to be chance.
func (c *Change) Most() Difference {
	if math.Abs(c.NotUnderstood.Z) > math.Abs(c.HungUp.Z) {
		return c.NotUnderstood
	}
	return c.HungUp
}

// Changes compares the wordings of each node with the ones that they replaced, of the
// selected calls that counts are of. The surest change is first. One wording replaces
// another if it is said later, and hardly ever in the same campaign, in the same version
// or on the same day; what is said besides it, such as the short form of a question
// after an answer, does not.
func Changes(c *corpus.Corpus, g *nodes.Graph, selected []int32, counts *Counts) []Change {
	uses := usesOf(c, g, selected)
	var changes []Change
	for n := range g.Nodes {
		changes = changesOf(changes, g, int32(n), uses, counts)
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Compare(math.Abs(b.Most().Z), math.Abs(a.Most().Z))
	})
	return changes
}

// use is when and where a wording is said.
type use struct {
	first int32            // index of its first call, -1
	by    [3][]tally.Share // of campaigns, versions and days
}

func usesOf(c *corpus.Corpus, g *nodes.Graph, selected []int32) []use {
	uses := make([]use, len(g.Wordings))
	for i := range uses {
		uses[i].first = -1
	}
	var facts [3][]uint64
	for _, k := range selected {
		call := &c.Calls[k]
		for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
			w := g.LineWording[i]
			if w < 0 {
				continue
			}
			if uses[w].first < 0 {
				uses[w].first = k
			}
			for f, value := range [...]int32{int32(call.Campaign), int32(call.Version), int32(call.Day)} {
				facts[f] = append(facts[f], tally.Pair(w, value))
			}
		}
	}
	for f := range facts {
		slices.Sort(facts[f])
		for _, v := range tally.Count(facts[f]) {
			u := &uses[v.Pair>>32]
			u.by[f] = append(u.by[f], tally.Share{Key: tally.Second(v.Pair), N: v.N})
		}
	}
	return uses
}

// fewestCalls is how many calls must reach a wording for it to be compared.
const fewestCalls = 20

func changesOf(changes []Change, g *nodes.Graph, node int32, uses []use, counts *Counts) []Change {
	own := slices.DeleteFunc(slices.Clone(g.Nodes[node].Wordings), func(w int32) bool {
		return counts.Wordings[w].Calls < fewestCalls || g.Wordings[w].Class == nodes.Reprompt
	})
	slices.SortFunc(own, func(a, b int32) int {
		return cmp.Or(cmp.Compare(uses[a].first, uses[b].first), cmp.Compare(a, b))
	})
	for i, w := range own {
		for _, before := range slices.Backward(own[:i]) {
			if tally.Apart(&uses[w].by, &uses[before].by) {
				changes = append(changes, change(node, w, before, counts))
				break
			}
		}
	}
	return changes
}

func change(node, w, before int32, counts *Counts) Change {
	a, b := &counts.Wordings[before], &counts.Wordings[w]
	return Change{
		Node: node, Wording: w, Before: before,
		HungUp:        Between(a.HungUp, a.Calls, b.HungUp, b.Calls),
		NotUnderstood: Between(a.NotUnderstood, a.Calls, b.NotUnderstood, b.Calls),
	}
}

// Between compares k of n after with those before: the z of two shares with a common
// variance, and Newcombe's interval (his method 10, Statistics in Medicine 17, 1998).
func Between(k1, n1, k2, n2 int) Difference {
	p1, p2 := float64(k1)/float64(n1), float64(k2)/float64(n2)
	d := Difference{Share: p2 - p1}
	l1, u1 := interval.Wilson(k1, n1)
	l2, u2 := interval.Wilson(k2, n2)
	d.Low = d.Share - math.Hypot(p2-l2, u1-p1)
	d.High = d.Share + math.Hypot(u2-p2, p1-l1)
	p := float64(k1+k2) / float64(n1+n2)
	if sd := math.Sqrt(p * (1 - p) * (1/float64(n1) + 1/float64(n2))); sd > 0 {
		d.Z = d.Share / sd
	}
	return d
}
