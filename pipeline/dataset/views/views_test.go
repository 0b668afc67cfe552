package views_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

var (
	sentences = regexp.MustCompile(`^[^\n\t]*\p{Han}[^\n\t]*。$`)
	// halfWidth is punctuation that does not belong beside a Chinese character.
	halfWidth = regexp.MustCompile(`\p{Han}[,;:.!?()]|[,;:!?()]\p{Han}`)
)

// Every view has a text in both languages, and its columns have one each.
func TestAll(t *testing.T) {
	all := views.All()
	for _, name := range []string{"calls", "exchanges", "opt_outs", "daily", "search", "wilson"} {
		if !slices.ContainsFunc(all, func(v views.View) bool { return v.Name == name }) {
			t.Errorf("%s is not among the views", name)
		}
	}
	inChinese := func(name, text string) {
		if !sentences.MatchString(text) || halfWidth.MatchString(text) {
			t.Errorf("%s: in Chinese %q", name, text)
		}
	}
	for _, v := range all {
		inChinese(v.Name, v.Doc.ZH)
		if v.Doc.EN == "" || (v.Kind == views.KindView) != (len(v.Columns) > 0) {
			t.Errorf("%s (%s): %q, %d columns", v.Name, v.Kind, v.Doc.EN, len(v.Columns))
		}
		seen := map[string]bool{}
		for _, c := range v.Columns {
			if c.Doc.EN == "" || seen[c.Name] {
				t.Errorf("%s.%s has no text, or two", v.Name, c.Name)
			}
			seen[c.Name] = true
			inChinese(v.Name+"."+c.Name, c.Doc.ZH)
		}
	}
}

// Comments are in the language that is asked for, with the values of columns.
func TestLanguages(t *testing.T) {
	english, chinese := views.SQL("", schema.English, true), views.SQL("", schema.Chinese, true)
	for _, want := range []string{"Values: 1 finished; 2 ", "Values: first "} {
		if !strings.Contains(english, want) || strings.Contains(chinese, want) {
			t.Errorf("%q in English %v, in Chinese %v", want, strings.Contains(english, want), strings.Contains(chinese, want))
		}
	}
	for _, want := range []string{"取值：1 正常完结；2 ", "COMMENT ON VIEW tasks IS '任务：一次呼叫尝试。'"} {
		if !strings.Contains(chinese, want) || strings.Contains(english, want) {
			t.Errorf("%q in Chinese %v, in English %v", want, strings.Contains(chinese, want), strings.Contains(english, want))
		}
	}
	statements := func(sql string) (without []string) {
		for line := range strings.Lines(sql) {
			if !strings.HasPrefix(line, "COMMENT ON") {
				without = append(without, line)
			}
		}
		return without
	}
	if !slices.Equal(statements(english), statements(chinese)) {
		t.Error("the statements depend on the language")
	}
}

// The views of a folder are those that can be moved, at that folder.
func TestAt(t *testing.T) {
	text := views.SQL("", schema.English, true)
	_, text, _ = strings.Cut(text, "\n\n")
	if got, want := "\n"+views.At(text, "/a/it's [1]"), views.SQL("/a/it's [1]", schema.English, true); got != want {
		t.Errorf("%.300s\nwant\n%.300s", got, want)
	}
}
