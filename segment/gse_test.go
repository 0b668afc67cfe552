package segment

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-ego/gse"
)

// library is gse as it comes, with the dictionary it embeds.
var library = sync.OnceValues(func() (*gse.Segmenter, error) {
	s := &gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	return s, s.LoadDictEmbed("zh_s")
})

var (
	plainGSE = sync.OnceValues(func() (*GSE, error) { return NewGSE(Options{}) })
	modelGSE = sync.OnceValues(func() (*GSE, error) { return NewGSE(Options{HMM: true}) })
)

// must returns s, which a test cannot do without.
func must[S any](t testing.TB, s S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// layerCases are cut alike by both engines, with and without the model.
var layerCases = []string{
	"推荐|您|去|北京|新世界|酒店",
	"电话|是|010|-|58109988|。",
	"ABC123|，|ＡＢＣ１２３|，|ABC１２３",
	"café|和|Привет",
	"cafe\u0301",
	"真的|！|！|？|…|…|—|—|”|）",
	"A|  \t|B|\u3000|C",
	"AT&T|和|C++|11|和|C#|a|和|4S店|和|Ab",
	"办|VIP|卡|、|IP卡|，|14S|店|，|江南Style|、|江南|Styles|，|大S|、|大|S2",
	"❤\ufe0f|👍🏽|👨\u200d👩\u200d👧|🇨🇳|🇨",
	"İstanbul|和|\u212A党",
	"好|\xff|\xe4|\xbd|的",
	"好|\x00|的",
	"\u0301|。",
	"５０|％|、|①|②",
}

// decimalCases are cut alike by both engines with the model.
var decimalCases = []string{"评分|是|4.5|分", "４．５|％", "1.2|.|3", "a4|.|5", "1.5|abc", "4|.|。"}

func TestGSELayer(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads gse's dictionary")
	}
	for _, hmm := range []bool{false, true} {
		s, err := plainGSE()
		if hmm {
			s, err = modelGSE()
		}
		s = must(t, s, err)
		for _, want := range layerCases {
			wantWords(t, s, want)
		}
	}
}

func TestGSEDecimals(t *testing.T) {
	plain, err := plainGSE()
	plain = must(t, plain, err)
	wantWords(t, plain, "评分|是|4|.|5|分")
	model, err := modelGSE()
	model = must(t, model, err)
	for _, want := range decimalCases {
		wantWords(t, model, want)
	}
}

func TestGSEModelFindsNames(t *testing.T) {
	plain, err := plainGSE()
	plain = must(t, plain, err)
	wantWords(t, plain, "他|来到|了|网易|杭|研|大厦")
	model, err := modelGSE()
	model = must(t, model, err)
	wantWords(t, model, "他|来到|了|网易|杭研|大厦")
}

func TestGSEConcurrent(t *testing.T) {
	s, err := modelGSE()
	s = must(t, s, err)
	want := wordsOf(t, s, "他来到了网易杭研大厦ABC")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := len(s.Cut(nil, "他来到了网易杭研大厦ABC")); got != len(want) {
					t.Errorf("%d words, want %d", got, len(want))
				}
			}
		})
	}
	wg.Wait()
}

// wantDictionary checks that GSE gives the library, besides the words of user,
// the words and frequencies of want.
func wantDictionary(t *testing.T, user []userWord, want *gse.Dictionary) {
	t.Helper()
	b, err := sharedBuiltin()
	own, err := newLibrary(must(t, b, err), user)
	got := must(t, own, err).Dict
	if got.NumTokens() != want.NumTokens() || got.TotalFreq() != want.TotalFreq() || got.MaxTokenLen() != want.MaxTokenLen() {
		t.Errorf("%d words of %v in all, up to %d parts; in gse %d of %v, up to %d",
			got.NumTokens(), got.TotalFreq(), got.MaxTokenLen(), want.NumTokens(), want.TotalFreq(), want.MaxTokenLen())
	}
	freqs := map[string]float64{}
	for i := range got.Tokens {
		freqs[got.Tokens[i].Text()] = got.Tokens[i].Freq()
	}
	for i := range want.Tokens {
		text, freq := want.Tokens[i].Text(), want.Tokens[i].Freq()
		if found, _, _ := own.Find(text); freqs[text] != freq || found != freq {
			t.Fatalf("%q has the frequency %v and is found with %v, in gse %v", text, freqs[text], found, freq)
		}
	}
}

func TestGSEHasTheLibrarysWords(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads gse's dictionary")
	}
	raw, err := library()
	wantDictionary(t, nil, must(t, raw, err).Dict)
}

// TestGSECutsAsTheLibrary: beneath its layer GSE is gse as it comes.
func TestGSECutsAsTheLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads gse's dictionary")
	}
	raw, err := library()
	raw = must(t, raw, err)
	plain, err := plainGSE()
	plain = must(t, plain, err)
	model, err := modelGSE()
	model = must(t, model, err)
	for _, script := range append(realLines(t), manyLines(t)[:6000]...) {
		for _, s := range []*GSE{plain, model} {
			if got, want := s.cut(script, s.hmm), raw.Cut(script, s.hmm); !slices.Equal(got, want) {
				t.Fatalf("hmm %v, %q\n got %q\n gse %q", s.hmm, script, got, want)
			}
		}
	}
}

// TestGSEHoldsNoTypeOfTheLibrary: 32 MB of dictionaries hang on it.
func TestGSEHoldsNoTypeOfTheLibrary(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[GSE]()) {
		if strings.Contains(field.Type.String(), "gse.") {
			t.Errorf("the field %s is a %v", field.Name, field.Type)
		}
	}
}
