package parquetio

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// columnsOf gives the footer's word on each row group's column of that number.
func columnsOf(file *parquet.File, number int) (columns []format.ColumnMetaData) {
	for _, group := range file.Metadata().RowGroups {
		columns = append(columns, group.Columns[number].MetaData)
	}
	return columns
}

// Files whose rows just fill a batch, a page or a row group, or do not.
func TestRowsAtTheLimits(t *testing.T) {
	type row struct {
		Position int32 `parquet:"position"`
		Maybe    *bool `parquet:"maybe,optional"`
	}
	for _, n := range []int{0, 1, 7, 8, 9, batchRows - 1, batchRows, batchRows + 1, pageRows - 1, pageRows, pageRows + 1, rowGroupRows - 1, rowGroupRows, rowGroupRows + 1} {
		rows := make([]row, n)
		for i := range rows {
			rows[i].Position = int32(i)
			if i%17 > 8 {
				rows[i].Maybe = new(i%5 > 1)
			}
		}
		file := checkComesBack(t, rows)
		if groups := len(file.RowGroups()); groups != (n+rowGroupRows-1)/rowGroupRows {
			t.Errorf("%d rows are in %d row groups", n, groups)
		}
		pages := 0
		for i := range file.RowGroups() {
			pages += len(file.OffsetIndexes()[2*i].PageLocations)
		}
		if pages != (n+pageRows-1)/pageRows {
			t.Errorf("%d rows are in %d pages", n, pages)
		}
	}
}

// A dictionary that is full when a page ends, within one, or by one text alone.
func TestDictionaryIsFull(t *testing.T) {
	type row struct {
		Word  string   `parquet:"word,dict"`
		Words []string `parquet:"words,list" parquet-element:",dict"`
	}
	const entry = 32 // bytes
	word := func(i int) string { return fmt.Sprintf("%0*d", entry-4, i) }
	long := strings.Repeat("x", dictionaryBytes)
	const dictionary, plain = format.RLEDictionary, format.Plain
	for name, c := range map[string]struct {
		rows int
		word func(i int) string
		want map[format.Encoding]int32 // pages
	}{
		"filled by the last row":   {dictionaryBytes / entry, word, map[format.Encoding]int32{dictionary: 1}},
		"filled by a page":         {dictionaryBytes/entry + 10, word, map[format.Encoding]int32{dictionary: 1, plain: 1}},
		"filled within a page":     {dictionaryBytes/entry - 10, func(i int) string { return word(i) + "1" }, map[format.Encoding]int32{plain: 2}},
		"full, and no more to add": {3 * pageRows, func(i int) string { return word(i % (dictionaryBytes / entry)) }, map[format.Encoding]int32{dictionary: 3}},
		"one text that fits":       {3, func(i int) string { return long[4:] }, map[format.Encoding]int32{dictionary: 1}},
		"one text too long":        {1, func(i int) string { return long[3:] }, map[format.Encoding]int32{plain: 1}},
		"the second text too long": {2, func(i int) string { return long[:i*(dictionaryBytes-7)] }, map[format.Encoding]int32{plain: 1}},
		"places of three bytes":    {3 * pageRows, func(i int) string { return fmt.Sprintf("%x", i) }, map[format.Encoding]int32{dictionary: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := make([]row, c.rows)
			for i := range rows {
				rows[i] = row{c.word(i), []string{c.word(i)}}
			}
			file := checkComesBack(t, rows)
			for i := range 2 {
				got := map[format.Encoding]int32{}
				for _, s := range columnsOf(file, i)[0].EncodingStats {
					if s.PageType == format.DataPage {
						got[s.Encoding] = s.Count
					}
				}
				if !maps.Equal(got, c.want) {
					t.Errorf("column %d has pages %v, want %v", i, got, c.want)
				}
			}
		})
	}
}

// A dictionary that is full within a list; a list over what would be pages.
func TestLongLists(t *testing.T) {
	type row struct {
		Words []string `parquet:"words,list" parquet-element:",dict"`
		Texts []string `parquet:"texts,list"`
	}
	list := make([]string, 200_000)
	for i := range list {
		list[i] = fmt.Sprint("word ", i*7919%150_000)
	}
	checkComesBack(t, []row{
		{list[:5], []string{}}, {list, list}, {[]string{}, list[:1]}, {list[:100], []string{}}, {[]string{""}, list},
	})
}

