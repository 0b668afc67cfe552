// Package effect counts what the lines of a script do to calls: how many are lost at a
// node, what is said there, where calls go, and what became of that when a wording was
// replaced by another one.
package effect

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/tally"
	"callmill/pipeline/calendar"
)

// Counts are what became of calls at the nodes and wordings of a graph, each by its
// index there.
type Counts struct {
	Nodes    []Place
	Wordings []Place
}

// Place is what became of calls at a node or a wording.
type Place struct {
	Calls int // that reached it
	Said  int // lines there; a call may have several

	Position float64 // mean number of these lines among the robot's lines of their calls

	// Of these calls: the contact hung up after such a line, before the script was at its
	// end and the robot said anything else; the robot asked again next, once or more.
	HungUp        int
	NotUnderstood int

	Answered int   // lines after which the contact said something
	Pause    int32 // median of the ms until then, the robot's speaking included; -1 if unknown

	Replies []Reply // what the contact said, the commonest first, at most five
	Next    []Next  // where the call went, likewise

	FirstDay, LastDay calendar.Day  // corpus.NoDay if no call there has a time
	Versions          []corpus.Code // of the script, in the order of their first calls

	// Calls by index in the corpus, in their order, at most ten.
	HungUpCalls, NotUnderstoodCalls []int32

	unheard int32 // the call that was counted last as not understood, -1
}

// Reply is what contacts said after a line.
type Reply struct {
	Text string // its words
	N    int
}

// Next is a node after another; Node is -1 for the end of the call.
type Next struct {
	Node int32
	N    int
}

const (
	mostListed = 5
	mostCalls  = 10 // that are listed
)

// Count counts the selected calls, which are indexes of the corpus that g was made of.
func Count(c *corpus.Corpus, g *nodes.Graph, selected []int32) *Counts {
	t := &counting{g: g, c: c, replyOf: make([]int32, len(c.Texts))}
	t.counts = &Counts{Nodes: make([]Place, len(g.Nodes)), Wordings: make([]Place, len(g.Wordings))}
	for _, list := range [][]Place{t.counts.Nodes, t.counts.Wordings} {
		for i := range list {
			list[i].FirstDay, list[i].LastDay, list[i].Pause, list[i].unheard = corpus.NoDay, corpus.NoDay, -1, -1
		}
	}
	for _, k := range selected {
		walk(c, g, k, t)
	}
	t.nodes.fill(t, t.counts.Nodes)
	t.wordings.fill(t, t.counts.Wordings)
	return t.counts
}

// counting is the state of Count.
type counting struct {
	g       *nodes.Graph
	c       *corpus.Corpus
	counts  *Counts
	replyOf []int32 // by text: 1 + its reply, 0 where that is not known yet
	replies []string
	known   map[string]int32

	nodes, wordings lists
}

// lists are what is counted by sorting: each entry is the index of a node or wording,
// and a number.
type lists struct {
	calls, gaps, replies, next, versions []uint64
}

// reach counts a line of the robot.
func (t *counting) reach(k, line int32) {
	call, position := &t.c.Calls[k], float64(t.c.Lines[line].Exchange)
	t.both(line, func(p *Place, l *lists, id int32) {
		p.Said++
		p.Position += position
		if p.FirstDay == corpus.NoDay {
			p.FirstDay = call.Day
		}
		if call.Day != corpus.NoDay {
			p.LastDay = call.Day
		}
		l.calls = append(l.calls, tally.Pair(id, k))
		l.versions = append(l.versions, tally.Pair(id, int32(call.Version)))
	})
}

// both calls do with the node and with the wording of a line.
func (t *counting) both(line int32, do func(p *Place, l *lists, id int32)) {
	node, wording := t.g.LineNode[line], t.g.LineWording[line]
	do(&t.counts.Nodes[node], &t.nodes, node)
	do(&t.counts.Wordings[wording], &t.wordings, wording)
}

