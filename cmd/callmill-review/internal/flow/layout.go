package flow

import (
	"cmp"
	"slices"
)

// Sizes, in pixels.
const (
	boxWidth, boxHeight = 192, 84
	endHeight           = 30
	gapX, gapY          = 14, 44
	laneWidth           = 10 // of a way that passes a row
	laneGap             = 2  // between two of these
	margin              = 12
	perRow              = 4 // nodes side by side
)

// Picture is boxes with their places, and the ways that are drawn. It belongs to the
// caller.
type Picture struct {
	Boxes []Placed
	Edges []Edge // those that are drawn, each once
	// Left is how many edges are not: few of the calls at either of their ends go there.
	Left          int
	Width, Height int

	paths []string // of Edges
}

// Placed is a box with its place.
type Placed struct {
	Box
	X, Y, W, H int
	Row        int
}

// Layout places boxes, and draws the ways between them that matter. Edges from or to a
// box that there is not are left out, and so are those from a box to itself.
func Layout(boxes []Box, edges []Edge) *Picture {
	p := &Picture{}
	for _, b := range boxes {
		height := boxHeight
		if b.Kind != Node {
			height = endHeight
		}
		p.Boxes = append(p.Boxes, Placed{Box: b, W: boxWidth, H: height})
	}
	all := merge(edges, len(boxes))
	p.Edges = p.worthDrawing(all)
	p.Left = len(all) - len(p.Edges)
	l := &layout{p: p, order: p.byPosition()}
	l.rank()
	l.fill()
	l.reduceCrossings()
	l.placeRows()
	l.place()
	l.draw()
	return p
}

// merge returns each pair of boxes once, in order.
func merge(edges []Edge, boxes int) []Edge {
	list := slices.DeleteFunc(slices.Clone(edges), func(e Edge) bool {
		return e.From == e.To || e.From < 0 || e.To < 0 || e.From >= boxes || e.To >= boxes || e.Calls <= 0
	})
	slices.SortFunc(list, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var merged []Edge
	for _, e := range list {
		if k := len(merged) - 1; k >= 0 && merged[k].From == e.From && merged[k].To == e.To {
			merged[k].Calls += e.Calls
			continue
		}
		merged = append(merged, e)
	}
	return merged
}

// worthDrawing returns the edges that a twentieth of the calls at their beginning go, and
// the widest to and from each box, so that none stands alone.
func (p *Picture) worthDrawing(all []Edge) []Edge {
	out := make([]int, len(p.Boxes))
	for _, e := range all {
		out[e.From] += e.Calls
	}
	keep := widest(all, len(p.Boxes))
	for i, e := range all {
		keep[i] = keep[i] || 20*e.Calls >= out[e.From]
	}
	return chosen(all, keep)
}

// widest marks the widest edge to and from each box, of several the first.
func widest(all []Edge, boxes int) []bool {
	to, from := make([]int, boxes), make([]int, boxes) // indexes, from 1
	better := func(i, than int) bool { return than == 0 || all[i].Calls > all[than-1].Calls }
	for i, e := range all {
		if better(i, to[e.To]) {
			to[e.To] = i + 1
		}
		if better(i, from[e.From]) {
			from[e.From] = i + 1
		}
	}
	keep := make([]bool, len(all))
	for _, i := range slices.Concat(to, from) {
		if i > 0 {
			keep[i-1] = true
		}
	}
	return keep
}

func chosen(all []Edge, keep []bool) []Edge {
	var list []Edge
	for i, e := range all {
		if keep[i] {
			list = append(list, e)
		}
	}
	return list
}

// byPosition returns the rank of each box among all by its position; ends come last.
func (p *Picture) byPosition() []int {
	list := make([]int, len(p.Boxes))
	for i := range list {
		list[i] = i
	}
	end := func(i int) int { return int(max(p.Boxes[i].Kind, Rest)) }
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(end(a), end(b)), cmp.Compare(p.Boxes[a].Position, p.Boxes[b].Position))
	})
	order := make([]int, len(list))
	for at, i := range list {
		order[i] = at
	}
	return order
}

// layout is the state of Layout.
type layout struct {
	p     *Picture
	order []int  // of boxes by position: an edge to a lower one goes upwards
	ranks []int  // of boxes
	rows  []row  // from top to bottom
	lane  []lane // by item beyond the boxes
}

// row is what stands side by side, by number: boxes, then lanes.
type row struct {
	items     []int
	y, height int
}

// lane is where all ways to a box pass a row.
type lane struct {
	row, to int
	x       float64
}

func (l *layout) forward(e Edge) bool { return l.order[e.From] < l.order[e.To] }

