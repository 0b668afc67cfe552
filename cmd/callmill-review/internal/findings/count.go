package findings

import (
	"math"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/pipeline/calendar"
)

// noCode is the code of what a corpus does not have.
const noCode = corpus.Code(-1)

func codeOf(d *corpus.Dict, text string) corpus.Code {
	if code, ok := d.Find(text); ok {
		return code
	}
	return noCode
}

// has returns the test that a call is one of the subject, whatever is known of it.
// selected are the calls that are asked about.
func (s *Subject) has(v among.View, selected []int32) func(call int32) bool {
	c := v.Corpus
	own := func(*corpus.Call) bool { return true }
	switch s.Dimension {
	case contrast.Number:
		code := codeOf(&c.Numbers, s.Value)
		own = func(call *corpus.Call) bool { return call.Number == code }
	case contrast.Batch:
		code := codeOf(&c.Campaigns, s.Value)
		own = func(call *corpus.Call) bool { return call.Campaign == code }
	case contrast.Version:
		code := codeOf(&c.Versions, s.Value)
		own = func(call *corpus.Call) bool { return call.Version == code }
	case contrast.Hour, contrast.Attempt:
		n, err := strconv.Atoi(s.Value)
		if err != nil {
			n = -1
		}
		own = func(call *corpus.Call) bool {
			if s.Dimension == contrast.Hour {
				return int(call.Hour) == n
			}
			return int(call.Attempt) == n || s.Value == attemptsFrom && int(call.Attempt) > n
		}
	}
	script, instance := noCode, noCode
	if s.Script != "" {
		script = codeOf(&c.Scripts, s.Script)
	}
	if s.Instance != "" {
		instance = codeOf(&c.Instances, s.Instance)
	}
	var heard []bool
	if s.Wording != "" {
		heard = make([]bool, len(c.Calls))
		if w, ok := among.Wording(c, v.Graph, s.Wording); ok {
			for _, i := range effect.Calls(c, v.Graph, selected, effect.Question{Where: effect.AtWording(w)}) {
				heard[i] = true
			}
		}
	}
	return func(i int32) bool {
		call := &c.Calls[i]
		return (s.Script == "" || call.Script == script) && (s.Instance == "" || call.Instance == instance) &&
			own(call) && (heard == nil || heard[i])
	}
}

// values says of each call whether it is one of the subject, and then whether it is true
// of it; Unknown of calls that are not one.
func (s *Subject) values(v among.View, selected []int32, known func(measure.Measure) []measure.Value) []measure.Value {
	values := make([]measure.Value, len(v.Corpus.Calls))
	mark := func(calls []int32, is measure.Value) {
		for _, i := range calls {
			values[i] = is
		}
	}
	switch s.Kind {
	case Changed, StandOut:
		of, err := measure.Parse(s.Measure)
		if err != nil {
			break
		}
		is, all := s.has(v, selected), known(of)
		for _, i := range selected {
			if all[i] != measure.Unknown && is(i) {
				values[i] = all[i]
			}
		}
	case RewordedLine:
		w, ok := among.Wording(v.Corpus, v.Graph, s.Wording)
		if !ok {
			break
		}
		mark(effect.Calls(v.Corpus, v.Graph, selected, effect.Question{Where: effect.AtWording(w)}), measure.No)
		mark(effect.Calls(v.Corpus, v.Graph, selected, effect.Question{Where: effect.AtWording(w), Event: effect.Event(s.Measure)}), measure.Yes)
	case OptOuts:
		if v.Hits == nil {
			break
		}
		mark(selected, measure.No)
		for _, o := range v.Hits.OptOuts(v.Corpus, func(call int32) bool { return values[call] == measure.No }) {
			mark(o.After, measure.Yes)
		}
	case Risen:
		if v.Hits == nil {
			break
		}
		for k := range v.Hits.Rules {
			rule := &v.Hits.Rules[k]
			if rule.Rule.Name != s.Value {
				continue
			}
			for _, i := range selected {
				switch {
				case rule.Hit(i):
					values[i] = measure.Yes
				case rule.Could(i):
					values[i] = measure.No
				}
			}
		}
	case MisheardWord, NoIntent:
		phrase, _, _ := strings.Cut(s.Value, ">")
		is := s.has(v, selected)
		for _, e := range []struct {
			event unclear.Event
			value measure.Value
		}{{"", measure.No}, {unclear.NotUnderstood, measure.Yes}} {
			for _, i := range unclear.Calls(v.Corpus, v.Graph, selected, phrase, e.event) {
				if is(i) {
					values[i] = e.value
				}
			}
		}
	}
	return values
}

