package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/rules"
)

const file = `
conditions:
  shared: {role: contact, any: [a]}   # used by both
  near:
    any: [b]
    after: {condition: shared, lines: 2}
  other: {any: [c]}
# Rules follow.
rules:
  first:
    zh: 第一
    conditions:
      own: {any: [d]}

      # within the rule
      second_own:
        any: [e]
    when: own or near or second_own

  second: {when: first and other}

  third:
    when: other
`

func numbers(b *rules.Book, rule string) string {
	var all []string
	for _, line := range b.Source(b.Find(rule)) {
		all = append(all, fmt.Sprint(line.Number))
	}
	return strings.Join(all, " ")
}

// TestSource: a rule's lines, with those of what it uses.
func TestSource(t *testing.T) {
	b, err := rules.Parse("rules.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{
		"first":  "3 4 5 6 10 11 12 13 14 15 16 17 18",
		"second": "3 4 5 6 7 10 11 12 13 14 15 16 17 18 20",
		"third":  "7 22 23",
	} {
		if got := numbers(b, rule); got != want {
			t.Errorf("%s: lines %s, want %s", rule, got, want)
		}
	}
	for _, line := range b.Source(b.Find("third")) {
		if want := strings.Split(file, "\n")[line.Number-1]; line.Text != want {
			t.Errorf("line %d is %q, want %q", line.Number, line.Text, want)
		}
	}
}

// TestRef: a version is of what a rule says, and of nothing else in the file.
func TestRef(t *testing.T) {
	refs := func(text string) []string {
		b, err := rules.Parse("rules.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for i := range b.Rules {
			all = append(all, b.Ref(i))
		}
		return all
	}
	before := refs(file)
	if !strings.HasPrefix(before[0], "first@") || len(before[0]) != len("first@")+8 {
		t.Errorf("%q", before[0])
	}
	for name, tt := range map[string]struct {
		old, new string
		changed  []bool
	}{
		"a comment":          {"# within the rule", "# in the rule", []bool{false, false, false}},
		"its own condition":  {"[d]", "[x]", []bool{true, true, false}},
		"a shared one":       {"[a]", "[x]", []bool{true, true, false}},
		"another one":        {"[c]", "[x]", []bool{false, true, true}},
		"lines before it":    {"conditions:\n  shared", "conditions:\n\n  shared", []bool{false, false, false}},
		"one of the others'": {"third:", "last:", []bool{false, false, true}},
	} {
		after := refs(strings.Replace(file, tt.old, tt.new, 1))
		for i := range before {
			if (before[i] != after[i]) != tt.changed[i] {
				t.Errorf("%s: %s became %s", name, before[i], after[i])
			}
		}
	}
	starter, err := rules.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for i := range starter.Rules {
		if source := starter.Source(i); len(source) < 2 {
			t.Errorf("%s has %d lines", starter.Rules[i].Name, len(source))
		}
	}
}
