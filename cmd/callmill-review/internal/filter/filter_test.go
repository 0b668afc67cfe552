package filter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Parse understands filters, whose text is then canonical.
func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"  ", ""},
		{"script=还款", "script=还款"},
		{"hour=9-11 script=还款", "script=还款 hour=9-11"},
		{"version=1.7.1,1.7.0,1.7.1", "version=1.7.0,1.7.1"},
		{"version=1.7.0 version=1.7.0", "version=1.7.0"},
		{"number!=0101 number!=0100", "number!=0100 number!=0101"},
		{`campaign="a b","c,d"`, `campaign="a b","c,d"`},
		{`campaign="还款"`, "campaign=还款"},
		{"result=联系结果=号码错误", "result=联系结果=号码错误"},
		{"day=2026-01-20..2026-01-24", "day=2026-01-20..2026-01-24"},
		{"day=..2026-01-24 attempt=2-", "day=..2026-01-24 attempt=2-"},
		{"is!=failed is=answered,last", "is!=failed is=answered,last"},
		{`script=""`, `script=""`},
		{"hour=09,9-9,9 day=2026-01-20..2026-01-20", "day=2026-01-20 hour=9"},
		{"day=..", "day=.."},
		{"script=", `script=""`},
		{"script=a\tversion=1", "script=a version=1"},
	}
	for _, test := range tests {
		f, err := filter.Parse(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if f.String() != test.want {
			t.Errorf("%q: %q, want %q", test.text, f, test.want)
		}
	}
}

// What is not a filter is refused with what is wanted.
func TestParseRefuses(t *testing.T) {
	tests := []struct{ text, says string }{
		{"还款", "want KEY=VALUE"},
		{"script 还款=1", "want KEY=VALUE"},
		{"skript=还款", "want one of script, version"},
		{"=1", `invalid filter key ""`},
		{`campaign="a`, "a quote is not closed"},
		{`campaign="a"b`, "want KEY=VALUE"},
		{"hour=nine", "want a number such as 9"},
		{"hour=11-9", "want a number such as 9"},
		{"hour=-1", "want a number such as 9"},
		{"attempt=99999999999999", "want a number such as 9"},
		{"day=yesterday", "want YYYY-MM-DD"},
		{"day=2026-01-20..soon", "want YYYY-MM-DD"},
		{"day=2026-01-24..2026-01-20", "want the first day first"},
		{"is=lost", "want one of answered, connected"},
	}
	for _, test := range tests {
		if f, err := filter.Parse(test.text); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, %v; want an error with %q", test.text, f, err, test.says)
		}
	}
}

// The text of a filter is parsed to the same filter, whatever its values are.
func TestCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f filter.Filter
		for range rapid.IntRange(0, 4).Draw(t, "conditions") {
			key := rapid.SampledFrom([]string{filter.Script, filter.Version, filter.Campaign, filter.Job, filter.Result}).Draw(t, "key")
			one, err := filter.One(key, rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "values")...)
			if err != nil {
				t.Fatal(err)
			}
			f = f.And(one)
		}
		again, err := filter.Parse(f.String())
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if again.String() != f.String() {
			t.Fatalf("%s is parsed to %s", f, again)
		}
		for i, c := range f.Conditions() {
			if !slices.Equal(c.Values, again.Conditions()[i].Values) {
				t.Fatalf("%s: values %q are parsed to %q", f, c.Values, again.Conditions()[i].Values)
			}
		}
	})
}

// calls returns a corpus of four calls.
func calls(t *testing.T) *corpus.Corpus {
	t.Helper()
	c := &corpus.Corpus{}
	add := func(script, version, result, day string, hour int8, attempt int16, facts corpus.Facts) {
		call := corpus.Call{
			Task: fmt.Sprint(len(c.Calls)), Script: c.Scripts.Add(script), Version: c.Versions.Add(version), Hour: hour, Attempt: attempt, Facts: facts, Day: corpus.NoDay,
		}
		if day != "" {
			var err error
			if call.Day, err = calendar.ParseDay(day); err != nil {
				t.Fatal(err)
			}
		}
		if result != "" {
			call.Results = []corpus.Code{c.Results.Add(result)}
		}
		c.Calls = append(c.Calls, call)
	}
	add("还款", "1.0", "意愿=是", "2026-01-20", 9, 1, corpus.Answered|corpus.FailureKnown)
	add("还款", "1.1", "意愿=否", "2026-01-21", 12, 2, corpus.Answered|corpus.Failed|corpus.FailureKnown)
	add("预约", "1.0", "", "2026-01-22", 20, 1, 0)
	add("", "", "", "", -1, 1, 0)
	return c
}

