package segment

import (
	"sync"
	"testing"
)

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
