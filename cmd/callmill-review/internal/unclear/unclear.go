// Package unclear sorts out what robots did not understand: the replies after which a
// robot asked again.
//
//   - Misheard: a phrase that is not understood where another one that sounds the same
//     is. The recognizer writes the wrong characters, and a hot word mends it.
//   - Without an intent: phrases that are not understood at nodes that otherwise
//     understand. The script lacks an answer.
//   - Noise: interjections and nothing else.
//
// Each phrase is held to what is expected of its nodes: one that is only said where
// hardly anything is understood is not to blame.
package unclear

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
)

// Report is what was not understood in some calls.
type Report struct {
	Tally
	Misheard []Misheard // the surest first, those that sound alike behind those that sound the same
	NoIntent []Phrase   // the surest first
	Noise    []Phrase   // the commonest first, at most ten
	Nodes    []Node     // with a reply that was not understood, most of them first
}

// Tally counts replies: all the contact said between two lines of the robot is one.
type Tally struct {
	Replies       int
	NotUnderstood int
	// Of those not understood; the rest are phrases too rare to judge.
	Misheard, NoIntent, Noise int
}

// Rest returns how many replies were not understood for none of the reasons.
func (t *Tally) Rest() int { return t.NotUnderstood - t.Misheard - t.NoIntent - t.Noise }

// Node is the replies at a node of the graph.
type Node struct {
	Tally
	Node int32
}

// Usage is how often a phrase was in a reply, and in one that was not understood.
type Usage struct {
	Said          int
	NotUnderstood int
}

// Share returns the share of NotUnderstood.
func (u Usage) Share() float64 {
	if u.Said == 0 {
		return 0
	}
	return float64(u.NotUnderstood) / float64(u.Said)
}

// Misheard is a recognizer's error: characters written in place of others that sound the
// same.
type Misheard struct {
	Robot  int32       // index in nodes.Graph.Robots
	Script corpus.Code // of it
	Node   int32       // where most of it is
	// What is written, and what is meant: the characters that differ.
	Heard, Meant string
	// Near is true where they sound alike on the phone only: n and l, in and ing.
	Near    bool
	AsHeard Usage // replies with a phrase as it is written
	AsMeant Usage // replies with one as it is meant
	Z       float64
	Pairs   []Pair  // phrases, the commonest first, at most five
	Calls   []int32 // that were not understood, by index in the corpus, at most ten
}

// Pair is a phrase as it is written and as it is meant.
type Pair struct {
	Heard, Meant     string
	AsHeard, AsMeant Usage
}

// Phrase is one to three words in a row, or for noise all that was said.
type Phrase struct {
	Robot  int32       // index in nodes.Graph.Robots
	Script corpus.Code // of it
	Node   int32       // where most of it is
	Text   string
	Usage
	Expected float64 // replies not understood, of as many at the same nodes
	Z        float64
	Replies  []string // with it that were not understood, at most three
	Calls    []int32  // likewise, by index in the corpus, at most ten
}

const (
	mostCalls   = 10
	mostPairs   = 5
	mostNoise   = 10
	mostReplies = 3
	mostPhrases = 20  // without an intent, of a script
	fewestSaid  = 5   // replies with a phrase that is judged
	surely      = 4.0 // standard deviations of chance: thousands of phrases are tried
)

// Find sorts out the replies of the selected calls, which are indexes of the corpus that
// the graph was made of.
func Find(c *corpus.Corpus, g *nodes.Graph, selected []int32) *Report {
	f := &finder{c: c, g: g, report: &Report{}}
	for _, k := range selected {
		f.call(k)
	}
	f.number()
	f.takeShares()
	for _, replies := range f.byRobot() {
		f.ofRobot(replies)
	}
	f.sum()
	return f.report
}

// reply is what the contact said between two lines of the robot.
type reply struct {
	texts  span // in finder.said
	node   int32
	call   int32
	group  int32 // in finder.groups
	not    bool
	reason reason
}

// group is the replies to a robot in which the same is said. Replies are many times as
// many as texts, and so phrases are counted by groups.
type group struct {
	texts   span // in finder.said
	phrases span // in finder.list, each once
	use          // of the replies that have no reason yet
}

type reason uint8

const (
	none reason = iota
	misheard
	noIntent
	noise
)

type span struct{ from, to int32 }

