//go:build cgo

package today

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
	"callmill/schema"
)

//go:embed templates
var files embed.FS

// Add adds the pages to a site.
func Add(s *site.Site) {
	p := &pages{set: s.Templates(files, "templates/*.html")}
	s.Page("GET /today", site.Viewer, p.today)
	s.Page("GET /finding", site.Viewer, p.finding)
	s.Page("GET /mine/findings", site.Viewer, p.mine)
	s.Page("GET /handover.xlsx", site.Exporter, p.handOver)
	s.Form("POST /finding", site.Reviewer, p.say)
}

type pages struct{ set *template.Template }

// wordsOf returns what puts findings in words for who asks.
func wordsOf(r *site.Request) *findings.Words {
	return &findings.Words{Lang: r.Lang, Count: func(n int) string { return figures.Number(n) }, Number: r.Number}
}

// selected returns the calls of the page's filter: findings have no other parts.
func selected(r *site.Request) []int32 { return r.Select(among.Set{Filter: r.Among.Filter}) }

// dayOf returns the day of the page: the last day of the calls unless one was chosen.
func dayOf(r *site.Request) calendar.Day {
	if r.Request.URL.Query().Get("day") != "" {
		return r.Day
	}
	list, c := selected(r), r.Night.Corpus
	for _, i := range slices.Backward(list) {
		if day := c.Calls[i].Day; day != corpus.NoDay && (r.Day == corpus.NoDay || day <= r.Day) {
			return day
		}
	}
	return r.Day
}

// about is what findings are asked about. It outlives the request: an answer is computed
// also while nobody waits.
type about struct {
	among.View
	night    *live.Night
	selected []int32
	options  findings.Options
}

func aboutOf(r *site.Request) *about {
	return &about{r.View(), r.Night, selected(r), findings.Options{Day: dayOf(r), Filter: r.Among.Filter}}
}

// question returns the key of a question about it.
func (a *about) question(name string) string {
	return fmt.Sprintf("%s %d?%s", name, a.options.Day, a.options.Filter)
}

// listOf returns the findings of the page's day.
func listOf(r *site.Request) (*findings.List, error) {
	a := aboutOf(r)
	question := answers.Question{Key: a.question("findings"), Heavy: true}
	return answers.As[*findings.List](r.Night.Answers.Ask(r.Context(), question, func(ctx context.Context, report func(int, int, schema.Text)) (any, error) {
		o := a.options
		o.Step = func(step int, doing schema.Text) { report(step, findings.Steps, doing) }
		o.Done = func() bool { return ctx.Err() != nil }
		list := findings.Make(a.View, a.selected, o)
		return list, ctx.Err()
	}))
}

// item is a finding on a page.
type item struct {
	*findings.Finding
	Rank               int
	What, Title, Where string
	Counted            string // what is counted
	Says               string
	Parts              []effect.Part
	Bar, Spark         string // SVG
	Trend              string
	NextURL            string
	NextText           schema.Text
	State              findings.State
	StateText          schema.Text
	StateAt            string
	Since              *findings.Since // of one that was handed over or dismissed
	NewText            string          // what is new since
	Gone               bool            // it is not found on the day
	URL                string
}

// IsExpected reports whether something is expected.
func (it *item) IsExpected() bool { return !math.IsNaN(it.Expected) }

// Signed is the excess.
func (it *item) Signed() string { return findings.Signed(it.Excess) }

// Interval is that of the excess.
func (it *item) Interval() string {
	if math.IsNaN(it.Low) || math.IsNaN(it.High) {
		return ""
	}
	return "[" + findings.Signed(it.Low) + " … " + findings.Signed(it.High) + "]"
}

// Shortened returns what is new in a line, with a little of what stands around it.
func (it *item) Shortened() []effect.Part {
	const around, most = 6, 30
	var list []effect.Part
	left := titleShown
	for i, p := range it.Parts {
		if p.Before || left <= 0 {
			continue
		}
		runes := []rune(p.Text)
		switch {
		case p.After:
			runes = []rune(figures.Short(p.Text, most))
		case i == 0 && len(runes) > around:
			runes = append([]rune("…"), runes[len(runes)-around:]...)
		case i == len(it.Parts)-1 && len(runes) > around:
			runes = append(runes[:around:around], '…')
		case len(runes) > 2*around:
			runes = slices.Concat(runes[:around], []rune("…"), runes[len(runes)-around:])
		}
		left -= len(runes)
		list = append(list, effect.Part{Text: string(runes), After: p.After})
	}
	return list
}

