// Package funnel lays out the nodes of scripts for tables and JSON: what each costs,
// wording by wording, with the calls behind every number.
package funnel

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
)

// Funnel is the nodes that some calls reached.
type Funnel struct {
	Calls   int      `json:"calls"`
	Scripts []Script `json:"scripts"` // with lines of the robot, in the order of their names
	Nodes   []*Node  `json:"nodes"`   // by script, then in the order in which calls reach them
	// Changes are the wordings that replaced others, the surest change first.
	Changes []*Wording `json:"-"`
}

// Script is a script of the corpus.
type Script struct {
	Instance string `json:"instance_id"`
	Name     string `json:"script"`
	// Unscripted is true where most lines are said once or twice: there are no nodes.
	Unscripted bool `json:"unscripted"`
	Lines      int  `json:"lines"` // of the robot, in all calls of the corpus
	Fixed      int  `json:"fixed"` // of these, said at least five times
	// AsksAgain is true where a wording asks again: where none does, it cannot be told
	// what was not understood.
	AsksAgain bool `json:"asks_again"`

	title string // with the instance where there are several
}

// Node is a place in a script.
type Node struct {
	ID       int    `json:"node"` // in this corpus
	Instance string `json:"instance_id"`
	Script   string `json:"script"`
	Name     string `json:"name"`
	Class    string `json:"class"`
	Place
	Replies  []Reply    `json:"replies,omitempty"`
	Next     []Next     `json:"next,omitempty"`
	Wordings []*Wording `json:"wordings"` // in the order in which they were first said

	title     string // its script, with the instance where there are several
	asksAgain bool   // a wording of the script does
}

// Place is what became of calls at a node or wording.
type Place struct {
	Position      float64  `json:"position"`
	Calls         int      `json:"calls"`
	Said          int      `json:"said"`
	HungUp        Share    `json:"hung_up"`
	NotUnderstood Share    `json:"not_understood"`
	PauseMS       *int32   `json:"pause_ms"` // median, the robot's speaking included
	FirstDay      string   `json:"first_day,omitempty"`
	LastDay       string   `json:"last_day,omitempty"`
	Versions      []string `json:"versions,omitempty"`
}

// Share is a part of the calls that reached a place, with its 95 % interval, and some of
// them.
type Share struct {
	N     int          `json:"n"`
	Share float64      `json:"share"`
	Low   float64      `json:"low"`
	High  float64      `json:"high"`
	Calls []corpus.Ref `json:"calls,omitempty"`
}

// Reply is what contacts said after a line.
type Reply struct {
	Text string `json:"text"`
	N    int    `json:"n"`
}

// Next is where calls went: a node, or the end of the call.
type Next struct {
	Node *int   `json:"node"` // nil: the end
	Name string `json:"name,omitempty"`
	N    int    `json:"n"`
}

// Wording is one way to say the line of a node.
type Wording struct {
	Text  string `json:"text"`
	Class string `json:"class"`
	Place
	Replies []Reply `json:"replies,omitempty"`
	Change  *Change `json:"change,omitempty"`
	Of      *Node   `json:"-"`
}

// Change is a wording against the one that it replaced.
type Change struct {
	Before        *Wording   `json:"-"`
	BeforeText    string     `json:"before"`
	HungUp        Difference `json:"hung_up"`
	NotUnderstood Difference `json:"not_understood"`
	// Z is that of the surer difference, above 0 for what became worse.
	Z    float64 `json:"z"`
	Diff []Part  `json:"diff"`
}

// Difference is a share after minus that before, with its 95 % interval.
type Difference struct {
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Z     float64 `json:"z"`
}

// Part is a piece of both texts, or of the one before or after only.
type Part struct {
	Text   string `json:"text"`
	Before bool   `json:"removed,omitempty"`
	After  bool   `json:"added,omitempty"`
}

// Of describes the nodes that the selected calls reached, by index in the corpus.
func Of(c *corpus.Corpus, g *nodes.Graph, selected []int32) *Funnel {
	b := &builder{c: c, g: g, counts: effect.Count(c, g, selected), wordings: make([]*Wording, len(g.Wordings)), asks: make([]bool, len(g.Robots))}
	for i := range g.Wordings {
		if w := &g.Wordings[i]; w.Class == nodes.Reprompt {
			b.asks[w.Robot] = true
		}
	}
	f := &Funnel{Calls: len(selected), Scripts: b.scripts(selected), Nodes: []*Node{}}
	for i := range g.Nodes {
		if b.counts.Nodes[i].Said > 0 {
			f.Nodes = append(f.Nodes, b.node(int32(i)))
		}
	}
	slices.SortStableFunc(f.Nodes, func(x, y *Node) int {
		return cmp.Or(strings.Compare(x.Script, y.Script), strings.Compare(x.Instance, y.Instance), cmp.Compare(x.Position, y.Position))
	})
	for _, change := range effect.Changes(c, g, selected, b.counts) {
		after, before := b.wordings[change.Wording], b.wordings[change.Before]
		if after == nil || before == nil {
			continue
		}
		after.Change = &Change{
			Before: before, BeforeText: before.Text, HungUp: difference(change.HungUp), NotUnderstood: difference(change.NotUnderstood),
			Z: rounded(change.Most().Z),
		}
		for _, p := range effect.Diff(before.Text, after.Text) {
			after.Change.Diff = append(after.Change.Diff, Part(p))
		}
		f.Changes = append(f.Changes, after)
	}
	return f
}

