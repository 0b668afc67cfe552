// Package show prints what rules found: counts, hits with their evidence, calls after an
// opt-out, and what becomes of each rule in one call.
package show

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Listing prints what rules found in the calls that are selected.
type Listing struct {
	Corpus   *corpus.Corpus
	Lang     schema.Language
	Format   table.Format
	Limit    int    // calls in a text; 0: all
	Selected []bool // by call
}

func (l *Listing) label(r *rules.Rule) string { return r.Label.In(l.Lang) }

// Counts prints the counts of all rules, and how many were called after an opt-out.
func (l *Listing) Counts(w io.Writer, hits *match.Hits, by string) error {
	t := &table.Table{Columns: []table.Column{
		{Name: "day"}, {Name: "campaign"},
		{Name: "rule", Head: schema.Text{EN: "rule", ZH: "规则名"}.In(l.Lang)}, {Name: "label", Head: schema.Text{EN: "meaning", ZH: "含义"}.In(l.Lang), Width: 40},
		{Name: "could", Head: schema.Text{EN: "calls", ZH: "适用通数"}.In(l.Lang), Right: true}, {Name: "hits", Head: schema.Text{EN: "hits", ZH: "命中"}.In(l.Lang), Right: true},
		{Name: "share", Head: schema.Text{EN: "%", ZH: "占比%"}.In(l.Lang), Right: true, Digits: 1},
		{Name: "low", Head: schema.Text{EN: "from", ZH: "下限%"}.In(l.Lang), Right: true, Digits: 1}, {Name: "high", Head: schema.Text{EN: "to", ZH: "上限%"}.In(l.Lang), Right: true, Digits: 1},
	}}
	if strings.Contains(by, "day") {
		t.Columns[0].Head = schema.Text{EN: "day", ZH: "日期"}.In(l.Lang)
	}
	if strings.Contains(by, "campaign") {
		t.Columns[1].Head, t.Columns[1].Width = schema.Text{EN: "campaign", ZH: "活动"}.In(l.Lang), 30
	}
	for i := range hits.Rules {
		rule := &hits.Rules[i]
		for _, n := range l.grouped(rule, by) {
			low, high := bounds(n)
			day := ""
			if n.Day != 0 {
				day = dayText(n.Day)
			}
			t.Add(day, l.Corpus.Campaigns.String(n.Campaign), rule.Rule.Name, l.label(rule.Rule), n.Could, n.Hits,
				percent(n.Hits, n.Could), low, high)
		}
	}
	if err := t.Write(w, l.Format); err != nil || l.Format != table.Text {
		return err
	}
	numbers, calls := 0, 0
	for _, o := range hits.OptOuts(l.Corpus, l.isSelected) {
		numbers, calls = numbers+1, calls+len(o.After)
	}
	if numbers == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, schema.Text{EN: "\nCalled after they had asked not to be: %d numbers, %d calls (--opt-outs lists them)\n", ZH: "\n要求不再来电之后又被呼叫：%d 个号码，%d 通（--opt-outs 列出）\n"}.In(l.Lang), numbers, calls)
	return err
}

// bounds returns the interval of a share in percent; of no calls it is not known.
func bounds(n match.Count) (low, high any) {
	if n.Could == 0 {
		return nil, nil
	}
	l, h := interval.Wilson(n.Hits, n.Could)
	return 100 * l, 100 * h
}

func percent(k, n int) any {
	if n == 0 {
		return nil
	}
	return 100 * float64(k) / float64(n)
}

func dayText(d calendar.Day) string {
	if d == corpus.NoDay {
		return "-"
	}
	return d.String()
}

// isSelected reports whether a call of the corpus is selected.
func (l *Listing) isSelected(call int32) bool { return l.Selected[call] }

// grouped returns the counts of a rule in the selected calls. Days and campaigns that
// are not asked for are 0.
func (l *Listing) grouped(rule *match.RuleHits, by string) []match.Count {
	counts := rule.Counts(l.Corpus, l.isSelected)
	byDay, byCampaign := strings.Contains(by, "day"), strings.Contains(by, "campaign")
	if !byDay && !byCampaign && len(counts) == 0 {
		return []match.Count{{}}
	}
	var all []match.Count
	for _, n := range counts {
		if !byDay {
			n.Day = 0
		}
		if !byCampaign {
			n.Campaign = 0
		}
		at := slices.IndexFunc(all, func(m match.Count) bool { return m.Day == n.Day && m.Campaign == n.Campaign })
		if at < 0 {
			all = append(all, n)
			continue
		}
		all[at].Could += n.Could
		all[at].Hits += n.Hits
	}
	return all
}

