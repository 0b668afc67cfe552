package match

import (
	"context"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules"
)

// Verdict is what became of a rule in a call.
type Verdict string

// The verdicts.
const (
	IsHit       Verdict = "hit"
	IsNoHit     Verdict = "no_hit"
	OtherScript Verdict = "other_script" // not one of the rule's
	NotReached  Verdict = "not_reached"  // the call ended before
	NotAnswered Verdict = "not_answered" // by a person
)

// Explanation says why a rule hits a call, or does not.
type Explanation struct {
	Rule       *rules.Rule
	Verdict    Verdict
	Lines      []int32 // of the hit
	Conditions []Explained
}

// Explained is a condition that a rule's verdict depends on.
type Explained struct {
	Name  string // as the file has it; when or reached of one without a name
	Line  int    // of the file
	Holds bool
	Lines []int32 // of the call, where it holds
}

// Explain says of each rule what its conditions are in a call. anyScript is for calls
// whose script is not known, such as pasted ones: each rule concerns them.
func Explain(b *rules.Book, c *corpus.Corpus, call *corpus.Call, anyScript bool) []Explanation {
	c, call = alone(c, call)
	m, err := newMatcher(context.Background(), b, c, nil)
	if err != nil {
		return nil // unreachable: only the end of the context is an error
	}
	m.begin(call)
	var all []Explanation
	for i := range b.Rules {
		rule := &b.Rules[i]
		e := Explanation{Rule: rule}
		for _, k := range involved(b, rule) {
			s := m.condition(k)
			known := &b.Conditions[k]
			e.Conditions = append(e.Conditions, Explained{known.Name, known.Line, s.holds, append([]int32(nil), s.lines...)})
		}
		switch {
		case !call.Facts.Is(corpus.Answered):
			e.Verdict = NotAnswered
		case !anyScript && !m.isScriptOf(i):
			e.Verdict = OtherScript
		case !m.came(&rule.Reached):
			e.Verdict = NotReached
		case m.holds(&rule.When) == rule.Absent:
			e.Verdict = IsNoHit
		default:
			e.Verdict, e.Lines = IsHit, m.evidence(&rule.When)
		}
		all = append(all, e)
	}
	return all
}

// alone returns a corpus of one call, with the dictionaries of c: texts of other calls are
// not looked at.
func alone(c *corpus.Corpus, call *corpus.Call) (*corpus.Corpus, *corpus.Call) {
	one := *c
	one.Texts, one.Lines, one.Calls = nil, nil, []corpus.Call{*call}
	numbers := map[int32]int32{} // of texts: lines that say the same stay so
	for _, line := range c.Of(call) {
		number, ok := numbers[line.Text]
		if !ok {
			number = int32(len(one.Texts))
			numbers[line.Text] = number
			one.Texts = append(one.Texts, c.Texts[line.Text])
		}
		line.Text = number
		one.Lines = append(one.Lines, line)
	}
	one.Calls[0].FirstLine = 0
	return &one, &one.Calls[0]
}

// involved returns the conditions of a rule, and those of others that it names, each once.
func involved(b *rules.Book, rule *rules.Rule) []int {
	var all []int
	seen := map[int]bool{}
	add := func(i int) {
		if !seen[i] {
			seen[i] = true
			all = append(all, i)
		}
	}
	for _, i := range rule.Own {
		add(i)
	}
	rule.When.Each(add)
	for n := 0; n < len(all); n++ {
		for _, a := range b.Conditions[all[n]].Anchors {
			add(a.Condition)
		}
	}
	if rule.Reached.Condition >= 0 {
		add(rule.Reached.Condition)
	}
	return all
}
