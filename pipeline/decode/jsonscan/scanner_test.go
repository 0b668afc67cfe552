package jsonscan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"callmill/pipeline/decode/jsonscan"
)

// TestSkip: what is no JSON is named, with the offset of its first wrong byte.
func TestSkip(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":[1,{"b":null}]} `: "ok 20",
		`"\u00e9\\" 5`:          "ok 10",
		`-0.5e+3,`:              "ok 7",
		``:                      "truncated 0 the input ends in the middle",
		`[`:                     "truncated 1 the input ends in the middle",
		`[  `:                   "truncated 3 the input ends in the middle",
		"[  \x00":               "syntax 3 a value is missing",
		"[1\x00":                "syntax 2 a comma or ] is missing",
		"{\x00":                 "syntax 1 the name of a member is missing",
		`[,`:                    "syntax 1 a value is missing",
		`[1,]`:                  "syntax 3 a comma before ]",
		`[1 2]`:                 "syntax 3 a comma or ] is missing",
		`{"a" 1}`:               "syntax 5 a colon is missing",
		`{"a":1,}`:              "syntax 7 the name of a member is missing",
		`{"a":1 "b":2}`:         "syntax 7 a comma or } is missing",
		`tru`:                   "truncated 3 the input ends in the middle",
		`trux`:                  "syntax 0 a word that is not true, false or null",
		`01`:                    "syntax 1 a number with a leading zero",
		`"\x"`:                  "syntax 1 an unknown escape in a string",
		"\"\t\"":                "syntax 1 a control character in a string",
		`[[[[[1]]]]]`:           "too_deep 4 nested deeper than any response",
	} {
		s := jsonscan.Scanner{Text: []byte(text), MaxDepth: 4}
		s.Next()
		got := "ok "
		if s.Skip() {
			got += fmt.Sprint(s.Pos)
		} else {
			got = fmt.Sprint(s.Bad.Code, " ", s.Bad.At, " ", s.Bad.What)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestMember: names come with their escapes resolved, and Pos on the value.
func TestMember(t *testing.T) {
	s := jsonscan.Scanner{Text: []byte(`{"a":1, "\u4f60" : [2] ,"":{}}`), MaxDepth: 4}
	s.Enter()
	var got []string
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		start := s.Pos
		got = append(got, string(name))
		if !s.Skip() {
			t.Fatal(s.Bad)
		}
		got = append(got, string(s.Text[start:s.Pos]))
	}
	if want := `a 1 你 [2]  {}`; strings.Join(got, " ") != want || s.Bad.Code != "" || s.Depth != 0 || s.Next() != jsonscan.End {
		t.Errorf("got %q, want %q; %+v", got, want, s.Bad)
	}
}

// FuzzSkip: a value is stepped over exactly where encoding/json calls it
// valid.
func FuzzSkip(f *testing.F) {
	for _, text := range []string{`{"a" : [ ] , "b":{}}`, `-0.5e+3`, `"a\u00e9\ud800"`, "\"\xff\"", "[  \x00", "\x00", `[1,]`, ``} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := jsonscan.Scanner{Text: text, MaxDepth: 20000}
		s.Next()
		whole := s.Skip() && s.Next() == jsonscan.End
		if valid := json.Valid(text); whole != valid {
			t.Errorf("%q: whole %v, encoding/json says %v", text, whole, valid)
		}
		if s.Bad.Code != "" && (s.Bad.At < 0 || s.Bad.At > len(text)) {
			t.Errorf("%q: damage at %d", text, s.Bad.At)
		}
	})
}

func BenchmarkSkip(b *testing.B) {
	text := []byte(`{"Jobs":[` + strings.Repeat(`{"JobId":"j","Tasks":[{"Script":"您好，请问是张先生吗？","Timestamp":1579068424883}]},`, 1000) + `{}]}`)
	s := jsonscan.Scanner{MaxDepth: 256}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(text)
		if !s.Skip() {
			b.Fatal(s.Bad)
		}
	}
}
