package flow

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// placeRows sets how high rows stand.
func (l *layout) placeRows() {
	y := margin
	for r := range l.rows {
		row := &l.rows[r]
		row.y = y
		for _, item := range row.items {
			if !l.isLane(item) {
				row.height = max(row.height, l.p.Boxes[item].H)
				l.p.Boxes[item].Y = y
			}
		}
		y += row.height + gapY
	}
	l.p.Height = max(y-gapY+margin, 2*margin)
}

// isLane reports whether an item of a row is a lane, not a box.
func (l *layout) isLane(item int) bool { return item >= len(l.p.Boxes) }

func (l *layout) width(item int) float64 {
	if l.isLane(item) {
		return laneWidth
	}
	return boxWidth
}

// offsets returns how far items of a row are from the middle of the first one, if they
// stand as near to each other as they may, and how wide they are together.
func (l *layout) offsets(items []int) (offsets []float64, width float64) {
	offsets = make([]float64, len(items))
	for k := 1; k < len(items); k++ {
		a, b := items[k-1], items[k]
		gap := float64(gapX)
		if l.isLane(a) && l.isLane(b) {
			gap = laneGap
		}
		offsets[k] = offsets[k-1] + l.width(a)/2 + gap + l.width(b)/2
	}
	if n := len(items); n > 0 {
		width = l.width(items[0])/2 + offsets[n-1] + l.width(items[n-1])/2
	}
	return offsets, width
}

// place sets where boxes and lanes stand in their rows: as near to the means of their
// neighbours as the order of the row, the gaps and the width of the widest row allow.
func (l *layout) place() {
	middle := make([]float64, len(l.p.Boxes)+len(l.lane))
	widest := 0.0
	for _, row := range l.rows {
		offsets, width := l.offsets(row.items)
		widest = max(widest, width)
		for k, item := range row.items {
			middle[item] = offsets[k] + l.width(row.items[0])/2 - width/2
		}
	}
	links := l.links()
	settle := func(r int, links [][2]int, own int) {
		items := l.rows[r].items
		wanted := make([]float64, len(items))
		for k, item := range items {
			sum, n := 0.0, 0
			for _, link := range links {
				if link[own] == item {
					sum, n = sum+middle[link[1-own]], n+1
				}
			}
			wanted[k] = middle[item]
			if n > 0 {
				wanted[k] = sum / float64(n)
			}
		}
		for k, x := range l.apart(items, wanted, widest) {
			middle[items[k]] = x
		}
	}
	for range sweeps / 2 {
		for r := 1; r < len(l.rows); r++ {
			settle(r, links[r], 1)
		}
		for r := len(l.rows) - 2; r >= 0; r-- {
			settle(r, links[r+1], 0)
		}
	}
	left := math.Inf(1)
	for item, x := range middle {
		left = min(left, x-l.width(item)/2)
	}
	right := 0.0
	for item, x := range middle {
		x = math.Round(x - left + margin)
		right = max(right, x+l.width(item)/2)
		if l.isLane(item) {
			l.lane[item-len(l.p.Boxes)].x = x
		} else {
			l.p.Boxes[item].X = int(x) - boxWidth/2
		}
	}
	l.p.Width = int(right) + margin
}

// apart returns the middles of items of a row, in their order, with gaps between and not
// farther than width/2 from 0, that are nearest to those wanted, by squares: the pool of
// adjacent violators, which is cut at bounds (Barlow, Bartholomew, Bremner, Brunk,
// Statistical Inference under Order Restrictions, 1972).
func (l *layout) apart(items []int, wanted []float64, width float64) []float64 {
	offset, own := l.offsets(items)
	type block struct {
		sum  float64
		n    int
		mean float64
	}
	var blocks []block
	for k := range items {
		blocks = append(blocks, block{wanted[k] - offset[k], 1, wanted[k] - offset[k]})
		for n := len(blocks); n > 1 && blocks[n-2].mean > blocks[n-1].mean; n = len(blocks) {
			a, b := blocks[n-2], blocks[n-1]
			blocks = append(blocks[:n-2], block{a.sum + b.sum, a.n + b.n, (a.sum + b.sum) / float64(a.n+b.n)})
		}
	}
	x := make([]float64, 0, len(items))
	for _, b := range blocks {
		leftmost := l.width(items[0])/2 - width/2 // of the first item
		mean := min(max(b.mean, leftmost), leftmost+width-own)
		for range b.n {
			x = append(x, mean+offset[len(x)])
		}
	}
	return x
}

