package find_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/find"
	"callmill/pipeline/calendar"
)

// whole returns a corpus of calls as one that was loaded whole: with what the robot said.
func whole(calls ...handmade.Call) *corpus.Corpus {
	c := handmade.Corpus(calls...)
	for i := range c.Texts {
		if t := &c.Texts[i]; t.Speaker == corpus.Robot {
			t.Script = c.Patterns.String(t.Pattern)
		}
	}
	return c
}

const monday = calendar.Day(20472)

// said returns what hits say, "task turn script".
func said(c *corpus.Corpus, hits []find.Hit) []string {
	all := []string{}
	for _, h := range hits {
		line := c.Lines[h.Line]
		all = append(all, fmt.Sprint(c.Calls[h.Call].Task, " ", line.Turn, " ", c.Texts[line.Text].Script))
	}
	return all
}

func TestLines(t *testing.T) {
	c := whole(
		handmade.Call{Day: monday, Lines: []string{"R 您好，请问是王女士吗", "C 你 是 谁", "R 我是客服"}},
		handmade.Call{Day: monday, Lines: []string{"R 您好，请问是王女士吗", "C 不 要 再 打 了"}},
		handmade.Call{Day: monday + 1, Lines: []string{"R 您好，请问是王女士吗", "C 打 错 了", "C 你 是 谁"}},
		handmade.Call{Day: corpus.NoDay, Lines: []string{"C 你 是 谁"}},
	)
	tests := map[string]struct {
		give find.Options
		want []string
	}{
		"the latest day first, calls without a day last": {find.Options{Text: "谁"}, []string{"task2 2 你是谁", "task0 1 你是谁", "task3 0 你是谁"}},
		"within words":            {find.Options{Text: "再打"}, []string{"task1 1 不要再打了"}},
		"of the robot":            {find.Options{Text: "是", Speaker: find.Robot}, []string{"task2 0 您好，请问是王女士吗", "task0 0 您好，请问是王女士吗", "task0 2 我是客服", "task1 0 您好，请问是王女士吗"}},
		"of contacts":             {find.Options{Text: "是", Speaker: find.Contact}, []string{"task2 2 你是谁", "task0 1 你是谁", "task3 0 你是谁"}},
		"short":                   {find.Options{MaxChars: 3, Speaker: find.Contact}, []string{"task2 1 打错了", "task2 2 你是谁", "task0 1 你是谁", "task3 0 你是谁"}},
		"long":                    {find.Options{MinChars: 5, Speaker: find.Contact}, []string{"task1 1 不要再打了"}},
		"an expression":           {find.Options{Text: "^(打错|不要).*了$", Regex: true}, []string{"task2 1 打错了", "task1 1 不要再打了"}},
		"an expression, not text": {find.Options{Text: "打.了", Regex: true}, []string{"task2 1 打错了"}},
		"text, not an expression": {find.Options{Text: "打.了"}, []string{}},
		"after a pause":           {find.Options{Text: "你是谁", MinPause: 1000}, []string{"task2 2 你是谁", "task0 1 你是谁"}},
		"after a longer pause":    {find.Options{MinPause: 1001}, []string{}},
		"of some calls":           {find.Options{Text: "谁", Some: true, Calls: []int32{0, 3}}, []string{"task0 1 你是谁", "task3 0 你是谁"}},
		"of no call":              {find.Options{Text: "谁", Some: true}, []string{}},
		"a NUL":                   {find.Options{Text: "\x00"}, []string{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			found, err := find.Lines(t.Context(), c, tt.give)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(tt.want, said(c, slices.Collect(found.All()))); diff != "" {
				t.Errorf("(-want +found):\n%s", diff)
			}
			if found.Total != len(tt.want) {
				t.Errorf("total %d, want %d", found.Total, len(tt.want))
			}
		})
	}
}

