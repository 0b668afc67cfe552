//go:build cgo

package phrases

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

//go:embed templates
var files embed.FS

// Add adds the page to a site.
func Add(s *site.Site) {
	p := &pages{set: s.Templates(files, "templates/*.html")}
	s.Page("GET /phrases", site.Viewer, p.phrases)
}

type pages struct{ set *template.Template }

// Parameters of the page, and values that they may have.
const (
	ofKey  = "of"  // the measure, or these
	askKey = "ask" // what is looked for

	these    = "these" // the calls of the page against the rest
	said     = "phrases"
	standOut = "standout"
)

// shown is how many findings there are at most.
const shown = 20

// question is what is asked of the calls of a page.
type question struct {
	of, ask string
	measure measure.Measure // unless of is these
	verb    schema.Text
}

// parse reads the question from the URL. Where the calls of the page are a part that only
// the desk knows, such as those that hung up at a node, they are what is asked about.
func parse(r *site.Request) (*question, error) {
	v := r.Request.URL.Query()
	usual := measure.IsFailed.String()
	if hasParts(r.Among) {
		usual = these
	}
	q := &question{of: cmp.Or(v.Get(ofKey), usual), ask: cmp.Or(v.Get(askKey), said)}
	if q.ask != said && q.ask != standOut {
		return nil, site.Usage(schema.Text{ZH: "ask 只能是 phrases 或 standout", EN: "ask is phrases or standout"})
	}
	if q.of == these {
		q.verb = schema.Text{ZH: "属于所选", EN: "are of those chosen"}
		return q, nil
	}
	m, err := measure.Parse(q.of)
	if err != nil {
		return nil, site.Usage(schema.Text{ZH: "没有“" + q.of + "”这个指标", EN: "there is no measure “" + q.of + "”"})
	}
	if err := m.Check(r.Night.Corpus); err != nil {
		return nil, site.Usage(schema.Text{ZH: "通话里没有“" + q.of + "”：" + err.Error(), EN: err.Error()})
	}
	if name := m.RuleName(); name != "" {
		if m, err = ofRule(r.Night.Hits, name); err != nil {
			return nil, err
		}
	}
	q.measure, q.verb = m, m.Verb()
	return q, nil
}

// hasParts reports whether a set is of more than a filter.
func hasParts(set among.Set) bool { return set.Key() != (among.Set{Filter: set.Filter}).Key() }

func ofRule(hits *match.Hits, name string) (measure.Measure, error) {
	for k := range hits.Rules {
		if rule := &hits.Rules[k]; rule.Rule.Name == name {
			return measure.Rule(name, func(call int32) (hit, could bool) { return rule.Hit(call), rule.Could(call) }), nil
		}
	}
	return measure.Measure{}, site.Usage(schema.Text{ZH: "没有规则“" + name + "”", EN: "there is no rule “" + name + "”"})
}

// rest returns the calls that those of a set are held against: where it is of an event at
// a line or of a rule, the calls to which it could have happened; else all of its filter.
func rest(set among.Set) among.Set {
	all := among.Set{Filter: set.Filter}
	switch {
	case set.Wording != "" || set.Node != "":
		all.Wording, all.Node = set.Wording, set.Node
		if set.Event == "" || set.Event == among.Reached {
			all.Wording, all.Node = "", ""
		}
	case set.Rule != "":
		all.Rule, all.Event = set.Rule, among.Could
	}
	return all
}

// values returns what the question says of each call of a corpus: of the calls of the
// page, and where it is about them, of those that they are held against.
func (q *question) values(c *corpus.Corpus, selected, against []int32) []measure.Value {
	values := make([]measure.Value, len(c.Calls))
	if q.of != these {
		all := q.measure.Values(c)
		for _, i := range selected {
			values[i] = all[i]
		}
		return values
	}
	for _, i := range against {
		if c.Calls[i].Facts.Is(corpus.Answered) || q.ask == standOut {
			values[i] = measure.No
		}
	}
	for _, i := range selected {
		if values[i] == measure.No {
			values[i] = measure.Yes
		}
	}
	return values
}

