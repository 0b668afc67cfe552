package handover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Masker takes personal data out of what was said.
type Masker interface {
	Text(text string) string
	Lines(lines []string) // of a call, in place
}

// Source is what is handed over from.
type Source struct {
	Corpus *corpus.Corpus
	Graph  *nodes.Graph
	// Selected are the calls that are asked about.
	Selected []int32
	Mask     Masker // nil: nothing is masked
	Lang     schema.Language
}

// Place is a node, seen through one of its wordings.
type Place struct {
	Node    int32
	Wording int32        // the one that is handed over; -1: none in particular
	Event   effect.Event // what becomes of calls there
}

const (
	mostCalls   = 10
	mostReplies = 50 // after each wording
	wordingShow = 60 // characters of a wording beside its replies
	nodeShow    = 24
)

func (s *Source) text(said string) string {
	if s.Mask == nil {
		return said
	}
	return s.Mask.Text(said)
}

// Wordings returns the wordings of a node that the selected calls heard, in the order in
// which they were first said, each against the one that it replaced.
func (s *Source) Wordings(at Place) []Wording {
	reached := effect.Calls(s.Corpus, s.Graph, s.Selected, effect.Question{Where: effect.AtNode(at.Node)})
	counts := effect.Count(s.Corpus, s.Graph, reached)
	before := map[int32]effect.Change{}
	for _, change := range effect.Changes(s.Corpus, s.Graph, reached, counts) {
		if change.Node == at.Node {
			before[change.Wording] = change
		}
	}
	own := slices.DeleteFunc(slices.Clone(s.Graph.Nodes[at.Node].Wordings), func(w int32) bool { return counts.Wordings[w].Calls == 0 })
	slices.SortStableFunc(own, func(a, b int32) int {
		return cmp.Or(cmp.Compare(counts.Wordings[a].FirstDay, counts.Wordings[b].FirstDay), cmp.Compare(a, b))
	})
	var list []Wording
	for _, w := range own {
		place, said := &counts.Wordings[w], s.text(s.Graph.Wordings[w].Pattern)
		row := Wording{
			Index:  w,
			Script: s.Corpus.Scripts.String(s.Graph.Wordings[w].Script), Versions: s.versions(place.Versions),
			Parts: []effect.Part{{Text: said}}, Calls: place.Calls,
			HungUp: share(place.HungUp, place.Calls), NotUnderstood: share(place.NotUnderstood, place.Calls),
			FirstDay: dayText(place.FirstDay), LastDay: dayText(place.LastDay), Marked: w == at.Wording,
		}
		if change, ok := before[w]; ok {
			row.Parts = effect.Diff(s.text(s.Graph.Wordings[change.Before].Pattern), said)
			row.HungUp.Z, row.HungUp.Compared = change.HungUp.Z, true
			row.NotUnderstood.Z, row.NotUnderstood.Compared = change.NotUnderstood.Z, true
		}
		list = append(list, row)
	}
	return list
}

