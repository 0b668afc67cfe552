//go:build cgo

package calls

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/find"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// line is a line of a call.
type line struct {
	turn    int32
	speaker uint8 // as in package corpus
	script  string
	gap     int64 // ms since the line before; less than 0: unknown
}

// inMemory returns the lines of a call.
func inMemory(n *live.Night, call int32) []line {
	c := n.Corpus
	var all []line
	for _, l := range c.Of(&c.Calls[call]) {
		all = append(all, line{l.Turn, c.Texts[l.Text].Speaker, match.Said(c, l), int64(l.Gap)})
	}
	return all
}

// bubble is a line as the page shows it.
type bubble struct {
	Turn   int32
	Who    string // robot, contact or other: a class
	Name   schema.Text
	Clock  string // time of day; "": unknown
	Gap    string // since the line before, such as +1.9; "": unknown
	IsLong bool   // the gap
	Pieces []site.Mark
	Node   string // what the robot is at
	To     string // URL of the node
	Does   schema.Text
	Rules  []ruleHit
	Ended  bool // the call ended here
}

// ruleHit is a rule that hits.
type ruleHit struct {
	Label, URL string
	Form       *judged.Form // nil: elsewhere on the page
}

// longPause is from when on a gap is pointed out, in ms.
const longPause = 5000

var speakers = [...]struct {
	class string
	name  schema.Text
}{
	corpus.Robot:   {"robot", schema.Text{ZH: "机", EN: "Robot"}},
	corpus.Contact: {"contact", schema.Text{ZH: "客", EN: "Contact"}},
	corpus.Other:   {"other", schema.Text{ZH: "其他", EN: "Other"}},
}

// does says in words what a wording does in a call.
var does = map[nodes.Class]schema.Text{
	nodes.Goodbye:       {ZH: "结束语", EN: "goodbye"},
	nodes.Reprompt:      {ZH: "没听懂，再问", EN: "asks again, not understood"},
	nodes.SilencePrompt: {ZH: "没听到，再问", EN: "asks again after silence"},
}

// bubbles adds the lines, with nodes, rules and forms for verdicts.
func (page *callPage) bubbles(r *site.Request, t *told) {
	mark := marker(r)
	clock, isKnown := t.own.Said, t.own.Said != 0
	last := -1 // line of the robot
	for i, l := range t.said {
		b := bubble{Turn: l.turn, Who: speakers[l.speaker].class, Name: speakers[l.speaker].name, Pieces: mark(l.script, l.speaker)}
		if l.gap >= 0 && i > 0 {
			b.Gap, b.IsLong = gap(l.gap), l.gap >= longPause
		}
		if i > 0 {
			clock += l.gap
			isKnown = isKnown && l.gap >= 0
		}
		if isKnown {
			b.Clock = time.UnixMilli(clock).In(r.Night.Zone).Format(time.TimeOnly)
		}
		if l.speaker == corpus.Robot {
			last = i
		}
		page.Lines = append(page.Lines, b)
	}
	if last >= 0 {
		page.Lines[last].Ended = true
	}
	if len(t.said) == 0 {
		page.NoLines = schema.Text{ZH: "这一通没有对话。", EN: "Nothing was said in this call."}
		if t.own.Attempt == 0 {
			page.NoLines = schema.Text{ZH: "没有拨出。", EN: "It was not dialled."}
		}
	}
	if t.call >= 0 {
		page.nodes(r, t.call)
	}
	page.judge(r, t)
}

// nodes adds what the robot is at.
func (page *callPage) nodes(r *site.Request, call int32) {
	g, first := r.Night.Graph, r.Night.Corpus.Calls[call].FirstLine
	for i := range page.Lines {
		at := int(first) + i
		if at >= len(g.LineNode) || g.LineNode[at] < 0 {
			continue
		}
		b, node := &page.Lines[i], g.LineNode[at]
		b.Node = figures.Short(g.Nodes[node].Name, 14)
		b.To = r.URL("/node", among.NodeKey, among.NodeID(r.Night.Corpus, g, node))
		if w := g.LineWording[at]; w >= 0 {
			b.Does = does[g.Wordings[w].Class]
		}
	}
}

