package nodes

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// unite makes nodes of bodies. What is asked again in the words of a re-prompt is the
// node of the line before it, and what is said behind a line that returns to a question
// is the node of that question.
func (f *finder) unite() {
	f.nodes = newSets(int(f.bodies.count))
	votes := make([]uint64, 0, len(f.says)/8)
	for i := range f.says {
		s := &f.says[i]
		if f.reprompts[s.raw].at == 0 || f.after[i] < 0 {
			continue
		}
		asked, before := f.bodyOf(s.raw), f.bodyOf(f.says[f.after[i]].raw)
		if asked != before {
			votes = append(votes, tally.Pair(asked, before))
		}
	}
	f.uniteByVotes(votes)
	f.uniteByVotes(f.returns())
	f.align()
}

// How often a line must be asked again in other words to be one node with them. Of all
// that stands before it, one in ten is enough: versions of a line. Fewer are enough if
// the words are alike.
const (
	fewestVotes = 3
	alike       = 0.4 // of the shorter one's characters are in the other, in order
)

// uniteByVotes unites the bodies of pairs that are frequent enough.
func (f *finder) uniteByVotes(votes []uint64) {
	slices.Sort(votes)
	counted := tally.Count(votes)
	for begin, end := 0, 0; begin < len(counted); begin = end {
		total := int32(0)
		for end = begin; end < len(counted) && counted[end].Pair>>32 == counted[begin].Pair>>32; end++ {
			total += counted[end].N
		}
		for _, v := range counted[begin:end] {
			a, b := tally.First(v.Pair), tally.Second(v.Pair)
			if v.N >= fewestVotes && 10*v.N >= total ||
				2*v.N > total && likeness(f.bodies.texts[a], f.bodies.texts[b]) >= alike {
				f.nodes.unite(a, b)
			}
		}
	}
}

// returns lists the lines behind what returns to the question before it, an answer to a
// question of the contact for example: a line that never waits, with different lines
// behind it. In each pair the first is asked after the second.
func (f *finder) returns() []uint64 {
	onward := make([]uint64, 0, len(f.says)/8) // a line that does not wait, and the next
	next := func(i int) int {
		if i+1 < len(f.says) && !f.says[i].is(answered) && !f.says[i].is(last) {
			return i + 1
		}
		return -1
	}
	for i := range f.says {
		if k := next(i); k >= 0 && !f.silent[f.says[k].raw] {
			onward = append(onward, tally.Pair(f.wholeOf(f.says[i].raw), f.nodes.of(f.bodyOf(f.says[k].raw))))
		}
	}
	slices.Sort(onward)
	kinds, most, total := make([]int32, f.bodies.count), make([]int32, f.bodies.count), make([]int32, f.bodies.count)
	for _, v := range tally.Count(onward) {
		body := v.Pair >> 32
		kinds[body]++
		total[body] += v.N
		most[body] = max(most[body], v.N)
	}
	var votes []uint64
	for i := range f.says {
		k, body := next(i), f.wholeOf(f.says[i].raw)
		if k < 0 || f.silent[f.says[k].raw] || !f.says[i].is(answers) || f.after[i] < 0 {
			continue
		}
		if kinds[body] < fewestPlaces || 10*most[body] > 9*total[body] {
			continue
		}
		asked, before := f.bodyOf(f.says[k].raw), f.bodyOf(f.says[f.after[i]].raw)
		if asked != before {
			votes = append(votes, tally.Pair(asked, before))
		}
	}
	return votes
}

// graph makes wordings of raws, and nodes of wordings.
func (f *finder) graph() *Graph {
	g := &Graph{
		LineWording: make([]int32, len(f.line)), LineNode: make([]int32, len(f.line)),
		Robots: f.robots,
	}
	f.makeNodes(g, f.makeWordings(g))
	lines, loose := 0, 0
	for _, s := range f.robots {
		lines += s.Lines
		if s.Unscripted {
			loose += s.Lines
		}
	}
	g.Unscripted = 2*loose > lines
	return g
}

