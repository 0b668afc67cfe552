package effect

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
)

// Where is a node or a wording, by its index in the graph; the other one is -1.
type Where struct{ Node, Wording int32 }

// AtNode is a node.
func AtNode(node int32) Where { return Where{node, -1} }

// AtWording is a wording.
func AtWording(wording int32) Where { return Where{-1, wording} }

func (w Where) has(g *nodes.Graph, line int32) bool {
	if w.Wording >= 0 {
		return g.LineWording[line] == w.Wording
	}
	return w.Node >= 0 && g.LineNode[line] == w.Node
}

// Event is what became of a call at a node or wording.
type Event string

// The events. Each has as many calls as the number of that name in Place.
const (
	Reached       Event = "reached"
	HungUp        Event = "hung_up"        // the contact hung up there
	NotUnderstood Event = "not_understood" // the robot asked again next
	Kept          Event = "kept"           // reached, and not hung up there
	Replied       Event = "replied"        // the contact said next what is asked for
	Went          Event = "went"           // the call went on to the node that is asked for
)

// Question asks for the calls behind a number.
type Question struct {
	Where
	Event Event  // "": Reached
	Reply string // of Replied: the words of the first line after, joined
	Next  int32  // of Went: a node; -1 is the end of the call
}

// Calls returns those of the selected calls, in their order, that are meant by a
// question: as many as Count, Replies and Nexts say.
func Calls(c *corpus.Corpus, g *nodes.Graph, selected []int32, q Question) []int32 {
	s := &seeking{c: c, g: g, q: q}
	var calls []int32
	for _, k := range selected {
		s.reached, s.found = false, false
		walk(c, g, k, s)
		if q.Event == "" || q.Event == Reached {
			s.found = s.reached
		}
		if q.Event == Kept {
			s.found = s.reached && !s.found
		}
		if s.found {
			calls = append(calls, k)
		}
	}
	return calls
}

// seeking is the state of Calls.
type seeking struct {
	c *corpus.Corpus
	g *nodes.Graph
	q Question

	texts map[int32]bool // whether a text is the reply that is asked for

	reached, found bool // of the call at hand
}

func (s *seeking) reach(_, line int32) { s.reached = s.reached || s.q.has(s.g, line) }

func (s *seeking) answer(_, at, line int32) {
	if s.q.Event != Replied || !s.q.has(s.g, at) {
		return
	}
	text := s.c.Lines[line].Text
	is, known := s.texts[text]
	if !known {
		if s.texts == nil {
			s.texts = map[int32]bool{}
		}
		is = joined(s.c, text) == s.q.Reply
		s.texts[text] = is
	}
	s.found = s.found || is
}

func (s *seeking) goesOn(_, from, to int32) {
	if !s.q.has(s.g, from) {
		return
	}
	switch s.q.Event {
	case NotUnderstood:
		s.found = s.found || asksAgain(s.g, to)
	case Went:
		next := s.g.LineNode[to]
		s.found = s.found || next == s.q.Next && next != s.g.LineNode[from]
	}
}

func (s *seeking) end(k, line int32) {
	if !s.q.has(s.g, line) {
		return
	}
	switch s.q.Event {
	case HungUp, Kept:
		s.found = leaves(&s.c.Calls[k])
	case Went:
		s.found = s.found || s.q.Next < 0
	}
}

// Replies returns what contacts said after a line at a place, the commonest first, at
// most so many, each with the number of calls in which it was said.
func Replies(c *corpus.Corpus, g *nodes.Graph, selected []int32, at Where, most int) []Reply {
	s := &listing{c: c, g: g, at: at, calls: map[string]int{}, texts: map[int32]string{}}
	for _, k := range selected {
		s.own = s.own[:0]
		walk(c, g, k, s)
		for _, text := range s.own {
			s.calls[text]++
		}
	}
	list := make([]Reply, 0, len(s.calls))
	for text, n := range s.calls {
		list = append(list, Reply{text, n})
	}
	slices.SortFunc(list, func(a, b Reply) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Text, b.Text)) })
	return list[:min(len(list), most)]
}

// Nexts returns where calls went from a place, the commonest first, at most so many, each
// with the number of calls that went there.
func Nexts(c *corpus.Corpus, g *nodes.Graph, selected []int32, at Where, most int) []Next {
	s := &listing{c: c, g: g, at: at, nodes: map[int32]int{}}
	for _, k := range selected {
		s.went = s.went[:0]
		walk(c, g, k, s)
		for _, node := range s.went {
			s.nodes[node]++
		}
	}
	list := make([]Next, 0, len(s.nodes))
	for node, n := range s.nodes {
		list = append(list, Next{node, n})
	}
	slices.SortFunc(list, func(a, b Next) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Node, b.Node)) })
	return list[:min(len(list), most)]
}

// listing is the state of Replies, and of Nexts.
type listing struct {
	c  *corpus.Corpus
	g  *nodes.Graph
	at Where

	calls map[string]int // nil of Nexts
	texts map[int32]string
	own   []string // of the call at hand, each once

	nodes map[int32]int // nil of Replies
	went  []int32       // likewise
}

func (s *listing) reach(_, _ int32) {}

func (s *listing) answer(_, at, line int32) {
	if s.calls == nil || !s.at.has(s.g, at) {
		return
	}
	text := s.c.Lines[line].Text
	said, known := s.texts[text]
	if !known {
		said = joined(s.c, text)
		s.texts[text] = said
	}
	if !slices.Contains(s.own, said) {
		s.own = append(s.own, said)
	}
}

func (s *listing) goesOn(_, from, to int32) {
	if next := s.g.LineNode[to]; s.at.has(s.g, from) && next != s.g.LineNode[from] {
		s.goes(next)
	}
}

func (s *listing) end(_, line int32) {
	if s.at.has(s.g, line) {
		s.goes(-1)
	}
}

func (s *listing) goes(node int32) {
	if s.nodes != nil && !slices.Contains(s.went, node) {
		s.went = append(s.went, node)
	}
}
