package parquetio

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A file of an older format lacks the columns that came later, wherever they stand:
// they are read as NULL, and where they are never NULL as zero.
func TestOpenOlderFile(t *testing.T) {
	type older struct {
		ID    string   `parquet:"id,dict"`
		Words []string `parquet:"words,list"`
		Name  string   `parquet:"name,optional"`
		At    int64    `parquet:"at,optional,timestamp(millisecond),plain"`
	}
	type newer struct {
		First string   `parquet:"first,optional,dict"`
		ID    string   `parquet:"id,dict"`
		Flag  *bool    `parquet:"flag,optional"`
		More  []string `parquet:"more,list"`
		Words []string `parquet:"words,list"`
		Name  string   `parquet:"name,optional"`
		Count int32    `parquet:"count"`
		At    int64    `parquet:"at,optional,timestamp(millisecond),plain"`
		Spoke bool     `parquet:"spoke"`
		When  int64    `parquet:"when,optional,timestamp(millisecond),plain"`
	}
	path := filepath.Join(t.TempDir(), "older.parquet")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]older, 1000)
	for i := range rows {
		rows[i] = older{ID: string(rune('a' + i%26)), Words: []string{}, At: int64(i % 3)}
		if i%2 == 0 {
			rows[i].Name, rows[i].Words = "n", []string{"x", "", "y"}
		}
	}
	if err := Write(file, rows); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range All[newer](path) {
		if err != nil {
			t.Fatal(err)
		}
		want := newer{ID: rows[n].ID, Words: rows[n].Words, Name: rows[n].Name, At: rows[n].At}
		if diff := cmp.Diff(&want, row); diff != "" {
			t.Fatalf("row %d (-written +read):\n%s", n, diff)
		}
		n++
	}
	if n != len(rows) {
		t.Errorf("%d rows of %d", n, len(rows))
	}
}
