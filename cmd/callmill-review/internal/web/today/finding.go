//go:build cgo

package today

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/handover"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
	"callmill/schema"
)

var noFinding = schema.Text{
	ZH: "没有这个发现：它在这一天、这个筛选下没有超出偶然，也没有人处理过它",
	EN: "there is no such finding: on this day and with this filter nothing is beyond chance, and nobody said anything of it",
}

// found returns the finding that the URL names: one of the day, or else one that somebody
// said something of.
func (p *pages) found(r *site.Request, id string) (*item, *followed, error) {
	list, err := listOf(r)
	if err != nil {
		return nil, nil, err
	}
	v, err := follow(r, list)
	if err != nil {
		return nil, nil, err
	}
	if f := list.Of(id); f != nil {
		it := newItem(r, f, v)
		return &it, v, nil
	}
	state, ok := v.states[id]
	if !ok {
		return nil, nil, site.NotFound(noFinding)
	}
	for _, review := range slices.Backward(state.All) {
		subject, ok := subjectOf(&review, id)
		if !ok {
			continue
		}
		a := aboutOf(r)
		f := findings.Restore(a.View, a.selected, a.options, subject)
		it := newItem(r, &f, v)
		it.Gone = true
		return &it, v, nil
	}
	return nil, nil, site.NotFound(noFinding)
}

type findingPage struct {
	*item
	Day      calendar.Day
	Aliases  string
	Wordings []*handover.Wording
	List     *site.Listed
	Subject  string
	Export   string
	Back     string
	History  []said
	Others   []said // who says something else

	r *site.Request
}

// Heard links to the calls of the filter that hear a wording; with an event those in which
// that happened there.
func (page *findingPage) Heard(w *handover.Wording, event string) string {
	r := page.r
	return r.Calls(among.Set{Filter: r.Among.Filter, Wording: among.WordingID(r.Night.Corpus, r.Night.Graph, w.Index), Event: event})
}

// said is what somebody said of a finding.
type said struct {
	By, At, To, Note string
	State            schema.Text
}

func saidOf(r *site.Request, reviews []desk.Review) []said {
	var list []said
	for i := range reviews {
		v := &reviews[i]
		list = append(list, said{v.By, moment(r, v.At), v.To, v.Note, stateNames[v.State]})
	}
	return list
}

// wordsShown is how many characters of what was said a list shows.
const wordsShown = 60

func (p *pages) finding(w http.ResponseWriter, r *site.Request) error {
	it, _, err := p.found(r, r.Request.URL.Query().Get("finding"))
	if err != nil {
		return err
	}
	f := it.Finding
	l := p.examples(r, f)
	if done, err := r.CSV(w, l); done {
		return err
	}
	if len(f.Days) > 0 {
		it.Trend = chart.Trend(r.Say(schema.Text{ZH: "按日占比，带 95% 区间", EN: "share by day, with 95 % intervals"}), points(f.Days))
	}
	page := &findingPage{
		r: r, item: it, Day: dayOf(r), Aliases: aliases(wordsOf(r), f), List: r.List(l), Subject: f.Subject.String(),
		Export: r.URL("/handover.xlsx", "finding", f.ID, "day", dayOf(r).String()), Back: r.Here(),
		History: saidOf(r, it.State.All), Others: saidOf(r, it.State.Others),
	}
	if place, ok := placeOf(r, f); ok {
		for _, w := range source(r, nil).Wordings(place) {
			page.Wordings = append(page.Wordings, &w)
		}
	}
	title := schema.Text{ZH: "发现：" + figures.Short(it.Title, titleShown), EN: "Finding: " + figures.Short(it.Title, titleShown)}
	return r.Render(w, p.set, "finding", title, page)
}

func source(r *site.Request, mask handover.Masker) *handover.Source {
	return &handover.Source{Corpus: r.Night.Corpus, Graph: r.Night.Graph, Selected: selected(r), Mask: mask, Lang: r.Lang}
}

