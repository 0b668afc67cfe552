//go:build cgo

package calls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/find"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// asked is what a search asks for, as its form has it.
type asked struct {
	Text     string
	Regex    bool
	Speaker  string // robot, contact or ""
	Pause    string // seconds
	Min, Max string // characters
	Context  int    // lines around a hit
	Older    bool   // of days that are not in memory

	options find.Options
}

// searchPage is the search for lines.
type searchPage struct {
	asked
	Asked          bool // something is searched for
	Hidden         []parameter
	Choices        []int // of Context
	Problem        schema.Text
	Total          int
	From, To       int // of the hits that are shown, from 1
	Groups         []group
	Days           []dayOfHits
	Searched       schema.Text // of which days
	OlderURL       string      // searches the days that are not in memory; "": there are none
	NoOlder        schema.Text // why they cannot be searched
	LaterURL       string      // goes back to those in memory
	Earlier, Later string      // URLs of pages
	CSV            string
	Number         schema.Text // what became of a number that was searched for
}

// parameter is one that the form keeps.
type parameter struct{ Name, Value string }

// group is the hits in a call.
type group struct {
	URL, When, About string
	Lines            []found
}

// found is a line of a group.
type found struct {
	URL    string // of the line in its call; "" of lines around hits
	Who    string
	Name   schema.Text
	Gap    string
	Pieces []site.Mark
	Hit    bool
	Skip   bool // lines of the call are left out before it
}

// dayOfHits is how many lines of a day were found.
type dayOfHits struct {
	Day, URL string
	Hits     int
	Chart    string
}

// contexts are how many lines around a hit can be chosen.
var contexts = []int{0, 1, 2, 5}

// hitsOfPage is how many hits a page has.
const hitsOfPage = 50

// longestText is how long a text that is searched for may be, in bytes; that of an
// expression is find.MaxRegex.
const longestText = 1000

// search is the page of the search.
func (p *pages) search(w http.ResponseWriter, r *site.Request) error {
	a, err := ask(r)
	page := &searchPage{asked: a, Choices: contexts}
	page.keep(r)
	if err != nil {
		return err
	}
	if _, is := numberIn(a.Text); is {
		page.Text = ""
		page.Number = schema.Text{
			ZH: "号码不放在网址里：请在上面的框中输入号码，再按“搜索”。",
			EN: "A number does not go into a URL: type it into the box above, and press “Search”.",
		}
		return r.Render(w, p.set, "search", searchTitle, page)
	}
	page.Asked = query(r).Has("q")
	if !page.Asked {
		return r.Render(w, p.set, "search", searchTitle, page)
	}
	if a.Older {
		return p.older(w, r, page)
	}
	hits, err := lines(r, a)
	var text *find.TextError
	switch {
	case errors.As(err, &text):
		page.Problem = schema.Text{ZH: "这个表达式无法搜索：" + text.Error(), EN: "This cannot be searched for: " + text.Error()}
		return r.Render(w, p.set, "search", searchTitle, page)
	case err != nil:
		return err
	}
	if query(r).Get("format") == "csv" {
		_, err := r.CSV(w, hitList(r, hits))
		return err
	}
	page.fill(r, hits)
	if err := log(r, a); err != nil {
		return err
	}
	return r.Render(w, p.set, "search", searchTitle, page)
}

var searchTitle = schema.Text{ZH: "搜索", EN: "Search"}

// ask reads what is searched for.
func ask(r *site.Request) (asked, error) {
	q := query(r)
	a := asked{
		Text: q.Get("q"), Regex: q.Get("regex") != "", Speaker: q.Get("speaker"), Pause: q.Get("pause"), Min: q.Get("min"), Max: q.Get("max"),
		Older: q.Get("older") != "", Context: 1,
	}
	wrong := func(zh, en string) (asked, error) { return a, site.Usage(schema.Text{ZH: zh, EN: en}) }
	if len(a.Text) > longestText || !utf8.ValidString(a.Text) {
		return wrong("要搜索的文字过长，或不是文字。", "The text to search for is too long, or no text.")
	}
	o := &a.options
	o.Text, o.Regex = a.Text, a.Regex
	switch a.Speaker {
	case "":
	case "robot":
		o.Speaker = find.Robot
	case "contact":
		o.Speaker = find.Contact
	default:
		return wrong("说话人是 robot 或 contact。", "The speaker is robot or contact.")
	}
	if a.Pause != "" {
		s, err := strconv.ParseFloat(strings.TrimSuffix(a.Pause, "s"), 64)
		if err != nil || !(s >= 0 && s <= 86400) {
			return wrong("停顿写作秒数，如 5。", "The pause is a number of seconds, such as 5.")
		}
		o.MinPause = int64(s * 1000)
	}
	for _, n := range []struct {
		text string
		to   *int
	}{{a.Min, &o.MinChars}, {a.Max, &o.MaxChars}} {
		if n.text == "" {
			continue
		}
		v, err := strconv.ParseUint(n.text, 10, 16)
		if err != nil {
			return wrong("字数是整数。", "A number of characters is a whole number.")
		}
		*n.to = int(v)
	}
	if n, err := strconv.ParseUint(q.Get("context"), 10, 8); err == nil {
		a.Context = min(int(n), 10)
	}
	return a, nil
}

