package among_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/schema"
)

const book = `rules:
  fraud:
    zh: 怀疑诈骗
    scripts: [还款]
    conditions:
      says: {role: contact, any: [骗子]}
    when: says
  no_more:
    opt_out: true
    conditions:
      says: {role: contact, any: [别再打]}
    when: says
`

// world is calls of a script: five are kept, then three hang up at the question, two are
// not understood there, and one calls them frauds.
func world(t *testing.T) among.View {
	t.Helper()
	kept := handmade.Call{Script: "还款", Version: "1", Lines: []string{"R 您好", "C 你好", "R 请问可以还款吗", "C 可以", "R 再见"}}
	hungUp := handmade.Call{Script: "还款", Version: "2", Lines: []string{"R 您好", "C 你好", "R 请问可以还款吗", "C 骗子 吧", "!"}}
	other := handmade.Call{Script: "回访", Version: "1", Lines: []string{"R 满意吗", "C 别再打", "R 再见了"}}
	c := handmade.Corpus(slices.Concat(handmade.Times(6, kept), handmade.Times(5, hungUp), handmade.Times(5, other))...)
	parsed, err := rules.Parse("book", []byte(book))
	if err != nil {
		t.Fatal(err)
	}
	return among.View{Corpus: c, Graph: nodes.Find(c), Hits: match.Find(parsed, c)}
}

func idOf(t *testing.T, v among.View, pattern string) string {
	t.Helper()
	for w := range v.Graph.Wordings {
		if v.Graph.Wordings[w].Pattern == pattern {
			return among.WordingID(v.Corpus, v.Graph, int32(w))
		}
	}
	t.Fatalf("no wording %s", pattern)
	return ""
}