// answer returns what goes with it. The calls are chosen first: what is computed outlives
// the request.
func (q *question) answer(r *site.Request) (*contrast.Answer, error) {
	view, selected := r.View(), r.Selected()
	var against []int32
	if q.of == these {
		against = r.Select(rest(r.Among))
	}
	return answers.As[*contrast.Answer](r.Ask(true, "phrases "+q.ask+" "+q.of, func(_ context.Context, report func(int, int, schema.Text)) (any, error) {
		report(1, 1, schema.Text{ZH: "正在比较通话", EN: "Comparing calls"})
		values := q.values(view.Corpus, selected, against)
		o := contrast.Options{Limit: shown}
		var a contrast.Answer
		if q.ask == said {
			a = contrast.Phrases(view.Corpus, view.Graph, values, o)
		} else {
			o.Fewer = q.of != these && q.measure.Good()
			a = contrast.StandOut(view.Corpus, values, nil, o)
		}
		return &a, nil
	}))
}

// choice is a measure that can be chosen.
type choice struct {
	Value, Text string
	Chosen      bool
}

func (q *question) choices(r *site.Request) []choice {
	var list []choice
	add := func(value, text string) { list = append(list, choice{value, text, value == q.of}) }
	if hasParts(r.Among) {
		add(these, r.Say(schema.Text{ZH: "所选的通话（对比其余）", EN: "the calls chosen (against the rest)"}))
	}
	usual := []measure.Measure{measure.IsFailed, measure.HungUp, measure.NotUnderstood, measure.Transferred, measure.IsAnswered}
	for _, m := range usual {
		add(m.String(), r.Say(findings.MeasureName(m)))
	}
	for k := range r.Night.Hits.Rules {
		rule := r.Night.Hits.Rules[k].Rule
		add("rule:"+rule.Name, r.Sayf(schema.Text{ZH: "规则：%s", EN: "rule: %s"}, rule.Label.In(r.Lang)))
	}
	for _, text := range results(r.Night.Corpus) {
		add("result:"+text, r.Sayf(schema.Text{ZH: "结果：%s", EN: "result: %s"}, text))
	}
	return list
}

// mostResults is how many business results can be chosen: there may be one for each call.
const mostResults = 40

// results returns the business results that there are, unless there are very many.
func results(c *corpus.Corpus) []string {
	if c.Results.Len() > mostResults+1 {
		return nil
	}
	var list []string
	for code := 1; code < c.Results.Len(); code++ {
		list = append(list, c.Results.String(corpus.Code(code)))
	}
	return list
}

type page struct {
	Choices  []choice
	Ask      string
	Hidden   []field
	Calls    int
	Observed int
	Verb     schema.Text
	Reason   string
	Tests    int
	List     *site.Listed
	Symptoms *site.Listed
	About    string // which calls, of these
	Note     bool   // whether calls reached their end is inferred
}

// field is a part of the URL that the form keeps.
type field struct{ Name, Value string }

func (p *pages) phrases(w http.ResponseWriter, r *site.Request) error {
	q, err := parse(r)
	if err != nil {
		return err
	}
	a, err := q.answer(r)
	if err != nil {
		return err
	}
	list, symptoms := q.list(r, "phrases", a.Findings), q.list(r, "symptoms", a.Symptoms)
	if done, err := r.CSV(w, list); done {
		return err
	}
	if done, err := r.CSV(w, symptoms); done {
		return err
	}
	out := page{
		Choices: q.choices(r), Ask: q.ask, Calls: a.Calls, Observed: a.Observed, Verb: q.verb,
		Reason: a.Reason.In(r.Lang), Tests: a.Tests, List: r.List(list), Note: r.Night.Corpus.EndsInferred,
	}
	if len(a.Symptoms) > 0 {
		out.Symptoms = r.List(symptoms)
	}
	if q.of == these {
		out.About = r.Describe(r.Among)
	}
	for name, values := range r.Among.Values() {
		for _, value := range values {
			out.Hidden = append(out.Hidden, field{name, value})
		}
	}
	out.Hidden = append(out.Hidden, field{"s", r.Night.Name})
	return r.Render(w, p.set, "phrases", schema.Text{ZH: "用词对比", EN: "Phrases"}, out)
}

