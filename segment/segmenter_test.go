package segment

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callmill/segment/internal/trie"
)

// segmenter returns a Segmenter a test cannot do without.
func segmenter(t testing.TB, o Options) *Segmenter {
	t.Helper()
	s, err := New(o)
	return must(t, s, err)
}

func TestLayer(t *testing.T) {
	for _, hmm := range []bool{false, true} {
		s := segmenter(t, Options{HMM: hmm})
		for _, want := range layerCases {
			wantWords(t, s, want)
		}
	}
}

func TestDecimals(t *testing.T) {
	wantWords(t, segmenter(t, Options{}), "评分|是|4|.|5|分")
	model := segmenter(t, Options{HMM: true})
	for _, want := range decimalCases {
		wantWords(t, model, want)
	}
}

func TestModelFindsNames(t *testing.T) {
	wantWords(t, segmenter(t, Options{}), "他|来到|了|网易|杭|研|大厦")
	wantWords(t, segmenter(t, Options{HMM: true}), "他|来到|了|网易|杭研|大厦")
}

func TestEmptyScript(t *testing.T) {
	dst := segmenter(t, Options{}).Cut([]int32{7}, "")
	if !slices.Equal(dst, []int32{7}) {
		t.Errorf("got %d", dst)
	}
}

// TestMended lists what New does otherwise than gse, each with an example.
func TestMended(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	ref, err := modelGSE()
	ref = must(t, ref, err)
	for _, c := range []struct {
		what string
		hmm  bool
		gse  string // the words, between bars
		want string
	}{
		{"1 begins 1号店: minus infinity for all before it", false,
			"研究生|命|起源|1", "研究|生命|起源|1"},
		{"so does a Chinese character", false,
			"研究生|命|起源|疰", "研究|生命|起源|疰"},
		{"lower case", false, "app|和|i|和|k党", "APP|和|İ|和|\u212a党"},
		{"damaged UTF-8", false, "你好|\ufffd|\ufffd|吗", "你好|\xe4|\xbd|吗"},
		{"NUL ends words in the trie", false, "好\x00|的", "好|\x00|的"},
		{"layer: width", false, "ａ|ｂ|１|２", "ＡＢ１２"},
		{"layer: alphabets", false, "caf|é", "café"},
		{"layer: white space", false, " | |好", "  |好"},
		{"layer: sequences", false, "👍|🏽|🇨|🇳", "👍🏽|🇨🇳"},
		{"layer: marks under the model", true, "好|。”（|好", "好|。|”|（|好"},
		{"layer: full width under the model", true, "好|ａｂ，|好", "好|ＡＢ|，|好"},
	} {
		script := strings.ReplaceAll(c.want, "|", "")
		if got := strings.Join(ref.cut(script, c.hmm), "|"); got != c.gse {
			t.Errorf("%s: gse cuts %q as %q, want %q", c.what, script, got, c.gse)
		}
		wantWords(t, segmenter(t, Options{HMM: c.hmm}), c.want)
	}
}

// TestMendsNothingElse: where no character stands alone that only begins
// words, the best way is gse's.
func TestMendsNothingElse(t *testing.T) {
	mended, gses := segmenter(t, Options{}), newCompatible(t, Options{})
	same, other := 0, 0
	for _, script := range realLines(t) {
		if slices.Equal(mended.Cut(nil, script), gses.Cut(nil, script)) {
			same++
			continue
		}
		other++
		l := new(line)
		mended.cut(l, script)
		if !slices.ContainsFunc(l.code, func(c uint16) bool { return mended.onlyBegins(c) }) {
			t.Errorf("%q is cut in another way", script)
		}
	}
	if same == 0 || other == 0 {
		t.Errorf("%d lines cut alike, %d not: want both", same, other)
	}
}

// onlyBegins reports whether the character of code c begins words, but is none.
func (s *Segmenter) onlyBegins(c uint16) bool {
	n, ok := trie.Step(s.builtin.nodes, trie.Root, c)
	return ok && n.Word == 0
}

