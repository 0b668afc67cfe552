package match_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/match"
)

// conversation is what most conditions are tried on.
const conversation = `
机: 您好，请问是{name}吗？
客 +1s: 喂，哪位
机 +1s: 这里是银行，您本期应还{num}元
客 +4s: 我不放便
机 +2s: 您本期应还{num}元，可以吗
客 +9s: 不要再打了，你听见没有
机: 好的，再见
客: 你听见没有啊
`

// Each condition holds at these lines of the dialogue.
func TestConditions(t *testing.T) {
	for _, tt := range []struct {
		name, condition string
		want            []int32
	}{
		{"any", "{any: [哪位, 再见]}", []int32{1, 6}},
		{"a word alone", "{any: 哪位}", []int32{1}},
		{"all", "{all: [本期, 可以]}", []int32{4}},
		{"none", "{role: contact, none: [听见, 喂]}", []int32{3}},
		{"n of", "{n_of: {n: 2, of: [您好, 请问, 银行, 元]}}", []int32{0, 2}},
		{"regex", "{regex: '应还.*元$'}", []int32{2}},
		{"regexes", "{regex: ['^好', '^喂']}", []int32{1, 6}},
		{"not regex", "{role: robot, not_regex: '应还'}", []int32{0, 6}},
		{"regex but not another", "{regex: 应还, not_regex: 可以}", []int32{2}},
		{"like", "{like: 你听见没有}", []int32{7}},
		{"like, less", "{like: {lines: [不要再打啦], least: 0.3}}", []int32{5}},
		{"as written", "{any: 方便}", nil},
		{"by sound", "{any: 方便, sound: true}", []int32{3}},
		{"regex by sound", "{regex: '不方(便|变)', sound: true}", []int32{3}},
		{"like by sound", "{like: 我不方便, sound: true}", []int32{3}},
		{"opt-out", "{opt_out: true}", []int32{5}},
		{"role", "{role: contact, regex: .}", []int32{1, 3, 5, 7}},
		{"first of the role", "{role: contact, first: 2, regex: .}", []int32{1, 3}},
		{"first of all", "{first: 2, regex: .}", []int32{0, 1}},
		{"last of the role", "{role: robot, last: 1, regex: .}", []int32{6}},
		{"after", "{after: {condition: owes}}", []int32{3, 4, 5, 6, 7}},
		{"after, by name", "{role: contact, after: owes}", []int32{3, 5, 7}},
		{"soon after", "{role: contact, after: {condition: owes, lines: 1}}", []int32{3, 5}},
		{"soon after the second", "{role: contact, after: {condition: owes, hit: 2, lines: 1}}", []int32{5}},
		{"after the last", "{after: {condition: owes, hit: -1}}", []int32{5, 6, 7}},
		{"after a third, which there is not", "{after: {condition: owes, hit: 3}}", nil},
		{"before the first", "{before: {condition: owes, hit: first}}", []int32{0, 1}},
		{"around", "{around: {condition: owes, hit: 1, lines: 1}}", []int32{1, 3}},
		{"same", "{same: owes, any: 可以}", []int32{4}},
		{"after and before", "{after: {condition: owes, hit: 1}, before: {condition: owes, hit: 2}}", []int32{3}},
		{"repeat", "{repeat: {within: 1, like: 0.5}}", []int32{4, 7}},
		{"repeat within one", "{role: contact, repeat: {within: 1, like: 0.55}}", []int32{7}},
		{"repeat of long lines", "{repeat: {within: 5, like: 0.5, min_chars: 7}}", []int32{4}},
		{"repeat except", "{repeat: {within: 5, like: 0.5, except: [听见]}}", []int32{4}},
		{"silence", "{silence: 4s}", []int32{3, 5}},
		{"silence up to", "{silence: {min: 2s, max: 4s}}", []int32{3, 4}},
		{"silence of the other", "{silence: {min: 1s, after: same}}", nil},
		{"times", "{role: robot, any: 应还, times: 2}", []int32{2, 4}},
		{"times, too few", "{any: 银行, times: 2}", nil},
		{"across", "{across: true, all: [喂, 再见]}", []int32{1, 6}},
		{"across, one missing", "{across: true, all: [喂, 元宝]}", nil},
		{"across, none", "{across: true, any: [喂], none: [听见]}", nil},
		{"across the first lines", "{across: true, first: 4, any: [喂], none: [听见]}", []int32{1}},
		{"across, some of", "{across: true, n_of: {n: 3, of: [喂, 银行, 再见, 元宝]}}", []int32{1, 2, 6}},
		{"across, expressions", "{across: true, regex: ['^喂'], not_regex: ['元宝']}", []int32{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := fmt.Sprintf("conditions:\n  owes: {any: 应还}\nrules:\n  r:\n    when: %s\n", tt.condition)
			e := explain(t, file, conversation)
			if diff := cmp.Diff(tt.want, e.Lines); diff != "" || (e.Verdict == match.IsHit) != (tt.want != nil) {
				t.Errorf("%s: verdict %s, lines (-want +got):\n%s", tt.condition, e.Verdict, diff)
			}
		})
	}
}

