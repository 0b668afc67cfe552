package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/rules/outline"
	"callmill/cmd/callmill-review/internal/rules/scan"
	"callmill/schema"
)

// Parse reads a file of rules. The error joins all that is wrong with it, an
// [*outline.Error] each, which names file, line and reason.
func Parse(file string, text []byte) (*Book, error) {
	top, err := outline.Read(file, text)
	if err != nil {
		return nil, err
	}
	r := &reader{
		book:     &Book{File: file, text: string(text)},
		shared:   map[string]int{},
		rules:    map[string]int{},
		patterns: map[scan.Pattern]int{},
	}
	r.read(top)
	r.refuseCircles()
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	if r.book.Patterns, err = scan.New(r.list); err != nil {
		return nil, fmt.Errorf("read rules of %s: %w", file, err)
	}
	r.book.Wanted = r.book.wanted()
	for i := range r.book.Rules {
		r.book.refs = append(r.book.refs, r.book.makeRef(i))
	}
	return r.book, nil
}

// reader turns the outline of a file into a Book. It goes on after an error, so that a
// reader of the file learns all of them at once.
type reader struct {
	book *Book
	errs []error

	// Conditions by name: those for all rules, those that rules are, and those of the
	// rule at hand.
	shared, rules, own map[string]int

	patterns map[scan.Pattern]int
	list     []scan.Pattern
}

// maxErrors is how many errors are told.
const maxErrors = 20

func (r *reader) fail(line int, format string, args ...any) {
	if len(r.errs) < maxErrors {
		r.errs = append(r.errs, &outline.Error{File: r.book.File, Line: line, Reason: fmt.Sprintf(format, args...)})
	}
}

// key is a key of a mapping, and what reads its value.
type key struct {
	name string
	read func(outline.Value)
}

// mapping reads a mapping with known keys.
func (r *reader) mapping(what string, v outline.Value, keys []key) {
	if v.Kind != outline.Mapping {
		r.fail(v.Line, "%s is %v: want a mapping with keys such as %s", what, v.Kind, keys[0].name)
		return
	}
	for _, f := range v.Fields {
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == f.Key })
		if i < 0 {
			r.fail(f.Line, "%s: unknown key %q%s", what, f.Key, meant(f.Key, keys))
			continue
		}
		keys[i].read(f.Value)
	}
}

func meant(name string, keys []key) string {
	var all []string
	for _, k := range keys {
		all = append(all, k.name)
	}
	if like := nearest(name, all); like != "" {
		return fmt.Sprintf(": did you mean %s?", like)
	}
	return ": want one of " + strings.Join(all, ", ")
}

func (r *reader) read(top outline.Value) {
	var conditions, rules outline.Value
	r.mapping("the file", top, []key{
		{"rules", func(v outline.Value) { rules = v }},
		{"conditions", func(v outline.Value) { conditions = v }},
	})
	if rules.Kind != outline.Mapping {
		if len(r.errs) == 0 {
			r.fail(max(rules.Line, 1), "no rules: want rules: with a name for each")
		}
		return
	}
	r.declare(conditions, r.shared)
	for i, f := range rules.Fields {
		if !isName(f.Key) {
			r.fail(f.Line, "invalid name of a rule %q: want letters, digits, _ and -", f.Key)
		}
		if _, there := r.shared[f.Key]; there {
			r.fail(f.Line, "%s is a rule and a condition: want different names", f.Key)
		}
		r.book.Rules = append(r.book.Rules, Rule{Name: f.Key, Label: schema.Text{EN: f.Key, ZH: f.Key}, Line: f.Line})
		r.rules[f.Key] = r.add(Condition{Name: f.Key, Line: f.Line, Rule: i})
	}
	r.define(conditions, r.shared)
	for i, f := range rules.Fields {
		r.rule(&r.book.Rules[i], f.Value)
	}
}

func (r *reader) add(c Condition) int {
	r.book.Conditions = append(r.book.Conditions, c)
	return len(r.book.Conditions) - 1
}

// declare gives the conditions of a mapping their numbers, so that they can name each
// other; define reads them.
func (r *reader) declare(v outline.Value, names map[string]int) {
	if v.Kind == outline.Mapping {
		for _, f := range v.Fields {
			if !isName(f.Key) {
				r.fail(f.Line, "invalid name of a condition %q: want letters, digits, _ and -, not and, or, not", f.Key)
			}
			names[f.Key] = r.add(Condition{Name: f.Key, Line: f.Line, Rule: -1})
		}
		return
	}
	if v.Line > 0 {
		r.fail(v.Line, "conditions is %v: want a mapping with a name for each", v.Kind)
	}
}