// As many different numbers as a dictionary may have, and one more.
func TestDictionaryOfNumbersIsFull(t *testing.T) {
	type row struct {
		Small int32  `parquet:"small"`
		Large *int64 `parquet:"large,optional"`
	}
	for _, different := range []int{1, dictionaryNumbers, dictionaryNumbers + 1} {
		rows := make([]row, pageRows+dictionaryNumbers+5)
		for i := range rows {
			v := i % different
			rows[i] = row{int32(v - dictionaryNumbers/2), new(int64(v-7) << 50)}
			if i < pageRows {
				rows[i] = row{int32(v % dictionaryNumbers), nil}
			}
		}
		rows[len(rows)-1] = row{math.MinInt32, new(int64(math.MinInt64))}
		rows[len(rows)-2] = row{math.MaxInt32, new(int64(math.MaxInt64))}
		checkComesBack(t, rows)
	}
}

// Instants may be as far from each other as numbers can be.
func TestExtremeInstants(t *testing.T) {
	type row struct {
		Large  int64 `parquet:"large,plain"`
		LargeN int64 `parquet:"large_n,optional,plain"`
		Small  int32 `parquet:"small,plain"`
	}
	for _, n := range []int{1, 2, 3, 31, 32, 33, 34, 127, 128, 129, 130, 257, 1000} {
		rows := make([]row, n)
		for i := range rows {
			rows[i] = [...]row{
				{math.MinInt64, math.MaxInt64, math.MaxInt32}, {math.MaxInt64, 0, math.MinInt32},
				{0, math.MinInt64, -1}, {-1, math.MinInt64, 1}, {math.MinInt64, -1, math.MinInt32},
			}[i*i%7%5]
		}
		checkComesBack(t, rows)
	}
}

// Whether the bounds of pages rise, fall, or neither.
func TestOrderOfBounds(t *testing.T) {
	column := &column{values: &truths{}} // its bounds compare as their first bytes
	null := [2]byte{255, 255}
	for _, c := range []struct {
		pages [][2]byte
		want  format.BoundaryOrder
	}{
		{nil, format.Ascending},
		{[][2]byte{null, null}, format.Ascending},
		{[][2]byte{{1, 2}}, format.Ascending},
		{[][2]byte{{1, 2}, {1, 2}, null, {1, 3}, {2, 3}}, format.Ascending},
		{[][2]byte{{3, 4}, null, {3, 4}, {2, 4}, {1, 1}}, format.Descending},
		{[][2]byte{{1, 4}, {2, 3}}, format.Unordered},
		{[][2]byte{{2, 3}, {1, 4}}, format.Unordered},
		{[][2]byte{{1, 2}, null, {0, 1}, {2, 3}}, format.Unordered},
	} {
		var index format.ColumnIndex
		for _, page := range c.pages {
			index.NullPages = append(index.NullPages, page == null)
			index.MinValues, index.MaxValues = append(index.MinValues, page[:1]), append(index.MaxValues, page[1:])
		}
		if got := column.order(&index); got != c.want {
			t.Errorf("%v are %v, want %v", c.pages, got, c.want)
		}
	}
}

// "" is a bound as any other text is: rows are not to be left out for it.
func TestEmptyTextIsABound(t *testing.T) {
	type row struct {
		Text string   `parquet:"text"`
		Word string   `parquet:"word,dict"`
		List []string `parquet:"list,list"`
	}
	rows := make([]row, pageRows+1) // "" in the first page, "a" in the second
	for i := range rows {
		rows[i].List = []string{""}
	}
	rows[pageRows] = row{"a", "a", []string{"a"}}
	file := checkComesBack(t, rows)
	for i := range 3 {
		s := columnsOf(file, i)[0].Statistics
		if s.MinValue == nil || len(s.MinValue) > 0 || string(s.MaxValue) != "a" {
			t.Errorf("column %d is from %q to %q", i, s.MinValue, s.MaxValue)
		}
	}
}

// Whichever column has them, huge texts end pages: the length of one is an
// int32.
func TestHugeTextsEndPages(t *testing.T) {
	type row struct {
		Position int32    `parquet:"position"`
		Note     string   `parquet:"note,optional,dict"`
		List     []string `parquet:"list,list"`
		Raw      []byte   `parquet:"raw" stats:"none"`
	}
	huge := strings.Repeat("x", batchBytes/4)
	for column, huge := range map[int]row{
		1: {Note: huge, List: []string{}, Raw: []byte{}},
		2: {List: []string{"a", huge}, Raw: []byte{}},
		3: {List: []string{}, Raw: []byte(huge)},
	} {
		file := checkComesBack(t, slices.Repeat([]row{huge}, 20))
		if pages := len(file.OffsetIndexes()[column].PageLocations); pages != 20/4 {
			t.Errorf("column %d has %d pages", column, pages)
		}
	}
}
