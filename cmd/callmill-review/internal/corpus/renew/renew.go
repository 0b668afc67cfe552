// Package renew makes the corpus of a new snapshot out of the one before and what changed
// since. The calls that are kept are copied with what they refer to, so that nothing is
// left of calls that are gone.
//
// A corpus is numbered in one way: codes and texts in the order in which calls use them
// first. So what is renewed is what would have been loaded.
package renew

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
)

// Names are what a campaign is called, and its script.
type Names struct{ Campaign, Script, Version string }

// Part is calls of a corpus.
type Part struct {
	*corpus.Corpus
	Keep func(call *corpus.Call) bool // nil: all
}

// Join returns a corpus of the calls of old that are kept and of those of changed, which
// has the snapshot and the zone of changed. Names that are not the calls' own are those
// that names returns for the id of a campaign in an instance. No call may be in both.
//
// Strings are shared with the parts. What is masked is joined as it is.
func Join(old, changed Part, names func(instance, group string) Names) *corpus.Corpus {
	to := &corpus.Corpus{Snapshot: changed.Snapshot, Zone: changed.Zone, ScriptsInferred: changed.ScriptsInferred}
	a, b := kept(old), kept(changed)
	lines := 0
	for _, i := range a {
		lines += int(old.Calls[i].LineCount)
	}
	for _, i := range b {
		lines += int(changed.Calls[i].LineCount)
	}
	to.Calls, to.Lines = make([]corpus.Call, 0, len(a)+len(b)), make([]corpus.Line, 0, lines)

	first, second := newSource(old.Corpus, to), newSource(changed.Corpus, to)
	first.named = &namer{names: names, known: map[campaign]Names{}}
	// What the smaller corpus says is looked up when the other one's texts are met.
	if len(old.Texts) < len(changed.Texts) {
		second.twins = first.byContent()
	} else {
		first.twins = second.byContent()
	}
	for len(a) > 0 || len(b) > 0 {
		from, next := second, &b
		if len(b) == 0 || len(a) > 0 && before(old.Corpus, a[0], changed.Corpus, b[0]) {
			from, next = first, &a
		}
		from.add((*next)[0])
		*next = (*next)[1:]
	}
	finish(to)
	return to
}

// Number numbers a corpus, which nobody else may have yet, in the order in which calls
// use codes and texts. Texts that no line has are left out.
func Number(c *corpus.Corpus) {
	to := &corpus.Corpus{Snapshot: c.Snapshot, Zone: c.Zone, ScriptsInferred: c.ScriptsInferred, Calls: c.Calls, Lines: c.Lines}
	from := newSource(c, to)
	for i := range c.Calls {
		c.Calls[i] = from.call(c.Calls[i])
		said := c.Of(&c.Calls[i])
		for j := range said {
			said[j].Text = from.text(said[j].Text)
		}
	}
	finish(to)
	*c = *to
}

// finish sets what is true of a corpus as a whole.
func finish(c *corpus.Corpus) {
	asked, inferred := 0, 0
	for i := range c.Calls {
		switch origin := c.Calls[i].Origin; {
		case origin.Is(corpus.EndAsked):
			asked++
		case origin.Is(corpus.EndInferred):
			inferred++
		}
	}
	c.EndsInferred = inferred > asked
	c.Texts = slices.Clip(c.Texts)
}

func kept(p Part) []int32 {
	indexes := make([]int32, 0, len(p.Calls))
	for i := range p.Calls {
		if p.Keep == nil || p.Keep(&p.Calls[i]) {
			indexes = append(indexes, int32(i))
		}
	}
	return indexes
}

// before reports whether a call of one corpus comes before one of another.
func before(a *corpus.Corpus, i int32, b *corpus.Corpus, j int32) bool {
	x, y := &a.Calls[i], &b.Calls[j]
	if order := cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Start, y.Start)); order != 0 {
		return order < 0
	}
	return cmp.Or(
		cmp.Compare(a.Instances.String(x.Instance), b.Instances.String(y.Instance)),
		cmp.Compare(x.Job, y.Job), cmp.Compare(x.Task, y.Task),
	) < 0
}

type campaign struct{ instance, group corpus.Code }

// namer knows what campaigns are called now.
type namer struct {
	names func(instance, group string) Names
	known map[campaign]Names
}

// of returns the names of the campaign of a call.
func (n *namer) of(c *corpus.Corpus, call *corpus.Call) Names {
	key := campaign{call.Instance, call.Group}
	names, ok := n.known[key]
	if !ok {
		group := c.Groups.String(call.Group)
		names = n.names(c.Instances.String(call.Instance), group)
		names.Campaign = cmp.Or(names.Campaign, group)
		n.known[key] = names
	}
	return names
}