// explain says what becomes of the rule r of a file in a dialogue.
func explain(t *testing.T, file, said string) match.Explanation {
	t.Helper()
	book, err := rules.Parse("f", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	c, err := dialogue.Read("d", []byte(said))
	if err != nil {
		t.Fatal(err)
	}
	all := match.Explain(book, c, &c.Calls[0], true)
	return all[book.Find("r")]
}

func TestExpressions(t *testing.T) {
	for _, tt := range []struct {
		when string
		want match.Verdict
	}{
		{"yes", match.IsHit},
		{"no", match.IsNoHit},
		{"not no", match.IsHit},
		{"yes and no", match.IsNoHit},
		{"yes or no", match.IsHit},
		{"no and no or yes", match.IsHit},
		{"no and (no or yes)", match.IsNoHit},
		{"not no and yes", match.IsHit},
		{"not (no or yes)", match.IsNoHit},
		{"!no&&yes||no", match.IsHit},
		{"NOT no AND 有", match.IsHit},
		{"other_rule", match.IsHit},
		{"not other_rule", match.IsNoHit},
	} {
		file := "conditions:\n  yes: {any: 您好}\n  no: {any: 没有}\n  有: {any: 您好}\nrules:\n  other_rule: {when: yes}\n  r: {when: " + fmt.Sprintf("%q", tt.when) + "}\n"
		if got := explain(t, file, "机: 您好\n"); got.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.when, got.Verdict, tt.want)
		}
	}
}

func TestScope(t *testing.T) {
	book, err := rules.Parse("f", []byte(`
rules:
  silent: {hit: absent, when: {role: contact, regex: .}}
  third_line: {hit: absent, reached: 2, when: {any: 录音}}
  came_to_price: {hit: absent, reached: {any: 价格}, when: {any: 优惠}}
  only_a: {scripts: [A, C@1.0, X], when: {any: 您好}}
  noted: {when: {results: [意向=高, 评分=*]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := &corpus.Corpus{}
	add := func(script, version, result string, facts corpus.Facts, said string) {
		one, err := dialogue.Read("d", []byte(said))
		if err != nil {
			t.Fatal(err)
		}
		call := one.Calls[0]
		call.FirstLine, call.Facts = int32(len(c.Lines)), facts
		call.Script, call.Version = c.Scripts.Add(script), c.Versions.Add(version)
		call.Results = []corpus.Code{c.Results.Add(result)}
		for _, line := range one.Lines {
			line.Text += int32(len(c.Texts))
			c.Lines = append(c.Lines, line)
		}
		c.Texts = append(c.Texts, one.Texts...)
		c.Calls = append(c.Calls, call)
	}
	answered := corpus.Connected | corpus.Answered
	add("A", "1.0", "意向=高", answered, "机: 您好\n客: 好\n机: 价格一百\n")
	add("B", "1.0", "意向=低", answered, "机: 您好\n")
	add("C", "1.0", "评分=3", answered, "机: 您好\n机: 有录音\n")
	add("C", "2.0", "评分", answered, "机: 您好\n机: 价格有优惠\n")
	add("A", "1.0", "意向=高", corpus.Connected, "机: 您好\n")

	hits := match.Find(book, c)
	got := map[string]string{}
	for i := range hits.Rules {
		var could, hit []string
		for call := range int32(len(c.Calls)) {
			if hits.Rules[i].Could(call) {
				could = append(could, fmt.Sprint(call))
			}
			if hits.Rules[i].Hit(call) {
				hit = append(hit, fmt.Sprint(call))
			}
		}
		got[hits.Rules[i].Rule.Name] = strings.Join(hit, ",") + " of " + strings.Join(could, ",")
	}
	want := map[string]string{
		"silent":        "1,2,3 of 0,1,2,3",
		"third_line":    "0,3 of 0,2,3",
		"came_to_price": "0 of 0,3",
		"only_a":        "0,2 of 0,2",
		"noted":         "0,2 of 0,1,2,3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hits of calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"X"}, hits.UnknownScripts); diff != "" {
		t.Errorf("unknown scripts (-want +got):\n%s", diff)
	}
}

// Of an answered call without a line nothing is known that could have been said.
func TestCallsWithoutLines(t *testing.T) {
	book, err := rules.Parse("f", []byte(`
rules:
  said: {when: {any: 投诉}}
  missing: {hit: absent, when: {any: 录音}}
  by_name: {when: said}
  noted: {when: {results: [意向=高]}}
  missing_note: {hit: absent, when: {results: [意向=高]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := dialogue.Read("d", []byte("机: 您好"))
	if err != nil {
		t.Fatal(err)
	}
	silent := c.Calls[0]
	silent.LineCount = 0
	c.Calls = append(c.Calls, silent)
	for _, r := range match.Find(book, c).Rules {
		if want := strings.Contains(r.Rule.Name, "note"); r.Could(1) != want || !r.Could(0) {
			t.Errorf("%s: %v of the call without lines, want %v", r.Rule.Name, r.Could(1), want)
		}
	}
}
