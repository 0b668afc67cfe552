//go:build cgo

package site

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/schema"
)

// bar is the filter bar: which calls the page is about, and how to choose others. It is a
// form that works without a script.
type bar struct {
	Calls    int // that are chosen
	All      int
	From, To string
	First    string // days with calls
	Last     string
	Fields   []field
	Further  string // conditions that have no field
	Chips    []Chip
	Hidden   []hidden // parameters that stay
	Action   string
	Clear    string // URL without conditions
	Nothing  *Nothing
}

// field is a choice of one value.
type field struct {
	Name    string
	Label   schema.Text
	Value   string
	Choices []Choice
	// Listed is true of a field to type into, where there are too many to choose from.
	Listed bool
}

// Choice is a value that calls have.
type Choice struct {
	Value, Label string
	Calls        int
}

// Chip is a chosen condition, which its URL removes.
type Chip struct {
	Text, Remove string
}

type hidden struct{ Name, Value string }

// Nothing says why no call is chosen, and what helps.
type Nothing struct {
	Reason, Hint string
	Nearest      []Nearest
}

// Nearest is a filter that some calls pass.
type Nearest struct {
	Text, URL string
	Calls     int
}

// fields are those of the bar, by the keys of filters; rule is no key of one.
var fields = []struct {
	key   string
	label schema.Text
}{
	{filter.Campaign, schema.Text{ZH: "任务", EN: "Campaign"}},
	{filter.Script, schema.Text{ZH: "话术", EN: "Script"}},
	{filter.Version, schema.Text{ZH: "版本", EN: "Version"}},
	{filter.Outcome, schema.Text{ZH: "结果", EN: "Outcome"}},
	{filter.Number, schema.Text{ZH: "主叫", EN: "Caller"}},
	{among.RuleKey, schema.Text{ZH: "规则", EN: "Rule"}},
}

const (
	mostChoices = 100 // of a field that is chosen from
	mostListed  = 200 // that are offered to a field to type into
)

// subjects are the parts that some pages are about: without them there is no page.
var subjects = map[string][]string{
	"/rule": {among.RuleKey},
	"/node": {among.NodeKey},
}

// isSubject reports whether the page is about a part of a set.
func (r *Request) isSubject(part string) bool { return slices.Contains(subjects[r.page], part) }

// barQuery replaces the fields of a bar in a query by what they mean. What cannot be
// meant stays in the filter as it was typed, so that the page says so.
func barQuery(q url.Values) {
	get := func(name string) string { return strings.TrimSpace(q.Get(barPrefix + name)) }
	var conditions []string
	if from, to := get("from"), get("to"); from != "" || to != "" {
		conditions = append(conditions, "day="+quoted(from, to))
	}
	for _, f := range fields {
		v := get(f.key)
		switch {
		case f.key == among.RuleKey && !q.Has(barPrefix+among.RuleKey): // the page is about it
		case f.key == among.RuleKey:
			if v != q.Get(among.RuleKey) {
				q.Del(among.EventKey) // it was one of the other rule
			}
			set(q, among.RuleKey, v)
		case v != "":
			if one, err := filter.One(f.key, v); err == nil {
				conditions = append(conditions, one.String())
			} else {
				conditions = append(conditions, f.key+"="+v)
			}
		}
	}
	if further := get("f"); further != "" {
		conditions = append(conditions, further)
	}
	text := strings.Join(conditions, " ")
	if f, err := filter.Parse(text); err == nil {
		text = f.String()
	}
	set(q, among.FilterKey, text)
	for name := range q {
		if strings.HasPrefix(name, barPrefix) {
			q.Del(name)
		}
	}
	for name, values := range q { // of a form that was not filled in
		if len(values) == 0 || len(values) == 1 && values[0] == "" {
			q.Del(name)
		}
	}
	q.Del("page")
}

func quoted(from, to string) string {
	if from == to {
		return from
	}
	return from + ".." + to
}

func set(q url.Values, name, value string) {
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
}

// counts are the values of the bar's fields with their calls, of a night.
type counts map[string][]Choice

func countChoices(c *corpus.Corpus) counts {
	count := func(dict *corpus.Dict, of func(*corpus.Call) corpus.Code) []Choice {
		n := make([]int, dict.Len())
		for i := range c.Calls {
			n[of(&c.Calls[i])]++
		}
		var choices []Choice
		for code := 1; code < len(n); code++ {
			if n[code] > 0 {
				choices = append(choices, Choice{Value: dict.String(corpus.Code(code)), Calls: n[code]})
			}
		}
		return sortedCounts(choices)
	}
	return counts{
		filter.Campaign: count(&c.Campaigns, func(k *corpus.Call) corpus.Code { return k.Campaign }),
		filter.Script:   count(&c.Scripts, func(k *corpus.Call) corpus.Code { return k.Script }),
		filter.Version:  count(&c.Versions, func(k *corpus.Call) corpus.Code { return k.Version }),
		filter.Outcome:  count(&c.Outcomes, func(k *corpus.Call) corpus.Code { return k.Outcome }),
		filter.Number:   count(&c.Numbers, func(k *corpus.Call) corpus.Code { return k.Number }),
	}
}

