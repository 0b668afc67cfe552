package nodes

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// Versions of a line that were never asked again in the same words are aligned by what
// stands around them: lines of a script that are never said in the same batch or
// version of it, with the same lines before and behind, in words that are alike.
const (
	fewestSaid = 20  // lines less frequent are in different batches by chance
	around     = 0.6 // share that they must have in common of what is before or behind
)

// place is a node while nodes are aligned.
type place struct {
	node   int32 // the body that stands for it
	robot  int32
	said   int32
	text   string
	by     [3][]tally.Share // of campaigns, versions and days
	before []tally.Share    // of nodes
	behind []tally.Share
}

// align unites the nodes that are versions of each other, the surest first. Nodes that
// changed together are told by each other once the first of them is known.
func (f *finder) align() {
	for range 3 {
		pairs := candidates(f.places())
		if len(pairs) == 0 {
			return
		}
		for _, p := range pairs {
			f.nodes.unite(p.a, p.b)
		}
	}
}

// candidate is two nodes that may be versions of each other.
type candidate struct {
	a, b int32
	sure float64
}

// candidates returns the pairs of nodes that have enough in common of what stands
// around them, each node once, with the one that it has most in common with.
func candidates(places []place) []candidate {
	var all []candidate
	for i := range places {
		for j := i + 1; j < len(places) && places[j].robot == places[i].robot; j++ {
			p, q := &places[i], &places[j]
			if !tally.Apart(&p.by, &q.by) {
				continue
			}
			before, behind := tally.Common(p.before, q.before), tally.Common(p.behind, q.behind)
			if min(before, behind) >= around && likeness(p.text, q.text) >= alike {
				all = append(all, candidate{p.node, q.node, before * behind})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Compare(y.sure, x.sure) })
	used := map[int32]bool{}
	return slices.DeleteFunc(all, func(p candidate) bool {
		if used[p.a] || used[p.b] {
			return true
		}
		used[p.a], used[p.b] = true, true
		return false
	})
}

// places describes the nodes that are said often enough, by robot.
func (f *finder) places() []place {
	index := make([]int32, f.bodies.count)
	for i := range index {
		index[i] = -1
	}
	said := make([]int32, f.bodies.count)
	top := make([]int32, f.bodies.count) // said of the raw whose text stands for the node
	var places []place
	for i := range f.raws {
		r := &f.raws[i]
		if f.silent[i] || f.passing[i] || f.robots[r.robot].Unscripted {
			continue
		}
		said[f.nodes.of(f.bodyOf(int32(i)))] += r.said
	}
	for i := range f.raws {
		r := &f.raws[i]
		node := f.nodes.of(f.bodyOf(int32(i)))
		if said[node] < fewestSaid || f.silent[i] || f.passing[i] || f.robots[r.robot].Unscripted {
			continue
		}
		if index[node] < 0 {
			index[node] = int32(len(places))
			places = append(places, place{node: node, robot: r.robot, said: said[node]})
		}
		if r.said > top[node] && f.reprompts[i].at == 0 {
			top[node] = r.said
			places[index[node]].text = f.bodies.texts[f.bodies.whole[i]]
		}
	}
	f.describe(places, index)
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.robot, b.robot), cmp.Compare(a.node, b.node)) })
	return places
}

// describe fills in when places are reached, and from where to where.
func (f *finder) describe(places []place, index []int32) {
	const campaign, version, day, before, behind = 0, 1, 2, 3, 4
	var facts [5][]uint64
	node := int32(-1) // of the line before, silence prompts left out
	for i := range f.says {
		s := &f.says[i]
		if s.is(first) {
			node = -1
		}
		if f.silent[s.raw] || f.passing[s.raw] {
			continue
		}
		this := f.nodes.of(f.bodyOf(s.raw))
		if this == node {
			continue
		}
		if at := index[this]; at >= 0 {
			call := &f.c.Calls[s.call]
			facts[campaign] = append(facts[campaign], tally.Pair(at, int32(call.Campaign)))
			facts[version] = append(facts[version], tally.Pair(at, int32(call.Version)))
			facts[day] = append(facts[day], tally.Pair(at, int32(call.Day)))
			facts[before] = append(facts[before], tally.Pair(at, node))
		}
		if node >= 0 && index[node] >= 0 {
			facts[behind] = append(facts[behind], tally.Pair(index[node], this))
		}
		node = this
	}
	for k := range facts {
		slices.Sort(facts[k])
		for _, v := range tally.Count(facts[k]) {
			p := &places[v.Pair>>32]
			one := tally.Share{Key: tally.Second(v.Pair), N: v.N}
			switch k {
			case before:
				p.before = append(p.before, one)
			case behind:
				p.behind = append(p.behind, one)
			default:
				p.by[k] = append(p.by[k], one)
			}
		}
	}
}

// likeness returns how much of the shorter of two texts is in the other: the length of
// their longest common subsequence of characters, of that of the shorter one.
func likeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	row := make([]int32, len(x)+1)
	for _, c := range y {
		corner := int32(0)
		for i := range x {
			above := row[i+1]
			if x[i] == c {
				row[i+1] = corner + 1
			} else {
				row[i+1] = max(row[i+1], row[i])
			}
			corner = above
		}
	}
	return float64(row[len(x)]) / float64(len(x))
}
