//go:build cgo

package reviewing

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// counted is how often a rule hits the calls of a page.
type counted struct {
	Could, Hits int
	Days        []dayCount // with calls in which it could, in order
	Last        int        // its latest hit, as an index of RuleHits.Hits; -1: none
}

type dayCount struct {
	Day         calendar.Day
	Could, Hits int
}

// count counts a rule among calls, which are in the order of the corpus.
func count(c *corpus.Corpus, rule *match.RuleHits, calls []int32) counted {
	n := counted{Last: -1}
	at := 0 // in rule.Hits
	for _, i := range calls {
		if !rule.Could(i) {
			continue
		}
		n.Could++
		day := c.Calls[i].Day
		if len(n.Days) == 0 || n.Days[len(n.Days)-1].Day != day {
			n.Days = append(n.Days, dayCount{Day: day})
		}
		last := &n.Days[len(n.Days)-1]
		last.Could++
		if !rule.Hit(i) {
			continue
		}
		n.Hits++
		last.Hits++
		for at < len(rule.Hits) && rule.Hits[at].Call < i {
			at++
		}
		n.Last = at
	}
	if k := len(n.Days); k > 0 && n.Days[k-1].Day == corpus.NoDay {
		n.Days = n.Days[:k-1]
	}
	return n
}

// points returns the last days of a count for a chart, at most so many.
func (n *counted) points(most int) []chart.Point {
	var points []chart.Point
	for _, d := range n.Days[max(0, len(n.Days)-most):] {
		low, high := interval.Wilson(d.Hits, d.Could)
		points = append(points, chart.Point{Label: d.Day.String(), Share: float64(d.Hits) / float64(d.Could), Low: low, High: high})
	}
	return points
}

// spark draws the last days of a count.
func (n *counted) spark(title string) template.HTML {
	points := n.points(30)
	highest := 0.0
	for _, p := range points {
		highest = max(highest, p.Share)
	}
	return template.HTML(chart.Spark(title, points, highest))
}

// perThousand returns hits of a thousand calls in which there could be one.
func (n *counted) perThousand() string {
	if n.Could == 0 {
		return "–"
	}
	return strconv.FormatFloat(1000*float64(n.Hits)/float64(n.Could), 'f', 1, 64)
}

// again is who was called again after an opt-out.
type again struct{ People, Calls int }

type rulesPage struct {
	List       *site.Listed
	Again      again
	AgainCalls among.Set
	Agreement  schema.Text
}

func (p *pages) rules(w http.ResponseWriter, r *site.Request) error {
	b, err := book(r)
	if err != nil {
		return err
	}
	c, hits := r.Night.Corpus, r.Night.Hits
	counts, err := answers.As[[]counted](r.Ask(false, "rules", func(context.Context, func(int, int, schema.Text)) (any, error) {
		calls := r.Selected()
		var all []counted
		for k := range hits.Rules {
			all = append(all, count(c, &hits.Rules[k], calls))
		}
		return all, nil
	}))
	if err != nil {
		return err
	}
	outs, err := answers.As[again](r.Ask(false, "rules called again", func(context.Context, func(int, int, schema.Text)) (any, error) {
		chosen := make([]bool, len(c.Calls))
		for _, i := range r.Selected() {
			chosen[i] = true
		}
		var n again
		for _, o := range hits.OptOuts(c, func(i int32) bool { return chosen[i] }) {
			n.People++
			n.Calls += len(o.After)
		}
		return n, nil
	}))
	if err != nil {
		return err
	}
	precision := make([]verdicts.Precision, len(hits.Rules))
	older := make([]int, len(hits.Rules)) // hits that were reviewed of other versions
	for k := range hits.Rules {
		precision[k] = r.Site.Verdicts.Precision(b.Ref(k))
		older[k] = r.Site.Verdicts.Precision(b.Rules[k].Name).Reviewed - precision[k].Reviewed
	}
	row := func(k int) []site.Cell {
		rule, n, pr := hits.Rules[k].Rule, &counts[k], &precision[k]
		set := r.Among
		set.Rule, set.Event = rule.Name, ""
		could := set
		could.Event = among.Could
		label := rule.Label.In(r.Lang)
		own := r.To("/rule", set)
		reviewed := site.Cell{Text: strconv.Itoa(pr.Reviewed), Href: own + "#hits"}
		if older[k] > 0 {
			reviewed.Soft = r.Sayf(schema.Text{ZH: "旧版 %d", EN: "%d of older versions"}, older[k])
		}
		exact := site.Share(pr.Right, pr.Right+pr.Wrong, own+"#precision")
		if !pr.Known() {
			exact.Href = ""
		}
		return []site.Cell{
			{Text: label, Value: rule.Name, Href: own},
			{Text: label},
			site.Count(n.Hits, r.Calls(set)), site.Count(n.Could, r.Calls(could)),
			{Text: n.perThousand()},
			{Chart: n.spark(label)},
			reviewed, site.Count(pr.Right, ""), site.Count(pr.Wrong, ""), site.Count(pr.Misheard, ""), site.Count(pr.Disputed, ""),
			exact, {Text: bound(pr, pr.Low)}, {Text: bound(pr, pr.High)},
			p.example(r, set, &hits.Rules[k], n.Last),
		}
	}
	l := &site.Listing{
		Name: "rules", Len: len(hits.Rules), Row: row, PerPage: 200,
		Columns: ruleColumns(counts, precision),
		Link: func(k int) string {
			set := r.Among
			set.Rule, set.Event = hits.Rules[k].Rule.Name, ""
			return r.To("/rule", set)
		},
	}
	if done, err := r.CSV(w, l); done {
		return err
	}
	if unknown := hits.UnknownScripts; len(unknown) > 0 {
		r.Notice(site.Notice{Bad: true, Text: schema.Text{
			ZH: "规则里写了没有通话用过的话术：" + strings.Join(unknown, "、") + "。这些规则对它们不起作用，请核对名称。",
			EN: "Rules name scripts that no call has: " + strings.Join(unknown, ", ") + ". They find nothing there: check the names.",
		}})
	}
	agreement := r.Site.Verdicts.Agreement(isHit)
	tell(r)
	page := rulesPage{List: r.List(l), Again: outs, AgainCalls: r.Among, Agreement: agreementText(&agreement)}
	page.AgainCalls.OptOut = true
	return r.Render(w, p.set, "rules", schema.Text{ZH: "规则", EN: "Rules"}, page)
}