func (r *Request) choices() counts {
	answer, err := r.Night.Answers.Ask(r.Context(), answers.Question{Key: "choices"},
		func(context.Context, func(int, int, schema.Text)) (any, error) {
			return countChoices(r.Night.Corpus), nil
		})
	if all, ok := answer.(counts); err == nil && ok {
		return all
	}
	return countChoices(r.Night.Corpus)
}

// bar returns the filter bar of a page.
func (r *Request) bar() *bar {
	b := &bar{Calls: len(r.Selected()), All: len(r.Night.Corpus.Calls), Action: r.Request.URL.Path, Clear: r.cleared()}
	b.days(r)
	own := map[string]bool{filter.Day: b.From != "" || b.To != ""}
	all := r.choices()
	for _, f := range fields {
		if f.key == filter.Number && r.hidesNumbers() {
			continue // the field would offer them all
		}
		field := field{Name: barPrefix + f.key, Label: f.label}
		if f.key == among.RuleKey {
			field.Value, field.Choices = r.Among.Rule, r.ruleChoices()
		} else {
			field.Value, field.Choices = r.condition(f.key), all[f.key]
			own[f.key] = field.Value != ""
		}
		if len(field.Choices) > mostChoices || f.key == filter.Number {
			field.Listed, field.Choices = true, field.Choices[:min(len(field.Choices), mostListed)]
		}
		if v := field.Value; v != "" && !field.Listed && !slices.ContainsFunc(field.Choices, func(c Choice) bool { return c.Value == v }) {
			field.Choices = append([]Choice{{Value: v}}, field.Choices...)
		}
		if f.key == filter.Outcome {
			field.Choices = labelled(field.Choices, r.Lang)
		}
		if (len(field.Choices) > 0 || field.Value != "") && !r.isSubject(f.key) {
			b.Fields = append(b.Fields, field)
		}
	}
	conditions := r.Among.Filter.Conditions()
	var further []string
	for i, c := range conditions {
		if !own[c.Key] || c.Not || c.Key != filter.Day && len(c.Values) != 1 {
			further = append(further, c.String())
		}
		rest := r.Among
		rest.Filter = rest.Filter.Without(i)
		b.Chips = append(b.Chips, Chip{r.conditionText(c), r.Here(among.FilterKey, rest.Filter.String())})
	}
	b.Further = strings.Join(further, " ")
	for _, p := range r.Among.Parts(r.Names(), r.Lang) {
		if !r.isSubject(p.Key) {
			b.Chips = append(b.Chips, Chip{p.Text, r.Here(without(p)...)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.query)) {
		switch name {
		case among.FilterKey, "page", "format", "list", "lang", "s":
			continue
		case among.RuleKey:
			if !r.isSubject(name) {
				continue
			}
		}
		for _, v := range r.query[name] {
			b.Hidden = append(b.Hidden, hidden{name, v})
		}
	}
	b.Hidden = append(b.Hidden, hidden{"s", r.Night.Name})
	if b.Calls == 0 && b.All > 0 && !r.Among.IsAll() {
		b.Nothing = r.nothing()
	}
	return b
}

// days fills in the days of the bar.
func (b *bar) days(r *Request) {
	var first, last string
	calls := r.Night.Corpus.Calls
	if len(calls) > 0 && calls[0].Day != corpus.NoDay {
		first = calls[0].Day.String()
		for i := len(calls) - 1; i >= 0; i-- {
			if calls[i].Day != corpus.NoDay {
				last = calls[i].Day.String()
				break
			}
		}
	}
	b.First, b.Last = first, last
	for _, c := range r.Among.Filter.Conditions() {
		if c.Key != filter.Day || c.Not || len(c.Values) != 1 {
			continue
		}
		from, to, both := strings.Cut(c.Values[0], "..")
		if !both {
			to = from
		}
		b.From, b.To = from, to
		return
	}
}

// cleared returns the URL of this page without conditions.
func (r *Request) cleared() string {
	change := []string{}
	for _, name := range among.Keys() {
		if !r.isSubject(name) {
			change = append(change, name, "")
		}
	}
	return r.Here(change...)
}

// conditionText says a condition in words.
func (r *Request) conditionText(c filter.Condition) string {
	for _, f := range fields {
		if f.key != c.Key {
			continue
		}
		values := make([]string, len(c.Values))
		for i, v := range c.Values {
			values[i] = v
			switch c.Key {
			case filter.Outcome:
				values[i] = filter.OutcomeLabel(v, r.Lang)
			case filter.Number:
				values[i] = r.Number(v)
			}
		}
		is := " = "
		if c.Not {
			is = " ≠ "
		}
		return r.Say(f.label) + is + strings.Join(values, schema.Text{ZH: "、", EN: ", "}.In(r.Lang))
	}
	if c.Key == filter.Day && !c.Not {
		return strings.ReplaceAll(strings.Join(c.Values, ", "), "..", " – ")
	}
	return c.String()
}

func (r *Request) ruleChoices() []Choice {
	if r.Night.Hits == nil {
		return nil
	}
	var choices []Choice
	for i := range r.Night.Hits.Rules {
		rule := &r.Night.Hits.Rules[i]
		choices = append(choices, Choice{rule.Rule.Name, rule.Rule.Label.In(r.Lang), len(rule.Hits)})
	}
	return choices
}

func labelled(choices []Choice, lang schema.Language) []Choice {
	out := make([]Choice, len(choices))
	for i, c := range choices {
		c.Label = filter.OutcomeLabel(c.Value, lang)
		out[i] = c
	}
	return out
}

// without returns how the parameters change without a part of a set.
func without(p among.Part) []string {
	change := []string{p.Key, ""}
	if p.Without.Event == "" {
		change = append(change, among.EventKey, "", among.ReplyKey, "", among.NextKey, "")
	}
	return change
}

// nothing says why no call is chosen.
func (r *Request) nothing() *Nothing {
	n := &Nothing{}
	c := r.Night.Corpus
	if reason := r.unknownPart(); reason != "" {
		n.Reason = reason
		return n
	}
	if r.Among.Filter.IsEmpty() || len(r.Among.Filter.Select(c)) > 0 {
		n.Reason = r.Say(schema.Text{ZH: "没有同时符合这些条件的通话。", EN: "No call is as all of these conditions say."})
	} else {
		n.Reason, n.Hint = r.Among.Filter.Nothing(c, r.Lang)
	}
	near := func(text string, rest among.Set, change ...string) {
		if calls := len(r.Select(rest)); calls > 0 {
			n.Nearest = append(n.Nearest, Nearest{r.Sayf(schema.Text{ZH: "去掉 %s", EN: "without %s"}, text), r.Here(change...), calls})
		}
	}
	for i, condition := range r.Among.Filter.Conditions() {
		rest := r.Among
		rest.Filter = rest.Filter.Without(i)
		near(r.conditionText(condition), rest, among.FilterKey, rest.Filter.String())
	}
	for _, p := range r.Among.Parts(r.Names(), r.Lang) {
		if !r.isSubject(p.Key) {
			near(p.Text, p.Without, without(p)...)
		}
	}
	slices.SortStableFunc(n.Nearest, func(a, b Nearest) int { return cmp.Compare(b.Calls, a.Calls) })
	return n
}

// unknownPart says which part of the set is nothing that this snapshot has; "" where all
// are.
func (r *Request) unknownPart() string {
	ids := r.IDs()
	for _, id := range []string{r.Among.Wording, r.Among.Node} {
		if id == "" {
			continue
		}
		if _, ok := ids.Wording(id); !ok {
			return r.Say(schema.Text{ZH: "这句话术不在当前快照里：可能已改写，或它的通话已被删除。", EN: "This line of a script is not in this snapshot: it may have changed, or its calls were erased."})
		}
	}
	for _, ref := range r.Among.Calls {
		if _, ok := r.Night.Index(query.Key{Instance: ref.Instance, Job: ref.Job, Task: ref.Task}); !ok {
			return r.Say(schema.Text{ZH: "选定的通话已不在当前快照里：可能已被删除。", EN: "A chosen call is not in this snapshot: it may have been erased."})
		}
	}
	rules := r.ruleChoices()
	if name := r.Among.Rule; name != "" && !slices.ContainsFunc(rules, func(c Choice) bool { return c.Value == name }) {
		names := make([]string, len(rules))
		for i, rule := range rules {
			names[i] = rule.Value
		}
		return r.Sayf(schema.Text{ZH: "没有规则“%s”；有：%s", EN: "There is no rule “%s”; there are %s"}, name, strings.Join(names, ", "))
	}
	return ""
}