// titleShown is how many characters of a title are shown in a list.
const titleShown = 44

var (
	toLine     = schema.Text{ZH: "哪一句", EN: "which line"}
	toCalls    = schema.Text{ZH: "通话", EN: "calls"}
	toHotWords = schema.Text{ZH: "热词表", EN: "hot words"}
	toOptOuts  = schema.Text{ZH: "名单", EN: "the list"}
	toRule     = schema.Text{ZH: "规则", EN: "the rule"}
)

func newItem(r *site.Request, f *findings.Finding, v *followed) item {
	w := wordsOf(r)
	it := item{Finding: f, What: w.Kind(f), Title: w.Title(f), Where: w.Where(f), Counted: w.Measure(f), Says: w.Says(f), State: v.states[f.ID]}
	it.StateText, it.StateAt = stateNames[it.State.Review.State], moment(r, it.State.At)
	if it.State.Review.State == "" {
		it.State.Review.State, it.StateText = desk.Open, stateNames[desk.Open]
	}
	if since, ok := v.since[f.ID]; ok {
		it.Since = &since
		it.NewText = newSince(r, &since)
	}
	if f.Reworded != nil {
		g := r.Night.Graph
		it.Parts = effect.Diff(g.Wordings[f.Reworded.Change.Before].Pattern, g.Wordings[f.Reworded.Wording].Pattern)
	}
	if f.Calls > 0 && it.IsExpected() {
		it.Bar = chart.Bar(it.Says, float64(f.Observed), f.Expected+f.Low, f.Expected+f.High, f.Expected, float64(f.Calls))
	}
	it.Spark = sparkOf(r, f)
	it.URL = r.URL("/finding", "finding", f.ID, "day", dayOf(r).String())
	switch f.Next.Way {
	case findings.ToNode:
		it.NextText, it.NextURL = toLine, r.To("/node", among.Set{Filter: r.Among.Filter, Node: f.Next.Node, Wording: f.Next.Wording})
	case findings.ToHotWords:
		it.NextText, it.NextURL = toHotWords, r.To("/unclear", f.Next.Set)
	case findings.ToRule:
		it.NextText, it.NextURL = toRule, r.To("/rule", f.Next.Set)
	default:
		it.NextText, it.NextURL = toCalls, r.Calls(f.Next.Set)
		if f.Kind == findings.OptOuts {
			it.NextText = toOptOuts
		}
	}
	return it
}

func points(days []findings.Day) []chart.Point {
	list := make([]chart.Point, len(days))
	for i, d := range days {
		list[i] = chart.Point{Label: d.Day.String()[5:], Missing: d.N == 0}
		if d.N > 0 {
			list[i].Share = float64(d.K) / float64(d.N)
			list[i].Low, list[i].High = interval.Wilson(d.K, d.N)
		}
	}
	return list
}

func sparkOf(r *site.Request, f *findings.Finding) string {
	if len(f.Days) < 2 {
		return ""
	}
	list, highest := points(f.Days), 0.
	for _, p := range list {
		highest = max(highest, p.Share)
	}
	return chart.Spark(r.Say(schema.Text{ZH: "按日占比", EN: "share by day"}), list, highest)
}

// newSince says what is new since a finding was handed over.
func newSince(r *site.Request, s *findings.Since) string {
	var list []string
	if len(s.New) > 0 {
		list = append(list, r.Sayf(schema.Text{ZH: "新说法 %d 句", EN: "%d new wordings"}, len(s.New)))
	}
	if len(s.Versions) > 0 {
		list = append(list, r.Say(schema.Text{ZH: "新版本 ", EN: "new version "})+strings.Join(s.Versions, ", "))
	}
	return strings.Join(list, r.Say(schema.Text{ZH: "，", EN: ", "}))
}

// group is the findings of a group that are to be looked at.
type group struct {
	Name, About string
	Items       []item
}

type todayPage struct {
	Head           *findings.Head
	Day            calendar.Day
	Previous, Next calendar.Day // with calls; 0: none
	First, Last    calendar.Day
	Day0           among.Set // all calls of the day
	Groups         []group
	Aside          []item // handed over or dismissed
	Quiet          []findings.Quiet
	Tests, Chance  int
	Any            bool
	CSV            string
	Hidden         [][2]string // of the form that chooses a day
	Beyond         string
	Mix, Within    string
	WorseZ         int
	WorseCalls     int

	r *site.Request
}

// Measured links to the calls of the day of which a measure is true.
func (page *todayPage) Measured(name string) string {
	set := page.Day0
	set.Measure = name
	return page.r.Calls(set)
}

