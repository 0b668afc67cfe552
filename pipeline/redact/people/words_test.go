package people

import (
	"bytes"
	"cmp"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-ego/gse"
)

var update = flag.Bool("update", false, "write the lists of words again")

// A word counts from these frequencies in gse's dictionary on.
const (
	named    = 30  // of a word that reads like a name
	surnamed = 60  // of a word that a surname begins or ends
	frequent = 100 // of any other
	public   = 300 // of what the dictionary calls a name, but for the commonest surnames
)

// characters is how many of the characters that texts have most are common.
const characters = 2500

// TestWords holds the words to gse's dictionary.
func TestWords(t *testing.T) {
	seg := gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	if err := seg.LoadDictEmbed("zh_s"); err != nil {
		t.Fatal(err)
	}
	l := New()
	files := map[int][]string{}
	texts := map[rune]float64{}
	for i := range seg.Dict.Tokens {
		token := &seg.Dict.Tokens[i]
		w := []rune(token.Text())
		if !strings.HasPrefix(token.Pos(), "nr") {
			for _, r := range w {
				texts[r] += token.Freq()
			}
		}
		if matters(l, w, token.Freq(), token.Pos()) {
			files[len(w)] = append(files[len(w)], string(w))
		}
	}
	for name, words := range map[string][]string{
		"lists/words2.txt": files[2], "lists/words3.txt": files[3], "lists/common.txt": {mostOf(texts)},
	} {
		slices.Sort(words)
		words = slices.Compact(words)
		want := []byte(strings.Join(words, "\n") + "\n")
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the lists select from gse's dictionary; -update writes it again", name)
		}
	}
}

// mostOf returns the characters with the greatest numbers, in the order of Unicode.
func mostOf(texts map[rune]float64) string {
	var all []rune
	for r := range texts {
		if first <= r && r <= last {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b rune) int { return cmp.Or(cmp.Compare(texts[b], texts[a]), cmp.Compare(a, b)) })
	most := all[:characters]
	slices.Sort(most)
	return string(most)
}

// matters reports whether a word of the dictionary must be told from a name.
func matters(l *Lists, w []rune, freq float64, pos string) bool {
	if len(w) != 2 && len(w) != 3 {
		return false
	}
	surname := func(r rune) bool { return l.Class(r)&AnySurname != 0 }
	for _, r := range w {
		if r < first || r > last {
			return false
		}
	}
	reads := surname(w[0]) // as a name does
	for _, r := range w[1:] {
		reads = reads && l.Class(r)&AnyGiven != 0
	}
	// 小王 and 老李 are words to the dictionary.
	called := (w[0] == '老' || w[0] == '小' || w[0] == '大') && l.Class(w[1])&Surname != 0
	switch {
	case strings.HasPrefix(pos, "nr"):
		return reads && len(w) == 2 && freq >= public && l.Class(w[0])&Surname == 0
	case reads:
		return freq >= named
	case len(w) == 3:
		return surname(w[2]) && freq >= surnamed
	case called:
		return false
	case surname(w[0]) || surname(w[1]):
		return freq >= surnamed
	}
	return freq >= frequent
}