func (r *reader) define(v outline.Value, names map[string]int) {
	for _, f := range v.Fields {
		c := r.condition("condition "+f.Key, f.Value)
		c.Name, c.Line = f.Key, f.Line
		r.book.Conditions[names[f.Key]] = c
	}
}

func (r *reader) resolve(name string) (int, error) {
	for _, names := range []map[string]int{r.own, r.shared, r.rules} {
		if i, ok := names[name]; ok {
			return i, nil
		}
	}
	var all []string
	for _, names := range []map[string]int{r.own, r.shared, r.rules} {
		for n := range names {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	if like := nearest(name, all); like != "" {
		return 0, fmt.Errorf("no condition %s: did you mean %s?", name, like)
	}
	return 0, fmt.Errorf("no condition %s", name)
}

func (r *reader) rule(rule *Rule, v outline.Value) {
	what := "rule " + rule.Name
	if v.Kind != outline.Mapping {
		r.fail(v.Line, "%s is %v: want a mapping with when:", what, v.Kind)
		return
	}
	var conditions, when, reached outline.Value
	r.mapping(what, v, []key{
		{"when", func(v outline.Value) { when = v }},
		{"conditions", func(v outline.Value) { conditions = v }},
		{"zh", func(v outline.Value) { rule.Label.ZH = r.text(what+": zh", v) }},
		{"en", func(v outline.Value) { rule.Label.EN = r.text(what+": en", v) }},
		{"note", func(v outline.Value) { rule.Note = r.text(what+": note", v) }},
		{"scripts", func(v outline.Value) { rule.Scripts = r.texts(what+": scripts", v) }},
		{"hit", func(v outline.Value) { rule.Absent = r.choice(what+": hit", v, "present", "absent") == 1 }},
		{"opt_out", func(v outline.Value) { rule.OptOut = r.yes(what+": opt_out", v) }},
		{"reached", func(v outline.Value) { reached = v }},
	})
	if rule.OptOut && rule.Absent {
		r.fail(rule.Line, "%s: opt_out and hit: absent: an opt-out is something that is said", what)
	}
	r.own = map[string]int{}
	r.declare(conditions, r.own)
	r.define(conditions, r.own)
	for _, f := range conditions.Fields {
		rule.Own = append(rule.Own, r.own[f.Key])
	}
	rule.When = r.when(rule, what, when)
	rule.Reached = r.reached(rule, what, reached)
	r.refuseUnused(rule, what)
	r.own = nil
}

// when reads what a rule looks for: an expression, one condition, or by default all
// conditions together.
func (r *reader) when(rule *Rule, what string, v outline.Value) Expr {
	switch v.Kind {
	case outline.Mapping:
		return Expr{Condition: r.inline(rule, what, "when", v)}
	case outline.Scalar:
		if v.Line == 0 {
			break
		}
		e, err := parseExpr(v.Text, r.resolve)
		if err != nil {
			r.fail(v.Line, "%s: when: %v", what, err)
		}
		return e
	case outline.List, outline.Empty:
		r.fail(v.Line, "%s: when is %v: want an expression or a condition", what, v.Kind)
		return Expr{}
	}
	if len(rule.Own) == 0 {
		r.fail(rule.Line, "%s has no when: want a condition, or an expression of conditions", what)
		return Expr{}
	}
	all := Expr{Op: And}
	for _, c := range rule.Own {
		all.Subs = append(all.Subs, Expr{Condition: c})
	}
	return all
}

// inline reads a condition that has no name of its own but the key it stands under.
func (r *reader) inline(rule *Rule, what, key string, v outline.Value) int {
	c := r.condition(what+": "+key, v)
	c.Name, c.Line = key, v.Line
	i := r.add(c)
	rule.Own = append(rule.Own, i)
	return i
}

func (r *reader) reached(rule *Rule, what string, v outline.Value) Reached {
	far := Reached{Condition: -1}
	what += ": reached"
	switch {
	case v.Line == 0:
	case v.Kind == outline.Mapping:
		far.Condition = r.inline(rule, strings.TrimSuffix(what, ": reached"), "reached", v)
	case v.Kind != outline.Scalar:
		r.fail(v.Line, "%s is %v: want a number of robot lines, or a condition", what, v.Kind)
	case strings.Trim(v.Text, "-0123456789") == "":
		far.Exchanges = r.number(what, v, 1, 1000)
	default:
		i, err := r.resolve(v.Text)
		if err != nil {
			r.fail(v.Line, "%s: %v", what, err)
		}
		far.Condition = i
	}
	return far
}

// refuseUnused tells of conditions that have no part in a rule: most likely one is
// misspelled, or forgotten.
func (r *reader) refuseUnused(rule *Rule, what string) {
	used := map[int]bool{}
	if rule.Reached.Condition >= 0 {
		used[rule.Reached.Condition] = true
	}
	rule.When.Each(func(c int) { used[c] = true })
	for _, i := range rule.Own {
		for _, a := range r.book.Conditions[i].Anchors {
			used[a.Condition] = true
		}
	}
	for _, i := range rule.Own {
		if c := &r.book.Conditions[i]; !used[i] {
			r.fail(c.Line, "%s: condition %s is used nowhere: name it in when", what, c.Name)
		}
	}
}

// Each calls f for each condition of an expression.
func (e *Expr) Each(f func(condition int)) {
	if e.Op == Is {
		f(e.Condition)
	}
	for i := range e.Subs {
		e.Subs[i].Each(f)
	}
}

// refuseCircles tells of conditions that would have to be known before themselves.
func (r *reader) refuseCircles() {
	if len(r.errs) > 0 {
		return
	}
	const open, done = 1, 2
	state := make([]uint8, len(r.book.Conditions))
	var visit func(i int) bool
	visit = func(i int) bool {
		if state[i] != 0 {
			return state[i] == done
		}
		state[i] = open
		c := &r.book.Conditions[i]
		fine := true
		for _, a := range c.Anchors {
			fine = fine && visit(a.Condition)
		}
		if c.Rule >= 0 {
			r.book.Rules[c.Rule].When.Each(func(sub int) { fine = fine && visit(sub) })
		}
		if !fine {
			return false
		}
		state[i] = done
		return true
	}
	for i := range r.book.Conditions {
		if c := &r.book.Conditions[i]; !visit(i) {
			r.fail(c.Line, "%s depends on itself", c.Name)
			return
		}
	}
}

// Values.

func (r *reader) text(what string, v outline.Value) string {
	switch {
	case v.Kind != outline.Scalar:
		r.fail(v.Line, "%s is %v: want a text", what, v.Kind)
	case v.Text == "":
		r.fail(v.Line, "%s is an empty text", what)
	}
	return v.Text
}

// texts reads a list, or one text in place of a list of one.
func (r *reader) texts(what string, v outline.Value) []string {
	if v.Kind == outline.Scalar {
		return []string{r.text(what, v)}
	}
	if v.Kind != outline.List || len(v.Items) == 0 {
		r.fail(v.Line, "%s is %v: want a list of texts", what, v.Kind)
		return nil
	}
	var all []string
	for _, item := range v.Items {
		all = append(all, r.text(what, item))
	}
	return all
}

func (r *reader) number(what string, v outline.Value, low, high int) int {
	n, err := strconv.Atoi(v.Text)
	if v.Kind != outline.Scalar || err != nil || n < low || n > high {
		r.fail(v.Line, "%s: invalid number %q: want %d to %d", what, v.Text, low, high)
		return low
	}
	return n
}

func (r *reader) share(what string, v outline.Value) float64 {
	x, err := strconv.ParseFloat(v.Text, 64)
	if v.Kind != outline.Scalar || err != nil || !(x > 0 && x <= 1) {
		r.fail(v.Line, "%s: invalid similarity %q: want more than 0, at most 1", what, v.Text)
		return 1
	}
	return x
}

func (r *reader) yes(what string, v outline.Value) bool {
	return r.choice(what, v, "true", "false") == 0
}

// choice returns which of the choices a value is.
func (r *reader) choice(what string, v outline.Value, choices ...string) int {
	i := slices.Index(choices, v.Text)
	if v.Kind != outline.Scalar || i < 0 {
		hint := ": want " + strings.Join(choices, " or ")
		if like := nearest(v.Text, choices); like != "" {
			hint = fmt.Sprintf(": did you mean %s?", like)
		}
		r.fail(v.Line, "%s: invalid value %q%s", what, v.Text, hint)
		return 0
	}
	return i
}

// nearest returns the name that is most like a misspelled one, "" where none is.
func nearest(name string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if d := distance([]rune(name), []rune(n)); d < least && d < len([]rune(n)) {
			best, least = n, d
		}
	}
	return best
}

// distance is the number of characters to insert, remove or replace that make b of a
// (Levenshtein, 1965).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		corner := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := corner
			if a[i] != b[j] {
				replaced++
			}
			corner = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
