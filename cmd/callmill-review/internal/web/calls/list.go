//go:build cgo

package calls

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// list is the calls of a page in the order of the list that it shows: the latest first,
// those without a time last.
type list struct {
	c     *corpus.Corpus
	calls []int32 // as they are in the corpus
	dated int     // of these have a day; they come first
}

// listed returns the calls that a page is about.
func listed(r *site.Request) *list {
	l := &list{c: r.Night.Corpus, calls: r.Selected()}
	l.dated = sort.Search(len(l.calls), func(i int) bool { return l.c.Calls[l.calls[i]].Day == corpus.NoDay })
	return l
}

func (l *list) len() int { return len(l.calls) }

// at returns the call of a row, as an index of the corpus.
func (l *list) at(row int) int32 {
	if row < l.dated {
		return l.calls[l.dated-1-row]
	}
	return l.calls[row]
}

// row returns the row of a call, and whether it is one of the list.
func (l *list) row(call int32) (row int, ok bool) {
	i, ok := slices.BinarySearch(l.calls, call)
	if i < l.dated {
		i = l.dated - 1 - i
	}
	return i, ok
}

// order returns the rows as the list shows them when it is sorted by a column, as
// site.Listing sorts them; nil: as they are.
func (l *list) order(r *site.Request, by string) []int32 {
	key, down := strings.CutPrefix(by, "-")
	columns := l.columns()
	i := slices.IndexFunc(columns, func(c site.Column) bool { return c.Key == key && c.Compare != nil })
	if i < 0 {
		return nil
	}
	answer, err := answers.As[[]int32](r.Night.Answers.Ask(r.Context(), answers.Question{Key: "order of calls?" + by + "?" + r.Among.Key()},
		func(context.Context, func(int, int, schema.Text)) (any, error) {
			rows := make([]int32, l.len())
			for k := range rows {
				rows[k] = int32(k)
			}
			slices.SortStableFunc(rows, func(a, b int32) int {
				if down {
					a, b = b, a
				}
				return columns[i].Compare(int(a), int(b))
			})
			return rows, nil
		}))
	if err != nil {
		return nil
	}
	return answer
}

// columns are those of the list. Rows are compared as they are in it unsorted.
func (l *list) columns() []site.Column {
	by := func(compare func(a, b *corpus.Call) int) func(a, b int) int {
		return func(a, b int) int { return compare(&l.c.Calls[l.at(a)], &l.c.Calls[l.at(b)]) }
	}
	named := func(dict *corpus.Dict, of func(*corpus.Call) corpus.Code) func(a, b int) int {
		return by(func(a, b *corpus.Call) int {
			if of(a) == of(b) {
				return 0
			}
			return strings.Compare(dict.String(of(a)), dict.String(of(b)))
		})
	}
	c := l.c
	return []site.Column{
		{Key: "time", Head: schema.Text{ZH: "时间", EN: "Time"}, Class: "nowrap", Compare: by(func(a, b *corpus.Call) int { return cmp.Compare(a.Start, b.Start) })},
		{Key: "campaign", Head: schema.Text{ZH: "任务", EN: "Campaign"}, Compare: named(&c.Campaigns, func(k *corpus.Call) corpus.Code { return k.Campaign })},
		{Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}, Compare: named(&c.Scripts, func(k *corpus.Call) corpus.Code { return k.Script })},
		{Key: "version", Head: schema.Text{ZH: "版本", EN: "Version"}, Compare: named(&c.Versions, func(k *corpus.Call) corpus.Code { return k.Version })},
		{Key: "number", Head: schema.Text{ZH: "主叫", EN: "Caller"}, Class: "nowrap", Compare: named(&c.Numbers, func(k *corpus.Call) corpus.Code { return k.Number })},
		{Key: "attempt", Head: schema.Text{ZH: "第几次", EN: "Attempt"}, Right: true, Compare: by(func(a, b *corpus.Call) int { return cmp.Compare(a.Attempt, b.Attempt) })},
		{Key: "outcome", Head: schema.Text{ZH: "结果", EN: "Outcome"}, Compare: named(&c.Outcomes, func(k *corpus.Call) corpus.Code { return k.Outcome })},
		{Key: "lines", Head: schema.Text{ZH: "句数", EN: "Lines"}, Right: true, Compare: by(func(a, b *corpus.Call) int { return cmp.Compare(a.LineCount, b.LineCount) })},
		{Key: "failed", Head: schema.Text{ZH: "失败", EN: "Failed"}, Compare: by(func(a, b *corpus.Call) int { return cmp.Compare(failedRank(a), failedRank(b)) })},
		{Key: "results", Head: schema.Text{ZH: "业务结果", EN: "Results"}},
		{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly}, {Key: "job_date", Only: site.CSVOnly},
	}
}