func TestSelect(t *testing.T) {
	v := world(t)
	ask := idOf(t, v, "请问可以还款吗")
	for _, test := range []struct {
		query string
		want  int
	}{
		{"", 16},
		{"f=script%3D还款", 11},
		{"wording=" + ask, 11},
		{"wording=" + ask + "&event=reached", 11},
		{"wording=" + ask + "&event=hung_up", 5},
		{"wording=" + ask + "&event=kept", 6},
		{"wording=" + ask + "&event=kept&f=version%3D2", 0},
		{"wording=" + ask + "&event=replied&reply=骗子吧", 5},
		{"wording=" + ask + "&event=went&next=end", 5},
		{"wording=" + ask + "&event=went&next=" + idOf(t, v, "再见"), 6},
		{"node=" + ask + "&event=hung_up", 5},
		{"node=" + ask + "&wording=" + ask, 11},
		{"node=" + ask + "&wording=" + idOf(t, v, "再见"), 0},
		{"wording=0123456789ab", 0},
		{"phrase=骗子", 5}, {"phrase=骗子吧", 5}, {"phrase=骗", 0}, {"phrase=可以", 6},
		{"rule=fraud", 5}, {"rule=fraud&event=could", 11}, {"rule=fraud&event=missed", 6}, {"rule=none", 0},
		{"measure=failed", 5}, {"measure=not:failed", 11}, {"measure=known:failed", 16}, {"measure=rule:fraud", 5}, {"measure=rule:none", 0},
		{"unclear=可以&event=understood", 6}, {"unclear=可以|骗子", 11}, {"unclear=可以|骗子&event=not_understood", 0},
		{"id=/job0/task0&id=/job15/task15", 2}, {"id=/job0/task1", 0}, {"id=i/job0/task0", 0},
		{"optout=1", 0}, // nobody was called again
	} {
		values, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		set, err := among.Parse(values)
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		got := set.Select(v)
		known := v
		known.IDs = among.NewIDs(v.Corpus, v.Graph)
		if again := set.Select(known); !slices.Equal(again, got) {
			t.Errorf("%s selects %v with ids that are known, %v without", test.query, again, got)
		}
		if len(got) != test.want {
			t.Errorf("%s selects %d calls, want %d", test.query, len(got), test.want)
		}
		if !slices.IsSorted(got) {
			t.Errorf("%s: not in order: %v", test.query, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for query, parameter := range map[string]string{
		"f=bad":                                       "f",
		"f=day%3D2026-13-01":                          "f",
		"wording=xyz":                                 "wording",
		"node=%27%3B+DROP+TABLE":                      "node",
		"event=hung_up":                               "event",
		"event=could&wording=0123456789ab":            "event",
		"event=nothing&wording=0123456789ab":          "event",
		"wording=0123456789ab&event=replied":          "event",
		"wording=0123456789ab&reply=a":                "event",
		"wording=0123456789ab&event=went&next=a":      "next",
		"measure=sum":                                 "measure",
		"optout=yes":                                  "optout",
		"id=a":                                        "id",
		"id=a/b/c/d":                                  "id",
		"id=%25zz/b/c":                                "id",
		"phrase=%00":                                  "phrase",
		"unclear=" + strings.Repeat("a|", 20):         "unclear",
		"phrase=%ff":                                  "phrase",
		"phrase=" + strings.Repeat("a", 5000):         "phrase",
		"f=" + strings.Repeat("a", 5000):              "f",
		strings.Repeat("id=a/b/c&", 201) + "id=a/b/c": "id",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = among.Parse(values)
		var wrong *among.Error
		if !errors.As(err, &wrong) || wrong.Parameter != parameter {
			t.Errorf("%.60s: got %v, want an error of %s", query, err, parameter)
		}
	}
}

// A set is its parameters: parsed again they are the same set, with the same key.
func TestValues(t *testing.T) {
	id := rapid.StringMatching(`[0-9a-f]{12}`)
	text := rapid.StringMatching(`[a-z骗子可以 &=+%>|]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		var s among.Set
		var err error
		if s.Filter, err = filter.One(filter.Script, text.Draw(t, "script")); err != nil {
			t.Skip()
		}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			s.Wording, s.Event = id.Draw(t, "wording"), rapid.SampledFrom([]string{"", among.HungUp, among.Kept}).Draw(t, "event")
		case 1:
			s.Node, s.Event, s.Reply = id.Draw(t, "node"), among.Replied, text.Draw(t, "reply")
		case 2:
			s.Rule, s.Event = text.Draw(t, "rule"), rapid.SampledFrom([]string{"", among.Could, among.Missed}).Draw(t, "event")
		case 3:
			s.Unclear, s.OptOut = text.Draw(t, "unclear"), true
		case 4:
			s.Phrase, s.Measure = text.Draw(t, "phrase"), "not:failed"
			s.Calls = []corpus.Ref{{Instance: text.Draw(t, "instance"), Job: text.Draw(t, "job"), Task: "/" + text.Draw(t, "task")}}
		}
		values, err := url.ParseQuery(s.Key())
		if err != nil {
			t.Fatal(err)
		}
		again, err := among.Parse(values)
		if err != nil {
			t.Fatalf("%s: %v", s.Key(), err)
		}
		if again.Key() != s.Key() {
			t.Errorf("%s became %s", s.Key(), again.Key())
		}
		if diff := cmp.Diff(s.Calls, again.Calls); diff != "" {
			t.Error(diff)
		}
		for _, part := range s.Parts(among.Names{}, schema.Chinese) {
			left, err := url.ParseQuery(part.Without.Key())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := among.Parse(left); err != nil {
				t.Errorf("%s without %s: %v", s.Key(), part.Key, err)
			}
		}
	})
}

func TestDescribe(t *testing.T) {
	v := world(t)
	ask := idOf(t, v, "请问可以还款吗")
	only, err := filter.Parse("script=还款")
	if err != nil {
		t.Fatal(err)
	}
	names := among.Names{
		Wording: func(id string) string {
			if w, ok := among.Wording(v.Corpus, v.Graph, id); ok {
				return v.Graph.Wordings[w].Pattern
			}
			return ""
		},
		Rule: func(name string) string { return map[string]string{"fraud": "怀疑诈骗"}[name] },
	}
	for _, test := range []struct {
		set    among.Set
		zh, en string
	}{
		{among.Set{}, "全部通话", "all calls"},
		{among.Set{Filter: only, Wording: ask, Event: among.HungUp}, "script=还款；原话 请问可以还款吗 · 当场挂断", "script=还款; wording 请问可以还款吗 · hung up there"},
		{among.Set{Wording: ask, Event: among.Went, Next: among.End}, "原话 请问可以还款吗 · 接着到 结束", "wording 请问可以还款吗 · then the end"},
		{among.Set{Rule: "fraud", Event: among.Missed}, "规则 怀疑诈骗 · 未命中", "rule 怀疑诈骗 · did not hit"},
		{among.Set{Measure: "not:failed"}, "没有：失败", "not: failed"},
		{among.Set{Unclear: "盖期>改期", Event: among.NotUnderstood}, "回答含“盖期 → 改期” · 没听懂", "a reply has “盖期 → 改期” · not understood there"},
		{among.Set{OptOut: true, Phrase: "骗子"}, "客户说“骗子”；要求免打扰后的呼叫", "the contact says “骗子”; made after an opt-out"},
	} {
		if got := test.set.Describe(names, schema.Chinese); got != test.zh {
			t.Errorf("got %s, want %s", got, test.zh)
		}
		if got := test.set.Describe(names, schema.English); got != test.en {
			t.Errorf("got %s, want %s", got, test.en)
		}
	}
}

// The id of a wording depends on what is said alone, not on the calls around it.
func TestIDsLast(t *testing.T) {
	v := world(t)
	more := handmade.Corpus(append(
		handmade.Times(5, handmade.Call{Script: "新", Lines: []string{"R 早上好", "C 好", "R 请说"}}),
		handmade.Times(6, handmade.Call{Script: "还款", Lines: []string{"R 您好", "C 你好", "R 请问可以还款吗", "C 可以"}})...)...)
	g := nodes.Find(more)
	id := idOf(t, v, "请问可以还款吗")
	w, ok := among.Wording(more, g, id)
	if !ok || g.Wordings[w].Pattern != "请问可以还款吗" {
		t.Errorf("the wording is not found again: %d, %v", w, ok)
	}
	if n, ok := among.Node(more, g, id); !ok || !slices.Contains(g.Nodes[n].Wordings, w) {
		t.Errorf("nor is the node: %d, %v", n, ok)
	}
}

func TestRedacted(t *testing.T) {
	s := among.Set{Phrase: "张三", Unclear: "李四", Node: "0123456789ab", Event: among.Replied, Reply: "王五"}
	if key, err := url.QueryUnescape(s.Redacted().Key()); err != nil || strings.ContainsAny(key, "张李王") {
		t.Errorf("the log would have %s, %v", key, err)
	}
	if s.Phrase != "张三" {
		t.Error("the set itself was changed")
	}
}
