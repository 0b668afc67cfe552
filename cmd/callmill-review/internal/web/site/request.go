//go:build cgo

package site

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// Request is a request for a page with what it is about. It is for one goroutine, until
// the handler returns.
type Request struct {
	*http.Request
	Site  *Site
	Night *live.Night
	User  string
	Role  Role
	Lang  schema.Language
	Among among.Set
	Day   calendar.Day // day=…, else the last day with calls that is not in the future; corpus.NoDay: no call has one
	Now   time.Time    // in the time zone of the dataset
	// Selected returns the calls of Among, indexes of the corpus, which must not be changed.
	Selected func() []int32

	query    url.Values
	page     string // path of the pattern
	given    bool   // the URL has a day
	bare     bool   // the page has no filter bar
	logged   bool
	notices  []Notice
	selected []int32
	isDone   bool // selected is
}

// Notice is something to know above a page.
type Notice struct {
	Text schema.Text
	// Bad is true of what should not be, such as a full disk.
	Bad   bool
	Links []Link
}

// Link is one of its links.
type Link struct{ Text, URL string }

func (s *Site) request(hr *http.Request, night *live.Night) *Request {
	r := &Request{
		Request: hr, Site: s, Night: night, User: s.Local, Role: Exporter,
		Lang: s.language(hr), Now: s.Now().In(night.Zone), query: hr.URL.Query(),
	}
	r.Selected = r.selection
	r.Day = r.lastDay()
	return r
}

// parse reads what is the same on every page.
func (r *Request) parse() (err error) {
	if r.Among, err = among.Parse(r.query); err != nil {
		return err
	}
	if text := r.query.Get("day"); text != "" {
		day, err := calendar.ParseDay(text)
		if err != nil {
			return Usage(schema.Text{ZH: "日期写作 2026-01-24，而不是“" + text + "”", EN: "a day is written 2026-01-24, not “" + text + "”"})
		}
		r.Day, r.given = day, true
	}
	r.notice()
	return nil
}

// lastDay returns the last day with calls that is not after today; where all are, the
// last one.
func (r *Request) lastDay() calendar.Day {
	calls := r.Night.Corpus.Calls // without a day come last
	n := sort.Search(len(calls), func(i int) bool { return calls[i].Day == corpus.NoDay })
	if n == 0 {
		return corpus.NoDay
	}
	today := calendar.DayOf(r.Now, r.Night.Zone)
	if past := sort.Search(n, func(i int) bool { return calls[i].Day > today }); past > 0 {
		n = past
	}
	return calls[n-1].Day
}

// Say returns a text in the language of the page.
func (r *Request) Say(t schema.Text) string { return t.In(r.Lang) }

// Sayf is Say with values, which have the same places in both languages.
func (r *Request) Sayf(t schema.Text, values ...any) string {
	return fmt.Sprintf(t.In(r.Lang), values...)
}

// kept are the parameters that links keep: where one is.
var kept = []string{among.FilterKey, "day"}

// URL returns a link to a page of the site, which keeps snapshot, day and filter.
// change is names and values of more parameters; "" removes one.
func (r *Request) URL(path string, change ...string) string {
	q := url.Values{"s": {r.Night.Name}}
	for _, name := range kept {
		if v := r.query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	return here(path, changed(q, change))
}

// Here returns a link to this page with all its parameters but those that change, which
// are as those of URL. Where the page begins anew with them, so does the list.
func (r *Request) Here(change ...string) string {
	q := url.Values{}
	for name, values := range r.query {
		if name != "page" && name != "format" && name != "list" {
			q[name] = values
		}
	}
	q.Set("s", r.Night.Name)
	return here(r.Request.URL.Path, changed(q, change))
}

func changed(q url.Values, change []string) url.Values {
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "" {
			q.Del(change[i])
		} else {
			q.Set(change[i], change[i+1])
		}
	}
	return q
}

// To returns a link to a page about a set of calls, with the snapshot and day.
func (r *Request) To(path string, set among.Set, change ...string) string {
	q := set.Values()
	q.Set("s", r.Night.Name)
	if r.given {
		q.Set("day", r.Day.String())
	}
	return here(path, changed(q, change))
}

// Call returns a link to a call, from which J and K walk through the calls of a set.
func (r *Request) Call(ref corpus.Ref, set among.Set, change ...string) string {
	return r.To("/call", set, append([]string{"instance", ref.Instance, "job", ref.Job, "task", ref.Task, "job_date", ref.JobDate.String()}, change...)...)
}

// Calls returns a link to the list of the calls of a set.
func (r *Request) Calls(set among.Set) string { return r.To("/calls", set) }

