//go:build cgo

package reviewing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp/syntax"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/rules/outline"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// Limits of what is typed: it is tried on all calls, by whoever may look at pages.
const (
	mostRulesText  = 64 << 10
	mostDialogue   = 64 << 10
	mostOperators  = 256
	mostExpression = 200_000 // instructions of all expressions together
	longestCount   = time.Minute
	mostTyped      = 64 // texts of rules that are counted
	mostShown      = 50 // hits of a typed rule
)

// typed are the last texts of rules that were counted, in memory alone, by their hashes:
// the page that waits for the counts is a URL. Safe for concurrent use.
type typed struct {
	mu    sync.Mutex
	order []string
	texts map[string]string
}

func (t *typed) keep(text string) (id string) {
	sum := sha256.Sum256([]byte(text))
	id = hex.EncodeToString(sum[:8])
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.texts[id]; ok {
		return id
	}
	if t.texts == nil {
		t.texts = map[string]string{}
	}
	t.texts[id] = text
	if t.order = append(t.order, id); len(t.order) > mostTyped {
		delete(t.texts, t.order[0])
		t.order = t.order[1:]
	}
	return id
}

func (t *typed) get(id string) (text string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text, ok = t.texts[id]
	return text, ok
}

type tryPage struct {
	Dialogue, Rules         string // as they were typed
	Instance, Job, Task     string // of a call that is tried
	Action                  string
	DialogueWrong           []wrong
	RulesWrong              []wrong
	Lines                   []triedLine
	Tried                   []triedRule
	CallURL                 string
	Counts                  *site.Listed
	Hits                    *site.Listed
	Selected                int
	MostRules, MostDialogue int
}

// wrong is what is wrong at a line of a text.
type wrong struct {
	Line   int // 0: of none
	Reason string
}

type triedLine struct {
	Number, Speaker, Text string
	Rules                 []string // that have it as evidence
}

type triedRule struct {
	Label, Name string
	Hit         bool
	Verdict     schema.Text
	Lines       string
	Conditions  []triedCondition
	URL         string
}

type triedCondition struct {
	Name  string
	Line  int
	Holds bool
	Lines string
}

// try shows what rules say of a call that the URL names, or counts typed rules.
func (p *pages) try(w http.ResponseWriter, r *site.Request) error {
	asked := r.Request.URL.Query()
	page := &tryPage{Instance: asked.Get("instance"), Job: asked.Get("job"), Task: asked.Get("task")}
	if id := asked.Get("typed"); id != "" {
		text, ok := p.typed.get(id)
		if !ok {
			r.Notice(site.Notice{Text: schema.Text{ZH: "这份规则已不在内存里，请重新粘贴。", EN: "These rules are not in memory any more: paste them again."}})
			return p.renderTry(w, r, page)
		}
		page.Rules = text
		if done, err := p.count(w, r, page, id); done || err != nil {
			return err
		}
	}
	if err := p.tryCall(r, page); err != nil {
		return err
	}
	return p.renderTry(w, r, page)
}

// tryTyped tries what was typed. It is posted, so that what was said in a call is in no
// URL and no log, and nothing of it is kept.
func (p *pages) tryTyped(w http.ResponseWriter, r *site.Request) error {
	page := &tryPage{
		Dialogue: r.PostFormValue("dialogue"), Rules: r.PostFormValue("rules"),
		Instance: r.PostFormValue("instance"), Job: r.PostFormValue("job"), Task: r.PostFormValue("task"),
	}
	if len(page.Rules) > mostRulesText || len(page.Dialogue) > mostDialogue || !utf8.ValidString(page.Rules) || !utf8.ValidString(page.Dialogue) {
		return site.Usage(schema.Text{
			ZH: fmt.Sprintf("规则和对话各最多 %d KB，且须是 UTF-8 文本。", mostRulesText>>10),
			EN: fmt.Sprintf("Rules and dialogue are at most %d KB each, and UTF-8.", mostRulesText>>10),
		})
	}
	if r.PostFormValue("do") == "count" && strings.TrimSpace(page.Rules) != "" {
		if _, page.RulesWrong = parseTyped(page.Rules); len(page.RulesWrong) == 0 {
			return r.See(w, r.URL("/rules/try", append(setPairs(r.Among), "typed", p.typed.keep(page.Rules), "instance", page.Instance, "job", page.Job, "task", page.Task)...))
		}
	}
	if err := p.tryCall(r, page); err != nil {
		return err
	}
	return p.renderTry(w, r, page)
}

// setPairs returns the parameters of a set as names and values.
func setPairs(set among.Set) []string {
	var pairs []string
	for name, values := range set.Values() {
		if len(values) == 1 {
			pairs = append(pairs, name, values[0])
		}
	}
	return pairs
}

func (p *pages) renderTry(w http.ResponseWriter, r *site.Request, page *tryPage) error {
	page.Action = r.URL("/rules/try", setPairs(r.Among)...)
	page.Selected, page.MostRules, page.MostDialogue = len(r.Selected()), mostRulesText, mostDialogue
	return r.Render(w, p.set, "try", schema.Text{ZH: "试一试规则", EN: "Try rules"}, page)
}