func difference(d effect.Difference) Difference {
	return Difference{Share: rounded(d.Share), Low: rounded(d.Low), High: rounded(d.High), Z: rounded(d.Z)}
}

// rounded returns a number with four digits after the point: more would be noise.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// builder is the state of Of.
type builder struct {
	c        *corpus.Corpus
	g        *nodes.Graph
	counts   *effect.Counts
	wordings []*Wording // by index in the graph
	asks     []bool     // by robot: a wording of it asks again
}

// scripts describes the scripts of the selected calls.
func (b *builder) scripts(selected []int32) []Script {
	in := map[corpus.RobotKey]bool{}
	for _, k := range selected {
		in[b.c.Calls[k].RobotKey()] = true
	}
	var list []Script
	for i, r := range b.g.Robots {
		if in[r.RobotKey] && r.Lines > 0 {
			list = append(list, Script{b.c.Instances.String(r.Instance), b.c.Scripts.String(r.Script), r.Unscripted, r.Lines, r.Fixed, b.asks[i], b.c.RobotName(r.RobotKey)})
		}
	}
	slices.SortFunc(list, func(x, y Script) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Instance, y.Instance))
	})
	return list
}

func (b *builder) node(i int32) *Node {
	v, p := &b.g.Nodes[i], &b.counts.Nodes[i]
	n := &Node{
		ID: int(i), Instance: b.c.Instances.String(b.g.Robots[v.Robot].Instance), Script: b.c.Scripts.String(v.Script), Name: v.Name, Class: v.Class.String(),
		Place: b.place(p), Replies: replies(p.Replies), Wordings: []*Wording{}, title: b.c.RobotName(b.g.Robots[v.Robot].RobotKey), asksAgain: b.asks[v.Robot],
	}
	for _, next := range p.Next {
		to := Next{N: next.N}
		if next.Node >= 0 {
			id := int(next.Node)
			to.Node, to.Name = &id, b.g.Nodes[next.Node].Name
		}
		n.Next = append(n.Next, to)
	}
	for _, w := range v.Wordings {
		if p := &b.counts.Wordings[w]; p.Said > 0 {
			b.wordings[w] = &Wording{
				Text: b.g.Wordings[w].Pattern, Class: b.g.Wordings[w].Class.String(),
				Place: b.place(p), Replies: replies(p.Replies), Of: n,
			}
			n.Wordings = append(n.Wordings, b.wordings[w])
		}
	}
	slices.SortStableFunc(n.Wordings, func(x, y *Wording) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), strings.Compare(x.FirstDay, y.FirstDay))
	})
	return n
}

func replies(list []effect.Reply) []Reply {
	var shown []Reply
	for _, r := range list {
		shown = append(shown, Reply(r))
	}
	return shown
}

func (b *builder) place(p *effect.Place) Place {
	place := Place{
		Position: rounded(p.Position), Calls: p.Calls, Said: p.Said,
		HungUp: b.share(p.HungUp, p.Calls, p.HungUpCalls), NotUnderstood: b.share(p.NotUnderstood, p.Calls, p.NotUnderstoodCalls),
	}
	if p.Pause >= 0 {
		place.PauseMS = &p.Pause
	}
	if p.FirstDay != corpus.NoDay {
		place.FirstDay, place.LastDay = p.FirstDay.String(), p.LastDay.String()
	}
	for _, v := range p.Versions {
		place.Versions = append(place.Versions, b.c.Versions.String(v))
	}
	return place
}

func (b *builder) share(k, n int, calls []int32) Share {
	s := Share{N: k}
	if n > 0 {
		s.Share = rounded(float64(k) / float64(n))
	}
	low, high := interval.Wilson(k, n)
	s.Low, s.High = rounded(low), rounded(high)
	s.Calls = b.c.Refs(calls)
	return s
}

// rank puts re-prompts behind the wordings of a node.
func rank(w *Wording) int {
	if w.Class == nodes.Reprompt.String() {
		return 1
	}
	return 0
}