// Any page of hits is that part of all of them, and days add up.
func TestPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := corpora().Draw(t, "corpus")
		o := find.Options{
			Text:     rapid.SampledFrom([]string{"", "一", "二", "一二", "没有"}).Draw(t, "text"),
			Speaker:  rapid.SampledFrom([]find.Speaker{find.Anybody, find.Robot, find.Contact}).Draw(t, "speaker"),
			MinChars: rapid.IntRange(0, 3).Draw(t, "from"),
			MaxChars: rapid.IntRange(0, 3).Draw(t, "to"),
			MinPause: rapid.SampledFrom([]int64{0, 1000, 1001}).Draw(t, "pause"),
			Some:     rapid.Bool().Draw(t, "some"),
		}
		for i := range c.Calls {
			if o.Some && rapid.Bool().Draw(t, "call") {
				o.Calls = append(o.Calls, int32(i))
			}
		}
		found, err := find.Lines(context.Background(), c, o)
		if err != nil {
			t.Fatal(err)
		}
		all := naive(c, o)
		if diff := gocmp.Diff(all, slices.AppendSeq([]find.Hit{}, found.All())); diff != "" {
			t.Fatalf("(-one by one +found):\n%s", diff)
		}
		skip, limit := rapid.IntRange(0, len(all)+1).Draw(t, "skip"), rapid.IntRange(0, len(all)+1).Draw(t, "limit")
		rest := all[min(skip, len(all)):]
		if diff := gocmp.Diff(rest[:min(limit, len(rest))], found.Hits(skip, limit)); diff != "" {
			t.Fatalf("page of %d after %d (-want +found):\n%s", limit, skip, diff)
		}
		sum := 0
		for i, day := range found.Days {
			sum += day.Hits
			if i > 0 && day.Day != corpus.NoDay && day.Day >= found.Days[i-1].Day {
				t.Fatalf("days %v are not in order", found.Days)
			}
		}
		if sum != found.Total || found.Total != len(all) {
			t.Fatalf("total %d, by day %d, want %d", found.Total, sum, len(all))
		}
	})
}

// corpora generates corpora whose texts repeat.
func corpora() *rapid.Generator[*corpus.Corpus] {
	line := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"R ", "C "}).Draw(t, "speaker") + rapid.StringOfN(rapid.SampledFrom([]rune("一二三")), 1, 3, -1).Draw(t, "text")
	})
	call := rapid.Custom(func(t *rapid.T) handmade.Call {
		return handmade.Call{
			Instance: rapid.SampledFrom([]string{"b", "a"}).Draw(t, "instance"),
			Day:      monday + calendar.Day(rapid.IntRange(0, 2).Draw(t, "day")),
			Lines:    rapid.SliceOfN(line, 0, 4).Draw(t, "lines"),
		}
	})
	return rapid.Custom(func(t *rapid.T) *corpus.Corpus {
		calls := rapid.SliceOfN(call, 0, 8).Draw(t, "calls")
		slices.SortStableFunc(calls, func(a, b handmade.Call) int { return int(a.Day) - int(b.Day) })
		return whole(calls...)
	})
}

// naive looks at every line.
func naive(c *corpus.Corpus, o find.Options) []find.Hit {
	hits := []find.Hit{}
	for i := range c.Calls {
		if o.Some && !slices.Contains(o.Calls, int32(i)) {
			continue
		}
		for j, line := range c.Of(&c.Calls[i]) {
			text := c.Texts[line.Text]
			chars := utf8.RuneCountInString(text.Script)
			switch {
			case !strings.Contains(text.Script, o.Text),
				o.Speaker == find.Robot && text.Speaker != corpus.Robot, o.Speaker == find.Contact && text.Speaker != corpus.Contact,
				chars < o.MinChars, o.MaxChars > 0 && chars > o.MaxChars,
				o.MinPause > 0 && int64(line.Gap) < o.MinPause:
				continue
			}
			hits = append(hits, find.Hit{Call: int32(i), Line: c.Calls[i].FirstLine + int32(j)})
		}
	}
	slices.SortStableFunc(hits, func(a, b find.Hit) int {
		x, y := &c.Calls[a.Call], &c.Calls[b.Call]
		return cmp.Or(cmp.Compare(y.Day, x.Day), strings.Compare(c.Instances.String(x.Instance), c.Instances.String(y.Instance)), strings.Compare(x.Job, y.Job), strings.Compare(x.Task, y.Task))
	})
	return hits
}

// An expression finds the same lines whether or not texts are passed over.
func TestExpressions(t *testing.T) {
	expressions := []string{
		"一", "(?i)a", "一|二", "一.*二", "(一二|二三)+三?", "[一二]{2}", "^一", "三$", "(一{2}|二{0,2})三", "", "()", "一*", "(?:一|)", "(?i:a)一", `\Q一二\E`,
		"(一|二|三|一一|二二|三三|一二|二三|三一|一三)", "(?s).", "[^一]二",
	}
	rapid.Check(t, func(t *rapid.T) {
		c := corpora().Draw(t, "corpus")
		text := rapid.SampledFrom(expressions).Draw(t, "expression")
		found, err := find.Lines(context.Background(), c, find.Options{Text: text, Regex: true})
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, line := range c.Lines {
			if regexp.MustCompile(text).MatchString(c.Texts[line.Text].Script) {
				want++
			}
		}
		if found.Total != want {
			t.Fatalf("%s: %d lines, want %d", text, found.Total, want)
		}
	})
}

