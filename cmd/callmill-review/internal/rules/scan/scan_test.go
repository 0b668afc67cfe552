package scan

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name    string
		pattern Pattern
		yes, no []string
	}{
		{"keyword", Pattern{Keyword: "投诉"}, []string{"我要投诉", "投诉"}, []string{"头诉", "投", ""}},
		{"letters in either case", Pattern{Keyword: "aPP"}, []string{"在App上", "APP"}, []string{"ap"}},
		{"by sound", Pattern{Keyword: "方便", Sound: true}, []string{"不放便", "方便"}, []string{"方", "便方"}},
		{"n and l, ing and in", Pattern{Keyword: "南京", Sound: true}, []string{"兰斤"}, []string{"北京"}},
		{"expression", Pattern{Regex: "(别|不要)再?打"}, []string{"你别打了", "不要再打"}, []string{"别人打", "打"}},
		{"expression by sound", Pattern{Regex: "不?方便[接听]", Sound: true}, []string{"放变接", "不方便听"}, []string{"方便"}},
		{"class by sound", Pattern{Regex: "开[会车]", Sound: true}, []string{"在开扯", "开会"}, []string{"开门"}},
		{"class of all but some, by sound", Pattern{Regex: "^不[^是]", Sound: true}, []string{"不要", "布药"}, []string{"不是", "不事"}},
		{"any character", Pattern{Regex: "^.{1,2}$"}, []string{"喂", "你好"}, []string{"", "你好啊"}},
		{"case of an expression", Pattern{Regex: "APP"}, []string{"APP"}, []string{"app"}},
		{"no case of an expression", Pattern{Regex: "(?i)app"}, []string{"aPp"}, []string{"ap"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := New([]Pattern{{Keyword: "没有这个词"}, tt.pattern})
			if err != nil {
				t.Fatal(err)
			}
			for want, texts := range map[bool][]string{true: tt.yes, false: tt.no} {
				for _, text := range texts {
					hits := make([]uint64, s.Words())
					if got := s.Find(text, []uint64{1<<64 - 1}, hits, new(Scratch)); got != want || (hits[0] == 2) != want {
						t.Errorf("found in %q: %v, hits %b; want %v", text, got, hits[0], want)
					}
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct{ regex, want string }{
		{"(别", "missing closing )"},
		{"(?!别)打", "not part of RE2"},
		{`(打)\1`, "does not know this escape"},
	} {
		if err := (Pattern{Regex: tt.regex}).Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.regex, err, tt.want)
		}
	}
}

// What is found together is what each pattern finds by itself, without atoms.
func TestFindsWhatEachFinds(t *testing.T) {
	chars := []string{"不", "要", "别", "打", "电", "话", "店", "a", "B", "。", "方", "放"}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(chars), 0, 12).Draw(t, "characters"), "")
	})
	piece := rapid.SampledFrom([]string{"不要", "别", "打+", "[电店]话", "(再|在)?", ".{0,2}", "方?", "(?i:ab)", "^", "$", "[^打]", "(a|B|放)*", "(不|别){1,2}"})
	expr := rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(piece, 1, 5).Draw(t, "pieces")
		return strings.Join(parts, rapid.SampledFrom([]string{"", "|"}).Draw(t, "between"))
	})
	rapid.Check(t, func(t *rapid.T) {
		var patterns []Pattern
		for range rapid.IntRange(1, 5).Draw(t, "patterns") {
			p := Pattern{Sound: rapid.Bool().Draw(t, "sound")}
			if rapid.Bool().Draw(t, "keyword") {
				p.Keyword = strings.TrimSpace(text.Filter(func(s string) bool { return s != "" }).Draw(t, "keyword"))
			} else {
				p.Regex = expr.Draw(t, "expression")
			}
			patterns = append(patterns, p)
		}
		s, err := New(patterns)
		if err != nil {
			t.Fatal(err)
		}
		line := text.Draw(t, "line")
		hits := make([]uint64, s.Words())
		s.Find(line, []uint64{1<<64 - 1}, hits, new(Scratch))
		for i, p := range patterns {
			if got, want := hits[0]>>i&1 == 1, alone(t, p, line); got != want {
				t.Errorf("%+v in %q: %v, want %v", p, line, got, want)
			}
		}
	})
}

func alone(t *rapid.T, p Pattern, line string) bool {
	heard := func(s string) string { return string(appendSound(nil, s)) }
	if p.Keyword != "" {
		if p.Sound {
			return strings.Contains(strings.ToLower(heard(line)), strings.ToLower(heard(p.Keyword)))
		}
		return strings.Contains(strings.ToLower(line), strings.ToLower(p.Keyword))
	}
	tree, err := syntax.Parse(p.Regex, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	if p.Sound {
		tree, line = soundTree(tree), heard(line)
	}
	return regexp.MustCompile(tree.String()).MatchString(line)
}