// Names says what the parts of sets are called in words.
func (r *Request) Names() among.Names {
	g, ids := r.Night.Graph, r.IDs()
	return among.Names{
		Wording: func(id string) string {
			if w, ok := ids.Wording(id); ok {
				return figures.Short(g.Wordings[w].Pattern, 30)
			}
			return ""
		},
		Node: func(id string) string {
			if n, ok := ids.Node(id); ok {
				return figures.Short(g.Nodes[n].Name, 30)
			}
			return ""
		},
		Rule: func(name string) string {
			if r.Site.Book != nil {
				if i := r.Site.Book.Find(name); i >= 0 {
					return r.Site.Book.Rules[i].Label.In(r.Lang)
				}
			}
			return ""
		},
	}
}

// Describe says in words which calls a set is.
func (r *Request) Describe(set among.Set) string { return set.Describe(r.Names(), r.Lang) }

// View returns what calls are selected from.
func (r *Request) View() among.View {
	return among.View{Corpus: r.Night.Corpus, Graph: r.Night.Graph, Hits: r.Night.Hits, IDs: r.IDs()}
}

// IDs returns the wordings and nodes of the night by their ids.
func (r *Request) IDs() *among.IDs {
	compute := func(context.Context, func(int, int, schema.Text)) (any, error) {
		return among.NewIDs(r.Night.Corpus, r.Night.Graph), nil
	}
	ids, err := answers.As[*among.IDs](r.Night.Answers.Ask(r.Context(), answers.Question{Key: "ids"}, compute))
	if err != nil {
		return among.NewIDs(r.Night.Corpus, r.Night.Graph)
	}
	return ids
}

func (r *Request) selection() []int32 {
	if !r.isDone {
		r.selected, r.isDone = r.Select(r.Among), true
	}
	return r.selected
}

// Select returns the calls of a set, as Selected those of the page. They are kept.
func (r *Request) Select(set among.Set) []int32 {
	v := r.View()
	selected, err := answers.As[[]int32](r.Night.Answers.Ask(r.Context(), answers.Question{Key: "calls?" + set.Key()},
		func(context.Context, func(int, int, schema.Text)) (any, error) { return set.Select(v), nil }))
	if err != nil {
		return set.Select(v)
	}
	return selected
}

// Ask returns the answer to a question about the calls of the page, kept or computed
// now. A heavy one may take long: the error is an *answers.WorkingError then, which a
// handler returns. name is what makes the question another one than others about the
// same calls.
func (r *Request) Ask(heavy bool, name string, compute func(ctx context.Context, report func(step, steps int, doing schema.Text)) (any, error)) (any, error) {
	return r.Night.Answers.Ask(r.Context(), answers.Question{Key: name + "?" + r.Among.Key(), Heavy: heavy}, compute)
}

// Number returns a number as who asks may see it: viewers see 138****5678, and with --mask
// all do.
func (r *Request) Number(n string) string {
	if r.hidesNumbers() {
		return masked.Number(n)
	}
	return n
}

// Said returns what was said, or another text with numbers in it, as who asks may see it:
// viewers see long ones without their digits but the first. It is as long as it was, in
// bytes.
func (r *Request) Said(text string) string {
	if r.Role == Viewer {
		return masked.Digits(text)
	}
	return text
}

func (r *Request) hidesNumbers() bool { return r.Role == Viewer || r.Site.Mask }

// Notice adds a notice above the page.
func (r *Request) Notice(n Notice) { r.notices = append(r.notices, n) }

// NoBar leaves the filter bar out of a page that it does not concern.
func (r *Request) NoBar() { r.bare = true }

