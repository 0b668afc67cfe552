package effect

import (
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/tally"
)

// Ways is where calls go between places, each of which is one or more nodes.
type Ways struct {
	Reached []int // calls, by place
	// HungUp and Ended are calls whose last line is at a place: those in which the contact
	// hung up before the script was at its end, and the others.
	HungUp, Ended []int
	Between       []Way // by From, then To
}

// Way is the calls that go from one place to another one next, each once.
type Way struct {
	From, To int
	Calls    int
}

// Follow counts the ways of the selected calls. of is the place of each node, below
// places; calls pass over a node of -1 as if nothing were said there.
func Follow(c *corpus.Corpus, g *nodes.Graph, selected []int32, of []int32, places int) *Ways {
	f := &following{c: c, g: g, of: of, ways: &Ways{Reached: make([]int, places), HungUp: make([]int, places), Ended: make([]int, places)}}
	for _, k := range selected {
		f.call(k)
	}
	slices.Sort(f.went)
	for _, e := range tally.Count(f.went) {
		f.ways.Between = append(f.ways.Between, Way{int(tally.First(e.Pair)), int(tally.Second(e.Pair)), int(e.N)})
	}
	return f.ways
}

// following is the state of Follow.
type following struct {
	c    *corpus.Corpus
	g    *nodes.Graph
	of   []int32
	ways *Ways
	went []uint64 // from and to, once for each call

	places []int32 // of the call at hand
}

func (f *following) call(k int32) {
	call := &f.c.Calls[k]
	f.places = f.places[:0]
	for _, node := range f.g.LineNode[call.FirstLine : call.FirstLine+call.LineCount] {
		if node < 0 || f.of[node] < 0 {
			continue
		}
		if place := f.of[node]; len(f.places) == 0 || f.places[len(f.places)-1] != place {
			f.places = append(f.places, place)
		}
	}
	if len(f.places) == 0 {
		return
	}
	begin := len(f.went)
	for i, place := range f.places {
		if !slices.Contains(f.places[:i], place) {
			f.ways.Reached[place]++
		}
		if i == 0 {
			continue
		}
		if way := tally.Pair(f.places[i-1], place); !slices.Contains(f.went[begin:], way) {
			f.went = append(f.went, way)
		}
	}
	last := f.places[len(f.places)-1]
	if leaves(call) {
		f.ways.HungUp[last]++
		return
	}
	f.ways.Ended[last]++
}
