package contrast_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/schema"
)

// made is a corpus made by hand.
type made struct{ corpus.Corpus }

// call adds n answered calls of a script. What is said is one line after another, the
// robot's first; a contact's line is words with spaces between them, "" for none.
func (m *made) call(n int, instance, script string, failed bool, said ...string) {
	for range n {
		call := corpus.Call{
			Job: strconv.Itoa(len(m.Calls)), Instance: m.Instances.Add(instance), Script: m.Scripts.Add(script),
			Facts: corpus.Connected | corpus.Answered | corpus.FailureKnown, Attempt: 1, Hour: -1, Day: corpus.NoDay,
			FirstLine: int32(len(m.Lines)),
		}
		if failed {
			call.Facts |= corpus.Failed
		}
		exchange := int32(0)
		for turn, line := range said {
			text := corpus.Text{Speaker: corpus.Contact}
			if turn%2 == 0 {
				exchange++
				text = corpus.Text{Speaker: corpus.Robot, Pattern: m.Patterns.Add(line)}
			} else {
				for _, word := range strings.Fields(line) {
					text.Words = append(text.Words, m.Words.Add(word))
				}
			}
			m.Lines = append(m.Lines, corpus.Line{Text: int32(len(m.Texts)), Turn: int32(turn), Exchange: exchange})
			m.Texts = append(m.Texts, text)
		}
		call.LineCount = int32(len(m.Lines)) - call.FirstLine
		m.Calls = append(m.Calls, call)
	}
}

func (m *made) phrases(o contrast.Options) contrast.Answer {
	return contrast.Phrases(&m.Corpus, nodes.Find(&m.Corpus), measure.IsFailed.Values(&m.Corpus), o)
}

// A phrase is compared with calls that came as far without it: not with those that failed
// before, however many they are.
func TestOnlyCallsThatCameAsFar(t *testing.T) {
	var m made
	m.call(200, "", "s", true, "您好")                                // left at once
	m.call(40, "", "s", true, "您好", "在", "改 吗", "盖 期", "什么", "盖 期") // says it twice
	m.call(10, "", "s", false, "您好", "在", "改 吗", "盖 期")
	m.call(10, "", "s", true, "您好", "在", "改 吗", "不 用")
	m.call(90, "", "s", false, "您好", "在", "改 吗", "不 用")
	answer := m.phrases(contrast.Options{})
	if len(answer.Findings) == 0 {
		t.Fatalf("nothing is found: %+v", answer)
	}
	f := answer.Findings[0]
	if f.Dimension != contrast.Phrase || f.Calls != 50 || f.Observed != 40 || math.Abs(f.Expected-5) > 1e-9 {
		t.Errorf("%s %q: %d of %d, expected %.1f; want 40 of 50, expected 5", f.Dimension, f.Value, f.Observed, f.Calls, f.Expected)
	}
	if len(answer.Findings) != 1 || len(f.Aliases) != 2 {
		t.Errorf("%d findings, the first with the other names %v; want one with two", len(answer.Findings), f.Aliases)
	}
	if e := f.Examples[0]; !e.Observed || e.Turn != 3 {
		t.Errorf("the first example is %+v, want a failed call and the line", e)
	}
	if want := "客户说“" + f.Value + "”的 50 通中失败 40，同类应 5，多 35 [29–40]"; f.Sentence(schema.Chinese, measure.IsFailed.Verb()) != want {
		t.Errorf("%s, want %s", f.Sentence(schema.Chinese, measure.IsFailed.Verb()), want)
	}
}

// A script of the same name in another instance is another script.
func TestInstancesApart(t *testing.T) {
	var m made
	m.call(60, "one", "s", true, "您好", "在")
	m.call(60, "two", "s", false, "您好", "不 在")
	if answer := m.phrases(contrast.Options{}); answer.Reason != contrast.Incomparable {
		t.Errorf("%+v, want nothing to compare", answer)
	}
}

