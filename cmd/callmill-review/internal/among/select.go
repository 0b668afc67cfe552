package among

import (
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
)

// Select returns the indexes of the calls that are meant, in the order of the corpus. An
// id, a rule or a call that the view does not have selects none.
func (s Set) Select(v View) []int32 {
	calls := s.Filter.Select(v.Corpus)
	for _, keep := range s.tests(v) {
		kept := calls[:0]
		for _, k := range calls {
			if keep(k) {
				kept = append(kept, k)
			}
		}
		calls = kept
	}
	return calls
}

// none keeps no call.
func none(int32) bool { return false }

// tests returns the parts of a set beside its filter, each as a test of a call, those that
// cost least first.
func (s Set) tests(v View) []func(call int32) bool {
	var tests []func(int32) bool
	add := func(given bool, test func() func(int32) bool) {
		if given {
			tests = append(tests, test())
		}
	}
	add(len(s.Calls) > 0, func() func(int32) bool { return s.named(v) })
	add(s.Measure != "", func() func(int32) bool { return s.measured(v) })
	add(s.Rule != "", func() func(int32) bool { return s.ruled(v) })
	add(s.OptOut, func() func(int32) bool { return afterOptOut(v) })
	add(s.Wording != "", func() func(int32) bool {
		w, ok := Wording(v.Corpus, v.Graph, s.Wording)
		if !ok {
			return none
		}
		return s.at(v, s.Event, func(line int32) bool { return v.Graph.LineNode[line] >= 0 && v.Graph.LineWording[line] == w })
	})
	add(s.Node != "", func() func(int32) bool {
		n, ok := Node(v.Corpus, v.Graph, s.Node)
		if !ok {
			return none
		}
		event := s.Event
		if s.Wording != "" {
			event = Reached
		}
		return s.at(v, event, func(line int32) bool { return v.Graph.LineNode[line] == n })
	})
	add(s.Phrase != "", func() func(int32) bool { return s.said(v) })
	add(s.Unclear != "", func() func(int32) bool { return s.unclear(v) })
	return tests
}

func (s Set) named(v View) func(int32) bool {
	wanted := map[corpus.Ref]bool{}
	for _, c := range s.Calls {
		c.JobDate = 0
		wanted[c] = true
	}
	return func(k int32) bool {
		ref := v.Corpus.Ref(k)
		ref.JobDate = 0
		return wanted[ref]
	}
}

func (s Set) measured(v View) func(int32) bool {
	m, wanted, err := parseMeasure(s.Measure)
	if err != nil {
		return none
	}
	if name := m.RuleName(); name != "" {
		rule := ruleNamed(v, name)
		if rule < 0 {
			return none
		}
		m = measure.Rule(name, func(k int32) (hit, could bool) {
			return v.Hits.Rules[rule].Hit(k), v.Hits.Rules[rule].Could(k)
		})
	}
	values := m.Values(v.Corpus)
	return func(k int32) bool { return wanted(values[k]) }
}

func ruleNamed(v View, name string) int {
	if v.Hits == nil {
		return -1
	}
	for i := range v.Hits.Rules {
		if v.Hits.Rules[i].Rule.Name == name {
			return i
		}
	}
	return -1
}

func (s Set) ruled(v View) func(int32) bool {
	i := ruleNamed(v, s.Rule)
	if i < 0 {
		return none
	}
	rule := &v.Hits.Rules[i]
	switch s.Event {
	case Could:
		return rule.Could
	case Missed:
		return func(k int32) bool { return rule.Could(k) && !rule.Hit(k) }
	}
	return rule.Hit
}

func afterOptOut(v View) func(int32) bool {
	if v.Hits == nil {
		return none
	}
	after := make([]bool, len(v.Corpus.Calls))
	for _, o := range v.Hits.OptOuts(v.Corpus, nil) {
		for _, k := range o.After {
			after[k] = true
		}
	}
	return func(k int32) bool { return after[k] }
}

// at returns the test of an event at lines, counted as package effect counts.
func (s Set) at(v View, event string, here func(line int32) bool) func(int32) bool {
	c, g := v.Corpus, v.Graph
	return func(k int32) bool {
		call := &c.Calls[k]
		reached, unheard, last := false, false, int32(-1)
		for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
			if g.LineNode[i] < 0 {
				continue
			}
			if last >= 0 && here(last) && g.Wordings[g.LineWording[i]].Class == nodes.Reprompt {
				unheard = true
			}
			reached = reached || here(i)
			last = i
		}
		hungUp := last >= 0 && here(last) && call.Facts.Is(corpus.HungUp) && !call.Facts.Is(corpus.FlowEnded)
		switch event {
		case HungUp:
			return hungUp
		case NotUnderstood:
			return unheard
		case Kept:
			return reached && !hungUp
		}
		return reached
	}
}

// said returns the test that the contact says the words of the phrase in a row.
func (s Set) said(v View) func(int32) bool {
	says := textsOf(v.Corpus, func(words []string) bool { return inARow(words, s.Phrase) })
	return func(k int32) bool {
		for _, line := range v.Corpus.Of(&v.Corpus.Calls[k]) {
			if says[line.Text] {
				return true
			}
		}
		return false
	}
}

// textsOf returns for each text of the contact whether its words are as wanted.
func textsOf(c *corpus.Corpus, wanted func(words []string) bool) []bool {
	is := make([]bool, len(c.Texts))
	var words []string
	for i := range c.Texts {
		t := &c.Texts[i]
		if t.Speaker != corpus.Contact || len(t.Words) == 0 {
			continue
		}
		words = words[:0]
		for _, w := range t.Words {
			words = append(words, c.Words.String(w))
		}
		is[i] = wanted(words)
	}
	return is
}

// inARow reports whether some words, one after another, are the phrase.
func inARow(words []string, phrase string) bool {
	for i := range words {
		rest := phrase
		for _, w := range words[i:] {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, w); !ok {
				break
			}
			if rest == "" {
				return true
			}
		}
	}
	return false
}

// unclear returns the test that a reply with what was heard was not understood: the
// robot's next line asks again.
func (s Set) unclear(v View) func(int32) bool {
	c, g := v.Corpus, v.Graph
	heard, _, _ := strings.Cut(s.Unclear, ">")
	says := textsOf(c, func(words []string) bool { return strings.Contains(strings.Join(words, ""), heard) })
	return func(k int32) bool {
		call := &c.Calls[k]
		robot, said := false, false
		for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
			if g.LineNode[i] < 0 {
				said = said || says[c.Lines[i].Text]
				continue
			}
			if robot && said && g.Wordings[g.LineWording[i]].Class == nodes.Reprompt {
				return true
			}
			robot, said = true, false
		}
		return false
	}
}
