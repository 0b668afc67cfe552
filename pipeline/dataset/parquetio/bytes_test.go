package parquetio

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"callmill/schema"
)

// TestBytesDependOnRowsAlone: regardless of what a writer wrote before, and of
// writers that share its compressor, a file of the same rows has the same bytes: after one
// without rows, one whose dictionaries overflowed, one in several row groups.
func TestBytesDependOnRowsAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	var shared Compressor
	checkSameBytes[schema.JobRow](t, &shared)
	checkSameBytes[schema.TaskRow](t, &shared)
	checkSameBytes[schema.TurnRow](t, &shared)
	checkSameBytes[schema.ContactRow](t, &shared)
	checkSameBytes[schema.ExtraRow](t, &shared)
	checkSameBytes[schema.SummaryRow](t, &shared)
	checkSameBytes[schema.JobGroupRow](t, &shared)
	checkSameBytes[schema.StatusRow](t, &shared)
	checkSameBytes[schema.RejectRow](t, &shared)
	checkSameBytes[every](t, &shared)
}

func checkSameBytes[T any](t *testing.T, c *Compressor) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	used, err := NewWriter[T](c)
	if err != nil {
		t.Fatal(err)
	}
	for file := range 12 {
		rows := make([]T, []int{600, 0, 2000, 1}[random.IntN(4)])
		different := []int{1, 20, 1e6}[random.IntN(3)]
		longest := []int{3, 3, 1000}[random.IntN(3)]
		for i := range rows {
			fill(reflect.ValueOf(&rows[i]).Elem(), random, different, longest)
		}
		ends := len(rows) * (file % 3) / 2 // none, in the middle, before Close
		fresh, err := NewWriter[T](&Compressor{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fileOf(t, used, rows, ends), fileOf(t, fresh, rows, ends); !bytes.Equal(got, want) {
			t.Errorf("%T: file %d, of %d rows, has %d bytes, from a new writer %d, and not the same", *new(T), file, len(rows), len(got), len(want))
		}
	}
}

func fileOf[T any](t *testing.T, w *Writer[T], rows []T, ends int) []byte {
	t.Helper()
	var out bytes.Buffer
	writeFile(t, w, &out, rows, ends)
	return out.Bytes()
}

// writeFile writes rows, and ends a row group before that of a number, if it
// is one after the first.
func writeFile[T any](t testing.TB, w *Writer[T], out io.Writer, rows []T, ends int) {
	t.Helper()
	w.Reset(out)
	for i := range rows {
		if i == ends && i > 0 {
			if err := w.EndRowGroup(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(rows[i : i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill gives every field of a row a value: texts of up to some length, numbers
// and texts of which there are that many different ones.
func fill(row reflect.Value, random *rand.Rand, different, longest int) {
	for i := range row.NumField() {
		if !schema.IsColumn(row.Type().Field(i)) {
			continue
		}
		n := random.IntN(different)
		text := fmt.Sprint(n)[:random.IntN(2)*min(len(fmt.Sprint(n)), 9)] + strings.Repeat("长", n%2*longest/3)
		var v any
		switch row.Field(i).Interface().(type) {
		case string:
			v = text
		case []byte:
			v = []byte(text)
		case []string:
			v = []string{text, "好", "", text}[:n%5%4]
		case bool:
			v = n%2 == 0
		case *bool:
			v = new(n%3 == 0)
		case int32:
			v = int32(n - 3)
		case *int32:
			v = new(int32(n))
		case int64:
			v = int64(n-3) << 33
		case *int64:
			v = new(int64(n))
		}
		if row.Field(i).Kind() == reflect.Pointer && random.IntN(2) == 0 {
			continue
		}
		row.Field(i).Set(reflect.ValueOf(v))
	}
}

// TestHandingOverMakesNoDifference: a file has the same bytes whether its rows
// come one by one or all at once.
func TestHandingOverMakesNoDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([]schema.TurnRow, 3*batchRows+100)
	for i := range rows {
		fill(reflect.ValueOf(&rows[i]).Elem(), random, 1000, 20_000)
	}
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	writeFile(t, w, &want, rows, 0)
	for range 5 {
		var got bytes.Buffer
		w.Reset(&got)
		for rest := rows; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			if err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if w.Rows() != int64(len(rows)) {
			t.Errorf("%d rows, want %d", w.Rows(), len(rows))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%d bytes, want the same %d as one by one", got.Len(), want.Len())
		}
	}
}

// TestWriteLetsGo: after Write, rows and what they point to may change.
func TestWriteLetsGo(t *testing.T) {
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	tokens, gap := []string{"a", "b"}, int64(7)
	row := schema.TurnRow{Script: "ab", Tokens: tokens, GapMS: &gap}
	var got, want bytes.Buffer
	writeFile(t, w, &want, []schema.TurnRow{row, row}, 0)
	w.Reset(&got)
	for range 2 {
		tokens[0], gap = "a", 7
		if err := w.Write([]schema.TurnRow{row}); err != nil {
			t.Fatal(err)
		}
		tokens[0], gap = "x", 8
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Error("what changed after Write is in the file")
	}
}
