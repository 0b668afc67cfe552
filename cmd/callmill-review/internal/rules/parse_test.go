package rules_test

import (
	"errors"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/rules/outline"
)

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"empty", "", "f:1: the file is empty: want a mapping with keys such as rules"},
		{"a list", "- a\n", "f:1: the file is a list: want a mapping"},
		{"no rules", "conditions:\n  a: {any: x}\n", "f:1: no rules"},
		{"unknown key", "rules: {}\nrulez: {}\n", `f:2: the file: unknown key "rulez": did you mean rules?`},
		{"no when", "rules:\n  r:\n    zh: 名字\n", "f:2: rule r has no when"},
		{"bad name", "rules:\n  a b: {when: {any: x}}\n", `f:2: invalid name of a rule "a b"`},
		{"reserved name", "rules:\n  r:\n    conditions:\n      and: {any: x}\n", `f:4: invalid name of a condition "and"`},
		{"misspelt condition", "rules:\n  r:\n    conditions:\n      fraud: {any: x}\n    when: froud\n", `f:5: rule r: when: invalid expression "froud": no condition froud: did you mean fraud?`},
		{"open bracket", "rules:\n  r:\n    conditions:\n      a: {any: x}\n    when: (a\n", "no ) for a ("},
		{"no operand", "rules:\n  r:\n    conditions:\n      a: {any: x}\n    when: a and\n", "it ends where a condition is expected"},
		{"too much", "rules:\n  r:\n    conditions:\n      a: {any: x}\n    when: a a\n", `unexpected "a"`},
		{"unused", "rules:\n  r:\n    conditions:\n      a: {any: x}\n      b: {any: x}\n    when: a\n", "f:5: rule r: condition b is used nowhere"},
		{"bad expression", "rules:\n  r:\n    when:\n      regex: (x\n", `f:4: rule r: when: invalid regular expression "(x": missing closing )`},
		{"lookahead", "rules:\n  r:\n    when: {regex: '(?!x)'}\n", "not part of RE2"},
		{"misspelt role", "rules:\n  r:\n    when: {role: contakt, any: x}\n", `invalid value "contakt": did you mean contact?`},
		{"n of too few", "rules:\n  r:\n    when: {n_of: {n: 3, of: [a, b]}}\n", "3 of 2 words can never be there"},
		{"bad number", "rules:\n  r:\n    when: {any: x, first: no}\n", `first: invalid number "no": want 1 to 10000`},
		{"bad duration", "rules:\n  r:\n    when: {silence: 3}\n", `invalid duration "3": want one such as 3s`},
		{"bad hit", "rules:\n  r:\n    conditions:\n      a: {any: x}\n      b: {any: x, after: {condition: a, hit: 0}}\n    when: b\n", "want any, 1 for the first, -1 for the last"},
		{"bad result", "rules:\n  r:\n    when: {results: 免打扰}\n", "want name=content"},
		{"result and words", "rules:\n  r:\n    when: {results: a=b, any: x}\n", "results are of a call, not of a line"},
		{"nothing asked", "rules:\n  r:\n    when: {role: robot}\n", "asks for nothing"},
		{"empty condition", "rules:\n  r:\n    when: {}\n", "rule r: when is empty"},
		{"null", "rules:\n  r:\n    when:\n", "f:3: rule r: when is empty"},
		{"empty list", "rules:\n  r:\n    when: {any: []}\n", "any is a list: want a list of texts"},
		{"empty text", "rules:\n  r:\n    when: {any: [\"\"]}\n", "any is an empty text"},
		{"circle", "rules:\n  r:\n    conditions:\n      a: {any: x, after: b}\n      b: {any: x, after: a}\n    when: a\n", "depends on itself"},
		{"rule of itself", "rules:\n  r:\n    conditions:\n      a: {any: x}\n    when: a and r\n", "r depends on itself"},
		{"sound of nothing", "rules:\n  r:\n    when: {sound: true, silence: 3s}\n", "no words that could sound like others"},
		{"across a repeat", "rules:\n  r:\n    when: {across: true, any: x, repeat: 3}\n", "across is for"},
		{"absent opt-out", "rules:\n  r:\n    opt_out: true\n    hit: absent\n    when: {any: x}\n", "an opt-out is something that is said"},
		{"two names", "conditions:\n  r: {any: x}\nrules:\n  r: {when: {any: x}}\n", "f:4: r is a rule and a condition"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rules.Parse("f", []byte(tt.file))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("error %v, want …%s…", err, tt.want)
			}
		})
	}
}

// All that is wrong is told at once.
func TestParseTellsAll(t *testing.T) {
	_, err := rules.Parse("f", []byte("rules:\n  a: {when: {regx: x}}\n  b: {when: c}\n"))
	want := "f:2: rule a: when: unknown key \"regx\": did you mean regex?\n"
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "\nf:3: rule b: when:") {
		t.Errorf("error %v, want those of lines 2 and 3", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(rules.StarterText()))
	f.Add([]byte("conditions:\n  a: {any: x}\nrules:\n  r: {when: a and not a, reached: 3, scripts: [x@1]}\n"))
	f.Add([]byte("rules:\n  r: {when: {repeat: {within: 2}, silence: {min: 1s}, after: r}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		book, err := rules.Parse("f", text)
		if at := (*outline.Error)(nil); err != nil && (!errors.As(err, &at) || at.Line < 1) {
			t.Fatalf("%q: %v names no line", text, err)
		}
		if err != nil {
			return
		}
		c, err := dialogue.Read("d", []byte("机: 您好\n客 +4s: 别再打了\n客: 别再打了\n"))
		if err != nil {
			t.Fatal(err)
		}
		hits := match.Find(book, c)
		for i, e := range match.Explain(book, c, &c.Calls[0], false) {
			if hit := hits.Rules[i].Hit(0); hit != (e.Verdict == match.IsHit) {
				t.Errorf("rule %s: hit %v, but explained as %s", e.Rule.Name, hit, e.Verdict)
			}
		}
	})
}