// finder is the state of Find.
type finder struct {
	c      *corpus.Corpus
	g      *nodes.Graph
	report *Report

	replies []reply
	said    []int32 // texts of replies

	words   string   // of all texts that are said, joined
	joined  []span   // by text: its part of words
	lengths []int32  // of words, by code, in bytes
	phrases []string // that enough lines have, by number
	sounds  []int32  // by phrase: those that sound alike have the same number; -1 without a sound
	listed  []span   // by text: its phrases, in list
	list    []int32  // phrases

	shares []use // by node: what is expected of one reply

	// Of the robot at hand.
	groups  []group
	groupOf []int32 // by text: the group of the replies that are this text alone, -1 if there is none
	uses    []use   // by phrase, of the replies that have no reason yet
	touched []int32 // phrases with a use

	kinds []uint8 // by text: see forms
}

// use is how a phrase is used in the replies to a robot. What is expected is a whole
// number of units, so that it is the same in whatever order replies come and go.
type use struct {
	Usage
	expected, variance int64
}

// unit is 1 in the numbers of a use: eight million replies are below 1<<63.
const unit = 1 << 40

func (u *use) add(v *use) {
	u.Said += v.Said
	u.NotUnderstood += v.NotUnderstood
	u.expected += v.expected
	u.variance += v.variance
}

func (u *use) remove(v *use) {
	u.Said -= v.Said
	u.NotUnderstood -= v.NotUnderstood
	u.expected -= v.expected
	u.variance -= v.variance
}

// z returns by how many standard deviations more is not understood than expected.
func (u *use) z() float64 {
	if u.variance <= 0 {
		return 0
	}
	return (float64(u.NotUnderstood) - float64(u.expected)/unit) / math.Sqrt(float64(u.variance)/unit)
}

func (f *finder) robot(r *reply) int32 { return f.g.Nodes[r.node].Robot }

func (f *finder) script(r *reply) corpus.Code { return f.g.Nodes[r.node].Script }

// call lists the replies of a call.
func (f *finder) call(k int32) {
	call := &f.c.Calls[k]
	at := int32(-1) // the robot's last line
	begin := int32(len(f.said))
	for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
		text := f.c.Lines[i].Text
		if f.g.LineNode[i] < 0 {
			if f.c.Texts[text].Speaker == corpus.Contact && len(f.c.Texts[text].Words) > 0 {
				f.said = append(f.said, text)
			}
			continue
		}
		f.addReply(k, at, begin, f.g.Wordings[f.g.LineWording[i]].Class == nodes.Reprompt)
		at, begin = i, int32(len(f.said))
	}
	f.addReply(k, at, begin, false)
}

func (f *finder) addReply(k, at, begin int32, not bool) {
	if end := int32(len(f.said)); at >= 0 && end > begin {
		f.replies = append(f.replies, reply{texts: span{begin, end}, node: f.g.LineNode[at], call: k, not: not})
	}
}

// byRobot puts the replies to a robot one after another, in the order in which they were,
// and returns those of each robot that has some.
func (f *finder) byRobot() (of [][]reply) {
	begin := make([]int, len(f.g.Robots)+1)
	for i := range f.replies {
		begin[f.robot(&f.replies[i])+1]++
	}
	for k := range f.g.Robots {
		begin[k+1] += begin[k]
	}
	sorted, next := make([]reply, len(f.replies)), slices.Clone(begin)
	for i := range f.replies {
		robot := f.robot(&f.replies[i])
		sorted[next[robot]] = f.replies[i]
		next[robot]++
	}
	f.replies = sorted
	for k := range f.g.Robots {
		if begin[k] < begin[k+1] {
			of = append(of, sorted[begin[k]:begin[k+1]])
		}
	}
	return of
}

// takeShares takes the shares of replies that are not understood, by node.
func (f *finder) takeShares() {
	nodes := make([]Usage, len(f.g.Nodes))
	for i := range f.replies {
		nodes[f.replies[i].node].add(f.replies[i].not)
	}
	f.shares = make([]use, len(nodes))
	for i, n := range nodes {
		share := n.Share()
		f.shares[i] = use{expected: int64(math.Round(share * unit)), variance: int64(math.Round(share * (1 - share) * unit))}
	}
}

// one returns what a reply counts for.
func (f *finder) one(r *reply) use {
	u := f.shares[r.node]
	u.Usage.add(r.not)
	return u
}

// ofRobot judges the replies to a robot.
func (f *finder) ofRobot(replies []reply) {
	f.count(replies)
	f.findMisheard(replies)
	f.findNoise(replies)
	f.findNoIntent(replies)
	f.forget()
}

// count puts the replies to a robot into groups, and counts their phrases.
func (f *finder) count(replies []reply) {
	for i := range replies {
		r := &replies[i]
		r.group = f.groupWith(r.texts)
		one := f.one(r)
		f.groups[r.group].add(&one)
	}
	for i := range f.groups {
		g := &f.groups[i]
		for _, p := range f.list[g.phrases.from:g.phrases.to] {
			if f.uses[p].Said == 0 {
				f.touched = append(f.touched, p)
			}
			f.uses[p].add(&g.use)
		}
	}
}