// examples is the list of a finding's ten calls.
func (p *pages) examples(r *site.Request, f *findings.Finding) *site.Listing {
	calls := f.Examples
	if len(calls) == 0 {
		all := r.Select(f.Yes)
		calls = slices.Clone(all[max(0, len(all)-findings.Examples):])
		slices.Reverse(calls)
	}
	c := r.Night.Corpus
	return &site.Listing{
		Name: "examples", Len: len(calls), Empty: schema.Text{ZH: "没有可列出的通话。", EN: "There is no call to be listed."},
		Columns: []site.Column{
			{Key: "time", Head: schema.Text{ZH: "时间", EN: "Time"}}, {Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}},
			{Key: "attempt", Head: schema.Text{ZH: "第几次", EN: "Attempt"}, Right: true}, {Key: "outcome", Head: schema.Text{ZH: "结果", EN: "Outcome"}},
			{Key: "said", Head: schema.Text{ZH: "客户最后说", EN: "The contact said last"}},
			{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
		},
		Row: func(i int) []site.Cell {
			call := &c.Calls[calls[i]]
			link := r.Call(c.Ref(calls[i]), f.Yes)
			return []site.Cell{
				{Text: r.Time(call.Start), Href: link}, site.Text(strings.TrimSpace(c.Scripts.String(call.Script) + " " + c.Versions.String(call.Version))),
				{Text: strconv.Itoa(int(call.Attempt))}, site.Text(filter.OutcomeLabel(c.Outcomes.String(call.Outcome), r.Lang)),
				site.Text(figures.Short(r.Said(lastSaid(c, call)), wordsShown)),
				site.Text(c.Instances.String(call.Instance)), site.Text(call.Job), site.Text(call.Task),
			}
		},
		Link: func(i int) string { return r.Call(c.Ref(calls[i]), f.Yes) },
	}
}

func lastSaid(c *corpus.Corpus, call *corpus.Call) string {
	for _, line := range slices.Backward(c.Of(call)) {
		if c.Texts[line.Text].Speaker == corpus.Contact {
			return strings.TrimSpace(match.Said(c, line))
		}
	}
	return "–"
}

// Limits of what people say of a finding, in characters.
const (
	longestTo   = 100
	longestNote = 1000
)

// say keeps what somebody says of a finding.
func (p *pages) say(w http.ResponseWriter, r *site.Request) error {
	field := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	subject, err := findings.ParseSubject(field("subject"))
	if err != nil || subject.ID() != field("id") {
		return site.Usage(schema.Text{ZH: "表单里的发现无效，请从发现页面提交", EN: "the form names no finding: send it from the page of one"})
	}
	review := &desk.Review{
		At: r.Now.UTC().Format("2006-01-02T15:04:05.000Z"), By: r.User, About: desk.AboutFinding, Finding: subject.ID(), Filter: subject.String(), Snapshot: r.Night.Name,
		State: field("state"), To: field("to"), Note: field("note"),
	}
	for _, limit := range []struct {
		text string
		most int
		name schema.Text
	}{
		{review.To, longestTo, schema.Text{ZH: "移交给", EN: "handed over to"}}, {review.Note, longestNote, schema.Text{ZH: "备注", EN: "note"}},
		{review.Filter, 8 * longestNote, schema.Text{ZH: "发现", EN: "finding"}},
	} {
		if n := utf8.RuneCountInString(limit.text); n > limit.most || !utf8.ValidString(limit.text) || strings.ContainsRune(limit.text, 0) {
			return site.Usage(schema.Text{
				ZH: fmt.Sprintf("%s最多 %d 个字，这里有 %d 个", limit.name.ZH, limit.most, n), EN: fmt.Sprintf("%s: at most %d characters, these are %d", limit.name.EN, limit.most, n),
			})
		}
	}
	switch review.State {
	case desk.HandedOver:
		if review.To == "" {
			return site.Usage(schema.Text{ZH: "请写明移交给谁", EN: "say whom it is handed over to"})
		}
	case desk.Dismissed:
		review.To = ""
		if review.Note == "" {
			return site.Usage(schema.Text{ZH: "请写明为什么忽略", EN: "say why it is dismissed"})
		}
	case desk.Open:
		review.To = ""
	default:
		return site.Usage(schema.Text{ZH: "状态无效", EN: "there is no such state"})
	}
	if err := r.Site.Verdicts.Add(review); err != nil {
		r.Site.Log.ErrorContext(r.Context(), "keep what was said of a finding", "error", err.Error())
		return site.Full(schema.Text{
			ZH: "没有保存：磁盘已满，或质检台的文件夹不可写。请告知管理员，稍后再提交一次。",
			EN: "It was not kept: the disk is full, or the folder of the desk cannot be written. Tell whoever runs the desk, and send it again later.",
		})
	}
	return r.See(w, r.Back())
}

