package segment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-ego/gse"
)

// compatible is a Segmenter with the one defect of gse's search for the best
// way that New mends: see route.
type compatible struct{ *Segmenter }

func newCompatible(t testing.TB, o Options) compatible {
	t.Helper()
	s, err := New(o)
	must(t, s, err)
	if err := s.ready(); err != nil {
		t.Fatal(err)
	}
	s.prefix = math.Inf(-1)
	return compatible{s}
}

// words cuts as gse's Cut does: in lower case, damaged bytes as U+FFFD, and
// characters left over grouped by gse's rules instead of by join's.
func (c compatible) words(script string) []string {
	l := new(line)
	c.cut(l, script)
	runes := []rune(strings.ToLower(script))
	var out []string
	for x := 0; x < len(runes); {
		y := int(l.next[x])
		if l.alone(x) {
			y = c.endOfGroup(l, runes, x)
		}
		out = append(out, string(runes[x:y]))
		x = y
	}
	return out
}

// What gse keeps together of characters that are no word, without the model
// and with it.
var (
	gseAlnum = regexp.MustCompile(`^[a-zA-Z0-9]+`)
	gseSkip  = regexp.MustCompile(`^(\d+\.\d+|[a-zA-Z0-9]+)`)
)

// endOfGroup returns where gse's group of characters that begins at x ends.
func (c compatible) endOfGroup(l *line, runes []rune, x int) int {
	y := x
	for l.alone(y) {
		y++
	}
	group := gseAlnum
	if c.hmm {
		group = gseSkip
	}
	if m := group.FindString(string(runes[x:y])); m != "" {
		return x + len(m)
	}
	if !c.hmm || l.kind[x] == han {
		return x + 1
	}
	for y = x; l.alone(y) && l.kind[y] != han && !gseAlnum.MatchString(string(runes[y])); y++ {
	}
	return y
}

// compare checks that c and gse cut lines into the same words, and of every
// fourth one that c's words after the layer are those of ref.
func (c compatible) compare(t *testing.T, raw *gse.Segmenter, ref *GSE, lines []string) {
	t.Helper()
	wrong := 0
	for i, script := range lines {
		if got, want := c.words(script), raw.Cut(script, c.hmm); !slices.Equal(got, want) {
			t.Errorf("hmm %v, %q\n got %q\n gse %q", c.hmm, script, got, want)
			if wrong++; wrong > 5 {
				t.Fatal("and so on")
			}
		}
		if i%4 != 0 {
			continue
		}
		if got, want := c.Cut(nil, script), ref.Cut(nil, script); !slices.Equal(got, want) {
			t.Errorf("hmm %v, %q\n  got %d\nlayer %d", c.hmm, script, got, want)
			wrong++
		}
	}
}

// TestSameWordsAsGSE is what holds the two engines together, and Segmenter to
// gse as it comes.
func TestSameWordsAsGSE(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads gse's dictionary")
	}
	lines := manyLines(t)
	t.Logf("%d lines", len(lines))
	raw, err := library()
	raw = must(t, raw, err)
	plain, err := plainGSE()
	newCompatible(t, Options{}).compare(t, raw, must(t, plain, err), lines)
	model, err := modelGSE()
	newCompatible(t, Options{HMM: true}).compare(t, raw, must(t, model, err), lines)
}

// TestUserWordsAsInGSE gives both engines words that take the place of
// built-in ones, reach beyond them, and bring new characters.
func TestUserWordsAsInGSE(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads gse's dictionary")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	known := dictionaryWords(t)
	var text strings.Builder
	for _, word := range []string{
		"研究生", "北京", "推荐您", "的", "王品牛排", "王品", "家餐馆", "abc", "a", "b1", "😀😀", "𠀀好", "ñandú", "é", "👍🏽", "4.5", "，好", "好的。",
	} {
		fmt.Fprintln(&text, word, 2+rng.IntN(1_000_000), "n")
	}
	for range 3000 {
		word := known[rng.IntN(len(known))]
		if rng.IntN(2) == 0 {
			word += string([]rune(known[rng.IntN(len(known))])[0])
		}
		fmt.Fprintln(&text, word, 2+rng.IntN(10_000))
	}
	dict := UserDict{Name: "user.txt", Text: []byte(text.String())}

	raw := &gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	if err := raw.LoadDictStr(text.String()); err != nil {
		t.Fatal(err)
	}
	if err := raw.LoadDictEmbed("zh_s"); err != nil {
		t.Fatal(err)
	}
	user, _, err := parseDicts([]UserDict{dict})
	wantDictionary(t, must(t, user, err), raw.Dict)
	lines := append(manyLines(t)[:6000:6000],
		"他在北京研究生命起源，好吗好的。", "王品牛排推荐您去", "abcab1ABCÉé", "😀😀😀𠀀好好ÑANDÚ", "👍🏽👍4.5分4.54.5",
	)
	for _, hmm := range []bool{false, true} {
		o := Options{Dicts: []UserDict{dict}, HMM: hmm}
		ref, err := NewGSE(o)
		newCompatible(t, o).compare(t, raw, must(t, ref, err), lines)
	}
}