func TestReasons(t *testing.T) {
	alone := func(build func(m *made)) *made {
		m := &made{}
		build(m)
		return m
	}
	for name, tt := range map[string]struct {
		m    *made
		want contrast.Reason
	}{
		"no call":       {&made{}, contrast.NoCalls},
		"nothing said":  {alone(func(m *made) { m.call(5, "", "s", true); m.call(5, "", "s", false) }), contrast.NoLines},
		"none failed":   {alone(func(m *made) { m.call(50, "", "s", false, "您好", "在") }), contrast.NeverTrue},
		"all failed":    {alone(func(m *made) { m.call(50, "", "s", true, "您好", "在") }), contrast.AlwaysTrue},
		"few":           {alone(func(m *made) { m.call(2, "", "s", true, "您好"); m.call(2, "", "s", false, "您好") }), contrast.TooFew},
		"other scripts": {alone(func(m *made) { m.call(50, "", "s", true, "您好"); m.call(50, "", "t", false, "您好") }), contrast.Incomparable},
		"no script":     {alone(func(m *made) { m.call(50, "", "", true, "您好"); m.call(50, "", "", false, "您好") }), contrast.Chance},
	} {
		answer := tt.m.phrases(contrast.Options{})
		if answer.Reason != tt.want || len(answer.Findings) > 0 {
			t.Errorf("%s: %s, want %s", name, answer.Reason, tt.want)
		}
		for _, lang := range []schema.Language{schema.Chinese, schema.English} {
			if answer.Reason.In(lang) == "" {
				t.Errorf("%s is not said in %s", answer.Reason, lang)
			}
		}
		stands := contrast.StandOut(&tt.m.Corpus, measure.IsFailed.Values(&tt.m.Corpus), nil, contrast.Options{})
		if stands.Reason == "" || len(stands.Findings) > 0 {
			t.Errorf("%s: stands out %+v, want a reason why nothing does", name, stands)
		}
	}
}

func TestSides(t *testing.T) {
	var m made
	m.call(60, "", "s", true, "您好", "在 吗")
	m.call(60, "", "s", false, "您好", "好")
	c, g := &m.Corpus, nodes.Find(&m.Corpus)
	failed := measure.IsFailed.Values(c)
	for name, tt := range map[string]struct {
		before, after int // calls from the first on
		want          contrast.Reason
	}{
		"no days":   {0, 0, contrast.NoCalls},
		"no before": {0, 120, contrast.NoBefore},
		"no after":  {120, 0, contrast.NoAfter},
		"none new":  {60, 60, contrast.Chance},
	} {
		sides := make([]contrast.Side, len(c.Calls))
		for i := range sides {
			// Alternately, so that neither side is all failures.
			switch {
			case tt.before == tt.after && tt.after > 0:
				sides[i] = contrast.Before + contrast.Side(i%2)
			case tt.after > 0:
				sides[i] = contrast.After
			case tt.before > 0:
				sides[i] = contrast.Before
			}
		}
		if change := contrast.Changed(c, g, failed, sides, contrast.Options{}); change.Reason != tt.want {
			t.Errorf("%s: %s, want %s", name, change.Reason, tt.want)
		}
	}
}

// What mix and versions explain adds up to the change.
func TestMixAndWithinAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m made
		for _, script := range []string{"a", "b", "c"} {
			m.call(rapid.IntRange(0, 9).Draw(t, "failed"), "", script, true, "您好")
			m.call(rapid.IntRange(0, 9).Draw(t, "not failed"), "", script, false, "您好")
		}
		sides := make([]contrast.Side, len(m.Calls))
		for i := range sides {
			sides[i] = contrast.Side(rapid.IntRange(0, 2).Draw(t, "side"))
		}
		change := contrast.Changed(&m.Corpus, nodes.Find(&m.Corpus), measure.IsFailed.Values(&m.Corpus), sides, contrast.Options{})
		if change.Calls == 0 || change.BeforeCalls == 0 || change.Reason == contrast.NeverTrue || change.Reason == contrast.AlwaysTrue {
			return
		}
		want := float64(change.Observed) - float64(change.BeforeTrue)/float64(change.BeforeCalls)*float64(change.Calls)
		if got := change.Mix + change.Within; math.Abs(got-want) > 1e-9 {
			t.Fatalf("mix %v + within %v = %v calls, want %v", change.Mix, change.Within, got, want)
		}
	})
}

