package segment

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-ego/gse"
)

// compatible returns s with the defects of gse that New mends: a character
// that only begins words spoils every way that leads to it.
func compatible(s *Segmenter) *Segmenter {
	c := &Segmenter{lexicon: s.lexicon, emit: s.emit, hmm: s.hmm, prefix: math.Inf(-1)}
	return c
}

// compatWords cuts as gse's Cut(script, hmm) does: in lower case, damaged bytes
// as U+FFFD, and left-over characters grouped by gse's rules instead of join's.
func (s *Segmenter) compatWords(script string) []string {
	l := new(line)
	s.cut(l, script)
	runes := []rune(strings.ToLower(script))
	var out []string
	for x := 0; x < len(runes); {
		y := int(l.next[x])
		if l.alone(x) {
			y = s.compatEnd(l, runes, x)
		}
		out = append(out, string(runes[x:y]))
		x = y
	}
	return out
}

var (
	reAlnum = regexp.MustCompile(`^[a-zA-Z0-9]+`)
	reSkip  = regexp.MustCompile(`^(\d+\.\d+|[a-zA-Z0-9]+)`)
)

// compatEnd returns where gse ends the group of characters without a word that
// begins at x.
func (s *Segmenter) compatEnd(l *line, runes []rune, x int) int {
	y := x
	for l.alone(y) {
		y++
	}
	re := reAlnum
	if s.hmm {
		re = reSkip
	}
	if m := re.FindString(string(runes[x:y])); m != "" {
		return x + len(m)
	}
	if !s.hmm || l.kind[x] == han {
		return x + 1
	}
	for y = x; l.alone(y) && l.kind[y] != han && !reAlnum.MatchString(string(runes[y])); y++ {
	}
	return y
}

func TestCompatible(t *testing.T) {
	lines := append(realLines(t), randomLines(60_000)...)
	t.Logf("%d lines", len(lines))
	for _, hmm := range []bool{false, true} {
		s, err := New(Options{HMM: hmm})
		s = compatible(must(t, s, err))
		g, err := plainGSE()
		if hmm {
			g, err = modelGSE()
		}
		ref := must(t, g, err).words
		wrong := 0
		for _, script := range lines {
			got, want := s.compatWords(script), ref.Cut(script, hmm)
			if !slices.Equal(got, want) {
				t.Errorf("hmm %v: %q\n got %q\ngse  %q", hmm, script, got, want)
				if wrong++; wrong > 10 {
					break
				}
			}
		}
	}
}

var dataDir = os.Getenv("X")

// realLines returns the scripts of the dialogues, where they are at hand.
func realLines(t testing.TB) []string {
	files, err := filepath.Glob("/work/shared/data/crosswoz/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Jobs []struct {
				Tasks []struct{ Conversation []struct{ Script string } }
			}
		}
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		for _, j := range d.Jobs {
			for _, k := range j.Tasks {
				for _, c := range k.Conversation {
					lines = append(lines, c.Script)
				}
			}
		}
	}
	return lines
}

func randomLines(n int) []string {
	rng := rand.New(rand.NewPCG(1, 2))
	var dict []string
	var seg gse.Segmenter
	seg.SkipLog = true
	seg.NotLoadHMM = true
	seg.LoadDictEmbed("zh_s")
	for i := range seg.Dict.Tokens {
		dict = append(dict, seg.Dict.Tokens[i].Text())
	}
	var lines []string
	for range n {
		var b strings.Builder
		for range rng.IntN(12) {
			switch rng.IntN(10) {
			case 0, 1, 2:
				b.WriteString(dict[rng.IntN(len(dict))])
			case 3:
				w := []rune(dict[rng.IntN(len(dict))])
				b.WriteString(string(w[:1+rng.IntN(len(w))]))
			case 4:
				for range 1 + rng.IntN(6) {
					b.WriteRune(rune(0x4e00 + rng.IntN(0x5200)))
				}
			case 5:
				for range 1 + rng.IntN(6) {
					b.WriteByte(byte(1 + rng.IntN(127)))
				}
			case 6:
				b.WriteString([]string{"😀", "👨‍👩‍👧", "ＡＢＣ", "１２３", "４．５", "4.5", "1.2.3", "İ", "\u212a", "é", "ー", "あい", "〇", "々"}[rng.IntN(14)])
			case 7:
				b.WriteByte(byte(0x80 + rng.IntN(128)))
			case 8:
				b.WriteString(strings.ToUpper(dict[rng.IntN(60)]))
			case 9:
				b.WriteString("。，！？、……——“”（）"[3*rng.IntN(3):][:3])
			}
		}
		lines = append(lines, b.String())
	}
	_ = unicode.MaxRune
	_ = utf8.RuneError
	return lines
}