// See redirects to a page, as a handler of a form does that is done.
func (r *Request) See(w http.ResponseWriter, url string) error {
	if !strings.HasPrefix(url, "/") || strings.HasPrefix(url, "//") || strings.HasPrefix(url, `/\`) {
		url = "/"
	}
	http.Redirect(w, r.Request, url, http.StatusSeeOther)
	return nil
}

// Back returns the page of this site that a form was sent from, by its field back; "/"
// where it names none.
func (r *Request) Back() string {
	back, err := url.Parse(r.PostFormValue("back"))
	if err != nil || back.IsAbs() || back.Host != "" || !strings.HasPrefix(back.Path, "/") || strings.HasPrefix(back.Path, "//") || strings.Contains(back.Path, `\`) {
		return "/"
	}
	to := url.URL{Path: back.Path, RawPath: back.RawPath, RawQuery: back.RawQuery, Fragment: back.Fragment}
	return to.String()
}

// Log writes to the access log: did is opened, searched or exported, of package audit. A
// page that did not is logged as opened when it is rendered. An error means that what is
// recorded may not be shown; a handler returns it.
func (r *Request) Log(did, what string, call *desk.Call, rows int64) error {
	r.logged = true
	if r.Site.Audit == nil {
		return nil
	}
	a := &desk.Access{
		At: r.Site.Now().UTC().Format("2006-01-02T15:04:05.000Z"), By: r.User, Did: did, What: what, Call: call,
		Filter: r.Among.Redacted().Key(), Snapshot: r.Night.Name, Rows: rows,
	}
	for _, c := range r.Among.Filter.Conditions() {
		if c.Key == filter.Contact && len(c.Values) == 1 {
			a.ContactKey = c.Values[0]
		}
	}
	if err := r.Site.Audit.Access(a); err != nil {
		return fmt.Errorf("write the access log: %w", err)
	}
	if r.Site.Audit.Failing() {
		r.Notice(Notice{Text: audit.FailingText, Bad: true})
	}
	return nil
}

// Render writes a page: the template name of set, which Templates returned, inside the
// layout.
func (r *Request) Render(w http.ResponseWriter, set *template.Template, name string, title schema.Text, data any) error {
	return r.render(w, http.StatusOK, set, name, title, data)
}

// notice adds the notices that the URL and the data give cause to.
func (r *Request) notice() {
	if s := r.query.Get("s"); s != "" && s != r.Night.Name {
		text := schema.Text{ZH: "链接里的快照已有更新的版本，这里显示最新的。", EN: "The link is to an older snapshot; this is the latest one."}
		if !r.Site.hasSnapshot(s) {
			text = schema.Text{ZH: "链接里的快照已被清理，这里显示最新的。", EN: "The snapshot of the link was removed; this is the latest one."}
		}
		r.Notice(Notice{Text: text})
	}
	switch state := r.Site.Live.State(); {
	case state.Err != nil && state.Snapshot == "":
		r.Notice(Notice{Bad: true, Text: schema.Text{
			ZH: fmt.Sprintf("数据集中找不到已发布的快照（自 %s）：仍显示 %s。", state.Since.In(r.Night.Zone).Format("01-02 15:04"), r.Night.Name),
			EN: fmt.Sprintf("The dataset has no published snapshot (since %s): this is still %s.", state.Since.In(r.Night.Zone).Format("01-02 15:04"), r.Night.Name),
		}})
	case state.Err != nil:
		r.Notice(Notice{Bad: true, Text: schema.Text{
			ZH: fmt.Sprintf("更新的快照 %s 无法载入（自 %s）：仍显示 %s。", state.Snapshot, state.Since.In(r.Night.Zone).Format("01-02 15:04"), r.Night.Name),
			EN: fmt.Sprintf("The newer snapshot %s cannot be loaded (since %s): this is still %s.", state.Snapshot, state.Since.In(r.Night.Zone).Format("01-02 15:04"), r.Night.Name),
		}})
	}
	calls := r.Night.Corpus.Calls
	if len(calls) == 0 {
		r.Notice(Notice{Text: schema.Text{ZH: "数据集中还没有拨出的通话。", EN: "There are no dialled calls in the dataset yet."}})
		return
	}
	today := calendar.DayOf(r.Now, r.Night.Zone)
	n := sort.Search(len(calls), func(i int) bool { return calls[i].Day == corpus.NoDay })
	future := n - sort.Search(n, func(i int) bool { return calls[i].Day > today })
	switch {
	case future > 0:
		r.Notice(Notice{Text: schema.Text{
			ZH: fmt.Sprintf("有 %d 通电话的日期在今天（%s）之后：请检查时钟。", future, today),
			EN: fmt.Sprintf("%d calls are dated after today (%s): check the clocks.", future, today),
		}})
	case r.given && r.Day > today:
		r.Notice(Notice{Text: schema.Text{ZH: "所选日期在今天之后。", EN: "The chosen day is in the future."}})
	}
	if from, _ := r.Among.Filter.Days(); r.Night.From > 0 && from != 0 && from < r.Night.From {
		r.Notice(Notice{Text: schema.Text{
			ZH: fmt.Sprintf("内存中只有 %s 以后的通话，更早的不在此页。", r.Night.From),
			EN: fmt.Sprintf("Calls before %s are not held in memory, and not on this page.", r.Night.From),
		}})
	}
}

// condition returns the value of a key of the filter that is one value and not negated,
// "" where there is none.
func (r *Request) condition(key string) string {
	for _, c := range r.Among.Filter.Conditions() {
		if c.Key == key && !c.Not && len(c.Values) == 1 {
			return c.Values[0]
		}
	}
	return ""
}

// sortedCounts returns names by how many calls have them.
func sortedCounts(names []Choice) []Choice {
	slices.SortFunc(names, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Value, b.Value))
	})
	return names
}
