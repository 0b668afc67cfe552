//go:build cgo

package calls

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/find"
	dbquery "callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// nan is what charts take for nothing that is expected.
var nan = math.NaN()

// mostOlder is how many hits of days that are not in memory are shown: their number is
// told, but all of them are for fewer days, or a larger memory.
const mostOlder = 200

// noOlder says why days that are not in memory cannot be searched; "" where they can.
func noOlder(r *site.Request) schema.Text {
	parts := r.Among
	parts.Filter = filter.Filter{}
	switch {
	case r.Site.Mask:
		return schema.Text{
			ZH: "更早的日子没有脱敏，不搜索：加大 --memory 即可包括在内。",
			EN: "Earlier days are not masked and not searched: with more --memory they are among those that are.",
		}
	case !parts.IsAll():
		return schema.Text{
			ZH: "更早的日子只能按筛选条件搜索：去掉原话、节点、规则等条件后可搜索。",
			EN: "Earlier days can be searched by the filter alone: not with a wording, node or rule.",
		}
	}
	return schema.Text{}
}

// older searches the days that are not in memory.
func (p *pages) older(w http.ResponseWriter, r *site.Request, page *searchPage) error {
	page.LaterURL = r.Here("older", "", "page", "")
	if r.Night.From == 0 {
		return r.See(w, page.LaterURL) // there are none
	}
	if page.NoOlder = noOlder(r); page.NoOlder != (schema.Text{}) {
		page.Searched = page.NoOlder
		return r.Render(w, p.set, "search", searchTitle, page)
	}
	o, db := olderOptions(r, page), r.Night.DB // the search may outlive the request
	hits, err := answers.As[*dbquery.Hits](r.Ask(true, "older "+strconv.Itoa(page.Context)+" "+page.key(), func(ctx context.Context, _ func(int, int, schema.Text)) (any, error) {
		return db.Search(ctx, o)
	}))
	var text *dbquery.TextError
	switch {
	case errors.As(err, &text):
		page.Problem = schema.Text{ZH: "这个表达式无法搜索：" + text.Error(), EN: "This cannot be searched for: " + text.Error()}
		return r.Render(w, p.set, "search", searchTitle, page)
	case err != nil:
		return err
	}
	if query(r).Get("format") == "csv" {
		return site.Usage(schema.Text{ZH: "更早的日子不能在此导出：请用 callmill-review search。", EN: "Earlier days are not exported here: use callmill-review search."})
	}
	page.fillOlder(r, hits)
	if err := log(r, page.asked); err != nil {
		return err
	}
	return r.Render(w, p.set, "search", searchTitle, page)
}

// olderOptions are those of a search of days that are not in memory, among the calls that
// memory would have.
func olderOptions(r *site.Request, page *searchPage) dbquery.SearchOptions {
	o := dbquery.SearchOptions{
		Text: page.options.Text, Regex: page.options.Regex, MinChars: page.options.MinChars, MaxChars: page.options.MaxChars,
		MinPause: page.options.MinPause, Limit: mostOlder, Context: page.Context, Calls: r.Among.Filter,
	}
	switch page.options.Speaker {
	case find.Robot:
		o.Speaker = schema.SpeakerRobot
	case find.Contact:
		o.Speaker = schema.SpeakerContact
	}
	for _, c := range []struct{ key, value string }{
		{filter.Day, ".." + (r.Night.From - 1).String()}, {filter.Is, "answered"}, {filter.Attempt, "1-"},
	} {
		if one, err := filter.One(c.key, c.value); err == nil {
			o.Calls = o.Calls.And(one)
		}
	}
	return o
}

func (page *searchPage) fillOlder(r *site.Request, hits *dbquery.Hits) {
	page.Total, page.From, page.To = int(hits.Total), 1, len(hits.Hits)
	page.Searched = schema.Text{
		ZH: fmt.Sprintf("搜索了 %s 以前真人接听的通话，列出最近的 %d 句。", r.Night.From, len(hits.Hits)),
		EN: fmt.Sprintf("Searched: calls before %s that a person answered; the latest %d lines are listed.", r.Night.From, len(hits.Hits)),
	}
	most := int64(0)
	for _, d := range hits.Days {
		most = max(most, d.Hits)
	}
	for _, d := range hits.Days {
		shown := dayOfHits{Day: "–", Hits: int(d.Hits)}
		if d.Day != corpus.NoDay {
			shown.Day = d.Day.String()
			shown.URL = r.Here(among.FilterKey, onDays(r.Among.Filter, shown.Day).String())
		}
		n := float64(d.Hits)
		shown.Chart = chart.Bar(shown.Day+" "+figures.Number(shown.Hits), n, n, n, nan, float64(most))
		page.Days = append(page.Days, shown)
	}
	mark := marker(r)
	for _, h := range hits.Hits {
		ref := corpus.Ref{Instance: h.Instance, Job: h.Job, Task: h.Task, JobDate: h.JobDate}
		regex := ""
		if page.Regex {
			regex = "1"
		}
		to := r.Call(ref, among.Set{}, "q", page.Text, "regex", regex)
		g := group{URL: to, When: r.Time(h.Start), About: about(r, h.Attempt.Script, h.Version, h.Outcome)}
		for _, l := range slices.Concat(h.Before, []dbquery.Line{h.Line}, h.After) {
			s := speakerOf(l.Speaker)
			f := found{Who: speakers[s].class, Name: speakers[s].name, Pieces: pieces(r.Said(l.Script), nil)}
			if l.Gap >= 0 {
				f.Gap = gap(l.Gap)
			}
			if l.Turn == h.Turn {
				f.Hit, f.URL, f.Pieces = true, to+"#t"+strconv.Itoa(int(l.Turn)), mark(r.Said(l.Script), s)
			}
			g.Lines = append(g.Lines, f)
		}
		page.Groups = append(page.Groups, g)
	}
}