// draw sets the paths of edges. They leave and enter boxes side by side, in the order of
// where they go, and those upwards go round at the right.
func (l *layout) draw() {
	ways := make([][]int, len(l.p.Edges))
	for i, e := range l.p.Edges {
		ways[i] = l.way(e)
	}
	out := l.ports(ways, func(e Edge, way []int) (box, next int) { return e.From, way[1] })
	in := l.ports(ways, func(e Edge, way []int) (box, next int) { return e.To, way[len(way)-2] })
	l.p.paths = make([]string, len(l.p.Edges))
	upwards := 0
	for i, e := range l.p.Edges {
		from, to := &l.p.Boxes[e.From], &l.p.Boxes[e.To]
		if ways[i] == nil {
			l.p.paths[i] = l.around(from, to, upwards)
			upwards++
			continue
		}
		var b strings.Builder
		x, y := out[i], float64(from.Y+from.H)
		fmt.Fprintf(&b, "M%.0f %.0f", x, y)
		curve := func(toX, toY float64) {
			middle := (y + toY) / 2
			fmt.Fprintf(&b, "C%.0f %.0f %.0f %.0f %.0f %.0f", x, middle, toX, middle, toX, toY)
			x, y = toX, toY
		}
		for _, item := range ways[i][1 : len(ways[i])-1] {
			lane := l.lane[item-len(l.p.Boxes)]
			curve(lane.x, float64(l.rows[lane.row].y))
			y += float64(l.rows[lane.row].height)
			fmt.Fprintf(&b, "V%.0f", y)
		}
		curve(in[i], float64(to.Y)-arrow)
		l.p.paths[i] = b.String()
	}
	if upwards > 0 {
		l.p.Width += reach + upwards*step
	}
}

const (
	arrow = 6  // length of an arrow's head
	reach = 18 // how far the first way upwards goes to the right
	step  = 6  // and each further one
)

// around returns the path of a way that does not go down.
func (l *layout) around(from, to *Placed, before int) string {
	right := 0
	for _, b := range l.p.Boxes {
		if b.Row >= min(from.Row, to.Row) && b.Row <= max(from.Row, to.Row) {
			right = max(right, b.X+b.W)
		}
	}
	x := right + reach + before*step
	fromY, toY := from.Y+2*from.H/3, to.Y+to.H/3
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.X+from.W, fromY, x, fromY, x, toY, to.X+to.W+arrow, toY)
}

// ports returns where each way leaves or enters a box, as at says.
func (l *layout) ports(ways [][]int, at func(e Edge, way []int) (box, next int)) []float64 {
	x := make([]float64, len(ways))
	of := make([][]int, len(l.p.Boxes))
	for i, way := range ways {
		if way != nil {
			box, _ := at(l.p.Edges[i], way)
			of[box] = append(of[box], i)
		}
	}
	for box, list := range of {
		slices.SortStableFunc(list, func(a, b int) int {
			_, nextA := at(l.p.Edges[a], ways[a])
			_, nextB := at(l.p.Edges[b], ways[b])
			return cmp.Compare(l.middle(nextA), l.middle(nextB))
		})
		for k, i := range list {
			x[i] = math.Round(float64(l.p.Boxes[box].X) + boxWidth*float64(k+1)/float64(len(list)+1))
		}
	}
	return x
}

func (l *layout) middle(item int) float64 {
	if l.isLane(item) {
		return l.lane[item-len(l.p.Boxes)].x
	}
	return float64(l.p.Boxes[item].X) + boxWidth/2
}
