package parquetio

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
)

func hash(i int) string {
	sum := sha256.Sum256(fmt.Append(nil, i))
	return hex.EncodeToString(sum[:16])
}

// Texts of one length are told from others.
func TestCodesAreOfOneLength(t *testing.T) {
	for name, c := range map[string]struct {
		texts int
		text  func(i int) string
		want  bool
	}{
		"hashes":              {1000, hash, true},
		"two of them":         {2, hash, true},
		"one":                 {1, hash, false},
		"none":                {0, hash, false},
		"empty texts":         {10, func(int) string { return "" }, false},
		"the last is shorter": {1000, func(i int) string { return hash(i)[i/999:] }, false},
		"as long in sum":      {3, func(i int) string { return hash(i)[:[]int{8, 7, 9}[i]] }, false},
	} {
		t.Run(name, func(t *testing.T) {
			var plain []byte
			for i := range c.texts {
				plain = appendPlain(plain, c.text(i))
			}
			if got := isCodes(plain); got != c.want {
				t.Errorf("codes: %v, want %v", got, c.want)
			}
		})
	}
}

// Nothing repeats in hashes but the length before each, and each letter of theirs
// is one of sixteen: they take little more than half of their bytes, in pages and
// in dictionaries.
func TestHashesTakeHalf(t *testing.T) {
	type row struct {
		Hash  string `parquet:"hash"`
		Entry string `parquet:"entry,dict"`
	}
	rows := make([]row, 20_000)
	for i := range rows {
		rows[i] = row{hash(i), hash(-i)}
	}
	for i, most := range []float64{0.56, 0.62} { // of entries, rows have the places besides
		meta := columnsOf(checkComesBack(t, rows), i)[0]
		if share := float64(meta.TotalCompressedSize) / float64(32*len(rows)); share > most {
			t.Errorf("%v takes %.3f of the bytes of its texts, want at most %v", meta.PathInSchema, share, most)
		}
	}
}
