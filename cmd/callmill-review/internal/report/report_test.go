package report_test

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/report"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/pipeline/calendar"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

var made = time.Date(2026, 2, 1, 4, 5, 0, 0, time.UTC)

func reportOf(t *testing.T, c *corpus.Corpus, o report.Options) *report.Report {
	t.Helper()
	book, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	o.Rules, o.Made = book, made
	if o.Lang == "" {
		o.Lang = schema.Chinese
	}
	return report.Make(report.Data{Corpus: c, Graph: nodes.Find(c), Selected: handmade.All(c)}, o)
}

func textOf(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func pageOf(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What is planted is among the findings, which have their ten calls; text and page say the
// same, in both languages.
func TestReport(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a world of 6,000 people")
	}
	c, truth := simulated.World(t, simulate.Options{People: 6000, Seed: 2})
	r := reportOf(t, c, report.Options{})
	text, page := textOf(t, r), pageOf(t, r)
	tried := 0
	for _, planted := range truth.Planted {
		named := ""
		switch {
		case planted.Slip != "":
			meant, heard, _ := strings.Cut(planted.Slip, ":")
			named = heard + " → " + meant
		case planted.Number != "" && planted.From == truth.Planted[0].From:
			named = planted.Number
		default:
			continue
		}
		tried++
		if !strings.Contains(text, named) || !strings.Contains(page, named) {
			t.Errorf("%s is planted, but the report does not name %q", planted.Kind, named)
		}
	}
	if tried < 2 {
		t.Errorf("%d plants were looked for, want a number and a misheard word", tried)
	}
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if len(f.Examples) == 0 || len(f.Examples) > 10 || f.Calls >= 10 && f.Observed >= 10 && len(f.Examples) < 10 {
				t.Errorf("%s: %s: %d examples", s.Title, f.Title, len(f.Examples))
			}
			for _, e := range f.Examples {
				if !strings.Contains(text, e.Job) || !strings.Contains(page, e.Job) {
					t.Errorf("%s: %s: call %s is not in both", s.Title, f.Title, e.Job)
				}
			}
		}
	}
	english := textOf(t, reportOf(t, c, report.Options{Lang: schema.English}))
	for _, heading := range []string{"What changed: failed", "Lines that were reworded", "What stands out: answered", "Misheard words", "Compliance", "Trends: answered"} {
		if !strings.Contains(english, heading) {
			t.Errorf("the English report has no %q", heading)
		}
	}
}

// A page needs no other file, runs no script, and shows hostile text as text.
func TestPageIsSelfContained(t *testing.T) {
	var calls []handmade.Call
	for range 40 {
		calls = append(calls, handmade.Call{
			Script: `<script>alert(1)</script>`, Campaign: `"><img src=x>`, Version: "1",
			Lines: []string{`R <b>您好</b>`, `C <script> 骗子`, "!"},
		})
	}
	hostile, err := filter.One(filter.Script, "</title><script>")
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, reportOf(t, handmade.Corpus(calls...), report.Options{Filter: hostile}))
	for _, bad := range []string{`<script`, `<img`, `<b>`, `<[^>]* (src|href|on\w+)=`, `url\(`, `@import`} {
		if found := regexp.MustCompile(bad).FindString(page); found != "" {
			t.Errorf("the page has %q", found)
		}
	}
	if links := regexp.MustCompile(`https?://[^"]*`).FindAllString(page, -1); slices.ContainsFunc(links, func(s string) bool { return s != "http://www.w3.org/2000/svg" }) {
		t.Errorf("the page links to %q", links)
	}
	if !strings.Contains(page, "default-src 'none'") {
		t.Error("the page permits what it does not need")
	}
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1) {
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
			t.Errorf("%v: %s", err, svg)
		}
	}
}