func TestLastDay(t *testing.T) {
	c := &corpus.Corpus{Zone: time.UTC, Calls: []corpus.Call{{Day: 100}, {Day: 107}, {Day: 108}, {Day: corpus.NoDay}}}
	before, after, ok := contrast.LastDay(c, []int32{0, 1, 2, 3})
	if before != (contrast.Days{First: 101, Last: 107}) || after != (contrast.Days{First: 108, Last: 108}) || !ok {
		t.Errorf("before %v, after %v", before, after)
	}
	want := []contrast.Side{contrast.Neither, contrast.Before, contrast.After, contrast.Neither}
	if got := contrast.OnDays(c, before, after); !slices.Equal(got, want) {
		t.Errorf("sides %v, want %v", got, want)
	}
	// Other calls than these have later days.
	if _, after, _ := contrast.LastDay(c, []int32{0, 1, 3}); after != (contrast.Days{First: 107, Last: 107}) {
		t.Errorf("the last day of some calls is %v", after)
	}
	for _, calls := range [][]int32{nil, {3}} {
		if _, after, ok := contrast.LastDay(c, calls); ok {
			t.Errorf("the last day of calls without one is %v", after)
		}
	}
}

// A filter is compared with another; calls of both are of neither.
func TestTwoFilters(t *testing.T) {
	var m made
	m.call(1, "", "a", false)
	m.call(1, "", "b", false)
	m.call(1, "", "c", false)
	is := func(scripts ...string) func(*corpus.Call) bool {
		return func(call *corpus.Call) bool { return slices.Contains(scripts, m.Scripts.String(call.Script)) }
	}
	got := contrast.Sides(&m.Corpus, is("a", "b"), is("b", "c"))
	if want := []measure.Value{measure.Yes, measure.Unknown, measure.No}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestSentences(t *testing.T) {
	numbers := contrast.Finding{Calls: 541, Observed: 268, Expected: 188, Excess: 80, Low: 60, High: 101}
	fewer := contrast.Finding{Calls: 541, Observed: 108, Expected: 188, Excess: -80, Low: -101, High: -60}
	failed, answered := measure.IsFailed.Verb(), measure.IsAnswered.Verb()
	for _, tt := range []struct {
		f      contrast.Finding
		name   contrast.Name
		verb   schema.Text
		zh, en string
	}{
		{numbers, contrast.Name{Dimension: contrast.Wording, Value: "您好"}, failed, "该句 541 通中失败 268，同类应 188，多 80 [60–101]", "268 of 541 calls with this line failed; of calls like them 188 would have: 80 more [60–101]"},
		{fewer, contrast.Name{Dimension: contrast.Number, Value: "021"}, answered, "主叫 021 的 541 通中有人接听 108，同类应 188，少 80 [60–101]", "108 of 541 calls from 021 were answered; of calls like them 188 would have been: 80 fewer [60–101]"},
		{numbers, contrast.Name{Dimension: contrast.Hour, Value: "12"}, failed, "12 点的 541 通中失败 268，同类应 188，多 80 [60–101]", "268 of 541 calls at 12:00 failed; of calls like them 188 would have: 80 more [60–101]"},
		{numbers, contrast.Name{Dimension: contrast.Batch, Value: "b"}, measure.Result("意向", "高").Verb(), "批次“b”的 541 通中意向=高 268，同类应 188，多 80 [60–101]", "268 of 541 calls of batch “b” have 意向=高; of calls like them 188 would: 80 more [60–101]"},
		{numbers, contrast.Name{Dimension: contrast.Attempt, Value: "2"}, schema.Text{ZH: "属于甲方", EN: "are of a"}, "第 2 次呼叫的 541 通中属于甲方 268，同类应 188，多 80 [60–101]", "268 of 541 calls that are attempt 2 are of a; of calls like them 188 would be: 80 more [60–101]"},
	} {
		tt.f.Name = tt.name
		if got := tt.f.Sentence(schema.Chinese, tt.verb); got != tt.zh {
			t.Errorf("%s, want %s", got, tt.zh)
		}
		if got := tt.f.Sentence(schema.English, tt.verb); got != tt.en {
			t.Errorf("%s, want %s", got, tt.en)
		}
	}
}

// What was there before is not new because its past belongs to an earlier finding.
func TestNewIsOfAllCallsBefore(t *testing.T) {
	var m made
	var sides []contrast.Side
	add := func(n int, side contrast.Side, failed bool, number string, hour int8) {
		from := len(m.Calls)
		m.call(n, "", "s", failed, "您好")
		for i := from; i < len(m.Calls); i++ {
			m.Calls[i].Number, m.Calls[i].Hour = m.Numbers.Add(number), hour
			sides = append(sides, side)
		}
	}
	add(200, contrast.Before, false, "1", 10) // all of hour 10 before are of number 1
	add(200, contrast.Before, false, "2", 11)
	add(10, contrast.Before, true, "2", 11)
	add(150, contrast.After, true, "1", 10)
	add(50, contrast.After, false, "1", 10)
	add(60, contrast.After, true, "2", 10)
	add(60, contrast.After, false, "2", 11)
	change := contrast.Changed(&m.Corpus, nodes.Find(&m.Corpus), measure.IsFailed.Values(&m.Corpus), sides, contrast.Options{})
	if len(change.Findings) == 0 {
		t.Fatalf("nothing changed: %+v", change)
	}
	for _, f := range change.Findings {
		if f.New {
			t.Errorf("%s %s is new, but was there before", f.Dimension, f.Value)
		}
	}
}

// Scripts of the same name are told apart by their instance.
func TestInstancesAreNamed(t *testing.T) {
	var m made
	for instance, failing := range []int{50, 5} {
		name := strconv.Itoa(instance)
		for version, n := range []int{failing, 5} {
			from := len(m.Calls)
			m.call(n, name, "s", true, "您好")
			m.call(100-n, name, "s", false, "您好")
			for i := from; i < len(m.Calls); i++ {
				m.Calls[i].Version = m.Versions.Add(strconv.Itoa(version))
			}
		}
	}
	found := contrast.StandOut(&m.Corpus, measure.IsFailed.Values(&m.Corpus), []contrast.Dimension{contrast.Version}, contrast.Options{})
	if want := (contrast.Name{Dimension: contrast.Version, Value: "0", Script: "s", Instance: "0"}); len(found.Findings) == 0 || found.Findings[0].Name != want {
		t.Errorf("%+v, want %+v first", found.Findings, want)
	}
	if e := found.Findings[0].Examples; len(e) == 0 || e[0].Instance != "0" {
		t.Errorf("examples %+v, want those of instance 0", e)
	}
}

// Examples show what a finding says: of fewer calls than expected those without.
func TestExamplesShowTheDirection(t *testing.T) {
	var m made
	for number, failing := range []int{90, 50, 50, 50, 10} {
		from := len(m.Calls)
		m.call(failing, "", "s", true, "您好")
		m.call(100-failing, "", "s", false, "您好")
		for i := from; i < len(m.Calls); i++ {
			m.Calls[i].Number = m.Numbers.Add(strconv.Itoa(number))
		}
	}
	found := contrast.StandOut(&m.Corpus, measure.IsFailed.Values(&m.Corpus), []contrast.Dimension{contrast.Number}, contrast.Options{Examples: 5}).Findings
	if len(found) != 2 || found[0].Excess < 0 || found[1].Excess > 0 {
		t.Fatalf("%+v, want one number with more and one with fewer", found)
	}
	for _, f := range found {
		for _, e := range f.Examples {
			if e.Observed != (f.Excess > 0) {
				t.Errorf("number %s, excess %.0f, has the example %+v", f.Value, f.Excess, e)
			}
		}
	}
}

// What is another name of a finding is not a finding of its own, though more calls have it.
func TestAliasesAreNotFoundAgain(t *testing.T) {
	var m made
	var sides []contrast.Side
	add := func(n int, side contrast.Side, failed bool, version, batch string) {
		from := len(m.Calls)
		m.call(n, "", "s", failed, "您好")
		for i := from; i < len(m.Calls); i++ {
			m.Calls[i].Version, m.Calls[i].Campaign = m.Versions.Add(version), m.Campaigns.Add(batch)
			sides = append(sides, side)
		}
	}
	add(50, contrast.Before, true, "1", "one")
	add(450, contrast.Before, false, "1", "one")
	add(240, contrast.After, true, "2", "two")
	add(60, contrast.After, false, "2", "two")
	add(80, contrast.After, true, "1", "two") // of the batch, not of the version
	add(20, contrast.After, false, "1", "two")
	found := contrast.Changed(&m.Corpus, nodes.Find(&m.Corpus), measure.IsFailed.Values(&m.Corpus), sides, contrast.Options{}).Findings
	if len(found) == 0 || len(found[0].Aliases) == 0 {
		t.Fatalf("%+v, want a finding with aliases", found)
	}
	seen := map[contrast.Name]bool{}
	for _, f := range found {
		for _, name := range slices.Concat([]contrast.Name{f.Name}, f.Aliases) {
			if seen[name] {
				t.Errorf("%v is found twice: %+v", name, found)
			}
			seen[name] = true
		}
	}
}