// key returns the text of a question, the same for the same one.
func (a *asked) key() string {
	o := &a.options
	return fmt.Sprintf("search %q %t %d %d %d %d", o.Text, o.Regex, o.Speaker, o.MinChars, o.MaxChars, o.MinPause)
}

// lines finds the lines of the calls of the page. Expressions can take as long as a
// second, so that they wait their turn.
func lines(r *site.Request, a asked) (*find.Found, error) {
	o, c := a.options, r.Night.Corpus // what is computed may outlive the request
	if !r.Among.IsAll() {
		o.Some, o.Calls = true, r.Selected()
	}
	return answers.As[*find.Found](r.Ask(a.Regex, a.key(), func(ctx context.Context, _ func(int, int, schema.Text)) (any, error) {
		return find.Lines(ctx, c, o)
	}))
}

// log writes to the access log that somebody searched, and nothing of the words: they may
// be a name.
func log(r *site.Request, a asked) error {
	return r.Log(audit.Searched, "/search "+audit.Words(a.Text), nil, 0)
}

// keep adds the parameters that the form keeps.
func (page *searchPage) keep(r *site.Request) {
	q := query(r)
	set := r.Among.Values()
	set.Set("s", r.Night.Name)
	if v := q.Get("day"); v != "" {
		set.Set("day", v)
	}
	for name, values := range set {
		for _, v := range values {
			page.Hidden = append(page.Hidden, parameter{name, v})
		}
	}
	slices.SortFunc(page.Hidden, func(a, b parameter) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
}

// fill adds the hits of a page, and the counts.
func (page *searchPage) fill(r *site.Request, hits *find.Found) {
	n, err := strconv.Atoi(query(r).Get("page"))
	if err != nil {
		n = 1
	}
	n = min(max(n, 1), max(1, (hits.Total+hitsOfPage-1)/hitsOfPage))
	page.Total = hits.Total
	shown := hits.Hits((n-1)*hitsOfPage, hitsOfPage)
	page.From, page.To = (n-1)*hitsOfPage+1, (n-1)*hitsOfPage+len(shown)
	if n > 1 {
		page.Later = r.Here("page", strconv.Itoa(n-1))
	}
	if page.To < page.Total {
		page.Earlier = r.Here("page", strconv.Itoa(n+1))
	}
	page.Groups = grouped(r, page, hits, shown)
	most := 0
	for _, day := range hits.Days {
		most = max(most, day.Hits)
	}
	for _, day := range hits.Days {
		d := dayOfHits{Day: "–", Hits: day.Hits}
		if day.Day != corpus.NoDay {
			d.Day = day.Day.String()
			d.URL = r.Here(among.FilterKey, onDays(r.Among.Filter, day.Day.String()).String())
		}
		d.Chart = chart.Bar(d.Day+" "+figures.Number(day.Hits), float64(day.Hits), float64(day.Hits), float64(day.Hits), nan, float64(most))
		page.Days = append(page.Days, d)
	}
	if page.Total > 0 && r.May("export") {
		page.CSV = r.Here("format", "csv")
	}
	page.searched(r)
}

// searched says which days were searched, and how to search the others.
func (page *searchPage) searched(r *site.Request) {
	page.Searched = schema.Text{ZH: "搜索了全部日子里真人接听的通话。", EN: "Searched: calls of all days that a person answered."}
	from := r.Night.From
	if from == 0 {
		return
	}
	page.Searched = schema.Text{
		ZH: fmt.Sprintf("搜索了 %s 及以后真人接听的通话。", from),
		EN: fmt.Sprintf("Searched: calls from %s on that a person answered.", from),
	}
	if page.NoOlder = noOlder(r); page.NoOlder == (schema.Text{}) {
		page.OlderURL = r.Here("older", "1", "page", "")
	}
}

// grouped returns hits by their calls, each with the lines around it.
func grouped(r *site.Request, page *searchPage, hits *find.Found, shown []find.Hit) []group {
	c := r.Night.Corpus
	regex := ""
	if page.Regex {
		regex = "1"
	}
	var groups []group
	for len(shown) > 0 {
		n := 1
		for n < len(shown) && shown[n].Call == shown[0].Call {
			n++
		}
		call := &c.Calls[shown[0].Call]
		of := c.Of(call)
		to := r.Call(c.Ref(shown[0].Call), r.Among, "q", page.Text, "regex", regex)
		g := group{URL: to, When: r.Time(call.Start), About: about(r, c.Scripts.String(call.Script), c.Versions.String(call.Version), c.Outcomes.String(call.Outcome))}
		is := map[int]bool{}
		for _, h := range shown[:n] {
			is[int(h.Line-call.FirstLine)] = true
		}
		last := -1
		for i := range of {
			if !near(is, i, page.Context) {
				continue
			}
			text := &c.Texts[of[i].Text]
			f := found{
				Who: speakers[text.Speaker].class, Name: speakers[text.Speaker].name, Hit: is[i], Skip: last >= 0 && i > last+1,
				Pieces: pieces(r.Said(text.Script), nil),
			}
			if of[i].Gap >= 0 {
				f.Gap = gap(int64(of[i].Gap))
			}
			if f.Hit {
				f.URL, f.Pieces = to+"#t"+strconv.Itoa(int(of[i].Turn)), pieces(r.Said(text.Script), hits.Marks(text.Script))
			}
			g.Lines = append(g.Lines, f)
			last = i
		}
		groups = append(groups, g)
		shown = shown[n:]
	}
	return groups
}

// near reports whether a line is at most so many lines from one that is.
func near(is map[int]bool, i, lines int) bool {
	for k := i - lines; k <= i+lines; k++ {
		if is[k] {
			return true
		}
	}
	return false
}

// gap returns the time since the line before.
func gap(ms int64) string { return "+" + strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) }

