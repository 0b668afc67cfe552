package hard_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/redact/internal/hard"
	"callmill/pipeline/redact/span"
	"callmill/schema"
)

const example = `# Heading of a file.

# split over lines,
# with fillers
job name=王伟 honorific=先生 phone=10023570044 reference=HT1 extra:车牌=皖B00K36
R 是⟦name:王伟先生⟧吗
C 号码⟦phone|number:幺零零二⟧，⟦any:三⟧
`

func TestParse(t *testing.T) {
	got, err := hard.Parse(strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	contact := schema.Contact{Name: "王伟", Honorific: "先生", PhoneNumber: "10023570044", ReferenceID: "HT1"}
	want := []hard.Case{{
		Pos:   "3",
		Why:   "split over lines, with fillers",
		Lines: []span.Line{{Speaker: "Robot", Text: "是王伟先生吗"}, {Speaker: "Contact", Text: "号码幺零零二，三"}},
		Marks: []hard.Mark{
			{Line: 0, Start: 3, End: 15, Kinds: []span.Kind{span.Name}, Text: "王伟先生"},
			{Line: 1, Start: 6, End: 18, Kinds: []span.Kind{span.Phone, span.Number}, Text: "幺零零二"},
			{Line: 1, Start: 21, End: 24, Text: "三"},
		},
		Job: &schema.Job{
			JobID: "hard", ReferenceID: "HT1",
			Contacts: []schema.Contact{contact},
			Extras:   []schema.Extra{{Key: "车牌", Value: "皖B00K36"}},
			Tasks: []schema.Task{{
				TaskID: "hard#0", CalledNumber: "10023570044", Contact: contact,
				Turns: []schema.Turn{
					{Speaker: "Robot", Script: "是王伟先生吗"},
					{Speaker: "Contact", Script: "号码幺零零二，三"},
				},
			}},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ input, want string }{
		{"R ok\nX 好", `2: a line begins with "X": want #, job, R or C`},
		{"R ok\n# why", `2: "#" after the first line that is spoken: want an empty line before it`},
		{"job name=王伟\njob name=王伟", "2: a second job in one case"},
		{"job name", `1: job: invalid value "name": want KEY=VALUE`},
		{"job age=3", `1: job: unknown key "age"`},
		{"C ", "1: nothing said: want a text after R or C"},
		{"C ⟦phone:一", "1: ⟦ without ⟧"},
		{"C 一⟧", "1: ⟧ without ⟦"},
		{"C ⟦phone:⟧", "1: invalid mark ⟦phone:⟧: want KIND:TEXT"},
		{"C ⟦一二三⟧", "1: invalid mark ⟦一二三⟧: want KIND:TEXT"},
		{"C ⟦phone: 一⟧", "1: invalid mark ⟦phone: 一⟧: want KIND:TEXT"},
		{"C ⟦fax:一⟧", `1: unknown kind "fax"`},
		{"C ⟦phone|any:一⟧", `1: unknown kind "any"`},
	} {
		_, err := hard.Parse(strings.NewReader(test.input))
		if err == nil || err.Error() != test.want {
			t.Errorf("Parse(%q) returns error %v, want %s", test.input, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add("C ⟦phone:一⟧⟦name|id:二⟧")
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := hard.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range cases {
			for _, m := range c.Marks {
				if got := c.Lines[m.Line].Text[m.Start:m.End]; got != m.Text || got == "" {
					t.Errorf("a mark of %q is at %q", m.Text, got)
				}
			}
		}
	})
}

func TestScore(t *testing.T) {
	cases, err := hard.Parse(strings.NewReader("C ab⟦phone|number:cdef⟧gh⟦any:ij⟧kl⟦name:mn⟧\n"))
	if err != nil {
		t.Fatal(err)
	}
	const phone = 2 // where it begins
	is := func(start, end int, kind span.Kind) span.Span { return span.Span{Start: start, End: end, Kind: kind} }
	for _, test := range []struct {
		name  string
		found []span.Span
		phone hard.Count
		all   hard.Count // but those of phone
	}{
		{name: "nothing", phone: hard.Count{Missed: 1}, all: hard.Count{Missed: 1}},
		{"exact", []span.Span{is(phone, 6, span.Phone), is(12, 14, span.Name)}, hard.Count{Exact: 1}, hard.Count{Exact: 1}},
		{"another right kind", []span.Span{is(phone, 6, span.Number)}, hard.Count{Exact: 1}, hard.Count{Missed: 1}},
		{"wrong kind", []span.Span{is(phone, 6, span.QQ)}, hard.Count{Relabelled: 1}, hard.Count{Missed: 1}},
		{"too far", []span.Span{is(phone, 7, span.Phone)}, hard.Count{Covered: 1}, hard.Count{Missed: 1}},
		{"in pieces, in any order", []span.Span{is(4, 6, span.Phone), is(phone, 4, span.Phone)}, hard.Count{Covered: 1}, hard.Count{Missed: 1}},
		{"in pieces with a gap", []span.Span{is(phone, 3, span.Phone), is(4, 6, span.Phone)}, hard.Count{Part: 1}, hard.Count{Missed: 1}},
		{"false and optional", []span.Span{is(0, 2, span.Phone), is(7, 9, span.Phone)}, hard.Count{Missed: 1, False: 1}, hard.Count{Missed: 1}},
		{"both in one", []span.Span{is(0, 14, span.Name)}, hard.Count{Covered: 1}, hard.Count{Covered: 1}},
		{"in another line", []span.Span{{Line: 1, Start: phone, End: 6, Kind: span.Phone}}, hard.Count{Missed: 1, False: 1}, hard.Count{Missed: 1}},
	} {
		c := cases[0]
		c.Lines = append(slices.Clone(c.Lines), span.Line{Text: "0123456789"})
		var s hard.Score
		s.Add(c, test.found)
		test.phone.Marks, test.all.Marks = 1, 1
		if got := s.Of(span.Phone); got != test.phone {
			t.Errorf("%s: phone counts %+v, want %+v", test.name, got, test.phone)
		}
		if got := s.Of(span.Name); got != test.all {
			t.Errorf("%s: name counts %+v, want %+v", test.name, got, test.all)
		}
		wrong := s.Of().Marks - s.Of().Exact + s.Of().False
		if got := c.Wrong(test.found); len(got) != wrong {
			t.Errorf("%s: Wrong says %q, want %d lines", test.name, got, wrong)
		}
		if got := s.Of().Masked() + s.Of().Part + s.Of().Missed; got != s.Of().Marks {
			t.Errorf("%s: the parts of the marks add up to %d of %d", test.name, got, s.Of().Marks)
		}
	}
}

func TestScoreIsATable(t *testing.T) {
	cases, err := hard.Parse(strings.NewReader(example + "\nC ⟦qq:1002⟧和⟦qq:1003⟧"))
	if err != nil {
		t.Fatal(err)
	}
	var s hard.Score
	s.Add(cases[0], []span.Span{{Line: 0, Start: 3, End: 15, Kind: span.Name}})
	s.Add(cases[1], []span.Span{{Start: 0, End: 4, Kind: span.QQ}, {Start: 4, End: 7, Kind: span.Plate}})
	want := `2 cases, 3 lines
kind       marks  exact relabelled covered  part missed  false
name           1      1          0       0     0      0      0
phone          1      0          0       0     0      1      0
plate          0      0          0       0     0      0      1
qq             2      1          0       0     0      1      0
all            4      2          0       0     0      2      1
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("String (-want +got):\n%s", diff)
	}
}

// TestHalves holds both halves to what the README promises of them. It names places
// and no texts, since one half is sealed.
func TestHalves(t *testing.T) {
	const most = 4 // characters of a line that may be said twice
	seen := map[string]string{}
	for _, half := range []string{"open", "sealed"} {
		cases, err := hard.Read(filepath.Join("../../testdata/hard", half))
		if err != nil {
			t.Error(err)
			continue
		}
		lines, unmarked := 0, 0
		marks := map[span.Kind]int{}
		for _, c := range cases {
			pos := half + "/" + c.Pos
			if c.Why == "" {
				t.Errorf("%s: the case does not say why it is hard", pos)
			}
			for _, m := range c.Marks {
				if m.Optional() {
					continue
				}
				marks[m.Kinds[0]]++
				if digits := strings.Map(digit, m.Text); slices.Contains(m.Kinds, span.Phone) && len(digits) == 11 && len(digits) == len(m.Text) && digits[0] != '0' && !made(digits) {
					t.Errorf("%s: a mobile number that may be somebody's", pos)
				}
			}
			for i, l := range c.Lines {
				lines++
				if !slices.ContainsFunc(c.Marks, func(m hard.Mark) bool { return m.Line == i && !m.Optional() }) {
					unmarked++
				}
				if !utf8.ValidString(l.Text) || strings.TrimSpace(l.Text) != l.Text {
					t.Errorf("%s: line %d is not clean text", pos, i)
				}
				if utf8.RuneCountInString(l.Text) <= most {
					continue
				}
				if first, ok := seen[l.Text]; ok {
					t.Errorf("%s: line %d is in %s, too", pos, i, first)
				}
				seen[l.Text] = pos
			}
		}
		if lines < 300 {
			t.Errorf("%s: %d lines, want 300 or more", half, lines)
		}
		if part := float64(unmarked) / float64(lines); part < 0.35 || part > 0.6 {
			t.Errorf("%s: %.2f of the lines hold nothing, want 0.35 to 0.6", half, part)
		}
		for _, kind := range span.Kinds() {
			want := 8
			if kind == span.Number {
				want = 1 // other kinds of unknown numbers name it as one that is right, too
			}
			if marks[kind] < want {
				t.Errorf("%s: %d marks of kind %s, want %d or more", half, marks[kind], kind, want)
			}
		}
	}
}

// frozen are the digests of the halves as they were committed before the first rule.
// They do not change: what is wrong in them stays, and new lines go into a new half.
var frozen = map[string]string{
	"open":   "371112b88533d85d266f61d6e2a9c9bc3cdb4b5c7c1a05461d5ef9d59b6b17c0",
	"sealed": "07abbf684f8d4d25b90c8ae12a7f94b07f783aa133dd4d2cdd5cd0e2f9c1e80a",
}

func TestHalvesAreUnedited(t *testing.T) {
	for half, want := range frozen {
		names, err := filepath.Glob(filepath.Join("../../testdata/hard", half, "*"))
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(h, "%s %d\n%s", filepath.Base(name), len(text), text)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("the %s half was edited: its digest is %s, was %s", half, got, want)
		}
	}
}

// digit drops what is no digit.
func digit(r rune) rune {
	if '0' <= r && r <= '9' {
		return r
	}
	return -1
}

// made reports whether eleven digits are a number that nobody has.
func made(digits string) bool {
	return slices.ContainsFunc([]string{"1002", "1003", "1004", "1005", "1006", "1007", "1380000", "1390000"}, func(prefix string) bool {
		return strings.HasPrefix(digits, prefix)
	})
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := hard.Read(dir); err == nil || !strings.Contains(err.Error(), "no *.txt") {
		t.Errorf("Read of an empty folder returns error %v", err)
	}
	write(t, dir, "a.txt", "R 好\n")
	write(t, dir, "b.txt", "R 好\n\n好\n")
	want := `reading hard lines: b.txt:3: a line begins with "好": want #, job, R or C`
	if _, err := hard.Read(dir); err == nil || err.Error() != want {
		t.Errorf("Read returns error %v, want %s", err, want)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