// tryCall tries the rules on the dialogue, else on the call.
func (p *pages) tryCall(r *site.Request, page *tryPage) error {
	b, err := book(r)
	if err != nil {
		return err
	}
	own := strings.TrimSpace(page.Rules) != ""
	if own && len(page.RulesWrong) == 0 {
		b, page.RulesWrong = parseTyped(page.Rules)
	}
	if len(page.RulesWrong) > 0 {
		return nil
	}
	switch {
	case strings.TrimSpace(page.Dialogue) != "":
		c, err := dialogue.Read("dialogue", []byte(page.Dialogue))
		if err != nil {
			page.DialogueWrong = wrongs(err)
			return nil
		}
		page.fill(r, b, c, &c.Calls[0], true, own)
	case page.Job != "":
		key := query.Key{Instance: page.Instance, Job: page.Job, Task: page.Task}
		i, ok := r.Night.Index(key)
		if !ok {
			return site.NotFound(schema.Text{
				ZH: "内存里没有这通电话：可能已被删除，或日期太早。可以把对话粘贴过来试。",
				EN: "The call is not in memory: it may have been erased, or is too old. You can paste the dialogue.",
			})
		}
		page.CallURL = r.Call(r.Night.Corpus.Ref(i), r.Among)
		page.fill(r, b, r.Night.Corpus, &r.Night.Corpus.Calls[i], false, own)
	}
	return nil
}

var verdictTexts = map[match.Verdict]schema.Text{
	match.IsHit:       {ZH: "命中", EN: "hit"},
	match.IsNoHit:     {ZH: "未命中", EN: "no hit"},
	match.OtherScript: {ZH: "不适用：话术不同", EN: "not for this script"},
	match.NotReached:  {ZH: "不计：没有走到那一步", EN: "did not come that far"},
	match.NotAnswered: {ZH: "不计：不是真人接听", EN: "not answered by a person"},
}

// fill fills in what rules say of a call. typed is true of rules that were typed, which
// have no page.
func (page *tryPage) fill(r *site.Request, b *rules.Book, c *corpus.Corpus, call *corpus.Call, anyScript, typed bool) {
	for k, line := range c.Of(call) {
		page.Lines = append(page.Lines, triedLine{
			Number: lineNumber(int32(k)), Speaker: strings.TrimSpace(speaker(c.Texts[line.Text].Speaker, r.Lang)), Text: r.Said(match.Said(c, line)),
		})
	}
	for _, e := range match.Explain(b, c, call, anyScript) {
		t := triedRule{Label: e.Rule.Label.In(r.Lang), Name: e.Rule.Name, Hit: e.Verdict == match.IsHit, Verdict: verdictTexts[e.Verdict], Lines: lineNumbers(e.Lines)}
		if !typed {
			set := without(r.Among)
			set.Rule = e.Rule.Name
			t.URL = r.To("/rule", set)
		}
		if t.Hit {
			for _, k := range e.Lines {
				if int(k) < len(page.Lines) {
					page.Lines[k].Rules = append(page.Lines[k].Rules, t.Label)
				}
			}
		}
		for _, known := range e.Conditions {
			t.Conditions = append(t.Conditions, triedCondition{known.Name, known.Line, known.Holds, lineNumbers(known.Lines)})
		}
		page.Tried = append(page.Tried, t)
	}
}

func lineNumbers(lines []int32) string {
	var all []string
	for _, k := range lines {
		all = append(all, lineNumber(k))
	}
	return strings.Join(all, ", ")
}

// parseTyped reads rules that were typed.
func parseTyped(text string) (*rules.Book, []wrong) {
	if cost := expressionCost(text); cost > mostExpression {
		return nil, []wrong{{Reason: fmt.Sprintf("the expressions are too large to be tried here: %d instructions, at most %d", cost, mostExpression)}}
	}
	b, err := rules.Parse("rules", []byte(text))
	if err != nil {
		return nil, wrongs(err)
	}
	if len(b.Operators) > mostOperators {
		return nil, []wrong{{Reason: fmt.Sprintf("%d conditions on lines are too many to be tried here, at most %d", len(b.Operators), mostOperators)}}
	}
	return b, nil
}

// wrongs returns the errors of a text that was typed.
func wrongs(err error) []wrong {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []wrong
		for _, e := range joined.Unwrap() {
			all = append(all, wrongs(e)...)
		}
		return all
	}
	if at, ok := errors.AsType[*outline.Error](err); ok {
		return []wrong{{at.Line, at.Reason}}
	}
	return []wrong{{Reason: err.Error()}}
}

// expressionCost returns how many instructions the regular expressions of a text become,
// without making them: a few characters such as (a{99}){9} can be many. All texts are
// looked at as if they were expressions.
func expressionCost(text string) int {
	top, err := outline.Read("rules", []byte(text))
	if err != nil {
		return 0 // which rules.Parse says
	}
	return valueCost(&top)
}