// A report for passing on has no id, number or few calls of anybody in it.
func TestShare(t *testing.T) {
	c, truth := simulated.World(t, simulate.Options{People: 1000, Seed: 3})
	number := c.Numbers.String(c.Calls[0].Number)
	chosen, err := filter.Parse("number=" + number)
	if err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, c, report.Options{Share: true, Filter: chosen})
	text, page := textOf(t, r), pageOf(t, r)
	for i := range c.Calls {
		for _, turn := range truth.Turns(&c.Calls[i]) {
			for _, told := range turn.Spans {
				// Others are names: rules find most, and the report says that they miss some.
				if len(told.Text) >= 7 && isNumber(told.Text) && (strings.Contains(text, told.Text) || strings.Contains(page, told.Text)) {
					t.Errorf("%s %q is in the report", told.Kind, told.Text)
				}
			}
		}
	}
	for i := range c.Calls {
		call := &c.Calls[i]
		for _, id := range []string{call.Job, call.Task, c.Numbers.String(call.Number), c.Contacts.String(call.Contact)} {
			if id != "" && (strings.Contains(text, id) || strings.Contains(page, id)) {
				t.Fatalf("%q is in the report", id)
			}
		}
	}
	for _, tr := range r.Trends {
		for _, s := range slices.Concat(tr.Days, tr.Campaigns, []report.Share{tr.Total}) {
			for _, shown := range []string{s.K, s.N} {
				if n, err := strconv.Atoi(shown); err == nil && n > 0 && n < 5 {
					t.Errorf("%s %s: %d is shown", tr.Title, s.Name, n)
				}
			}
		}
	}
	digits := regexp.MustCompile(`\d{7,}`)
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			for _, e := range f.Examples {
				for _, l := range e.Lines {
					if digits.MatchString(l.Text) {
						t.Errorf("%s: %s: %q", s.Title, f.Title, l.Text)
					}
				}
			}
		}
	}
}

func isNumber(s string) bool {
	return strings.Trim(s, "0123456789零一二三四五六七八九幺十百") == ""
}

// What is said in a finding is masked everywhere in it.
func TestSharedFindingsAreMasked(t *testing.T) {
	const number = "10012345678"
	var calls []handmade.Call
	for i := range 400 {
		said := "C 好 的"
		ends := ""
		if i%4 == 0 {
			said, ends = "C 打 "+number, "!"
		}
		calls = append(calls, handmade.Call{Script: "甲", Version: "1", Campaign: "一", Lines: []string{"R 请问 您 的 电话", said, "R 再见", ends}[:3+len(ends)]})
	}
	c := handmade.Corpus(calls...)
	open := textOf(t, reportOf(t, c, report.Options{}))
	if !strings.Contains(open, number) {
		t.Fatalf("no finding is about the number:\n%s", open)
	}
	r := reportOf(t, c, report.Options{Share: true})
	if text, page := textOf(t, r), pageOf(t, r); strings.Contains(text, number) || strings.Contains(page, number) {
		t.Errorf("the number is in the report:\n%s", text)
	}
}

// Whatever there is, a report is made of it.
func TestLittleToSay(t *testing.T) {
	person := handmade.Call{Script: "甲", Version: "1", Campaign: "一", Lines: []string{"R 您好", "C 喂"}}
	var unscripted []handmade.Call
	for i := range 30 {
		unscripted = append(unscripted, handmade.Call{Script: "乙", Lines: []string{"R 您好 我是 " + strconv.Itoa(i) + " 号", "C 好", "R 那 说 第 " + strconv.Itoa(i) + " 件 事"}})
	}
	for name, c := range map[string]*corpus.Corpus{
		"no call":     {},
		"one call":    handmade.Corpus(person),
		"many alike":  handmade.Corpus(slices.Repeat([]handmade.Call{person}, 50)...),
		"no script":   handmade.Corpus(unscripted...),
		"not known":   {ScriptsInferred: true, EndsInferred: true, Calls: make([]corpus.Call, 3)},
		"not a call":  {Calls: []corpus.Call{{Day: corpus.NoDay}}},
		"no campaign": handmade.Corpus(handmade.Call{Lines: []string{"R 您好"}}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, share := range []bool{false, true} {
				r := reportOf(t, c, report.Options{Share: share})
				for _, s := range r.Sections {
					if len(s.Findings) == 0 && s.Empty == "" {
						t.Errorf("%s says neither what there is nor why there is nothing", s.Title)
					}
				}
				if text := textOf(t, r) + pageOf(t, r); strings.Contains(text, "NaN") || strings.Contains(text, "%!") {
					t.Errorf("%s", text)
				}
			}
		})
	}
}

