package segment

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// responses are saved API responses beside the repository, where there are any.
const responses = "../../shared/data/crosswoz/*.json"

// realLines returns lines people and robots said: those in testdata, and all
// that lie beside the repository.
func realLines(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/crosswoz.txt")
	lines := strings.Split(strings.TrimSpace(string(must(t, text, err))), "\n")
	files, err := filepath.Glob(responses)
	for _, f := range must(t, files, err) {
		lines = append(lines, scripts(t, f)...)
	}
	return lines
}

// scripts returns the lines of one response.
func scripts(t testing.TB, file string) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	var response struct {
		Jobs []struct {
			Tasks []struct {
				Conversation []struct{ Script string }
			}
		}
	}
	if err := json.Unmarshal(must(t, b, err), &response); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, job := range response.Jobs {
		for _, task := range job.Tasks {
			for _, turn := range task.Conversation {
				lines = append(lines, turn.Script)
			}
		}
	}
	return lines
}

// variations returns lines, their beginnings and ends, and neighbours joined.
func variations(rng *rand.Rand, lines []string) []string {
	var out []string
	for i, s := range lines {
		runes := []rune(s)
		at := rng.IntN(len(runes) + 1)
		out = append(out, s, string(runes[:at]), string(runes[at:]), s+lines[(i+1)%len(lines)])
	}
	return out
}

// oddities are what random lines are made of besides words and characters.
var oddities = []string{
	"，", "。”", "……", "——", "！！！", " ", "　", "\t\n", "ＡＢＣ", "ｘ１", "１２３", "４．５", "4.5", "1.2.3", "a1.5b",
	"😀", "👍🏽", "👨\u200d👩\u200d👧", "🇨🇳", "❤\ufe0f", "cafe\u0301", "İ", "\u212a", "É", "Ж", "ー", "あい", "한국", "〇", "々", "㐀", "𠀀", "\ufffd",
}

// randomLine strings together words of dict, pieces of them, and anything else.
func randomLine(rng *rand.Rand, dict []string) string {
	var b strings.Builder
	for range 1 + rng.IntN(10) {
		word := dict[rng.IntN(len(dict))]
		switch rng.IntN(8) {
		case 0, 1:
			b.WriteString(word)
		case 2:
			b.WriteString(strings.ToUpper(word))
		case 3:
			runes := []rune(word)
			b.WriteString(string(runes[rng.IntN(len(runes)):]))
		case 4:
			for range 1 + rng.IntN(6) {
				b.WriteRune(rune(0x4E00 + rng.IntN(0x5200)))
			}
		case 5:
			for range 1 + rng.IntN(6) {
				b.WriteByte(byte(1 + rng.IntN(127)))
			}
		case 6:
			b.WriteString(oddities[rng.IntN(len(oddities))])
		case 7:
			b.WriteByte(byte(0x80 + rng.IntN(128)))
		}
	}
	return b.String()
}

// manyLines returns at least 100,000 lines, real ones varied and random ones;
// far fewer with -short.
func manyLines(t testing.TB) []string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	lines := variations(rng, realLines(t))
	want := 100_000
	if testing.Short() {
		lines, want = lines[:3000], 6000
	}
	dict := dictionaryWords(t)
	for len(lines) < want {
		lines = append(lines, randomLine(rng, dict))
	}
	rng.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	return lines
}

// dictionaryWords are gse's.
func dictionaryWords(t testing.TB) []string {
	t.Helper()
	g, err := library()
	tokens := must(t, g, err).Dict.Tokens
	list := make([]string, len(tokens))
	for i := range tokens {
		list[i] = tokens[i].Text()
	}
	return list
}
