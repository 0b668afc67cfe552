package parquetio

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"
)

func hash(i int) string {
	sum := sha256.Sum256(fmt.Append(nil, i))
	return hex.EncodeToString(sum[:16])
}

// Pages of texts of one length have the lengths apart; others, in the same
// column, do not.
func TestCodesHaveTheirLengthsApart(t *testing.T) {
	type row struct {
		Text string `parquet:"text,optional"`
	}
	const apart, plain = format.DeltaLengthByteArray, format.Plain
	for name, c := range map[string]struct {
		rows int
		text func(i int) string
		want map[format.Encoding]int32 // pages
	}{
		"hashes":              {1000, hash, map[format.Encoding]int32{apart: 1}},
		"hashes and NULLs":    {1000, func(i int) string { return hash(i)[:32*(i%2)] }, map[format.Encoding]int32{apart: 1}},
		"two of them":         {2, hash, map[format.Encoding]int32{apart: 1}},
		"one":                 {1, hash, map[format.Encoding]int32{plain: 1}},
		"none":                {10, func(int) string { return "" }, map[format.Encoding]int32{plain: 1}},
		"the last is shorter": {1000, func(i int) string { return hash(i)[i/999:] }, map[format.Encoding]int32{plain: 1}},
		"as long in sum":      {3, func(i int) string { return hash(i)[:[]int{8, 7, 9}[i]] }, map[format.Encoding]int32{plain: 1}},
		"shorter on one page": {2 * pageRows, func(i int) string { return hash(i)[:4-i/(2*pageRows-1)] }, map[format.Encoding]int32{apart: 1, plain: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := make([]row, c.rows)
			for i := range rows {
				rows[i].Text = c.text(i)
			}
			got := map[format.Encoding]int32{}
			for _, s := range columnsOf(checkComesBack(t, rows), 0)[0].EncodingStats {
				got[s.Encoding] = s.Count
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("the column has pages %v, want %v", got, c.want)
			}
		})
	}
}

// What encodeCodes writes of any texts is those texts.
func TestCodesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length, n := rapid.IntRange(1, 40).Draw(t, "length"), rapid.IntRange(2, 300).Draw(t, "texts")
		var plain []byte
		var want strings.Builder
		for range n {
			text := rapid.StringOfN(rapid.RuneFrom([]rune("\x00\x01\x04ab")), length, length, -1).Draw(t, "text")
			plain = appendPlain(plain, text)
			want.WriteString(text)
		}
		if !isCodes(plain) {
			t.Fatalf("%d texts of %d bytes are none of one length", n, length)
		}
		encoded, err := encodeCodes(nil, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, ends, err := (&delta.LengthByteArrayEncoding{}).DecodeByteArray(nil, encoded, nil)
		if err != nil || string(got) != want.String() || len(ends) != n+1 {
			t.Fatalf("%d texts, %q, come back as %d, %q: %v", n, want.String(), len(ends)-1, got, err)
		}
		if longer := appendPlain(plain, strings.Repeat("a", length+1)); isCodes(longer) {
			t.Fatalf("with one that is longer, %d texts are of one length", n+1)
		}
	})
}

// Nothing repeats in hashes, and each letter of theirs is one of sixteen: they
// take half of their bytes, in pages and in dictionaries.
func TestHashesTakeHalf(t *testing.T) {
	type row struct {
		Hash  string `parquet:"hash"`
		Entry string `parquet:"entry,dict"`
	}
	rows := make([]row, 20_000)
	for i := range rows {
		rows[i] = row{hash(i), hash(-i)}
	}
	for i, most := range []float64{0.51, 0.62} { // entries have their lengths before them, and rows places besides
		meta := columnsOf(checkComesBack(t, rows), i)[0]
		if share := float64(meta.TotalCompressedSize) / float64(32*len(rows)); share > most {
			t.Errorf("%v takes %.3f of the bytes of its texts, want at most %v", meta.PathInSchema, share, most)
		}
	}
}
