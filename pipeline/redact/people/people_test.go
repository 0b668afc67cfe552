package people

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClasses(t *testing.T) {
	l := New()
	tests := []struct {
		r    rune
		want Class
	}{
		{'王', Surname}, {'和', SurnameFunction | GivenEarly}, {'敏', Given}, {'欧', Surname | Compound},
		{'们', 0}, {'a', 0}, {'，', 0}, {-1, 0}, {utf8.MaxRune, 0},
	}
	for _, tt := range tests {
		if got := l.Class(tt.r); got != tt.want {
			t.Errorf("class of %c is %b, want %b", tt.r, got, tt.want)
		}
	}
}

func TestSurnameOf(t *testing.T) {
	l := New()
	for name, want := range map[string]int{
		"王伟": 1, "欧阳雪": 2, "欧": 1, "诸葛": 2, "们": 0, "": 0, "和静": 1,
	} {
		if got := l.SurnameOf([]rune(name)); got != want {
			t.Errorf("surname of %q has %d characters, want %d", name, got, want)
		}
	}
}

func TestTitle(t *testing.T) {
	l := New()
	tests := []struct {
		text string
		want string
		kind TitleKind
	}{
		{"先生您好", "先生", Plain},
		{"总经理来了", "总经理", Plain},
		{"总来了", "总", Short},
		{"老师说", "老师", Common},
		{"副总经理", "副总", Plain},
		{"老", "老", Shy},
		{"好", "", NoTitle},
		{"", "", NoTitle},
	}
	for _, tt := range tests {
		n, kind := l.Title([]rune(tt.text))
		if got := string([]rune(tt.text)[:n]); got != tt.want || kind != tt.kind {
			t.Errorf("title of %q is %q of kind %d, want %q of kind %d", tt.text, got, kind, tt.want, tt.kind)
		}
	}
}

func TestTitleBefore(t *testing.T) {
	l := New()
	for text, want := range map[string]string{"我们总经理": "总经理", "村支书": "村支书", "老": "老", "你好": "", "": ""} {
		r := []rune(text)
		n, kind := l.TitleBefore(r)
		if got := string(r[len(r)-n:]); got != want || (kind == NoTitle) != (want == "") {
			t.Errorf("title at the end of %q is %q of kind %d, want %q", text, got, kind, want)
		}
	}
}

func TestWord(t *testing.T) {
	l := New()
	tests := map[string]bool{
		"任何": true, "马上": true, "总是": true, "王伟": false, "小王": false,
		"": false, "任": false, "任何人": false, "ab": false, "向日葵": true, "任何人都": false,
	}
	for text, want := range tests {
		if got := l.Word([]rune(text)...); got != want {
			t.Errorf("Word(%s) = %v, want %v", text, got, want)
		}
	}
	for _, list := range []string{words2, words3} {
		for w := range strings.Lines(list) {
			if !l.Word([]rune(strings.TrimSuffix(w, "\n"))...) {
				t.Fatalf("%q is not found", w)
			}
		}
	}
}

// Each word of a list is in one section of it, once.
func TestListsHaveNoDuplicates(t *testing.T) {
	for name, list := range map[string]string{"surnames": surnames, "given": given, "titles": titles, "compound": compound} {
		var all []string
		for _, words := range Sections(list) {
			all = append(all, words...)
		}
		slices.Sort(all)
		for i := range all {
			if i > 0 && all[i] == all[i-1] {
				t.Errorf("%s is in %s.txt twice", all[i], name)
			}
		}
	}
}

func TestSections(t *testing.T) {
	got := Sections("# none\na b # not c\n[one]\nd\n\n[two]\ne\n[one]\nf")
	for section, want := range map[string]string{"": "a b", "one": "d f", "two": "e"} {
		if words := strings.Join(got[section], " "); words != want {
			t.Errorf("section %q has %q, want %q", section, words, want)
		}
	}
}
