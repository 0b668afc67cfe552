package decode_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// encodings are those that are recognized without declaration.
var encodings = map[string]encoding.Encoding{
	"UTF-8":              encoding.Nop,
	"GBK":                simplifiedchinese.GBK,
	"GB18030":            simplifiedchinese.GB18030,
	"Big5":               traditionalchinese.Big5,
	"UTF-16LE":           unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"UTF-16BE":           unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"UTF-16LE with mark": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"UTF-16BE with mark": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

// encoded returns text in an encoding, and what of it that can spell.
func encoded(tb testing.TB, e encoding.Encoding, text []byte) (out, spelled []byte) {
	tb.Helper()
	encoder, known := e.NewEncoder(), map[rune]bool{}
	for r, c := range runes(text) {
		has, asked := known[r]
		if !asked {
			_, err := encoder.Bytes(c)
			has = err == nil && r != utf8.RuneError
			known[r] = has
		}
		if has {
			spelled = append(spelled, c...)
		}
	}
	out, err := e.NewEncoder().Bytes(spelled)
	if err != nil {
		tb.Fatal(err)
	}
	return out, spelled
}

func runes(text []byte) func(yield func(rune, []byte) bool) {
	return func(yield func(rune, []byte) bool) {
		for len(text) > 0 {
			r, n := utf8.DecodeRune(text)
			if !yield(r, text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// decoded are the items of a piece.
func decoded(raw *schema.Raw) (list []string) {
	for item := range decode.New(decode.Options{}).Items(raw) {
		list = append(list, described(item))
	}
	return list
}

// items decodes a body, whole and in pieces, which must come to the same.
func items(t *testing.T, body []byte) []string {
	t.Helper()
	whole := decoded(&schema.Raw{Body: body})
	var pieces []string
	open := func() (io.ReadCloser, error) { return io.NopCloser(iotest.HalfReader(bytes.NewReader(body))), nil }
	err := decode.Cut(decode.Options{PieceBytes: 1 << 15}, schema.Raw{}, open, func(raw *schema.Raw) error {
		pieces = append(pieces, decoded(raw)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(whole, pieces) {
		t.Errorf("%d items whole, %d in pieces, or others", len(whole), len(pieces))
	}
	return whole
}

// dialogues are the jobs of CrossWOZ, each by itself.
func dialogues(tb testing.TB) (list [][]byte) {
	tb.Helper()
	for _, body := range crosswoz(tb) {
		var response struct{ Jobs []json.RawMessage }
		if err := json.Unmarshal(body, &response); err != nil {
			tb.Fatal(err)
		}
		for _, job := range response.Jobs {
			list = append(list, job)
		}
	}
	return list
}

// TestEncodings: a real dialogue reads the same in every encoding, alone, in one
// large response, and between lines in others.
func TestEncodings(t *testing.T) {
	jobs := dialogues(t)
	if testing.Short() {
		jobs = jobs[:60]
	} else if os.Getenv("CALLMILL_THOROUGH") == "" {
		jobs = jobs[:200]
	}
	var mixed, spelled []byte
	for _, name := range slices.Sorted(maps.Keys(encodings)) {
		e := encodings[name]
		response := slices.Concat([]byte(`{"Jobs":[`), bytes.Join(jobs, []byte(",")), []byte(`]}`))
		body, same := encoded(t, e, response)
		if got, want := items(t, body), items(t, same); !slices.Equal(got, want) {
			t.Errorf("%s: one response of %d bytes reads otherwise", name, len(body))
		}
		for i, job := range jobs {
			body, same := encoded(t, e, job)
			if got, want := decoded(&schema.Raw{Body: body}), decoded(&schema.Raw{Body: same}); !slices.Equal(got, want) || len(got) != 1 {
				t.Fatalf("%s: dialogue %d:\n got %q\nwant %q", name, i, got, want)
			}
			// A line with no more than a name is read as those around it.
			if !strings.HasPrefix(name, "UTF-16") && bytes.Contains(job, []byte(`"Script"`)) {
				mixed = append(append(mixed, body...), '\n')
				spelled = append(append(spelled, same...), '\n')
			}
		}
	}
	checkLines(t, mixed, spelled)
	// Line by line in turn.
	lines, plain := bytes.SplitAfter(mixed, []byte("\n")), bytes.SplitAfter(spelled, []byte("\n"))
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines)-1, func(i, k int) {
		lines[i], lines[k] = lines[k], lines[i]
		plain[i], plain[k] = plain[k], plain[i]
	})
	checkLines(t, bytes.Join(lines, nil), bytes.Join(plain, nil))
}

// checkLines compares lines in several encodings with the same lines in UTF-8.
func checkLines(t *testing.T, mixed, spelled []byte) {
	t.Helper()
	got, want := items(t, mixed), items(t, spelled)
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// TestDamagedText: single damaged bytes of UTF-8 become U+FFFD, and change
// nothing else. They are counted by field, in GB18030 as well.
func TestDamagedText(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i, job := range dialogues(t) {
		if testing.Short() && i == 60 {
			break
		}
		damaged := slices.Clone(job)
		gbk, _ := encoded(t, simplifiedchinese.GBK, job)
		for range 1 + random.IntN(3) {
			damage(random, damaged)
		}
		if !damage(random, gbk) {
			continue // nobody answered
		}
		var want []byte
		for r, c := range runes(damaged) {
			if r == utf8.RuneError && len(c) == 1 {
				c = []byte("\uFFFD")
			}
			want = append(want, c...)
		}
		if got, want := decoded(&schema.Raw{Body: damaged}), decoded(&schema.Raw{Body: want}); !slices.Equal(got, want) {
			t.Fatalf("dialogue %d:\n got %q\nwant %q", i, got, want)
		}
		d := decode.New(decode.Options{})
		texts := 0
		for item := range d.Items(&schema.Raw{Body: gbk}) {
			texts += strings.Count(described(item), "\uFFFD")
		}
		if found := d.Findings(); texts == 0 || found.Damaged["Jobs[].Tasks[].Conversation[].Script"] != 1 || found.Coercions["transcoded"] != 1 {
			t.Errorf("dialogue %d in GBK: %d damaged, counted %v", i, texts, found)
		}
	}
}

// damage makes a byte of a script no character. There may be no script.
func damage(random *rand.Rand, text []byte) bool {
	const script = `"Script":"`
	var at []int
	for i := range text {
		if text[i] >= 0xb0 && bytes.LastIndex(text[:i], []byte(script)) == bytes.LastIndex(text[:i], []byte(`":"`))-len(`"Script`) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return false
	}
	text[at[random.IntN(len(at))]] = 0xff
	return true
}

// TestNoEncoding: text in no encoding that is recognized is a reject as a whole.
func TestNoEncoding(t *testing.T) {
	french := strings.Repeat("Où étiez-vous l'été dernier ? À Besançon, déjà. ", 5)
	for name, e := range map[string]encoding.Encoding{"Latin-1": charmap.ISO8859_1, "Shift-JIS": japanese.ShiftJIS} {
		text := french
		if e == japanese.ShiftJIS {
			text = strings.Repeat("もしもし、田中さんですか。", 5)
		}
		body, _ := encoded(t, e, []byte(`{"Jobs":[{"JobId":"a","ReferenceId":"`+text+`"}]}`))
		got := items(t, body)
		if len(got) != 1 || !strings.Contains(got[0], `reject {"Code":"encoding"`) {
			t.Errorf("%s: %q", name, got)
		}
	}
	// Too little to say so.
	if got := items(t, []byte("{\"Jobs\":[{\"JobId\":\"a\",\"ReferenceId\":\"\xe9t\xe9\"}]}")); len(got) != 1 || !strings.Contains(got[0], "�t�") {
		t.Errorf("%q", got)
	}
	if got := fmt.Sprint(items(t, []byte("{\"JobId\":\"\xca\xc7\xb5\xc4\"}"))); !strings.Contains(got, "是的") {
		t.Errorf("%q", got)
	}
}
