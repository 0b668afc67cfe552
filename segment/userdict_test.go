package segment

import (
	"slices"
	"strings"
	"testing"
)

func TestParseDicts(t *testing.T) {
	got, passed, err := parseDicts([]UserDict{
		{Name: "brands.txt", Text: []byte("\uFEFF王品牛排 100 nz\r\n\r\nVIP卡\t20\n鑫 900 nr\nＴ恤 5")},
		{Name: "more.txt", Text: []byte("  王品牛排 7 n\n酥皮  3.5\n")},
	})
	if err != nil || passed != 0 {
		t.Fatal(passed, err)
	}
	want := []userWord{{"王品牛排", 100}, {"vip卡", 20}, {"鑫", 2}, {"ｔ恤", 5}, {"酥皮", 3.5}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestKept: of a dictionary that a dataset has already, words with a blank are
// passed over, and counted; other errors stay.
func TestKept(t *testing.T) {
	d := UserDict{Name: "d.txt", Kept: true, Text: []byte("iPhone 15 1000 n\n好吃 5\nNew York 1000\n")}
	got, passed, err := parseDicts([]UserDict{d})
	if err != nil || passed != 2 || !slices.Equal(got, []userWord{{"好吃", 5}}) {
		t.Errorf("%v, %d passed over, %v", got, passed, err)
	}
	if s, err := New(Options{Dicts: []UserDict{d}}); err != nil || s.PassedOver() != 2 {
		t.Errorf("%v", err)
	}
	d.Text = []byte("好吃 n\n")
	if _, _, err := parseDicts([]UserDict{d}); err == nil {
		t.Error("no error")
	}
}

// TestNotADictionary: of a file that begins with no word nothing is shown, it may be a
// key.
func TestNotADictionary(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"\n5a1c0ffee\n", "line 2: its word has no frequency"},
		{"my secret", "line 1: its frequency is not a number"},
		{"my 1", "line 1: its frequency is not between 2 and 1e+12"},
		{"my other 1000", "line 1: a word cannot hold a blank"},
		{strings.Repeat("5a1c", 26) + " 5", "line 1: its word has 104 characters, more than 100"},
		{"\xcd\xf5", "line 1: it is not UTF-8"},
		{"5a\x00 5", "line 1: it contains a NUL"},
	} {
		_, _, err := parseDicts([]UserDict{{Name: "d.txt", Text: []byte(c.text)}})
		if want := "read dictionary d.txt: " + c.want; err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %q", c.text, err, want)
		}
	}
}

func TestParseDictsErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"好吃 5 a\n王品牛排\n", `read dictionary d.txt: line 3: "王品牛排" has no frequency`},
		{"王品牛排 n", `line 2: frequency "n" of "王品牛排" is not a number`},
		{"好吃 5\niPhone 15 1000 n", `line 3: "iPhone 15 1000 n": a word cannot hold a blank`},
		{"iPhone 15 Pro 1000", `"iPhone 15 Pro 1000": a word cannot hold a blank`},
		{"New York 1000", `"New York 1000": a word cannot hold a blank`},
		{strings.Repeat("牛", 101) + " 5", `牛"… has 101 characters, more than 100`},
		{"王品牛排 NaN", `frequency "NaN" of "王品牛排" is not a number`},
		{"王品牛排 1", `frequency 1 of "王品牛排" is not between 2 and 1e+12`},
		{"王品牛排 -5", `is not between 2`},
		{"王品牛排 1e300", `is not between 2`},
		{"王品牛排 Inf", `is not between 2`},
		{"\xcd\xf5\xc6\xb7 5", `is not UTF-8`},
		{"王\x00品 5", `contains a NUL`},
	} {
		_, _, err := parseDicts([]UserDict{{Name: "d.txt", Text: []byte("好喝 5\n" + c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.want)
		}
	}
}
