//go:build cgo

package reviewing

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/sample"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// Calls of a cell of a sample.
const (
	usualCalls = 5
	mostCalls  = 50
	mostSeed   = 40 // characters
)

type samplePage struct {
	Seed      string
	N, Most   int
	Hidden    []parameter // of the form
	Progress  sample.Progress
	Score     string
	Agreement schema.Text
	Start     string // URL of the first call that the user did not look at; "": none is left
	Cells     *site.Listed
	List      *site.Listed
}

type parameter struct{ Name, Value string }

func keyOf(call *desk.Call) query.Key {
	return query.Key{Instance: call.InstanceID, Job: call.JobID, Task: call.TaskID}
}

func (p *pages) sample(w http.ResponseWriter, r *site.Request) error {
	asked := r.Request.URL.Query()
	seed, n := asked.Get("seed"), usualCalls
	if seed == "" && r.Day != corpus.NoDay {
		seed = strings.ReplaceAll(r.Day.String(), "-", "")
	}
	if utf8.RuneCountInString(seed) > mostSeed || !utf8.ValidString(seed) {
		return site.Usage(schema.Text{ZH: fmt.Sprintf("种子最多 %d 个字符。", mostSeed), EN: fmt.Sprintf("A seed has at most %d characters.", mostSeed)})
	}
	if text := asked.Get("n"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > mostCalls {
			return site.Usage(schema.Text{ZH: fmt.Sprintf("每格通数是 1 至 %d。", mostCalls), EN: fmt.Sprintf("Calls of a cell are 1 to %d.", mostCalls)})
		}
	}
	c := r.Night.Corpus
	cells, err := answers.As[[]sample.Cell](r.Ask(false, fmt.Sprintf("sample %d %q", n, seed), func(context.Context, func(int, int, schema.Text)) (any, error) {
		return sample.Draw(c, r.Selected(), seed, n), nil
	}))
	if err != nil {
		return err
	}
	d := &draw{r: r, seed: seed, n: n, cells: cells, said: map[query.Key][]desk.Review{}}
	d.calls = sample.Calls(cells)
	d.all = r.Site.Verdicts.Where(func(review *desk.Review) bool { return review.About == desk.AboutCall })
	for _, review := range d.all {
		d.said[keyOf(review.Call)] = append(d.said[keyOf(review.Call)], review)
	}
	tell(r)
	list, groups := d.list(), d.groups()
	for _, l := range []*site.Listing{list, groups} {
		if done, err := r.CSV(w, l); done {
			return err
		}
	}
	page := samplePage{Seed: seed, N: n, Most: mostCalls, Progress: sample.Look(c, d.calls, d.all), Cells: r.List(groups), List: r.List(list)}
	for name, values := range r.Among.Values() {
		for _, v := range values {
			page.Hidden = append(page.Hidden, parameter{name, v})
		}
	}
	slices.SortFunc(page.Hidden, func(a, b parameter) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value)) })
	page.Agreement = agreementText(&page.Progress.Agreement)
	page.Score = fmt.Sprintf("%.1f", page.Progress.Score)
	for _, i := range d.calls {
		if d.mine(i) == nil {
			page.Start = d.link(i)
			break
		}
	}
	return r.Render(w, p.set, "sample", schema.Text{ZH: "抽检", EN: "Sample"}, page)
}

// draw is a sample as a page shows it.
type draw struct {
	r     *site.Request
	seed  string
	n     int
	cells []sample.Cell
	calls []int32
	all   []desk.Review
	said  map[query.Key][]desk.Review
}

func (d *draw) link(i int32) string {
	return d.r.Call(d.r.Night.Corpus.Ref(i), d.r.Among, "seed", d.seed, "n", strconv.Itoa(d.n))
}

func (d *draw) reviewsOf(i int32) []desk.Review {
	call := callOf(d.r.Night.Corpus, i)
	return d.said[keyOf(&call)]
}

// mine returns what the user said of a call; nil: nothing.
func (d *draw) mine(i int32) *desk.Review {
	for _, review := range verdicts.Latest(d.reviewsOf(i)) {
		if review.By == d.r.User && (review.Verdict != "" || review.Score != nil) {
			return &review
		}
	}
	return nil
}