// groupWith returns the group of replies with some texts, a new one if there is none.
// Replies of several texts are few, and each is a group.
func (f *finder) groupWith(texts span) int32 {
	said := f.said[texts.from:texts.to]
	next := int32(len(f.groups))
	g := group{texts: texts, phrases: f.listed[said[0]]}
	if len(said) == 1 {
		if known := f.groupOf[said[0]]; known >= 0 {
			return known
		}
		f.groupOf[said[0]] = next
	} else {
		g.phrases.from = int32(len(f.list))
		for _, text := range said {
			f.list = append(f.list, f.list[f.listed[text].from:f.listed[text].to]...)
		}
		all := f.list[g.phrases.from:]
		slices.Sort(all)
		f.list = f.list[:int(g.phrases.from)+len(slices.Compact(all))]
		g.phrases.to = int32(len(f.list))
	}
	f.groups = append(f.groups, g)
	return next
}

// setAside gives a reply a reason and takes it out of all counts.
func (f *finder) setAside(r *reply, why reason) {
	r.reason = why
	one, g := f.one(r), &f.groups[r.group]
	g.remove(&one)
	for _, p := range f.list[g.phrases.from:g.phrases.to] {
		f.uses[p].remove(&one)
	}
}

// forget takes back what is of one robot.
func (f *finder) forget() {
	for _, p := range f.touched {
		f.uses[p] = use{}
	}
	for i := range f.groups {
		f.groupOf[f.said[f.groups[i].texts.from]] = -1
	}
	f.touched, f.groups = f.touched[:0], f.groups[:0]
}

// interjections are what is said without a word.
const interjections = "嗯啊哦噢呃额哎唉诶欸喂哈呵嘿哼呀嘛哟呦咦呜喔嗨"

// findNoise takes the replies of interjections alone for noise.
func (f *finder) findNoise(replies []reply) {
	counts := map[string]*Phrase{}
	for i := range replies {
		r := &replies[i]
		if !r.not || r.reason != none {
			continue
		}
		text := f.textOf(r)
		if strings.Trim(text, interjections) != "" {
			continue
		}
		f.setAside(r, noise)
		p := counts[text]
		if p == nil {
			p = &Phrase{Robot: f.robot(r), Script: f.script(r), Node: r.node, Text: text}
			counts[text] = p
		}
		p.Said++
		p.NotUnderstood++
		p.Calls = listCall(p.Calls, r.call)
	}
	for _, p := range counts {
		f.report.Noise = append(f.report.Noise, *p)
	}
}

// textOf returns the words of a reply.
func (f *finder) textOf(r *reply) string {
	var b strings.Builder
	for _, text := range f.said[r.texts.from:r.texts.to] {
		for _, w := range f.c.Texts[text].Words {
			b.WriteString(f.c.Words.String(w))
		}
	}
	return b.String()
}

func listCall(list []int32, k int32) []int32 {
	if len(list) >= mostCalls || len(list) > 0 && list[len(list)-1] == k {
		return list
	}
	return append(list, k)
}

// sum makes the tallies, and sorts the findings.
func (f *finder) sum() {
	of := make([]Tally, len(f.g.Nodes))
	for i := range f.replies {
		r := &f.replies[i]
		for _, t := range []*Tally{&f.report.Tally, &of[r.node]} {
			t.add(r)
		}
	}
	for i, t := range of {
		if t.NotUnderstood > 0 {
			f.report.Nodes = append(f.report.Nodes, Node{t, int32(i)})
		}
	}
	slices.SortStableFunc(f.report.Nodes, func(a, b Node) int { return cmp.Compare(b.NotUnderstood, a.NotUnderstood) })
	slices.SortStableFunc(f.report.Misheard, func(a, b Misheard) int {
		return cmp.Or(compareBool(a.Near, b.Near), cmp.Compare(b.Z, a.Z))
	})
	slices.SortStableFunc(f.report.NoIntent, func(a, b Phrase) int { return cmp.Compare(b.Z, a.Z) })
	slices.SortFunc(f.report.Noise, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(b.Said, a.Said), cmp.Compare(a.Robot, b.Robot), cmp.Compare(a.Text, b.Text))
	})
	f.report.Noise = f.report.Noise[:min(len(f.report.Noise), mostNoise)]
}

func (t *Tally) add(r *reply) {
	t.Replies++
	if !r.not {
		return
	}
	t.NotUnderstood++
	switch r.reason {
	case misheard:
		t.Misheard++
	case noIntent:
		t.NoIntent++
	case noise:
		t.Noise++
	}
}
