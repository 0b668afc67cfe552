package parquetio

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"

	"callmill/schema"
)

// every has a column of each kind.
type every struct {
	Position int32    `parquet:"position"` // first: parquet-go reads no bounds where the first column has none
	Text     string   `parquet:"text"`
	Word     string   `parquet:"word,dict"`
	Note     string   `parquet:"note,optional"`
	Kind     string   `parquet:"kind,optional,dict"`
	Raw      []byte   `parquet:"raw" stats:"none"`
	List     []string `parquet:"list,list"`
	Codes    []string `parquet:"codes,list" parquet-element:",dict"`
	Words    []string `parquet:"words,list" parquet-element:",dict" stats:"none"`
	Yes      bool     `parquet:"yes"`
	Maybe    *bool    `parquet:"maybe,optional"`
	Small    int32    `parquet:"small"`
	SmallN   *int32   `parquet:"small_n,optional"`
	Day      *int32   `parquet:"day,optional,date"`
	Large    int64    `parquet:"large"`
	LargeN   *int64   `parquet:"large_n,optional"`
	Time     int64    `parquet:"time,timestamp(millisecond),plain"`
	TimeN    int64    `parquet:"time_n,optional,timestamp(millisecond),plain"`
	Seconds  int32    `parquet:"seconds,plain"`
}

func drawEvery(t *rapid.T) every {
	text := rapid.SampledFrom([]string{"", "a", "您好", "请问是张先生吗", strings.Repeat("长", 6), strings.Repeat("z", 300), "\x00", "aaaaaaaa", "aaaaaaaaa"})
	texts := rapid.SliceOfN(text, 0, 5)
	number := rapid.SampledFrom([]int64{0, 1, -1, 7, 1 << 40, -1 << 63, 1<<63 - 1, 1769000000000})
	small := rapid.SampledFrom([]int32{0, 1, -1, 1 << 30, -1 << 31, 1<<31 - 1})
	row := every{
		Text: text.Draw(t, "text"), Word: text.Draw(t, "word"), Note: text.Draw(t, "note"), Kind: text.Draw(t, "kind"),
		Raw:  []byte(text.Draw(t, "raw")),
		List: append([]string{}, texts.Draw(t, "list")...), Codes: append([]string{}, texts.Draw(t, "codes")...), Words: append([]string{}, texts.Draw(t, "words")...),
		Yes: rapid.Bool().Draw(t, "yes"), Small: small.Draw(t, "small"), Large: number.Draw(t, "large"),
		Time: number.Draw(t, "time"), TimeN: number.Draw(t, "time_n"), Seconds: small.Draw(t, "seconds"),
	}
	if rapid.Bool().Draw(t, "present") {
		row.Maybe, row.SmallN, row.Day, row.LargeN = new(!row.Yes), new(row.Small), new(row.Small+1), new(row.Large)
	}
	return row
}

// TestEveryKindComesBack: parquet-go reads any rows back; many repeats of a few rows
// make runs of all lengths.
func TestEveryKindComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []every
		for _, row := range rapid.SliceOfN(rapid.Custom(drawEvery), 0, 12).Draw(t, "rows") {
			for range rapid.IntRange(1, 70).Draw(t, "times") {
				row.Position = int32(len(rows))
				rows = append(rows, row)
			}
		}
		checkComesBack(t, rows)
	})
}

// Rows beyond one page, one row group, and what a dictionary may hold.
func TestManyRowsComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	rows := make([]every, rowGroupRows+pageRows+batchRows/2)
	for i := range rows {
		rows[i] = every{
			Text: fmt.Sprint("text ", i*7919%1000003), Word: fmt.Sprint("word ", i%50000), Kind: []string{"", "x", "y"}[i%3],
			Raw: []byte{byte(i)}, List: []string{}, Codes: []string{fmt.Sprint(i % 70000), "x"}[:i%5%3], Words: []string{"好", fmt.Sprint(i % 60000), "的"}[:i%4%3],
			Small: int32(i / 4), Large: int64(i), Time: 1769000000000 + int64(i)*37, Position: int32(i),
		}
		if i%5 > 0 {
			rows[i].LargeN, rows[i].Maybe = new(int64(i%5)), new(i%2 == 0)
		}
	}
	file := checkComesBack(t, rows)
	if groups := len(file.RowGroups()); groups != 2 {
		t.Errorf("%d row groups, want 2", groups)
	}
	chunks := file.Metadata().RowGroups[0].Columns
	for _, c := range []struct {
		column    string
		encodings []format.Encoding
	}{
		{"text", []format.Encoding{format.Plain}},
		{"word", []format.Encoding{format.Plain, format.RLEDictionary}}, // given up: both
		{"kind", []format.Encoding{format.Plain, format.RLE, format.RLEDictionary}},
		{"small", []format.Encoding{format.Plain, format.RLEDictionary}},
		{"time", []format.Encoding{format.Plain}},
	} {
		i := slices.IndexFunc(chunks, func(chunk format.ColumnChunk) bool { return chunk.MetaData.PathInSchema[0] == c.column })
		if got := []format.Encoding(chunks[i].MetaData.Encoding); !slices.Equal(got, c.encodings) {
			t.Errorf("%s has encodings %v, want %v", c.column, got, c.encodings)
		}
	}
}