// list lists the calls that were drawn. What others said of a call is told once the user
// said something: two people who look at the same should not know of each other.
func (d *draw) list() *site.Listing {
	r, c := d.r, d.r.Night.Corpus
	return &site.Listing{
		Name: "sample", Several: true, Len: len(d.calls),
		Empty: schema.Text{ZH: "这些条件下没有说过话的通话可抽。", EN: "There are no calls with something said to draw from."},
		Columns: []site.Column{
			{Key: "time", Head: callHead, Class: "nowrap"},
			{Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}}, {Key: "version", Only: site.CSVOnly},
			{Key: "outcome", Head: schema.Text{ZH: "结果", EN: "Outcome"}},
			{Key: "lines", Head: schema.Text{ZH: "句数", EN: "Lines"}, Right: true, Compare: func(a, b int) int {
				return cmp.Compare(c.Calls[d.calls[a]].LineCount, c.Calls[d.calls[b]].LineCount)
			}},
			{Key: "verdict", Head: schema.Text{ZH: "我的判定", EN: "My verdict"}},
			{Key: "score", Head: schema.Text{ZH: "分数", EN: "Score"}, Right: true},
			{Key: "note", Head: schema.Text{ZH: "备注", EN: "Note"}},
			{Key: "others", Head: schema.Text{ZH: "别人", EN: "Others"}, Title: schema.Text{ZH: "自己判过之后才显示", EN: "shown once you gave a verdict"}},
			{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
		},
		Link: func(row int) string { return d.link(d.calls[row]) },
		Row: func(row int) []site.Cell {
			i := d.calls[row]
			call, name, mine := &c.Calls[i], callOf(c, i), d.mine(i)
			outcome := c.Outcomes.String(call.Outcome)
			cells := []site.Cell{
				{Text: r.Time(call.Start), Href: d.link(i)},
				{Text: c.RobotName(call.RobotKey()), Soft: c.Versions.String(call.Version), Value: c.Scripts.String(call.Script)},
				site.Text(c.Versions.String(call.Version)),
				{Text: filter.OutcomeLabel(outcome, r.Lang), Value: outcome},
				site.Count(int(call.LineCount), ""),
				{}, {}, {}, {},
				site.Text(name.InstanceID), site.Text(name.JobID), site.Text(name.TaskID),
			}
			if mine == nil {
				return cells
			}
			cells[5] = site.Cell{Text: r.Say(verdictText(mine.Verdict)), Value: mine.Verdict}
			cells[6], cells[7] = site.Text(judged.Score(mine.Score)), site.Text(mine.Note)
			cells[8] = d.others(i)
			return cells
		},
		Class: func(row int) string {
			if d.mine(d.calls[row]) != nil {
				return "seen"
			}
			return ""
		},
	}
}

// others returns what other people said of a call.
func (d *draw) others(i int32) site.Cell {
	var said, values []string
	for _, review := range verdicts.Latest(d.reviewsOf(i)) {
		if review.By == d.r.User || review.Verdict == "" && review.Score == nil {
			continue
		}
		text := review.By + ": " + d.r.Say(verdictText(review.Verdict))
		if review.Score != nil {
			text += " " + judged.Score(review.Score)
		}
		said = append(said, text)
		values = append(values, review.By+"="+review.Verdict+" "+judged.Score(review.Score))
	}
	return site.Cell{Text: strings.Join(said, " · "), Value: strings.Join(values, "; ")}
}

// groups lists the cells: what there was to draw from, and how far people are.
func (d *draw) groups() *site.Listing {
	r, c := d.r, d.r.Night.Corpus
	looked := make([]sample.Progress, len(d.cells))
	for i, cell := range d.cells {
		looked[i] = sample.Look(c, cell.Drawn, d.all)
	}
	return &site.Listing{
		Name: "cells", Several: true, Len: len(d.cells), PerPage: 40,
		Columns: []site.Column{
			{Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}}, {Key: "outcome", Head: schema.Text{ZH: "结果", EN: "Outcome"}},
			{Key: "calls", Head: schema.Text{ZH: "通话", EN: "Calls"}, Right: true}, {Key: "drawn", Head: schema.Text{ZH: "抽出", EN: "Drawn"}, Right: true},
			{Key: "seen", Head: schema.Text{ZH: "已看", EN: "Seen"}, Right: true}, {Key: "score", Head: schema.Text{ZH: "平均分", EN: "Mean score"}, Right: true},
		},
		Row: func(i int) []site.Cell {
			cell := &d.cells[i]
			outcome, script := c.Outcomes.String(cell.Outcome), c.Scripts.String(cell.Robot.Script)
			score := "–"
			if looked[i].Scores > 0 {
				score = fmt.Sprintf("%.1f", looked[i].Score)
			}
			return []site.Cell{
				{Text: c.RobotName(cell.Robot), Value: script}, {Text: filter.OutcomeLabel(outcome, r.Lang), Value: outcome},
				site.Count(cell.Calls, d.cellURL(cell)), site.Count(len(cell.Drawn), ""), site.Count(looked[i].Seen, ""), site.Text(score),
			}
		},
	}
}

// cellURL returns a link to the calls that there were to draw from.
func (d *draw) cellURL(cell *sample.Cell) string {
	c, set := d.r.Night.Corpus, d.r.Among
	for _, one := range [][2]string{
		{filter.Instance, c.Instances.String(cell.Robot.Instance)}, {filter.Script, c.Scripts.String(cell.Robot.Script)}, {filter.Outcome, c.Outcomes.String(cell.Outcome)},
		{filter.Is, "answered"}, // in others nothing was said
	} {
		f, err := filter.One(one[0], one[1])
		if err != nil {
			return ""
		}
		set = set.And(f)
	}
	return d.r.Calls(set)
}

// oneCampaign returns the filter of a campaign.
func oneCampaign(name string) (filter.Filter, error) { return filter.One(filter.Campaign, name) }
