package parquetio_test

import (
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/parquetio"
)

// sparse has columns whose zero value is NULL; found reads them so that NULL
// and zero can be told apart.
type sparse struct {
	Text string `parquet:"text,optional"`
	Word string `parquet:"word,optional,dict"`
	Time int64  `parquet:"time,optional,timestamp(millisecond),plain"`
}

type found struct {
	Text *string `parquet:"text,optional"`
	Word *string `parquet:"word,optional"`
	Time *int64  `parquet:"time,optional"`
}

// One value after one NULL, two after two, and so on, then NULLs: what the
// writer of parquet-go v0.32.0 gets wrong.
func TestZeroIsNullAfterARun(t *testing.T) {
	for n := range 70 {
		rows := make([]sparse, 3*n+10)
		for i := n; i < 2*n; i++ {
			rows[i] = sparse{"一", "word", 7}
		}
		checkNulls(t, rows)
	}
}

func TestZeroIsNull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []sparse {
			row := sparse{
				Text: rapid.SampledFrom([]string{"", "一"}).Draw(t, "text"),
				Word: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "word"),
				Time: rapid.SampledFrom([]int64{0, 1}).Draw(t, "time"),
			}
			run := make([]sparse, rapid.IntRange(1, 80).Draw(t, "length"))
			for i := range run {
				run[i] = row
			}
			return run
		}), 0, 20).Draw(t, "runs")
		var rows []sparse
		for _, run := range runs {
			rows = append(rows, run...)
		}
		checkNulls(t, rows)
	})
}

func checkNulls(t rapid.TB, rows []sparse) {
	dir, err := os.MkdirTemp("", "nulls")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "rows.parquet")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := parquetio.Write(out, rows); err != nil {
		t.Fatal(err)
	}
	i := 0
	for got, err := range parquetio.All[found](path) {
		if err != nil {
			t.Fatal(err)
		}
		want := rows[i]
		if !same(got.Text, want.Text) || !same(got.Word, want.Word) || !same(got.Time, want.Time) {
			t.Fatalf("row %d of %d: NULL are text %v, word %v, time %v of %+v", i, len(rows), got.Text == nil, got.Word == nil, got.Time == nil, want)
		}
		i++
	}
	if i != len(rows) {
		t.Fatalf("%d rows, want %d", i, len(rows))
	}
}

// same reports whether the column holds the value, or NULL for its zero.
func same[V comparable](got *V, want V) bool {
	var zero V
	if want == zero {
		return got == nil
	}
	return got != nil && *got == want
}