// answer counts the first line of the contact after one of the robot.
func (t *counting) answer(_, at, line int32) {
	gap, reply := t.c.Lines[line].Gap, t.reply(t.c.Lines[line].Text)
	t.both(at, func(p *Place, l *lists, id int32) {
		p.Answered++
		if gap >= 0 {
			l.gaps = append(l.gaps, tally.Pair(id, gap))
		}
		l.replies = append(l.replies, tally.Pair(id, reply))
	})
}

// reply returns the number of what a text says, its marks left aside.
func (t *counting) reply(text int32) int32 {
	if t.replyOf[text] > 0 {
		return t.replyOf[text] - 1
	}
	if t.known == nil {
		t.known = map[string]int32{}
	}
	words := joined(t.c, text)
	id, ok := t.known[words]
	if !ok {
		id = int32(len(t.replies))
		t.known[words] = id
		t.replies = append(t.replies, words)
	}
	t.replyOf[text] = id + 1
	return id
}

// goesOn counts that one line of the robot is followed by another.
func (t *counting) goesOn(k, from, to int32) {
	if asksAgain(t.g, to) {
		t.both(from, func(p *Place, _ *lists, _ int32) {
			if p.unheard == k {
				return
			}
			p.unheard = k
			p.NotUnderstood++
			p.NotUnderstoodCalls = listCall(p.NotUnderstoodCalls, k)
		})
	}
	if next := t.g.LineNode[to]; next != t.g.LineNode[from] {
		t.both(from, func(_ *Place, l *lists, id int32) { l.next = append(l.next, tally.Pair(id, next+1)) })
	}
}

// end counts that a line is the robot's last one.
func (t *counting) end(k, line int32) {
	hungUp := leaves(&t.c.Calls[k])
	t.both(line, func(p *Place, l *lists, id int32) {
		l.next = append(l.next, tally.Pair(id, 0))
		if hungUp {
			p.HungUp++
			p.HungUpCalls = listCall(p.HungUpCalls, k)
		}
	})
}

func listCall(list []int32, k int32) []int32 {
	if len(list) >= mostCalls {
		return list
	}
	return append(list, k)
}

// fill makes of the lists what they say of each place.
func (l *lists) fill(t *counting, places []Place) {
	slices.Sort(l.calls)
	for _, v := range slices.Compact(l.calls) {
		places[v>>32].Calls++
	}
	slices.Sort(l.gaps)
	for begin, end := 0, 0; begin < len(l.gaps); begin = end {
		for end = begin; end < len(l.gaps) && l.gaps[end]>>32 == l.gaps[begin]>>32; end++ {
		}
		places[l.gaps[begin]>>32].Pause = int32(uint32(l.gaps[begin+(end-begin)/2]))
	}
	for id, list := range commonest(l.replies) {
		for _, v := range list {
			places[id].Replies = append(places[id].Replies, Reply{t.replies[uint32(v.Pair)], int(v.N)})
		}
	}
	for id, list := range commonest(l.next) {
		for _, v := range list {
			places[id].Next = append(places[id].Next, Next{tally.Second(v.Pair) - 1, int(v.N)})
		}
	}
	for i := range places {
		if places[i].Said > 0 {
			places[i].Position /= float64(places[i].Said)
		}
	}
	latest := make([]corpus.Code, len(places)) // most lines have the version of the one before
	for _, v := range l.versions {
		id, version := tally.First(v), corpus.Code(tally.Second(v))
		if version == latest[id] {
			continue
		}
		latest[id] = version
		if p := &places[id]; version != 0 && !slices.Contains(p.Versions, version) {
			p.Versions = append(p.Versions, version)
		}
	}
}

// commonest returns the commonest numbers of each place.
func commonest(list []uint64) map[int32][]tally.Entry {
	slices.Sort(list)
	all := tally.Count(list)
	top := map[int32][]tally.Entry{}
	for begin, end := 0, 0; begin < len(all); begin = end {
		id := all[begin].Pair >> 32
		for end = begin; end < len(all) && all[end].Pair>>32 == id; end++ {
		}
		own := all[begin:end]
		slices.SortStableFunc(own, func(a, b tally.Entry) int { return cmp.Compare(b.N, a.N) })
		top[int32(id)] = own[:min(len(own), mostListed)]
	}
	return top
}
