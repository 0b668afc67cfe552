package among

import (
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/unclear"
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
	if s.Wording != "" || s.Node != "" {
		calls = s.at(v, calls)
	}
	if s.Unclear != "" {
		calls = s.unclearCalls(v, calls)
	}
	return calls
}

// none keeps no call.
func none(int32) bool { return false }

// tests returns parts of a set that are tests of a call each, those that cost least first.
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
	add(s.Phrase != "", func() func(int32) bool { return s.said(v) })
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

// unclearCalls returns the calls with a reply that has one of the phrases.
func (s Set) unclearCalls(v View, calls []int32) []int32 {
	e := unclear.Event(s.Event)
	if s.Wording != "" || s.Node != "" {
		e = "" // it is of these
	}
	heard, _, _ := strings.Cut(s.Unclear, ">")
	var any []int32
	for phrase := range strings.SplitSeq(heard, "|") {
		any = append(any, unclear.Calls(v.Corpus, v.Graph, calls, phrase, e)...)
	}
	slices.Sort(any)
	return slices.Compact(any)
}

// at returns the calls of the event at the wording, else at the node.
func (s Set) at(v View, calls []int32) []int32 {
	q := effect.Question{Where: effect.Where{Node: -1, Wording: -1}, Event: effect.Event(s.Event), Reply: s.Reply, Next: -1}
	if s.Next != "" && s.Next != End {
		next, ok := v.node(s.Next)
		if !ok {
			return nil
		}
		q.Next = next
	}
	if s.Node != "" {
		node, ok := v.node(s.Node)
		if !ok {
			return nil
		}
		q.Node = node
	}
	if s.Wording != "" {
		wording, ok := v.wording(s.Wording)
		if !ok || q.Node >= 0 && v.Graph.Wordings[wording].Node != q.Node {
			return nil
		}
		q.Where = effect.Where{Node: -1, Wording: wording}
	}
	return effect.Calls(v.Corpus, v.Graph, calls, q)
}