func TestSelect(t *testing.T) {
	c := calls(t)
	tests := []struct {
		text string
		want []int32
	}{
		{"", []int32{0, 1, 2, 3}},
		{"script=还款", []int32{0, 1}},
		{"script!=还款", []int32{2, 3}},
		{`script=""`, []int32{3}},
		{"script=还款,预约 version=1.0", []int32{0, 2}},
		{"result=意愿", []int32{0, 1}},
		{"result=意愿=否", []int32{1}},
		{"result!=意愿=否", []int32{0, 2, 3}},
		{"day=2026-01-21..", []int32{1, 2}},
		{"day!=2026-01-21..", []int32{0, 3}},
		{"hour=9-12", []int32{0, 1}},
		{"attempt=2-", []int32{1}},
		{"is=failed", []int32{1}},
		{"is!=answered", []int32{2, 3}},
		{"script=还款 script!=还款", nil},
	}
	for _, test := range tests {
		f, err := filter.Parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Select(c); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.text, got, test.want)
		}
	}
}

// For a filter that no call passes, those with one condition less are offered.
func TestNearest(t *testing.T) {
	f, err := filter.Parse("script=还款 hour=9 attempt=2")
	if err != nil {
		t.Fatal(err)
	}
	var offered []string
	for _, n := range f.Nearest(calls(t)) {
		offered = append(offered, fmt.Sprintf("%d without %s", n.Calls, n.Without))
	}
	if want := []string{"1 without hour=9", "1 without attempt=2"}; !slices.Equal(offered, want) {
		t.Errorf("%q, want %q", offered, want)
	}
}

func TestDays(t *testing.T) {
	tests := []struct{ text, from, to string }{
		{"script=还款", "1970-01-01", "1970-01-01"},
		{"day=2026-01-20", "2026-01-20", "2026-01-20"},
		{"day=2026-01-20,2026-01-24", "2026-01-20", "2026-01-24"},
		{"day=2026-01-20.. day=..2026-01-24", "2026-01-20", "2026-01-24"},
		{"day!=2026-01-20", "1970-01-01", "1970-01-01"},
		{"day=2026-01-20..,2026-01-01", "2026-01-01", "1970-01-01"},
	}
	for _, test := range tests {
		f, err := filter.Parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if from, to := f.Days(); from.String() != test.from || to.String() != test.to {
			t.Errorf("%s: from %s to %s, want from %s to %s", test.text, from, to, test.from, test.to)
		}
	}
}

// Where no call passes, the values that there are and the nearest filters are named.
func TestNothing(t *testing.T) {
	tests := []struct{ text, hint string }{
		{"script=还欠款 hour=9", "没有 还欠款 的通话；有：还款、预约；去掉 script=还欠款 有 1 通（2026-01-20）"},
		{"script=还款 hour=9 attempt=2", "去掉 hour=9 有 1 通（2026-01-21）；去掉 attempt=2 有 1 通（2026-01-20）"},
		{"day=2031-01-01", "去掉 day=2031-01-01 有 4 通（2026-01-20 至 2026-01-22）"},
	}
	for _, test := range tests {
		f, err := filter.Parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		reason, hint := f.Nothing(calls(t), schema.Chinese)
		if reason != "没有符合条件的通话："+f.String() || hint != test.hint {
			t.Errorf("%s: %s\nhint: %s\nwant: %s", test.text, reason, hint, test.hint)
		}
	}
	f, err := filter.Parse("outcome=已接通，用户挂断")
	if err != nil || f.String() != "outcome=hung_up" {
		t.Errorf("the filter of a label is %s: %v", f, err)
	}
}
