// Package measure says of each call whether something that teams count is true of it:
// that it was answered, failed, was hung up, had a business result, broke a rule. What
// is not known of a call is neither true nor false: such calls are left out of rates
// and comparisons.
package measure

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/schema"
)

// Value is what a measure says of a call.
type Value int8

// The values of measures.
const (
	Unknown Value = iota // or the measure says nothing of the call
	No
	Yes
)

// Measure is one question about calls.
type Measure struct {
	kind  kind
	value string // "name=content" of a business result, the name of a rule
	hits  func(call int32) (hit, could bool)
}

type kind uint8

const (
	answered kind = iota
	failed
	hungUp
	notUnderstood
	transferred
	result
	rule
)

var names = [...]string{"answered", "failed", "hung_up", "not_understood", "transferred"}

const (
	resultPrefix = "result:"
	rulePrefix   = "rule:"
)

// The measures without an argument.
var (
	IsAnswered    = Measure{kind: answered}
	IsFailed      = Measure{kind: failed}
	HungUp        = Measure{kind: hungUp}
	NotUnderstood = Measure{kind: notUnderstood}
	Transferred   = Measure{kind: transferred}
)

// Result returns the measure of a business result.
func Result(name, content string) Measure { return Measure{kind: result, value: name + "=" + content} }

// Rule returns the measure of a rule: whether it hit a call, given by its index in
// Corpus.Calls, and whether it could have.
func Rule(name string, hits func(call int32) (hit, could bool)) Measure {
	return Measure{kind: rule, value: name, hits: hits}
}

// Parse parses what String returns. Of a rule nothing is known then: see RuleName.
func Parse(s string) (Measure, error) {
	for k, name := range names {
		if s == name {
			return Measure{kind: kind(k)}, nil
		}
	}
	if value, ok := strings.CutPrefix(s, resultPrefix); ok {
		if name, content, ok := strings.Cut(value, "="); !ok || name == "" || content == "" {
			return Measure{}, fmt.Errorf("invalid measure %q: want result:NAME=VALUE", s)
		}
		return Measure{kind: result, value: value}, nil
	}
	if name, ok := strings.CutPrefix(s, rulePrefix); ok && name != "" {
		return Measure{kind: rule, value: name}, nil
	}
	return Measure{}, fmt.Errorf("invalid measure %q: want %s, result:NAME=VALUE or rule:NAME", s, strings.Join(names[:], ", "))
}

// String returns the measure as it is given on the command line.
func (m Measure) String() string {
	switch m.kind {
	case result:
		return resultPrefix + m.value
	case rule:
		return rulePrefix + m.value
	}
	return names[m.kind]
}

var verbs = [...]schema.Text{
	answered:      {ZH: "有人接听", EN: "were answered"},
	failed:        {ZH: "失败", EN: "failed"},
	hungUp:        {ZH: "挂断", EN: "were hung up"},
	notUnderstood: {ZH: "拒识", EN: "ended because the robot gave up"},
	transferred:   {ZH: "转人工", EN: "were transferred"},
}

// Verb returns what the measure says of calls: of 7 calls 3 ….
func (m Measure) Verb() schema.Text {
	switch m.kind {
	case result:
		return schema.Text{ZH: m.value, EN: "have " + m.value}
	case rule:
		return schema.Text{ZH: "命中规则" + m.value, EN: "hit the rule " + m.value}
	}
	return verbs[m.kind]
}

// Good reports whether teams want more of it, so that calls with less stand out.
func (m Measure) Good() bool { return m.kind == answered }

// RuleName returns the name of the rule that the measure is of, "" of others. Its hits
// come from outside, by the function Rule.
func (m Measure) RuleName() string {
	if m.kind == rule {
		return m.value
	}
	return ""
}

// Values returns the measure of every call of a corpus. Of a business result it is No
// also where the call has none of that name, and unknown where no call of its script has
// one: results are given where there is something to be said.
func (m Measure) Values(c *corpus.Corpus) []Value {
	values := make([]Value, len(c.Calls))
	if m.kind == result {
		m.results(c, values)
		return values
	}
	for i := range c.Calls {
		values[i] = m.of(int32(i), c.Calls[i].Facts)
	}
	return values
}

func (m Measure) of(call int32, facts corpus.Facts) Value {
	if m.kind == answered {
		return yes(facts.Is(corpus.Answered))
	}
	if !facts.Is(corpus.Answered) {
		return Unknown
	}
	switch m.kind {
	case failed:
		if !facts.Is(corpus.FailureKnown) {
			return Unknown
		}
		return yes(facts.Is(corpus.Failed))
	case hungUp:
		return yes(facts.Is(corpus.HungUp))
	case notUnderstood:
		return yes(facts.Is(corpus.NotUnderstood))
	case transferred:
		return yes(facts.Is(corpus.Transferred))
	}
	if m.hits == nil {
		return Unknown
	}
	hit, could := m.hits(call)
	if !could {
		return Unknown
	}
	return yes(hit)
}

func yes(is bool) Value {
	if is {
		return Yes
	}
	return No
}

// results sets the values of a business result.
func (m Measure) results(c *corpus.Corpus, values []Value) {
	name, _, _ := strings.Cut(m.value, "=")
	wanted, ok := c.Results.Find(m.value)
	if !ok {
		return
	}
	same := sameName(c, name)
	gives := map[corpus.RobotKey]bool{} // results of this name
	for i := range c.Calls {
		call := &c.Calls[i]
		if !call.Facts.Is(corpus.Answered) {
			continue
		}
		for _, code := range call.Results {
			if same[code] {
				gives[call.RobotKey()] = true
			}
			if code == wanted {
				values[i] = Yes
			}
		}
	}
	for i := range values {
		call := &c.Calls[i]
		if values[i] == Unknown && call.Facts.Is(corpus.Answered) && gives[call.RobotKey()] {
			values[i] = No
		}
	}
}

// sameName returns, by the code of a business result, whether it has the name.
func sameName(c *corpus.Corpus, name string) []bool {
	same := make([]bool, c.Results.Len())
	for code := range same {
		same[code] = strings.HasPrefix(c.Results.String(corpus.Code(code)), name+"=")
	}
	return same
}

// Check returns an error where the corpus cannot have the measure: it names the
// business results that it has.
func (m Measure) Check(c *corpus.Corpus) error {
	if m.kind != result {
		return nil
	}
	if _, ok := c.Results.Find(m.value); ok {
		return nil
	}
	name, _, _ := strings.Cut(m.value, "=")
	var contents, others []string
	seen := map[string]bool{}
	for code := 1; code < c.Results.Len(); code++ {
		n, content, _ := strings.Cut(c.Results.String(corpus.Code(code)), "=")
		if n == name {
			contents = append(contents, content)
		}
		if !seen[n] {
			seen[n] = true
			others = append(others, n)
		}
	}
	sort.Strings(contents)
	sort.Strings(others)
	switch {
	case len(contents) > 0:
		return fmt.Errorf("no call has the business result %s: of this name there are %s", m.value, some(contents))
	case len(others) > 0:
		return fmt.Errorf("no call has a business result named %s: there are %s", name, some(others))
	}
	return errors.New("no call of this dataset has a business result")
}

// some lists the first of many.
func some(list []string) string {
	const shown = 12
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