func TestUserWords(t *testing.T) {
	o := Options{Dicts: []UserDict{
		{Name: "first.txt", Text: []byte("王品牛排 100 nz\nT恤衫 20\nＶＩＰ卡 9\n")},
		{Name: "second.txt", Text: []byte("王品牛排 2\n北京大学生 900000\n")},
	}}
	wantWords(t, segmenter(t, Options{}), "去|王|品|牛排|北京|大学生")
	ref, err := NewGSE(o)
	for _, s := range []cutter{segmenter(t, o), must(t, ref, err)} {
		for _, want := range []string{"去|王品牛排|北京大学生", "买|t恤衫|T恤衫", "办|ＶＩＰ卡|ｖｉｐ卡"} {
			wantWords(t, s, want)
		}
	}
}

func TestNewErrors(t *testing.T) {
	o := Options{Dicts: []UserDict{{Name: "brands.txt", Text: []byte("王品牛排")}}}
	want := `read dictionary brands.txt: line 1: its word has no frequency`
	if _, err := New(o); err == nil || err.Error() != want {
		t.Errorf("New: %v", err)
	}
	if _, err := NewGSE(o); err == nil || err.Error() != want {
		t.Errorf("NewGSE: %v", err)
	}
	var many strings.Builder
	for r := rune(0x20000); r < 0x20000+0x10000; r++ {
		many.WriteString(string(r) + "好 5\n")
	}
	if _, err := New(Options{Dicts: []UserDict{{Name: "all.txt", Text: []byte(many.String())}}}); err == nil {
		t.Error("a dictionary with 65,536 new characters: no error")
	}
}

func TestFingerprint(t *testing.T) {
	dict := func(text string) []UserDict { return []UserDict{{Name: "d", Text: []byte(text)}} }
	seen := map[string]int{}
	for i, o := range []Options{
		{}, {HMM: true}, {Dicts: dict("王品 5")}, {Dicts: dict("王品 6")}, {Dicts: dict("王品 5\n好吃 5")},
	} {
		id := segmenter(t, o).Fingerprint()
		if k, ok := seen[id]; ok {
			t.Errorf("options %d and %d share %q", k, i, id)
		}
		seen[id] = i
	}
	same := segmenter(t, Options{Dicts: dict(" 王品\t5.0 n\r\n\n王品 9")}).Fingerprint()
	if seen[same] != 2 {
		t.Errorf("another spelling of the same words: %q", same)
	}
	ref, err := plainGSE()
	if id := must(t, ref, err).Fingerprint(); !strings.HasPrefix(id, "gse/") {
		t.Errorf("gse: %q", id)
	}
}

func TestNoAllocation(t *testing.T) {
	script := "您可以尝尝它家的酥皮海鲜清汤, 香颂玫瑰露和王品凯撒沙拉，人均4.5分，ABC😀。"
	for _, o := range []Options{{}, {HMM: true}, {Dicts: []UserDict{{Text: []byte("王品凯撒沙拉 9")}}}} {
		s := segmenter(t, o)
		l, dst := new(line), s.Cut(nil, script)
		// Not Cut itself: under the race detector its pool loses some lines.
		n := testing.AllocsPerRun(100, func() {
			s.cut(l, script)
			dst = l.join(dst[:0], s.hmm)
		})
		if n > 0 {
			t.Errorf("%v allocations per call", n)
		}
	}
}

// TestLongScripts would take hours in time with the square of the length.
func TestLongScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: cuts scripts of megabytes")
	}
	user := Options{HMM: true, Dicts: []UserDict{{Text: []byte(strings.Repeat("啊", 50) + " 9\n" + strings.Repeat("a", 50) + " 5")}}}
	for _, s := range []*Segmenter{segmenter(t, Options{}), segmenter(t, Options{HMM: true}), segmenter(t, user)} {
		for _, c := range []string{"的", "啊", "乂", "a", "1", "1.", " ", "。", "\xff", "\u0301", "\u200d", "😀", "中华人民共和国", "他来到了网易杭研ABC４．５"} {
			script := strings.Repeat(c, 1<<20/len(c))
			start := time.Now()
			wordsOf(t, s, script)
			if took := time.Since(start); took > time.Minute {
				t.Errorf("1 MB of %q takes %v", c, took)
			}
		}
	}
}

func TestConcurrent(t *testing.T) {
	s := segmenter(t, Options{HMM: true})
	lines := realLines(t)[:500]
	var want [][]int32
	for _, script := range lines {
		want = append(want, s.Cut(nil, script))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, script := range lines {
				if got := s.Cut(nil, script); !slices.Equal(got, want[i]) {
					t.Errorf("%q: got %d, want %d", script, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}
