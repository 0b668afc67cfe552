package match

import (
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
	m := newMatcher(b, c)
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