// judge adds the rules that hit, and the forms for verdicts on the call and on each hit.
// The keys are those of the hit that the list is about, else of the call.
func (page *callPage) judge(r *site.Request, t *told) {
	var reviews []desk.Review
	if r.Site.Verdicts != nil {
		reviews = r.Site.Verdicts.Of(*t.desk())
	}
	back := r.Here()
	keys := false
	for i, hit := range hits(r.Night.Hits, t.call) {
		if hit == nil {
			continue
		}
		rule := r.Night.Hits.Rules[i].Rule
		form := judged.Form{About: desk.AboutHit, Call: t.desk(), Rule: rule.Name, Snapshot: r.Night.Name, Back: back, Small: true}
		if r.Site.Book != nil && i < len(r.Site.Book.Rules) {
			form.Rule = r.Site.Book.Ref(i)
		}
		if rule.Name == r.Among.Rule && !keys {
			keys, form.Keys = true, true
		}
		shown := ruleHit{Label: rule.Label.In(r.Lang), URL: r.URL("/rule", "rule", rule.Name)}
		if len(hit.Lines) == 0 {
			form = form.Of(reviews, r.User)
			shown.Form = &form
			page.Whole = append(page.Whole, shown)
			continue
		}
		turn := page.turn(hit.Lines[0])
		form.Call.TurnIndex = &turn
		form = form.Of(reviews, r.User)
		for k, at := range hit.Lines {
			if shown.Form = nil; k == 0 {
				shown.Form = &form
			}
			if int(at) < len(page.Lines) {
				page.Lines[at].Rules = append(page.Lines[at].Rules, shown)
			}
		}
	}
	form := judged.Form{About: desk.AboutCall, Call: t.desk(), Snapshot: r.Night.Name, Back: back, Keys: !keys}.Of(reviews, r.User)
	page.Review = &form
}

// turn returns the turn_index of a line of the page.
func (page *callPage) turn(at int32) int32 {
	if int(at) < len(page.Lines) {
		return page.Lines[at].Turn
	}
	return at
}

// hits returns the hit of each rule in a call; nil where there is none.
func hits(all *match.Hits, call int32) []*match.Hit {
	if all == nil || call < 0 {
		return nil
	}
	found := make([]*match.Hit, len(all.Rules))
	for i := range all.Rules {
		of := all.Rules[i].Hits
		k := sort.Search(len(of), func(k int) bool { return of[k].Call >= call })
		if k < len(of) && of[k].Call == call {
			found[i] = &of[k]
		}
	}
	return found
}

// marker returns what marks in a line what the list that a call is opened from is about:
// words that contacts said, and what was searched for.
func marker(r *site.Request) func(script string, speaker uint8) []site.Mark {
	q := query(r)
	text, regex := q.Get("q"), (*regexp.Regexp)(nil)
	if len(text) > find.MaxRegex {
		text = ""
	}
	if text != "" && q.Get("regex") != "" {
		regex, _ = regexp.Compile(text) // nil: nothing is marked
		text = ""
	}
	heard, _, _ := strings.Cut(r.Among.Unclear, ">")
	said := append(strings.Split(heard, "|"), r.Among.Phrase, r.Among.Reply)
	return func(script string, speaker uint8) []site.Mark {
		places := find.Mark(script, text, regex)
		if speaker == corpus.Contact {
			for _, words := range said {
				places = append(places, find.Mark(script, words, nil)...)
			}
		}
		return pieces(script, places)
	}
}

// pieces cuts a text at places that are marked, which may overlap.
func pieces(script string, places [][2]int) []site.Mark {
	slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
	var all []site.Mark
	from := 0
	for _, at := range places {
		if at[1] <= from {
			continue
		}
		begin := max(from, at[0])
		if begin > from {
			all = append(all, site.Mark{Text: script[from:begin]})
		}
		all = append(all, site.Mark{Text: script[begin:at[1]], Marked: true})
		from = at[1]
	}
	if from < len(script) || len(all) == 0 {
		all = append(all, site.Mark{Text: script[from:]})
	}
	return all
}

// speakerOf returns the speaker of a name that the database has.
func speakerOf(name string) uint8 {
	switch name {
	case schema.SpeakerRobot:
		return corpus.Robot
	case schema.SpeakerContact:
		return corpus.Contact
	}
	return corpus.Other
}

// person returns the URL of the calls of whom a contact key stands for.
func person(r *site.Request, key string) string {
	return r.To("/calls", contact(key))
}