// list is findings as a list: a row for each, the surest first.
func (q *question) list(r *site.Request, name string, found []contrast.Finding) *site.Listing {
	words := &findings.Words{Lang: r.Lang, Number: r.Number}
	calls := findings.CallsOf(r.View())
	all := r.Among
	if q.of == these {
		all = rest(r.Among)
	}
	kind := func(f *contrast.Finding) string {
		if f.Symptom != "" {
			return f.SymptomIn(r.Lang)
		}
		return f.Dimension.In(r.Lang)
	}
	return &site.Listing{
		Name: name, Several: true, Len: len(found), PerPage: shown,
		Empty: schema.Text{ZH: "没有超出偶然范围的。", EN: "There is nothing beyond chance."},
		Columns: []site.Column{
			{Key: "kind", Head: schema.Text{ZH: "类别", EN: "Kind"}},
			{Key: "value", Head: schema.Text{ZH: "用词、句子或取值", EN: "Words, line or value"}},
			{Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}},
			{Key: "observed", Head: schema.Text{ZH: "其中", EN: "Of these"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(found[a].Observed, found[b].Observed) }},
			{Key: "calls", Head: schema.Text{ZH: "通话", EN: "Calls"}, Title: schema.Text{ZH: "有可比通话的；打开的是有它的全部通话", EN: "that have calls to be compared with; all that have it open"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(found[a].Calls, found[b].Calls) }},
			{Key: "expected", Head: schema.Text{ZH: "同类应有", EN: "Expected"}, Right: true},
			{Key: "excess", Head: schema.Text{ZH: "多出", EN: "Excess"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(found[a].Excess, found[b].Excess) }},
			{Key: "low", Only: site.CSVOnly}, {Key: "high", Only: site.CSVOnly},
			{Key: "bar", Head: schema.Text{ZH: " ", EN: " "}, Only: site.PageOnly},
			{Key: "z", Head: schema.Text{ZH: "z", EN: "z"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(math.Abs(found[a].Z), math.Abs(found[b].Z)) }},
			{Key: "q", Only: site.CSVOnly},
			{Key: "also", Head: schema.Text{ZH: "又名", EN: "Also"}},
			{Key: "sentence", Only: site.CSVOnly},
		},
		Row: func(i int) []site.Cell {
			f := &found[i]
			has := calls(f.Name, all)
			yes := calls(f.Name, r.Among)
			switch {
			case q.measure.RuleName() != "":
				yes.Rule, yes.Event = q.measure.RuleName(), ""
			case q.of != these:
				yes.Measure = q.of
			case f.Dimension == contrast.Wording || f.Dimension == contrast.Phrase && r.Among.Phrase != "":
				yes = among.Set{} // two lines or two phrases at once are no set
			}
			observed := site.Count(f.Observed, "")
			if yes.Key() != "" {
				observed.Href = r.Calls(yes)
			}
			excess := site.Cell{Text: findings.Signed(f.Excess), Soft: "[" + findings.Signed(f.Low) + " … " + findings.Signed(f.High) + "]", Value: fmt.Sprintf("%.1f", f.Excess)}
			var also []string
			for _, n := range f.Aliases {
				also = append(also, words.Name(n))
			}
			return []site.Cell{
				site.Text(kind(f)), {Text: words.Value(f.Name), Href: q.open(r, f, has)}, site.Text(scripts(f)),
				observed, site.Count(f.Calls, r.Calls(has)), site.Text(fmt.Sprintf("%.1f", f.Expected)), excess,
				site.Text(fmt.Sprintf("%.1f", f.Low)), site.Text(fmt.Sprintf("%.1f", f.High)),
				{Chart: template.HTML(chart.Bar(words.Contrast(f, q.verb), float64(f.Observed), f.Expected+f.Low, f.Expected+f.High, f.Expected, float64(f.Calls)))},
				site.Text(fmt.Sprintf("%.1f", f.Z)), site.Text(fmt.Sprintf("%.2g", f.Q)), site.Text(strings.Join(also, r.Say(schema.Text{ZH: "；", EN: "; "}))),
				site.Text(words.Contrast(f, q.verb)),
			}
		},
	}
}

// open returns where a finding leads: a line to its node, all else to its calls.
func (q *question) open(r *site.Request, f *contrast.Finding, has among.Set) string {
	if has.Wording != "" {
		return r.To("/node", among.Set{Filter: r.Among.Filter}, among.NodeKey, has.Wording)
	}
	return r.Calls(has)
}

func scripts(f *contrast.Finding) string {
	return cmp.Or(f.Script, strings.Join(f.Scripts, ", "))
}