func (p *pages) today(w http.ResponseWriter, r *site.Request) error {
	list, err := listOf(r)
	if err != nil {
		return err
	}
	v, err := follow(r, list)
	if err != nil {
		return err
	}
	l := listing(r, list, v)
	if done, err := r.CSV(w, l); done {
		return err
	}
	page := &todayPage{
		r: r, Head: &list.Head, Day: list.Head.Day, Quiet: list.Quiet, Tests: list.Tests, Chance: list.Chance, Any: len(list.Findings) > 0,
		CSV: r.Here("format", "csv"), Beyond: findings.Signed(list.Head.Beyond), Mix: findings.Signed(list.Head.Mix), Within: findings.Signed(list.Head.Within), WorseZ: findings.WorseZ, WorseCalls: findings.WorseCalls,
	}
	if page.Day == 0 {
		page.Day = dayOf(r)
	}
	p.days(r, page)
	page.fill(r, list, v)
	if rest := r.Among; !rest.IsAll() {
		rest.Filter = filter.Filter{}
		if !rest.IsAll() {
			text := r.Describe(rest)
			r.Notice(site.Notice{Text: schema.Text{ZH: "发现只按筛选条件计算，未按“" + text + "”。", EN: "Findings are of all calls of the filter, not only of these: " + text + "."}})
		}
	}
	return r.Render(w, p.set, "today", schema.Text{ZH: "今天 " + dayText(page.Day), EN: "Today " + dayText(page.Day)}, page)
}

func dayText(d calendar.Day) string {
	if d == corpus.NoDay || d == 0 {
		return "–"
	}
	return d.String()
}

// days finds the days with calls around the page's one.
func (p *pages) days(r *site.Request, page *todayPage) {
	calls := r.Night.Corpus.Calls // by day; those without one come last
	n := sort.Search(len(calls), func(i int) bool { return calls[i].Day == corpus.NoDay })
	if n == 0 {
		return
	}
	page.First, page.Last = calls[0].Day, calls[n-1].Day
	if i := sort.Search(n, func(i int) bool { return calls[i].Day >= page.Day }); i > 0 {
		page.Previous = calls[i-1].Day
	}
	if i := sort.Search(n, func(i int) bool { return calls[i].Day > page.Day }); i < n {
		page.Next = calls[i].Day
	}
	if f := r.Among.Filter.String(); f != "" {
		page.Hidden = append(page.Hidden, [2]string{among.FilterKey, f})
	}
	if day, err := filter.One(filter.Day, dayText(page.Day)); err == nil {
		page.Day0 = among.Set{Filter: r.Among.Filter.And(day)}
	}
}

// fill puts the findings in their groups: open ones, and those that came back; the rest
// aside.
func (page *todayPage) fill(r *site.Request, list *findings.List, v *followed) {
	rank := 0
	for _, g := range findings.Groups() {
		shown := group{Name: g.In(r.Lang), About: g.About(r.Lang)}
		add := func(f *findings.Finding, gone bool) {
			it := newItem(r, f, v)
			it.Gone = gone
			if v.away(f.ID) {
				page.Aside = append(page.Aside, it)
				return
			}
			rank++
			it.Rank = rank
			shown.Items = append(shown.Items, it)
		}
		for i := range v.back { // what came back, and is not found any more
			if f := &v.back[i]; f.Group == g {
				add(f, true)
			}
		}
		for i := range list.Findings {
			if f := &list.Findings[i]; f.Group == g && f.Explains == "" {
				add(f, false)
			}
		}
		if len(shown.Items) > 0 {
			page.Groups = append(page.Groups, shown)
		}
	}
}

// listing is all findings of the day, for CSV.
func listing(r *site.Request, list *findings.List, v *followed) *site.Listing {
	w := wordsOf(r)
	column := func(key string) site.Column { return site.Column{Key: key} }
	number := func(x float64) site.Cell {
		return site.Cell{Value: strconv.FormatFloat(x, 'f', 1, 64)}
	}
	return &site.Listing{
		Name: "findings", Len: len(list.Findings),
		Columns: []site.Column{
			column("day"), column("id"), column("group"), column("kind"), column("measure"), column("dimension"), column("value"), column("script"), column("instance_id"),
			column("observed"), column("calls"), column("expected"), column("excess"), column("low"), column("high"), column("z"), column("worse"),
			column("aliases"), column("sentence"), column("explained_by"), column("state"), column("to"), column("note"),
		},
		Row: func(i int) []site.Cell {
			f := &list.Findings[i]
			state := v.states[f.ID]
			return []site.Cell{
				site.Text(dayText(list.Head.Day)), site.Text(f.ID), site.Text(string(f.Group)), site.Text(string(f.Kind)), site.Text(f.Subject.Measure), site.Text(string(f.Dimension)), site.Text(w.Title(f)), site.Text(f.Script), site.Text(f.Instance),
				{Text: strconv.Itoa(f.Observed)}, {Text: strconv.Itoa(f.Calls)}, number(f.Expected), number(f.Excess), number(f.Low), number(f.High), number(f.Z), site.Text(strconv.FormatBool(f.Worse)),
				site.Text(aliases(w, f)), site.Text(w.Says(f)), site.Text(f.Explains), site.Text(state.Review.State), site.Text(state.To), site.Text(state.Note),
			}
		},
	}
}