func valueCost(v *outline.Value) int {
	cost := 0
	for i := range v.Items {
		cost += valueCost(&v.Items[i])
	}
	for i := range v.Fields {
		cost += valueCost(&v.Fields[i].Value)
	}
	if v.Kind == outline.Scalar {
		if re, err := syntax.Parse(v.Text, syntax.Perl); err == nil {
			cost += instructions(re)
		}
	}
	return min(cost, 1<<40)
}

// instructions returns about how many instructions an expression becomes.
func instructions(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += instructions(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, 1<<32)
}

// tried is what typed rules found in the calls of a page.
type tried struct {
	Book *rules.Book
	Hits *match.Hits
}

// count counts typed rules in the calls of the page. done is true where the answer is CSV.
func (p *pages) count(w http.ResponseWriter, r *site.Request, page *tryPage, id string) (done bool, err error) {
	b, bad := parseTyped(page.Rules)
	if page.RulesWrong = bad; len(bad) > 0 {
		return false, nil
	}
	c, calls := r.Night.Corpus, r.Selected() // what is counted may outlive the request
	found, err := answers.As[*tried](r.Ask(true, "try "+id, func(ctx context.Context, report func(int, int, schema.Text)) (any, error) {
		report(0, 1, schema.Text{ZH: "在所选通话中找", EN: "Looking through the calls"})
		limited, cancel := context.WithTimeout(ctx, longestCount)
		defer cancel()
		h, err := match.FindAmong(limited, b, c, calls)
		if err != nil && ctx.Err() == nil {
			return nil, site.Usage(schema.Text{
				ZH: fmt.Sprintf("这些规则一分钟内算不完 %d 通电话：请缩小日期范围或简化表达式。", len(calls)),
				EN: fmt.Sprintf("These rules take more than a minute for %d calls: choose fewer days or simpler expressions.", len(calls)),
			})
		}
		return &tried{b, h}, err
	}))
	if err != nil {
		return false, err
	}
	counts := p.tryCounts(r, found)
	hits := p.tryHits(r, found)
	for _, l := range []*site.Listing{counts, hits} {
		if done, err := r.CSV(w, l); done {
			return true, err
		}
	}
	page.Counts, page.Hits = r.List(counts), r.List(hits)
	return false, nil
}

func (p *pages) tryCounts(r *site.Request, found *tried) *site.Listing {
	c := r.Night.Corpus
	calls := r.Selected()
	var all []counted
	for k := range found.Hits.Rules {
		all = append(all, count(c, &found.Hits.Rules[k], calls))
	}
	return &site.Listing{
		Name: "typed", Several: true, Len: len(all), PerPage: 100,
		Columns: []site.Column{
			{Key: "rule", Head: schema.Text{ZH: "规则", EN: "Rule"}}, {Key: "hits", Head: schema.Text{ZH: "命中", EN: "Hits"}, Right: true}, {Key: "could", Head: schema.Text{ZH: "可能", EN: "Could"}, Right: true},
			{Key: "per_thousand", Head: schema.Text{ZH: "每千通", EN: "Per 1,000"}, Right: true}, {Key: "trend", Head: schema.Text{ZH: "趋势", EN: "Trend"}, Only: site.PageOnly},
		},
		Row: func(k int) []site.Cell {
			label := found.Book.Rules[k].Label.In(r.Lang)
			return []site.Cell{{Text: label, Value: found.Book.Rules[k].Name}, site.Count(all[k].Hits, ""), site.Count(all[k].Could, ""), site.Text(all[k].perThousand()), {Chart: all[k].spark(label)}}
		},
	}
}

// tryHits lists the hits of typed rules, the latest first.
func (p *pages) tryHits(r *site.Request, found *tried) *site.Listing {
	type at struct{ rule, hit int }
	var all []at
	for k := range found.Hits.Rules {
		for h := len(found.Hits.Rules[k].Hits) - 1; h >= 0; h-- {
			all = append(all, at{k, h})
		}
	}
	c := r.Night.Corpus
	return &site.Listing{
		Name: "typed_hits", Several: true, Len: len(all), PerPage: mostShown,
		Columns: []site.Column{
			{Key: "rule", Head: schema.Text{ZH: "规则", EN: "Rule"}}, {Key: "time", Head: callHead}, {Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}}, {Key: "lines", Head: schema.Text{ZH: "依据", EN: "Evidence"}},
			{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
		},
		Link: func(row int) string {
			return r.Call(r.Night.Corpus.Ref(found.Hits.Rules[all[row].rule].Hits[all[row].hit].Call), r.Among)
		},
		Row: func(row int) []site.Cell {
			rule := &found.Hits.Rules[all[row].rule]
			hit := &rule.Hits[all[row].hit]
			call, name := &c.Calls[hit.Call], callOf(c, hit.Call)
			s := &subject{r: r, hits: rule}
			return []site.Cell{
				site.Text(rule.Rule.Label.In(r.Lang)), {Text: r.Time(call.Start), Href: r.Call(r.Night.Corpus.Ref(hit.Call), r.Among)},
				{Text: c.Scripts.String(call.Script), Soft: c.Versions.String(call.Version)}, {Marks: s.evidence(hit)},
				site.Text(name.InstanceID), site.Text(name.JobID), site.Text(name.TaskID),
			}
		},
	}
}