// rank puts each box below all that lead to it on main edges: the widest ones, and those
// that a fifth of the calls at their beginning go.
func (l *layout) rank() {
	l.ranks = make([]int, len(l.p.Boxes))
	var ways []Edge
	out := make([]int, len(l.p.Boxes))
	for _, e := range l.p.Edges {
		out[e.From] += e.Calls
		if l.forward(e) {
			ways = append(ways, e)
		}
	}
	main := widest(ways, len(l.p.Boxes))
	for i, e := range ways {
		main[i] = main[i] || 5*e.Calls >= out[e.From]
	}
	ways = chosen(ways, main)
	slices.SortStableFunc(ways, func(a, b Edge) int { return cmp.Compare(l.order[a.From], l.order[b.From]) })
	deepest := 0
	for _, e := range ways {
		l.ranks[e.To] = max(l.ranks[e.To], l.ranks[e.From]+1)
		deepest = max(deepest, l.ranks[e.To])
	}
	for i, b := range l.p.Boxes {
		if b.Kind == HungUp || b.Kind == Ended {
			l.ranks[i] = deepest + 1
		}
	}
}

// fill makes rows of ranks, several of a wide one, and lanes for the ways that pass them.
func (l *layout) fill() {
	byRank := map[int][]int{}
	deepest := 0
	for i, r := range l.ranks {
		byRank[r] = append(byRank[r], i)
		deepest = max(deepest, r)
	}
	for r := range deepest + 1 {
		boxes := byRank[r]
		// The ones that most calls reach come first where they do not stand side by side.
		slices.SortStableFunc(boxes, func(a, b int) int { return cmp.Compare(l.p.Boxes[b].Calls, l.p.Boxes[a].Calls) })
		for part := range slices.Chunk(boxes, perRow) {
			items := slices.Clone(part)
			slices.SortFunc(items, func(a, b int) int { return cmp.Compare(l.order[a], l.order[b]) })
			for _, i := range items {
				l.p.Boxes[i].Row = len(l.rows)
			}
			l.rows = append(l.rows, row{items: items})
		}
	}
	known := map[[2]int]bool{}
	for _, e := range l.p.Edges {
		for r := l.p.Boxes[e.From].Row + 1; r < l.p.Boxes[e.To].Row; r++ {
			if key := [2]int{r, e.To}; !known[key] {
				known[key] = true
				l.rows[r].items = append(l.rows[r].items, len(l.p.Boxes)+len(l.lane))
				l.lane = append(l.lane, lane{row: r, to: e.To})
			}
		}
	}
}

// laneOf returns the item of the lane to a box in a row.
func (l *layout) laneOf(r, to int) int {
	return len(l.p.Boxes) + slices.IndexFunc(l.lane, func(v lane) bool { return v.row == r && v.to == to })
}

// way returns the items that a downward edge passes, its ends included; nil of others.
func (l *layout) way(e Edge) []int {
	from, to := l.p.Boxes[e.From].Row, l.p.Boxes[e.To].Row
	if from >= to {
		return nil
	}
	items := []int{e.From}
	for r := from + 1; r < to; r++ {
		items = append(items, l.laneOf(r, e.To))
	}
	return append(items, e.To)
}

// links returns the pieces of ways from each row to the next one, each once: above and
// below it.
func (l *layout) links() [][][2]int {
	list := make([][][2]int, len(l.rows))
	for _, e := range l.p.Edges {
		items := l.way(e)
		for k := 1; k < len(items); k++ {
			r := l.p.Boxes[e.From].Row + k
			if link := [2]int{items[k-1], items[k]}; !slices.Contains(list[r], link) {
				list[r] = append(list[r], link)
			}
		}
	}
	return list
}

const sweeps = 8

// reduceCrossings orders rows by the means of their neighbours above and below, in turn,
// and keeps the best.
func (l *layout) reduceCrossings() {
	links := l.links()
	at := make([]int, len(l.p.Boxes)+len(l.lane))
	number := func(r int) {
		for k, item := range l.rows[r].items {
			at[item] = k
		}
	}
	for r := range l.rows {
		number(r)
	}
	sort := func(r int, links [][2]int, own int) {
		mean := map[int]float64{}
		for _, item := range l.rows[r].items {
			sum, n := 0, 0
			for _, link := range links {
				if link[own] == item {
					sum, n = sum+at[link[1-own]], n+1
				}
			}
			mean[item] = float64(at[item])
			if n > 0 {
				mean[item] = float64(sum) / float64(n)
			}
		}
		slices.SortStableFunc(l.rows[r].items, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
		number(r)
	}
	best, fewest := l.items(), crossings(links, at)
	for sweep := range sweeps {
		if sweep%2 == 0 {
			for r := 1; r < len(l.rows); r++ {
				sort(r, links[r], 1)
			}
		} else {
			for r := len(l.rows) - 2; r >= 0; r-- {
				sort(r, links[r+1], 0)
			}
		}
		if n := crossings(links, at); n < fewest {
			best, fewest = l.items(), n
		}
	}
	for r := range l.rows {
		l.rows[r].items = best[r]
	}
}

func (l *layout) items() [][]int {
	list := make([][]int, len(l.rows))
	for r := range l.rows {
		list[r] = slices.Clone(l.rows[r].items)
	}
	return list
}

// crossings counts the pairs of links that cross.
func crossings(links [][][2]int, at []int) (n int) {
	for _, list := range links {
		for i, a := range list {
			for _, b := range list[:i] {
				if (at[a[0]]-at[b[0]])*(at[a[1]]-at[b[1]]) < 0 {
					n++
				}
			}
		}
	}
	return n
}