// Hits prints the hits of a rule, a row for each line that is evidence.
func (l *Listing) Hits(w io.Writer, rule *match.RuleHits) error {
	t := &table.Table{Columns: []table.Column{
		{Name: "rule"},
		{Name: "day", Head: schema.Text{EN: "day", ZH: "日期"}.In(l.Lang)}, {Name: "campaign", Head: schema.Text{EN: "campaign", ZH: "活动"}.In(l.Lang), Width: 24},
		{Name: "script"}, {Name: "version", Head: schema.Text{EN: "version", ZH: "版本"}.In(l.Lang)}, {Name: "outcome", Head: schema.Text{EN: "outcome", ZH: "结果"}.In(l.Lang)},
		{Name: "instance_id"}, {Name: "job_id", Head: schema.Text{EN: "job", ZH: "作业"}.In(l.Lang)}, {Name: "task_id", Head: schema.Text{EN: "task", ZH: "任务"}.In(l.Lang)}, {Name: "turn_index", Head: schema.Text{EN: "line", ZH: "句"}.In(l.Lang), Right: true},
		{Name: "speaker", Head: schema.Text{EN: "who", ZH: "谁"}.In(l.Lang)}, {Name: "line", Head: schema.Text{EN: "said", ZH: "原话"}.In(l.Lang), Width: 60},
	}}
	shown, all := 0, 0
	for _, hit := range rule.Hits {
		if !l.Selected[hit.Call] {
			continue
		}
		all++
		if l.Format == table.Text && l.Limit > 0 && shown == l.Limit {
			continue
		}
		shown++
		call := &l.Corpus.Calls[hit.Call]
		add := func(turn, speaker, line any) {
			t.Add(rule.Rule.Name, dayText(call.Day), l.Corpus.Campaigns.String(call.Campaign), l.Corpus.Scripts.String(call.Script), l.Corpus.Versions.String(call.Version),
				l.Corpus.Outcomes.String(call.Outcome), l.Corpus.Instances.String(call.Instance), call.Job, call.Task, turn, speaker, line)
		}
		if len(hit.Lines) == 0 {
			add(nil, "", "")
		}
		for _, n := range hit.Lines {
			line := l.Corpus.Of(call)[n]
			add(line.Turn, l.speaker(line), match.Said(l.Corpus, line))
		}
	}
	if err := t.Write(w, l.Format); err != nil || shown == all {
		return err
	}
	_, err := fmt.Fprintf(w, schema.Text{EN: "\n%d calls are hits, the first %d are listed (--limit 0 lists all)\n", ZH: "\n共 %d 通命中，只列出前 %d 通（--limit 0 全部列出）\n"}.In(l.Lang), all, shown)
	return err
}

func (l *Listing) speaker(line corpus.Line) string {
	switch l.Corpus.Texts[line.Text].Speaker {
	case corpus.Robot:
		return schema.Text{EN: "R", ZH: "机"}.In(l.Lang)
	case corpus.Contact:
		return schema.Text{EN: "C", ZH: "客"}.In(l.Lang)
	}
	return schema.Text{EN: "other", ZH: "其他"}.In(l.Lang)
}

// OptOuts prints the calls that were made after an opt-out, a row each.
func (l *Listing) OptOuts(w io.Writer, hits *match.Hits) error {
	t := &table.Table{Columns: []table.Column{
		{Name: "contact_key"},
		{Name: "asked_day", Head: schema.Text{EN: "asked", ZH: "提出日期"}.In(l.Lang)}, {Name: "asked_campaign", Head: schema.Text{EN: "in campaign", ZH: "在活动"}.In(l.Lang), Width: 24},
		{Name: "asked_job_id"}, {Name: "asked_task_id"}, {Name: "line", Head: schema.Text{EN: "said", ZH: "原话"}.In(l.Lang), Width: 40}, {Name: "result", Head: schema.Text{EN: "result", ZH: "业务结果"}.In(l.Lang)},
		{Name: "day", Head: schema.Text{EN: "called", ZH: "又呼叫"}.In(l.Lang)}, {Name: "campaign", Head: schema.Text{EN: "campaign", ZH: "活动"}.In(l.Lang), Width: 24}, {Name: "outcome", Head: schema.Text{EN: "outcome", ZH: "结果"}.In(l.Lang)},
		{Name: "instance_id"}, {Name: "job_id", Head: schema.Text{EN: "job", ZH: "作业"}.In(l.Lang)}, {Name: "task_id"},
	}}
	all, numbers := 0, 0
	for _, o := range hits.OptOuts(l.Corpus, l.isSelected) {
		asked := &l.Corpus.Calls[o.Call]
		numbers++
		var line any
		if len(o.Lines) > 0 {
			line = match.Said(l.Corpus, l.Corpus.Of(asked)[o.Lines[0]])
		}
		for _, i := range o.After {
			all++
			if l.Format == table.Text && l.Limit > 0 && t.Len() == l.Limit {
				continue
			}
			call := &l.Corpus.Calls[i]
			t.Add(l.Corpus.Contacts.String(asked.Contact), dayText(asked.Day), l.Corpus.Campaigns.String(asked.Campaign), asked.Job, asked.Task, line, l.Corpus.Results.String(o.Result),
				dayText(call.Day), l.Corpus.Campaigns.String(call.Campaign), l.Corpus.Outcomes.String(call.Outcome), l.Corpus.Instances.String(call.Instance), call.Job, call.Task)
		}
	}
	if err := t.Write(w, l.Format); err != nil || l.Format != table.Text {
		return err
	}
	_, err := fmt.Fprintf(w, schema.Text{EN: "\n%d numbers were called after they had asked not to be: %d calls, of which %d are listed. It is a lower bound: wishes in other words, or earlier ones, are not known.\n", ZH: "\n%d 个号码在要求不再来电之后又被呼叫 %d 通，列出 %d 通。这是下限：换了说法或更早提出的，不在其中。\n"}.In(l.Lang), numbers, all, t.Len())
	return err
}