// heardBy returns the selected calls that hear a wording. Those of all wordings that
// findings are about are looked for together.
func (m *maker) heardBy(wording int32) []int32 {
	if calls, ok := m.heard[wording]; ok {
		return calls
	}
	wanted := map[int32]bool{wording: true}
	for i := range m.changes {
		if math.Abs(m.changes[i].Difference.Z) >= SureWording-1 {
			wanted[m.changes[i].Wording] = true
		}
	}
	for i := range m.list.Findings {
		if w, ok := among.Wording(m.Corpus, m.Graph, m.list.Findings[i].Wording); ok {
			wanted[w] = true
		}
	}
	is := make([]bool, len(m.Graph.Wordings))
	if m.heard == nil {
		m.heard = map[int32][]int32{}
	}
	for w := range wanted {
		is[w], m.heard[w] = true, nil
	}
	for _, k := range m.selected {
		call := &m.Corpus.Calls[k]
		for at := call.FirstLine; at < call.FirstLine+call.LineCount; at++ {
			w := m.Graph.LineWording[at]
			if w < 0 || !is[w] || m.Graph.LineNode[at] < 0 {
				continue
			}
			if own := m.heard[w]; len(own) == 0 || own[len(own)-1] != k {
				m.heard[w] = append(own, k)
			}
		}
	}
	return m.heard[wording]
}

// byDay counts the calls of a subject by day: those of the days that are shown.
func (m *maker) byDay(s *Subject) []Day {
	first := m.before.First - shownBefore
	calls := m.selected
	if w, ok := among.Wording(m.Corpus, m.Graph, s.Wording); ok {
		calls = m.heardBy(w)
	}
	var shown []int32
	for _, i := range calls {
		if m.Corpus.Calls[i].Day >= first {
			shown = append(shown, i)
		}
	}
	days := make([]Day, m.Day-first+1)
	for k := range days {
		days[k].Day = first + calendar.Day(k)
	}
	some := false
	values := s.values(m.View, shown, m.known)
	for _, i := range shown {
		if values[i] == measure.Unknown {
			continue
		}
		d := &days[m.Corpus.Calls[i].Day-first]
		d.N++
		d.K += one(values[i] == measure.Yes)
		some = true
	}
	if !some {
		return nil
	}
	for len(days) > 1 && days[0].N == 0 { // before there was any call of it
		days = days[1:]
	}
	return days
}

// Restore returns the finding of a subject that is not found on a day any more: its calls
// are counted, and nothing is expected.
func Restore(v among.View, selected []int32, o Options, s Subject) Finding {
	f := Finding{ID: s.ID(), Subject: s, Group: groupOf[s.Kind], Expected: math.NaN(), Low: math.NaN(), High: math.NaN(), Excess: math.NaN(), Worse: true}
	m := &maker{View: v, Options: o, list: &List{}}
	if !m.days(selected) {
		return f
	}
	f.Set, f.Yes = m.sets(&s)
	f.Days = m.byDay(&s)
	values := s.values(v, m.selected, m.known)
	for _, i := range m.selected {
		if values[i] == measure.Unknown || s.Kind == Changed && !m.after.Has(v.Corpus.Calls[i].Day) {
			continue
		}
		f.Calls++
		f.Observed += one(values[i] == measure.Yes)
	}
	f.Next = toCalls(&f)
	if w, ok := among.Wording(v.Corpus, v.Graph, s.Line); ok {
		f.Next = m.toWording(w, &f)
		if f.Next.Way == ToNode {
			f.Next.Event = s.Event
		}
	}
	return f
}

var groupOf = map[Kind]Group{
	Changed: Changes, RewordedLine: Changes, StandOut: Always, OptOuts: Compliance, Risen: Compliance, MisheardWord: NotHeard, NoIntent: NotHeard,
}