// ruleColumns are the columns of the list of rules.
func ruleColumns(counts []counted, precision []verdicts.Precision) []site.Column {
	return []site.Column{
		{Key: "rule", Head: schema.Text{ZH: "规则", EN: "Rule"}},
		{Key: "label", Only: site.CSVOnly},
		{Key: "hits", Head: schema.Text{ZH: "命中", EN: "Hits"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(counts[a].Hits, counts[b].Hits) }},
		{Key: "could", Head: schema.Text{ZH: "可能", EN: "Could"}, Title: schema.Text{ZH: "规则适用、且走到了那一步的通话", EN: "calls that the rule is for, and that came far enough"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(counts[a].Could, counts[b].Could) }},
		{Key: "per_thousand", Head: schema.Text{ZH: "每千通", EN: "Per 1,000"}, Right: true, Compare: func(a, b int) int {
			return cmp.Compare(counts[a].Hits*max(counts[b].Could, 1), counts[b].Hits*max(counts[a].Could, 1))
		}},
		{Key: "trend", Head: schema.Text{ZH: "趋势", EN: "Trend"}, Only: site.PageOnly},
		{Key: "reviewed", Head: schema.Text{ZH: "看过", EN: "Reviewed"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(precision[a].Reviewed, precision[b].Reviewed) }},
		{Key: "right", Only: site.CSVOnly}, {Key: "wrong", Only: site.CSVOnly}, {Key: "transcription_wrong", Only: site.CSVOnly}, {Key: "disputed", Only: site.CSVOnly},
		{Key: "precision", Head: schema.Text{ZH: "准确 [区间]", EN: "Precision [interval]"}, Title: schema.Text{ZH: "对 ÷（对 + 错）；转写错的和两人不一致的不计", EN: "right of right and wrong; misheard and disputed ones count as neither"}, Compare: func(a, b int) int { return cmp.Compare(precision[a].Share, precision[b].Share) }},
		{Key: "low", Only: site.CSVOnly}, {Key: "high", Only: site.CSVOnly},
		{Key: "example", Head: schema.Text{ZH: "例句", EN: "Example"}},
	}
}

func bound(p *verdicts.Precision, at float64) string {
	if !p.Known() {
		return ""
	}
	return strconv.FormatFloat(at, 'f', 4, 64)
}

// example returns what was said in a hit.
func (p *pages) example(r *site.Request, set among.Set, rule *match.RuleHits, hit int) site.Cell {
	if hit < 0 {
		return site.Cell{}
	}
	h := &rule.Hits[hit]
	cell := site.Cell{Href: r.Call(r.Night.Corpus.Ref(h.Call), set)}
	for k, line := range r.Night.Corpus.Of(&r.Night.Corpus.Calls[h.Call]) {
		if len(h.Lines) > 0 && int32(k) == h.Lines[len(h.Lines)-1] {
			cell.Text = figures.Short(r.Said(match.Said(r.Night.Corpus, line)), 30)
		}
	}
	if cell.Text == "" {
		cell.Text = fmt.Sprintf("› %s", r.Say(schema.Text{ZH: "通话", EN: "call"}))
	}
	return cell
}