// Trial prints what rules make of calls.
type Trial struct {
	Listing
	AnyScript bool // rules for some scripts are tried, too
}

var verdicts = map[match.Verdict]schema.Text{
	match.IsHit:       {EN: "hit", ZH: "命中"},
	match.IsNoHit:     {EN: "no hit", ZH: "未命中"},
	match.OtherScript: {EN: "other script", ZH: "不适用的话术"},
	match.NotReached:  {EN: "not reached", ZH: "没有走到"},
	match.NotAnswered: {EN: "not answered by a person", ZH: "不是由人接听"},
}

// Print prints a call, and what becomes of each rule in it.
func (t *Trial) Print(w io.Writer, book *rules.Book, call *corpus.Call) error {
	all := match.Explain(book, t.Corpus, call, t.AnyScript)
	if t.Format != table.Text {
		return t.rows(all, call).Write(w, t.Format)
	}
	lines := t.Corpus.Of(call)
	at := make([][]string, len(lines)) // rules that hit a line
	for _, e := range all {
		for _, n := range e.Lines {
			at[n] = append(at[n], t.label(e.Rule))
		}
	}
	if call.Job != "" {
		if _, err := fmt.Fprintf(w, "%s %s\n", call.Job, call.Task); err != nil {
			return err
		}
	}
	for n, line := range lines {
		mark := ""
		if len(at[n]) > 0 {
			mark = "  ← " + strings.Join(at[n], schema.Text{EN: ", ", ZH: "、"}.In(t.Lang))
		}
		if _, err := fmt.Fprintf(w, "%4d %s %s%s\n", line.Turn, t.speaker(line), table.OneLine(match.Said(t.Corpus, line)), mark); err != nil {
			return err
		}
	}
	for _, e := range all {
		verdict := verdicts[e.Verdict]
		if _, err := fmt.Fprintf(w, "\n%s %s: %s%s\n", e.Rule.Name, t.label(e.Rule), verdict.In(t.Lang), t.where(e.Lines, lines)); err != nil {
			return err
		}
		for _, c := range e.Conditions {
			holds := schema.Text{EN: "does not hold", ZH: "不成立"}.In(t.Lang)
			if c.Holds {
				holds = schema.Text{EN: "holds", ZH: "成立"}.In(t.Lang)
			}
			if _, err := fmt.Fprintf(w, "    %s (%s:%d): %s%s\n", c.Name, book.File, c.Line, holds, t.where(c.Lines, lines)); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// where names lines of a call.
func (t *Trial) where(at []int32, lines []corpus.Line) string {
	if len(at) == 0 {
		return ""
	}
	var list []string
	for _, n := range at {
		list = append(list, fmt.Sprint(lines[n].Turn))
	}
	return schema.Text{EN: ", line ", ZH: "，第 "}.In(t.Lang) + strings.Join(list, ", ") + schema.Text{EN: "", ZH: " 句"}.In(t.Lang)
}

func (t *Trial) rows(all []match.Explanation, call *corpus.Call) *table.Table {
	rows := &table.Table{Columns: []table.Column{
		{Name: "job_id"}, {Name: "task_id"}, {Name: "rule"}, {Name: "verdict"}, {Name: "condition"}, {Name: "holds"}, {Name: "lines"},
	}}
	turns := func(at []int32) any {
		numbers, texts := []int32{}, []string{}
		for _, n := range at {
			turn := t.Corpus.Of(call)[n].Turn
			numbers, texts = append(numbers, turn), append(texts, fmt.Sprint(turn))
		}
		if t.Format == table.JSON {
			return numbers
		}
		return texts
	}
	for _, e := range all {
		rows.Add(call.Job, call.Task, e.Rule.Name, string(e.Verdict), nil, e.Verdict == match.IsHit, turns(e.Lines))
		for _, c := range e.Conditions {
			rows.Add(call.Job, call.Task, e.Rule.Name, string(e.Verdict), c.Name, c.Holds, turns(c.Lines))
		}
	}
	return rows
}