type minePage struct {
	List *site.Listed
	All  bool
}

var stateNames = map[string]schema.Text{
	desk.Open: {ZH: "待处理", EN: "open"}, desk.HandedOver: {ZH: "已移交", EN: "handed over"}, desk.Dismissed: {ZH: "已忽略", EN: "dismissed"},
}

// mine lists the findings that one said something of; with who=all those of everybody.
func (p *pages) mine(w http.ResponseWriter, r *site.Request) error {
	r.NoBar()
	all := r.Request.URL.Query().Get("who") == "all"
	type mine struct {
		id    string
		state findings.State
		f     findings.Finding
	}
	var list []mine
	for id, reviews := range r.Site.Verdicts.Findings() {
		if !all && !slices.ContainsFunc(reviews, func(v desk.Review) bool { return v.By == r.User }) {
			continue
		}
		m := mine{id: id, state: findings.StateOf(reviews)}
		if subject, err := findings.ParseSubject(m.state.Filter); err == nil {
			m.f = findings.Finding{ID: id, Subject: subject}
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b mine) int { return strings.Compare(b.state.At+b.id, a.state.At+a.id) })
	words := wordsOf(r)
	link := func(i int) string { return r.URL("/finding", "finding", list[i].id) }
	l := &site.Listing{
		Name: "my-findings", Len: len(list), Link: link,
		Empty: schema.Text{ZH: "还没有移交或忽略过发现。", EN: "No finding was handed over or dismissed yet."},
		Columns: []site.Column{
			{Key: "state", Head: schema.Text{ZH: "状态", EN: "state"}}, {Key: "finding", Head: schema.Text{ZH: "发现", EN: "finding"}}, {Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}},
			{Key: "to", Head: schema.Text{ZH: "移交给", EN: "to"}}, {Key: "note", Head: schema.Text{ZH: "备注", EN: "note"}}, {Key: "by", Head: schema.Text{ZH: "谁", EN: "by"}}, {Key: "at", Head: schema.Text{ZH: "何时", EN: "at"}},
		},
		Row: func(i int) []site.Cell {
			m := &list[i]
			at := m.state.At
			if !m.state.Moment.IsZero() {
				at = m.state.Moment.In(r.Night.Zone).Format("2006-01-02 15:04")
			}
			title := m.id
			if m.f.Kind != "" {
				title = figures.Short(strings.TrimSpace(words.Kind(&m.f)+" "+words.Title(&m.f)+" "+words.Measure(&m.f)), titleShown)
			}
			state := r.Say(stateNames[m.state.Review.State])
			if len(m.state.Others) > 0 {
				state += r.Say(schema.Text{ZH: "（意见不一）", EN: " (disputed)"})
			}
			return []site.Cell{site.Text(state), {Text: title, Href: link(i)}, site.Text(m.f.Script), site.Text(m.state.To), site.Text(m.state.Note), site.Text(m.state.By), site.Text(at)}
		},
	}
	if done, err := r.CSV(w, l); done {
		return err
	}
	return r.Render(w, p.set, "mine-findings", schema.Text{ZH: "我的发现", EN: "My findings"}, &minePage{r.List(l), all})
}

// moment returns when a review was made, in the zone of the dataset.
func moment(r *site.Request, at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return t.In(r.Night.Zone).Format("2006-01-02 15:04")
}
