package parquetio_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/pipeline/dataset/parquetio"
)

// TestTexts lists the texts of a column with a dictionary, and of one whose texts are so
// many that it has none.
func TestTexts(t *testing.T) {
	type row struct {
		Few  string `parquet:"few,dict"`
		Many string `parquet:"many"`
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
	var many []string
	for group := range 3 {
		for n := range 1000 {
			text := fmt.Sprintf("%d-%03d", group, n)
			many = append(many, text)
			if err := w.Write([]row{{Few: fmt.Sprint("group-", group), Many: text}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.EndRowGroup(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string][]string{"few": {"group-0", "group-1", "group-2"}, "many": many} {
		if got, err := parquetio.Texts(file.Name(), column); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %d texts, %v, want %d", column, len(got), err, len(want))
		}
	}
	if _, err := parquetio.Texts(file.Name(), "none"); err == nil {
		t.Error("a column that the file does not have: no error")
	}
}