func TestTextError(t *testing.T) {
	c := whole(handmade.Call{Day: monday, Lines: []string{"C 好"}})
	for name, o := range map[string]find.Options{
		"not UTF-8":             {Text: "\xff"},
		"an expression too":     {Text: "\xff", Regex: true},
		"not closed":            {Text: "(", Regex: true},
		"a reference back":      {Text: `(a)\1`, Regex: true},
		"a look behind":         {Text: "(?<=a)b", Regex: true},
		"too many repetitions":  {Text: "a{2000}", Regex: true},
		"repetitions of others": {Text: "((a{100}){100}){100}", Regex: true},
		"too long":              {Text: strings.Repeat("好", find.MaxRegex), Regex: true},
		"nested too deeply":     {Text: strings.Repeat("(", 400) + strings.Repeat(")", 400) + "(", Regex: true},
	} {
		if _, err := find.Lines(t.Context(), c, o); err == nil {
			t.Errorf("%s: no error", name)
		} else if _, ok := errors.AsType[*find.TextError](err); !ok {
			t.Errorf("%s: %v, want a TextError", name, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := whole(handmade.Call{Day: monday, Lines: []string{"C 好"}})
	if _, err := find.Lines(ctx, c, find.Options{Text: "好"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

func TestAround(t *testing.T) {
	c := whole(
		handmade.Call{Day: monday, Lines: []string{"C 前"}},
		handmade.Call{Day: monday, Lines: []string{"R 一", "C 二", "R 三", "C 四"}},
		handmade.Call{Day: monday, Lines: []string{"C 后"}},
	)
	tests := []struct {
		text   string
		n      int
		before string
		after  string
	}{
		{"二", 0, "", ""}, {"二", 1, "一", "三"}, {"二", 2, "一", "三四"}, {"一", 5, "", "二三四"}, {"四", 2, "二三", ""},
	}
	for _, tt := range tests {
		found, err := find.Lines(t.Context(), c, find.Options{Text: tt.text})
		if err != nil {
			t.Fatal(err)
		}
		scripts := func(lines []corpus.Line) (all string) {
			for _, l := range lines {
				all += c.Texts[l.Text].Script
			}
			return all
		}
		before, after := found.Around(found.Hits(0, 1)[0], tt.n)
		if scripts(before) != tt.before || scripts(after) != tt.after {
			t.Errorf("%d around %s: %q and %q, want %q and %q", tt.n, tt.text, scripts(before), scripts(after), tt.before, tt.after)
		}
	}
}

func TestMarks(t *testing.T) {
	c := whole(handmade.Call{Day: monday, Lines: []string{"C 好"}})
	tests := map[string]struct {
		o    find.Options
		give string
		want string
	}{
		"a text, each time":   {find.Options{Text: "好"}, "好不好", "[好]不[好]"},
		"no overlap":          {find.Options{Text: "啊啊"}, "啊啊啊", "[啊啊]啊"},
		"nothing":             {find.Options{Text: "好"}, "行", "行"},
		"every line":          {find.Options{}, "好", "好"},
		"an expression":       {find.Options{Text: "[一二]+", Regex: true}, "一二三一", "[一二]三[一]"},
		"an expression empty": {find.Options{Text: "一*", Regex: true}, "二一", "二[一]"},
	}
	for name, tt := range tests {
		found, err := find.Lines(t.Context(), c, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		var marked strings.Builder
		from := 0
		for _, at := range found.Marks(tt.give) {
			fmt.Fprintf(&marked, "%s[%s]", tt.give[from:at[0]], tt.give[at[0]:at[1]])
			from = at[1]
		}
		marked.WriteString(tt.give[from:])
		if marked.String() != tt.want {
			t.Errorf("%s: %s, want %s", name, &marked, tt.want)
		}
	}
	if n := len(find.Mark(strings.Repeat("a", 10_000), "a", nil)); n > 100 {
		t.Errorf("%d marks in one text", n)
	}
}