// about says what a call is.
func about(r *site.Request, script, version, outcome string) string {
	return strings.TrimSpace(script+" "+version) + " · " + filter.OutcomeLabel(outcome, r.Lang)
}

// onDays returns a filter with other days.
func onDays(f filter.Filter, days string) filter.Filter {
	for i := len(f.Conditions()) - 1; i >= 0; i-- {
		if c := f.Conditions()[i]; c.Key == filter.Day && !c.Not {
			f = f.Without(i)
		}
	}
	one, err := filter.One(filter.Day, days)
	if err != nil {
		return f
	}
	return f.And(one)
}

// hitList returns all hits as a list to be taken away.
func hitList(r *site.Request, hits *find.Found) *site.Listing {
	c := r.Night.Corpus
	var all []find.Hit // once it is known that they may be taken away
	said := func(lines []corpus.Line) string {
		var b strings.Builder
		for _, l := range lines {
			text := &c.Texts[l.Text]
			fmt.Fprintf(&b, "%s: %s\n", speakers[text.Speaker].name.In(r.Lang), text.Script)
		}
		return strings.TrimSpace(b.String())
	}
	columns := []string{
		"call_time", "instance_id", "job_id", "task_id", "turn_index", "campaign", "script_name", "script_version", "calling_number",
		"attempt", "outcome", "speaker", "gap_ms", "script", "before", "after",
	}
	l := &site.Listing{Name: "search", Len: hits.Total, Row: func(i int) []site.Cell {
		if all == nil {
			all = slices.Collect(hits.All())
		}
		h := all[i]
		call, line, ref := &c.Calls[h.Call], c.Lines[h.Line], c.Ref(h.Call)
		text := &c.Texts[line.Text]
		at, since := "", ""
		if call.Start != 0 {
			at = time.UnixMilli(call.Start).In(r.Night.Zone).Format(time.RFC3339)
		}
		if line.Gap >= 0 {
			since = strconv.Itoa(int(line.Gap))
		}
		before, after := hits.Around(h, 1)
		var cells []site.Cell
		for _, v := range []string{
			at, ref.Instance, ref.Job, ref.Task, strconv.Itoa(int(line.Turn)), c.Campaigns.String(call.Campaign), c.Scripts.String(call.Script),
			c.Versions.String(call.Version), r.Number(c.Numbers.String(call.Number)), strconv.Itoa(int(call.Attempt)), c.Outcomes.String(call.Outcome),
			speakers[text.Speaker].class, since, text.Script, said(before), said(after),
		} {
			cells = append(cells, site.Text(v))
		}
		return cells
	}}
	for _, key := range columns {
		l.Columns = append(l.Columns, site.Column{Key: key})
	}
	return l
}