func (s *Source) versions(codes []corpus.Code) string {
	var list []string
	for _, v := range codes {
		if name := s.Corpus.Versions.String(v); name != "" {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

func share(k, n int) Share {
	low, high := interval.Wilson(k, n)
	s := Share{K: k, Low: low, High: high}
	if n > 0 {
		s.Share = float64(k) / float64(n)
	}
	return s
}

func dayText(d calendar.Day) string {
	if d == corpus.NoDay {
		return ""
	}
	return d.String()
}

// Lost returns the calls to be shown of a place, at most ten, the latest first: those in
// which happened there what is asked about, at the wording that is handed over, else at
// the one at which most calls are lost; where there is none, calls that reached the node.
func (s *Source) Lost(at Place) []int32 {
	where := effect.AtNode(at.Node)
	if at.Wording >= 0 {
		where = effect.AtWording(at.Wording)
	}
	event := cmp.Or(at.Event, effect.HungUp)
	calls := effect.Calls(s.Corpus, s.Graph, s.Selected, effect.Question{Where: where, Event: event})
	if len(calls) == 0 {
		calls = effect.Calls(s.Corpus, s.Graph, s.Selected, effect.Question{Where: where})
	}
	slices.Reverse(calls)
	return calls[:min(len(calls), mostCalls)]
}

// Calls returns calls with all their lines; those that say a wording are marked.
func (s *Source) Calls(calls []int32, wording int32) []Call {
	var list []Call
	for _, i := range calls[:min(len(calls), mostCalls)] {
		list = append(list, s.call(i, wording))
	}
	return list
}

func (s *Source) call(i, wording int32) Call {
	c, g := s.Corpus, s.Graph
	at := &c.Calls[i]
	call := Call{
		When: "–", Script: c.Scripts.String(at.Script), Version: c.Versions.String(at.Version), Attempt: strconv.Itoa(int(at.Attempt)),
		Outcome:  c.Outcomes.String(at.Outcome),
		Instance: c.Instances.String(at.Instance), Job: at.Job, Task: at.Task,
	}
	if s.Lang == schema.Chinese {
		if label := filter.OutcomeLabel(call.Outcome, s.Lang); label != "" {
			call.Outcome = label
		}
	}
	if at.Start != 0 {
		zone := c.Zone
		if zone == nil {
			zone = time.UTC
		}
		call.When = time.UnixMilli(at.Start).In(zone).Format("2006-01-02 15:04")
	}
	lines := c.Of(at)
	said := make([]string, len(lines))
	for k, line := range lines {
		said[k] = strings.TrimSpace(match.Said(c, line))
	}
	if s.Mask != nil {
		s.Mask.Lines(said)
	}
	for k, line := range lines {
		index := at.FirstLine + int32(k)
		shown := Line{Speaker: s.speaker(line), Text: said[k], Marked: wording >= 0 && g.LineWording[index] == wording}
		if line.Gap >= 0 {
			shown.Pause = strconv.FormatFloat(float64(line.Gap)/1000, 'f', 1, 64)
		}
		if n := g.LineNode[index]; n >= 0 {
			shown.Node = s.short(g.Nodes[n].Name, nodeShow)
		}
		call.Lines = append(call.Lines, shown)
	}
	return call
}

func (s *Source) short(said string, most int) string {
	runes := []rune(s.text(said))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

var speakers = [...]schema.Text{
	corpus.Robot: {EN: "robot", ZH: "机器人"}, corpus.Contact: {EN: "contact", ZH: "客户"}, corpus.Other: {EN: "other", ZH: "其他"},
}

func (s *Source) speaker(line corpus.Line) string {
	return speakers[min(int(s.Corpus.Texts[line.Text].Speaker), corpus.Other)].In(s.Lang)
}

// Replies returns what was said after each wording of a node, the commonest first, those
// of the wording that is handed over before others.
func (s *Source) Replies(at Place) []Reply {
	own := slices.Clone(s.Graph.Nodes[at.Node].Wordings)
	slices.SortStableFunc(own, func(a, b int32) int { return cmp.Compare(rankOf(a, at.Wording), rankOf(b, at.Wording)) })
	reached := effect.Calls(s.Corpus, s.Graph, s.Selected, effect.Question{Where: effect.AtNode(at.Node)})
	var list []Reply
	for _, w := range own {
		where := effect.AtWording(w)
		heard := effect.Calls(s.Corpus, s.Graph, reached, effect.Question{Where: where})
		wording := s.short(s.Graph.Wordings[w].Pattern, wordingShow)
		for _, r := range effect.Replies(s.Corpus, s.Graph, heard, where, mostReplies) {
			list = append(list, Reply{Wording: wording, Text: s.text(r.Text), N: r.N, Of: len(heard)})
		}
	}
	return list
}

func rankOf(wording, first int32) int {
	if wording == first {
		return 0
	}
	return 1
}