// What is inferred is said.
func TestNotes(t *testing.T) {
	c := handmade.Corpus(handmade.Call{Script: "甲", Lines: []string{"R 您好", "C 喂"}})
	c.ScriptsInferred, c.EndsInferred = true, true
	text := textOf(t, reportOf(t, c, report.Options{Share: true}))
	for _, want := range []string{"没有 SearchTask", "没有话术名称和版本", "供转发"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}

// findingOf returns the finding with a title.
func findingOf(t *testing.T, r *report.Report, title string) report.Finding {
	t.Helper()
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if f.Title == title {
				return f
			}
		}
	}
	t.Fatalf("no finding %q", title)
	return report.Finding{}
}

// An example of a rule quotes the line that is its evidence, whoever says it; of a line
// that is missing, where it should be.
func TestExamplesQuoteEvidence(t *testing.T) {
	promise := handmade.Call{Script: "甲", Lines: []string{"R 您好，我是小李，有个课程", "C 什么 课程", "R 保证您考试通过", "C 骗子 吧", "R 再见"}}
	silent := handmade.Call{Script: "甲", Lines: []string{"R 您好，课程本周开课", "C 哦", "R 下周也有", "C 好", "R 再见"}}
	text := textOf(t, reportOf(t, handmade.Corpus(promise, silent), report.Options{}))
	for title, want := range map[string]string{"机器人违规承诺": "机: 保证您考试通过", "没有自报家门": "机: 您好，课程本周开课"} {
		_, after, _ := strings.Cut(text, title)
		if lines := strings.Split(after, "\n"); len(lines) < 4 || !strings.HasSuffix(lines[3], want) {
			t.Errorf("%s does not quote %q:\n%s", title, want, after)
		}
	}
}

// A rule that names no scripts and hits nearly every call says little: it comes last.
func TestRulesThatHitEverywhere(t *testing.T) {
	everywhere := handmade.Call{Script: "甲", Lines: []string{"R 您好，我是小李", "C 我 要 投诉 你", "R 有个课程", "C 好", "R 再见"}}
	calls := handmade.Times(19, everywhere)
	everywhere.Lines = []string{"R 您好，我是小李，通话会录音", "C 哦", "R 有个课程", "C 好", "R 再见"}
	r := reportOf(t, handmade.Corpus(append(calls, everywhere)...), report.Options{})
	found := r.Sections[len(r.Sections)-1].Findings
	if last := found[len(found)-1]; last.Title != "没有告知录音" && last.Title != "投诉、举报" || !strings.Contains(last.Also, "scripts:") {
		t.Errorf("last is %q, also %q", last.Title, last.Also)
	}
}

// Where a count is not shown, calls from which it could be counted are not either.
func TestHiddenCountsHaveNoExamples(t *testing.T) {
	calls := handmade.Times(40, handmade.Call{Script: "甲", Lines: []string{"R 您好，我是小李", "C 好", "R 再见"}})
	calls = append(calls, handmade.Times(3, handmade.Call{Script: "甲", Lines: []string{"R 您好，我是小李", "C 我 要 投诉 你", "R 再见"}})...)
	c := handmade.Corpus(calls...)
	if open := findingOf(t, reportOf(t, c, report.Options{}), "投诉、举报"); len(open.Examples) != 3 {
		t.Errorf("%d examples, want 3", len(open.Examples))
	}
	if shared := findingOf(t, reportOf(t, c, report.Options{Share: true}), "投诉、举报"); !strings.Contains(shared.Says, "<5") || len(shared.Examples) != 0 {
		t.Errorf("%s, with %d examples", shared.Says, len(shared.Examples))
	}
}

// The last day is that of the selected calls.
func TestChangedOnTheLastSelectedDay(t *testing.T) {
	call := handmade.Call{Script: "甲", Campaign: "一", Lines: []string{"R 您好", "C 好"}}
	var calls []handmade.Call
	for day := range 10 {
		call.Day = 20_000 + calendar.Day(day)
		calls = append(calls, handmade.Times(40, call)...)
	}
	call.Lines = append(call.Lines, "!")
	for i := range calls {
		if i%3 == 0 {
			calls[i].Lines = call.Lines
		}
	}
	c := handmade.Corpus(calls...)
	const before = 5 * 40 // calls of the first five days
	r := report.Make(report.Data{Corpus: c, Graph: nodes.Find(c), Selected: handmade.All(c)[:before]}, report.Options{Lang: schema.Chinese, Made: made})
	if want := (20_000 + calendar.Day(4)).String() + " 对比 "; !strings.HasPrefix(r.Sections[0].About, want) {
		t.Errorf("%q, want %q", r.Sections[0].About, want)
	}
}