// checkComesBack writes rows, reads them with parquet-go and compares rows and
// bounds.
func checkComesBack[T any](t rapid.TB, rows []T) *parquet.File {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]T, len(rows))
	reader := parquet.NewGenericReader[T](file)
	defer reader.Close()
	n, err := reader.Read(got)
	if n != len(rows) || file.NumRows() != int64(n) {
		t.Fatalf("read %d of %d rows, the footer says %d: %v", n, len(rows), file.NumRows(), err)
	}
	for i := range rows {
		if !reflect.DeepEqual(rows[i], got[i]) {
			t.Fatalf("row %d of %d (-written +read):\n%s", i, len(rows), cmp.Diff(rows[i], got[i]))
		}
	}
	checkPages(t, file, out.Bytes())
	checkBounds(t, file)
	return file
}

// checkBounds compares the bounds of each page, and of each chunk, with the
// values that are there.
func checkBounds(t rapid.TB, file *parquet.File) {
	t.Helper()
	for g, group := range file.RowGroups() {
		for i, chunk := range group.ColumnChunks() {
			meta := file.Metadata().RowGroups[g].Columns[i].MetaData
			index, err := chunk.ColumnIndex()
			if err != nil || index.NumPages() == 0 {
				if meta.Statistics.MinValue != nil {
					t.Fatalf("%v: bounds of the chunk without those of its pages: %v", meta.PathInSchema, err)
				}
				continue
			}
			var nulls, values int64
			pages := chunk.Pages()
			for n := 0; ; n++ {
				page, err := pages.ReadPage()
				if err != nil {
					break
				}
				least, greatest, any := page.Bounds()
				if any == index.NullPage(n) {
					t.Fatalf("%v page %d: NULLs only: %v", meta.PathInSchema, n, index.NullPage(n))
				}
				if any && (!parquet.Equal(least, index.MinValue(n)) || !parquet.Equal(greatest, index.MaxValue(n))) {
					t.Fatalf("%v page %d is from %v to %v, its bounds are %v and %v", meta.PathInSchema, n, least, greatest, index.MinValue(n), index.MaxValue(n))
				}
				nulls, values = nulls+page.NumNulls(), values+page.NumValues()
				parquet.Release(page)
			}
			pages.Close()
			if nulls != meta.Statistics.NullCount || values != meta.NumValues {
				t.Fatalf("%v: %d values and %d NULLs, says the footer; there are %d and %d", meta.PathInSchema, meta.NumValues, meta.Statistics.NullCount, values, nulls)
			}
		}
	}
}

// The footer describes the rows as parquet-go does.
func TestSchemaIsThatOfTheTags(t *testing.T) {
	checkSchema[schema.JobRow](t)
	checkSchema[schema.TaskRow](t)
	checkSchema[schema.TurnRow](t)
	checkSchema[schema.RejectRow](t)
	checkSchema[every](t)
}

func checkSchema[T any](t *testing.T) {
	var ours, theirs bytes.Buffer
	if err := Write[T](&ours, nil); err != nil {
		t.Fatal(err)
	}
	if err := parquet.Write[T](&theirs, nil); err != nil {
		t.Fatal(err)
	}
	footer := func(b *bytes.Buffer) *format.FileMetaData {
		file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		return file.Metadata()
	}
	got, want := footer(&ours), footer(&theirs)
	for i := range want.Schema {
		want.Schema[i].TypeLength.Valid = false // is for FIXED_LEN_BYTE_ARRAY, of which there are none
		want.Schema[i].TypeLength.V = 0
	}
	if diff := cmp.Diff(want.Schema, got.Schema); diff != "" {
		t.Errorf("%T (-parquet-go +ours):\n%s", *new(T), diff)
	}
	if len(got.ColumnOrders) != len(want.ColumnOrders) {
		t.Errorf("%d orders of columns, want %d", len(got.ColumnOrders), len(want.ColumnOrders))
	}
}

// A text too long for a bound leaves the column without any.
func TestLongTextsHaveNoBounds(t *testing.T) {
	checkComesBack(t, []every{{Text: "a", Raw: []byte{}, List: []string{}, Codes: []string{}, Words: []string{}}, {Text: strings.Repeat("b", maxBound+1), Raw: []byte{}, List: []string{}, Codes: []string{}, Words: []string{}}})
}

// Huge lines: pages, and row groups, end early.
func TestHugeTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	rows, random := make([]schema.TurnRow, 40), rand.NewChaCha8([32]byte{})
	for i := range rows {
		text := make([]byte, 1<<20)
		random.Read(text) // not to be compressed away
		rows[i] = schema.TurnRow{Script: string(text), Tokens: []string{string(text[:len(text)/2]), string(text[len(text)/2:])}, TurnIndex: int32(i)}
	}
	file := checkComesBack(t, rows)
	if groups := len(file.RowGroups()); groups != 2 {
		t.Errorf("80 MiB that do not compress are in %d row groups, want 2", groups)
	}
}

func TestNoEncoding(t *testing.T) {
	type odd struct {
		Share float64 `parquet:"share"`
	}
	if _, err := NewWriter[odd](&Compressor{}); err == nil || err.Error() != "column share: no encoding for float64" {
		t.Error(err)
	}
	type differences struct {
		Time int64 `parquet:"time,delta"`
	}
	if _, err := NewWriter[differences](&Compressor{}); err == nil || err.Error() != "column time: not every reader reads differences" {
		t.Error(err)
	}
}