// makeWordings makes one wording of the raws with one prompt and one body. It has the
// pattern of the commonest one. It returns the wording of each raw, -1 for none.
func (f *finder) makeWordings(g *Graph) []int32 {
	of := make([]int32, len(f.raws))
	known := map[uint64]int32{}
	var top []int32 // by wording: its commonest raw
	for i := range f.raws {
		r := &f.raws[i]
		if f.robots[r.robot].Unscripted {
			of[i] = -1
			continue
		}
		prompt := int32(-1)
		if c := f.reprompts[i]; c.at > 0 {
			prompt = c.prompt
		}
		key := tally.Pair(prompt, f.bodyOf(int32(i)))
		w, ok := known[key]
		if !ok {
			w = int32(len(g.Wordings))
			known[key] = w
			g.Wordings = append(g.Wordings, Wording{Robot: r.robot, Script: f.robots[r.robot].Script, Node: -1})
			top = append(top, int32(i))
		}
		if r.said > f.raws[top[w]].said {
			top[w] = int32(i)
		}
		g.Wordings[w].Said += r.said
		of[i] = w
	}
	for w, i := range top {
		v := &g.Wordings[w]
		v.Pattern, v.Class, v.Question = f.text(i), f.classOf(i), int(f.reprompts[i].at)
	}
	for i, w := range of {
		if w >= 0 && f.bodies.whole[i] != f.bodies.whole[top[w]] {
			g.Wordings[w].Pattern = meet(g.Wordings[w].Pattern, f.text(int32(i)))
		}
	}
	return of
}

func (f *finder) classOf(raw int32) Class {
	switch {
	case f.reprompts[raw].at > 0:
		return Reprompt
	case f.ends[raw]:
		return Goodbye
	case f.silent[raw]:
		return SilencePrompt
	}
	return Ordinary
}

// makeNodes numbers the nodes in the order of their first lines; of are the wordings of
// raws.
func (f *finder) makeNodes(g *Graph, of []int32) {
	number := make([]int32, f.bodies.count)
	for i := range number {
		number[i] = -1
	}
	for i := range f.line {
		g.LineWording[i], g.LineNode[i] = -1, -1
	}
	for i := range f.says {
		s := &f.says[i]
		w := of[s.raw]
		if w < 0 {
			continue
		}
		g.LineWording[s.line] = w
		node := int32(-1)
		if g.Wordings[w].Class == SilencePrompt && f.after[i] >= 0 {
			node = g.LineNode[f.says[f.after[i]].line]
		}
		if node < 0 {
			body := f.nodes.of(f.bodyOf(s.raw))
			if number[body] < 0 {
				number[body] = int32(len(g.Nodes))
				g.Nodes = append(g.Nodes, Node{Robot: g.Wordings[w].Robot, Script: g.Wordings[w].Script})
			}
			node = number[body]
			if v := &g.Wordings[w]; v.Class != SilencePrompt && v.Node < 0 {
				v.Node = node
				g.Nodes[node].Wordings = append(g.Nodes[node].Wordings, w)
			}
		}
		g.LineNode[s.line] = node
		g.Nodes[node].Said++
	}
	for i := range g.Nodes {
		g.nameNode(&g.Nodes[i])
	}
}

// nameNode sorts the wordings of a node, and describes it by them.
func (g *Graph) nameNode(n *Node) {
	slices.SortFunc(n.Wordings, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.Wordings[b].Said, g.Wordings[a].Said), cmp.Compare(a, b))
	})
	ends, own := int32(0), int32(0)
	for _, w := range n.Wordings {
		v := &g.Wordings[w]
		own += v.Said
		if v.Class == Goodbye {
			ends += v.Said
		}
		if n.Name == "" && v.Class != Reprompt {
			n.Name = v.Pattern
		}
	}
	if n.Name == "" && len(n.Wordings) > 0 {
		v := &g.Wordings[n.Wordings[0]]
		n.Name = v.Pattern[v.Question:]
	}
	if own > 0 && 2*ends >= own {
		n.Class = Goodbye
	}
}