func aliases(w *findings.Words, f *findings.Finding) string {
	if f.Contrast == nil {
		return ""
	}
	var list []string
	for _, a := range f.Contrast.Aliases {
		list = append(list, w.Name(a))
	}
	return strings.Join(list, "; ")
}

// followed is what people said of findings, and what became of these since.
type followed struct {
	states map[string]findings.State
	since  map[string]findings.Since
	back   []findings.Finding // came back, and are not in the list of the day
}

func (v *followed) away(id string) bool {
	state, since := v.states[id], v.since[id]
	return state.Away(&since)
}

// mostFollowed is how many findings are followed that are not found on the day: the ones
// that were said something of last.
const mostFollowed = 100

// follow says what became of the findings that were handed over or dismissed.
func follow(r *site.Request, list *findings.List) (*followed, error) {
	v := &followed{states: map[string]findings.State{}}
	var key strings.Builder
	var ids []string
	for id, reviews := range r.Site.Verdicts.Findings() {
		state := findings.StateOf(reviews)
		v.states[id] = state
		if state.Review.State != desk.Open {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(v.states[b].At+b, v.states[a].At+a) })
	var kept []string
	others := 0
	for _, id := range ids {
		if list.Of(id) == nil {
			if others++; others > mostFollowed {
				continue
			}
		}
		kept = append(kept, id)
		fmt.Fprintf(&key, " %s@%s", id, v.states[id].At)
	}
	if len(kept) == 0 {
		return v, nil
	}
	a := aboutOf(r)
	question := answers.Question{Key: a.question("followed" + key.String()), Heavy: true}
	known, err := answers.As[*followed](r.Night.Answers.Ask(r.Context(), question, func(ctx context.Context, report func(int, int, schema.Text)) (any, error) {
		found := &followed{since: map[string]findings.Since{}}
		for i, id := range kept {
			report(i+1, len(kept), schema.Text{ZH: "已移交的发现：自那时以来", EN: "findings that were handed over: since then"})
			one, err := a.follow(ctx, list.Of(id), id, v.states[id])
			if err != nil {
				return nil, err
			}
			if one == nil {
				continue
			}
			found.since[id] = one.since
			if state := v.states[id]; one.restored != nil && !state.Away(&one.since) {
				found.back = append(found.back, *one.restored)
			}
		}
		return found, nil
	}))
	if err != nil {
		return nil, err
	}
	v.since, v.back = known.since, known.back
	return v, nil
}

// since is what became of a finding; restored is nil where it is found on the day.
type since struct {
	since    findings.Since
	restored *findings.Finding
}

// subjectOf returns what the finding with an id was when somebody said something of it.
func subjectOf(review *desk.Review, id string) (findings.Subject, bool) {
	subject, err := findings.ParseSubject(review.Filter)
	return subject, err == nil && subject.ID() == id
}

// follow follows a finding, f where it is found on the day. Answers are kept for each, so
// that what is said of one does not have all followed again. It is nil where it is not
// known what the finding was.
func (a *about) follow(ctx context.Context, f *findings.Finding, id string, state findings.State) (*since, error) {
	question := answers.Question{Key: a.question("since " + id + "@" + state.At)}
	return answers.As[*since](a.night.Answers.Ask(ctx, question, func(context.Context, func(int, int, schema.Text)) (any, error) {
		one := &since{}
		if f == nil {
			subject, ok := subjectOf(&state.Review, id)
			if !ok {
				return (*since)(nil), nil
			}
			restored := findings.Restore(a.View, a.selected, a.options, subject)
			f, one.restored = &restored, &restored
		}
		one.since = state.Since(a.View, a.selected, f)
		return one, nil
	}))
}