// failedRank is 1 of a call that failed, 0 of one that did not, and less where nobody
// knows.
func failedRank(call *corpus.Call) int {
	switch {
	case call.Facts.Is(corpus.Failed | corpus.FailureKnown):
		return 1
	case call.Facts.Is(corpus.FailureKnown):
		return 0
	}
	return -1
}

var (
	yes     = schema.Text{ZH: "是", EN: "yes"}
	no      = schema.Text{ZH: "否", EN: "no"}
	between = schema.Text{ZH: "；", EN: "; "}
)

// cells are those of a call.
func (l *list) cells(r *site.Request, call int32, href string) []site.Cell {
	c, k := l.c, &l.c.Calls[call]
	at := site.Cell{Text: r.Time(k.Start), Href: href, Value: "-"}
	if k.Start != 0 {
		at.Value = time.UnixMilli(k.Start).In(r.Night.Zone).Format(time.RFC3339)
	}
	failed := site.Text("–")
	switch failedRank(k) {
	case 1:
		failed = site.Cell{Text: r.Say(yes), Class: "loss", Value: "true"}
	case 0:
		failed = site.Cell{Text: r.Say(no), Value: "false"}
	}
	ref := c.Ref(call)
	return []site.Cell{
		at, site.Text(c.Campaigns.String(k.Campaign)), site.Text(c.Scripts.String(k.Script)), site.Text(c.Versions.String(k.Version)),
		site.Text(r.Number(c.Numbers.String(k.Number))), site.Text(strconv.Itoa(int(k.Attempt))),
		{Text: filter.OutcomeLabel(c.Outcomes.String(k.Outcome), r.Lang), Value: c.Outcomes.String(k.Outcome)},
		site.Text(strconv.Itoa(int(k.LineCount))), failed, site.Text(r.Said(strings.Join(results(c, k), r.Say(between)))),
		site.Text(ref.Instance), site.Text(ref.Job), site.Text(ref.Task), site.Text(ref.JobDate.String()),
	}
}

// results returns the business results of a call.
func results(c *corpus.Corpus, call *corpus.Call) []string {
	all := make([]string, len(call.Results))
	for i, code := range call.Results {
		all[i] = c.Results.String(code)
	}
	return all
}

const (
	perPage = 50 // rows of a page
	// mostInLinks is how many bytes of a page the links to its calls may take for the set
	// of calls that they are of, which is long where the calls are named one by one;
	// mostInLink is that of one.
	mostInLinks = 60_000
	mostInLink  = 5000
)

// listing returns the calls as a list to be shown.
func (l *list) listing(r *site.Request) *site.Listing {
	set, by := r.Among, l.sortedBy(r)
	if n := len(set.Key()); n > mostInLink || min(l.len(), perPage)*n > mostInLinks {
		set = among.Set{} // calls are opened without the list that they are of
	}
	href := func(row int) string { return r.Call(l.c.Ref(l.at(row)), set, "sort", by) }
	if query(r).Get("format") == "csv" { // which has all rows and no links
		href = func(int) string { return "" }
	}
	return &site.Listing{
		Name: "calls", Len: l.len(), Columns: l.columns(), PerPage: perPage,
		Row:   func(row int) []site.Cell { return l.cells(r, l.at(row), href(row)) },
		Link:  href,
		Empty: schema.Text{ZH: "没有符合条件的通话。", EN: "No call is as the conditions say."},
	}
}

// sortedBy returns by which column the list is sorted; "" where by none.
func (l *list) sortedBy(r *site.Request) string {
	by := query(r).Get("sort")
	key, _ := strings.CutPrefix(by, "-")
	if slices.ContainsFunc(l.columns(), func(c site.Column) bool { return c.Key == key && c.Compare != nil }) {
		return by
	}
	return ""
}

// query returns the parameters of a request.
func query(r *site.Request) url.Values { return r.Request.URL.Query() }
