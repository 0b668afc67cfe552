// Package flow draws a script as a picture: its nodes in rows from the beginning to the
// end, and where calls go between them, as SVG to be put into a page. There is no script,
// style or file besides; what it looks like is up to the page's classes. The same calls
// have the same picture.
//
// The rows are those of a layered drawing: a node is below all that lead to it on main
// ways, ways upwards left aside, and nodes of a row are ordered so that few ways cross
// (Sugiyama, Tagawa, Toda, Methods for Visual Understanding of Hierarchical System
// Structures, 1981).
package flow

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
)

// Most is how many boxes a picture has: what no eye takes in any more is folded into one.
const Most = 25

// Kind is what a box stands for.
type Kind uint8

// The kinds of boxes.
const (
	Node   Kind = iota
	Rest        // the nodes that are not drawn
	HungUp      // the contact hung up
	Ended       // the call ended in another way
)

// Box is a node, or an end.
type Box struct {
	Kind  Kind
	Name  string // what is said there
	Link  string // where it leads, "" nowhere
	Nodes int    // of Rest
	Calls int    // that reach it
	// Of these; -1 where it is not known.
	HungUp, NotUnderstood int
	Pause                 int32   // ms until the contact speaks, -1 if unknown
	Position              float64 // among the lines of calls: which of two comes first
}

// Edge is calls that go from one box to another, each by its index.
type Edge struct {
	From, To int
	Calls    int
}

// Of returns the boxes and edges of one robot, given by its index in g.Robots, in the
// selected calls that counts are of. link says where a node leads.
func Of(c *corpus.Corpus, g *nodes.Graph, robot int32, selected []int32, counts *effect.Counts, link func(node int32) string) ([]Box, []Edge) {
	var own []int32
	asks := false
	for i := range g.Nodes {
		if g.Nodes[i].Robot == robot && counts.Nodes[i].Calls > 0 {
			own = append(own, int32(i))
		}
	}
	for i := range g.Wordings {
		asks = asks || g.Wordings[i].Robot == robot && g.Wordings[i].Class == nodes.Reprompt
	}
	slices.SortStableFunc(own, func(a, b int32) int { return cmp.Compare(counts.Nodes[b].Calls, counts.Nodes[a].Calls) })
	const ends = 2
	shown, rest := own, []int32(nil)
	if len(own) > Most-ends {
		shown, rest = own[:Most-ends-1], own[Most-ends-1:]
	}
	of := make([]int32, len(g.Nodes))
	for i := range of {
		of[i] = -1
	}
	var boxes []Box
	for i, n := range shown {
		p := &counts.Nodes[n]
		of[n] = int32(i)
		b := Box{Name: g.Nodes[n].Name, Link: link(n), Calls: p.Calls, HungUp: p.HungUp, NotUnderstood: -1, Pause: p.Pause, Position: p.Position}
		if asks {
			b.NotUnderstood = p.NotUnderstood
		}
		boxes = append(boxes, b)
	}
	if len(rest) > 0 {
		b := Box{Kind: Rest, Nodes: len(rest), HungUp: -1, NotUnderstood: -1, Pause: -1}
		lines := 0
		for _, n := range rest {
			p := &counts.Nodes[n]
			of[n] = int32(len(boxes))
			b.Position += p.Position * float64(p.Said)
			lines += p.Said
		}
		b.Position /= float64(max(lines, 1))
		boxes = append(boxes, b)
	}
	ways := effect.Follow(c, g, selected, of, len(boxes))
	if len(rest) > 0 {
		boxes[len(boxes)-1].Calls = ways.Reached[len(boxes)-1]
	}
	return withEnds(boxes, ways)
}

// withEnds adds the ends of calls.
func withEnds(boxes []Box, ways *effect.Ways) ([]Box, []Edge) {
	var edges []Edge
	for _, w := range ways.Between {
		edges = append(edges, Edge(w))
	}
	for _, end := range []struct {
		kind  Kind
		calls []int
	}{{HungUp, ways.HungUp}, {Ended, ways.Ended}} {
		all := 0
		for from, n := range end.calls {
			if n > 0 {
				edges = append(edges, Edge{from, len(boxes), n})
				all += n
			}
		}
		if all > 0 {
			boxes = append(boxes, Box{Kind: end.kind, Calls: all, HungUp: -1, NotUnderstood: -1, Pause: -1})
		}
	}
	return boxes, edges
}
