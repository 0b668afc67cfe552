package parquetio_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"callmill/pipeline/dataset/parquetio"
)

// TestColumns reads some columns of a file of several row groups, and one that it does
// not have.
func TestColumns(t *testing.T) {
	type row struct {
		ID    string `parquet:"id"`
		Word  string `parquet:"word,dict"`
		Count int32  `parquet:"count"`
		Time  int64  `parquet:"time,optional,timestamp(millisecond)"`
		Done  bool   `parquet:"done"`
	}
	rowOf := func(n int) row {
		return row{ID: fmt.Sprint("id-", n), Word: fmt.Sprint("word-", n%3), Count: int32(n), Time: int64(n % 4), Done: n%5 == 0}
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "x.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := parquetio.NewWriter[row](&parquetio.Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	w.Reset(file)
	const groups, rows = 3, 1000
	for n := range groups * rows {
		if err := w.Write([]row{rowOf(n)}); err != nil {
			t.Fatal(err)
		}
		if n%rows == rows-1 {
			if err := w.EndRowGroup(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	type some struct {
		Done  bool   `parquet:"done"`
		Time  int64  `parquet:"time,optional,timestamp(millisecond)"`
		Later string `parquet:"later"`
		Word  string `parquet:"word"`
		ID    string `parquet:"id"`
		Count int32  `parquet:"count"`
	}
	c, err := parquetio.OpenColumns[some](file.Name())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; ; n++ {
		v, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if v == nil {
			break
		}
		want := rowOf(n)
		if got := (row{string(v[4].ByteArray()), string(v[3].ByteArray()), v[5].Int32(), v[1].Int64(), v[0].Boolean()}); got != want {
			t.Fatalf("row %d: %+v, want %+v", n, got, want)
		}
		if v[1].IsNull() != (want.Time == 0) || !v[2].IsNull() {
			t.Fatalf("row %d: NULL is %v and %v", n, v[1].IsNull(), v[2].IsNull())
		}
	}
	if n != groups*rows {
		t.Errorf("%d rows, want %d", n, groups*rows)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}

	type other struct {
		Word int64 `parquet:"word"`
	}
	if _, err := parquetio.OpenColumns[other](file.Name()); err == nil {
		t.Error("a column of another type: no error")
	}
}

// TestColumnsOfDamagedFiles: damage is an error, wherever it is, or goes unseen; nothing
// panics.
func TestColumnsOfDamagedFiles(t *testing.T) {
	type row struct {
		ID   string `parquet:"id"`
		Word string `parquet:"word,dict"`
		Time int64  `parquet:"time,optional,timestamp(millisecond)"`
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for n := range 500 {
		rows = append(rows, row{fmt.Sprint("id-", n), fmt.Sprint("word-", n%3), int64(n % 4)})
	}
	if err := parquetio.Write(file, rows); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		text := append([]byte(nil), whole...)
		text[at] ^= 0x55
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := parquetio.OpenColumns[row](path)
		if err != nil {
			continue
		}
		for {
			if v, err := c.Next(); v == nil || err != nil {
				break
			}
		}
		c.Close()
		parquetio.Texts(path, "word")
	}
}
