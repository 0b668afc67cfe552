package arrowio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// What one library writes the other reads: every type of column, NULLs, empty
// lists, lists over many pages, several row groups.
func TestReaderReadsWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		checkRead(t, dir, schema.TableTasks, rapid.SliceOfN(rapid.Custom(drawTask), 0, 40).Draw(t, "tasks"))
		checkRead(t, dir, schema.TableTurns, rapid.SliceOfN(rapid.Custom(drawTurn), 0, 40).Draw(t, "turns"))
		checkRead(t, dir, schema.TableRejects, rapid.SliceOfN(rapid.Custom(drawReject), 0, 5).Draw(t, "rejects"))
	})
}

func TestReaderReadsManyRows(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	rows := make([]schema.TurnRow, 1<<17+3000) // beyond a row group
	for i := range rows {
		rows[i] = schema.TurnRow{JobID: "j", TurnIndex: int32(i), Script: "s", Tokens: []string{}, StoredTime: int64(i % 3)}
		for n := range i % 7 {
			rows[i].Tokens = append(rows[i].Tokens, string(rune('a'+(i+n)%26)))
		}
		if i == 2000 { // more than is decoded at a time
			for range 5000 {
				rows[i].Tokens = append(rows[i].Tokens, "x")
			}
		}
	}
	checkRead(t, t.TempDir(), schema.TableTurns, rows)
}

func checkRead[T any](t rapid.TB, dir, name string, rows []T) {
	path, table := writeRows(t, dir, name, rows)
	if !hasFooter(path, table, len(rows)) {
		t.Fatal(ReadFooter(path))
	}
	r, err := Open[T](path, table)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := 0; i < len(rows); {
		got, err := r.Next()
		if err != nil {
			t.Fatalf("row %d of %d: %v", i, len(rows), err)
		}
		if diff := cmp.Diff(rows[i:min(i+len(got), len(rows))], got); diff != "" {
			t.Fatalf("from row %d on (-written +read):\n%s", i, diff)
		}
		i += len(got)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatalf("after %d rows: %v", len(rows), err)
	}
	if r.Strange() != "" {
		t.Fatal(r.Strange())
	}
}

// writeRows writes a file of a table.
func writeRows[T any](t rapid.TB, dir, name string, rows []T) (path string, table *schema.Table) {
	var out bytes.Buffer
	if err := parquetio.Write(&out, rows); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, tableOf(name)
}

// tableOf returns the table of a name.
func tableOf(name string) *schema.Table {
	for _, table := range schema.Tables() {
		if table.Name == name {
			return &table
		}
	}
	return nil
}

// hasFooter reports whether a file has a readable footer with the columns of a
// table and a number of rows.
func hasFooter(path string, table *schema.Table, rows int) bool {
	f, err := ReadFooter(path)
	if err != nil || f.Rows != int64(rows) || f.GroupRows != int64(rows) || len(f.Columns) != len(table.Columns) {
		return false
	}
	for i, c := range table.Columns {
		if f.Columns[i] != Describe(c) {
			return false
		}
	}
	return f.Values[parquetio.FormatKey] == parquetio.Format
}

func draw[V any](t *rapid.T, values ...V) V { return rapid.SampledFrom(values).Draw(t, "value") }

func drawTexts(t *rapid.T) []string {
	return append([]string{}, rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "您好"}), 0, 4).Draw(t, "texts")...)
}

func drawTask(t *rapid.T) schema.TaskRow {
	no, yes, zero, one, many := false, true, int32(0), int32(-1), int64(1)<<60
	return schema.TaskRow{
		InstanceID: draw(t, "", "i"), JobID: draw(t, "j", "k"), TaskID: draw(t, "t", "u"), ScriptName: draw(t, "", "x", "y"),
		TaskIndex: draw[int32](t, 0, 1<<30, -1<<31), Attempt: draw(t, nil, &zero, &one), IsLastTask: draw(t, no, yes),
		Connected: draw(t, nil, &no, &yes), PlannedTime: draw[int64](t, 0, 1, 1<<50), CallDate: draw(t, nil, &zero, &one),
		Duration: draw(t, nil, &many), Brief: draw(t, "", "张三"), DialExceptions: drawTexts(t), TurnCount: draw[int32](t, 0, 5),
	}
}

func drawTurn(t *rapid.T) schema.TurnRow {
	gap := int64(-5)
	return schema.TurnRow{
		InstanceID: "i", JobID: draw(t, "j", "k"), Script: draw(t, "", "您好", "a\x00b"), Tokens: drawTexts(t),
		Pattern: draw(t, "", "{name}您好"), StoredTime: draw[int64](t, 0, 3), GapMS: draw(t, nil, &gap),
	}
}

func drawReject(t *rapid.T) schema.RejectRow {
	return schema.RejectRow{InstanceID: "i", RejectID: "r", Raw: draw(t, nil, []byte{0, 255}, make([]byte, 3000)), Position: draw[int64](t, 0, 1<<40)}
}

// NULL has one form: a file with an empty text or a time of 0 where NULL belongs is
// wrong.
func TestZeroWhereNullBelongs(t *testing.T) {
	type extra struct {
		InstanceID string  `parquet:"instance_id,dict"`
		JobID      string  `parquet:"job_id"`
		ExtraIndex int32   `parquet:"extra_index"`
		Key        *string `parquet:"key,optional,dict"`
		Value      *string `parquet:"value,optional"`
	}
	for _, text := range []*string{nil, new(""), new("x"), new("\xff")} {
		path := filepath.Join(t.TempDir(), "extras")
		// By another writer: ours makes NULL of "".
		if err := parquet.WriteFile(path, []extra{{Key: text}}); err != nil {
			t.Fatal(err)
		}
		r, err := Open[schema.ExtraRow](path, tableOf(schema.TableExtras))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{true: "", false: "column key after row 0: an empty text where NULL belongs"}[text == nil || *text == "x"]
		if text != nil && *text == "\xff" {
			want = `column key after row 0: "\xff" is not UTF-8`
		}
		if r.Strange() != want {
			t.Errorf("%v: %q, want %q", text, r.Strange(), want)
		}
		r.Close()
	}
}

// Texts are checked many at a time: a character that is cut in two is none, although its
// halves lie beside each other.
func TestCharacterCutInTwo(t *testing.T) {
	texts, lists := []schema.ExtraRow{{Key: "\xe6\x82"}, {Key: "\xa8"}}, []schema.TurnRow{{Tokens: []string{"\xe6\x82", "\xa8"}}}
	if got, want := strangeOf(t, schema.TableExtras, texts), `column key after row 0: "\xe6\x82" is not UTF-8`; got != want {
		t.Errorf("texts: %q, want %q", got, want)
	}
	if got, want := strangeOf(t, schema.TableTurns, lists), `column tokens after row 0: "\xe6\x82" is not UTF-8`; got != want {
		t.Errorf("lists: %q, want %q", got, want)
	}
}

// strangeOf returns what is strange about the first rows of a file.
func strangeOf[T any](t *testing.T, name string, rows []T) string {
	path, table := writeRows(t, t.TempDir(), name, rows)
	r, err := Open[T](path, table)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	return r.Strange()
}

// Damaged pages end in an error, never in a panic, and never in more memory than a
// page may have.
func FuzzReader(f *testing.F) {
	var out bytes.Buffer
	rows := []schema.TurnRow{{JobID: "j", Script: "您好", Tokens: []string{"您", "好"}, StoredTime: 5}, {JobID: "j", Tokens: []string{}}}
	if err := parquetio.Write(&out, rows); err != nil {
		f.Fatal(err)
	}
	for at := 0; at < out.Len(); at += 11 {
		f.Add(uint16(at), byte(1))
	}
	whole, table, path := out.Bytes(), tableOf(schema.TableTurns), filepath.Join(f.TempDir(), "turns")
	f.Fuzz(func(t *testing.T, at uint16, change byte) {
		damaged := bytes.Clone(whole)
		damaged[int(at)%len(damaged)] ^= change
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if !hasFooter(path, table, len(rows)) {
			return
		}
		r, err := Open[schema.TurnRow](path, table)
		if err != nil {
			return
		}
		defer r.Close()
		for left := len(rows); left > 0; {
			got, err := r.Next()
			if err != nil {
				return
			}
			left -= len(got)
		}
		if more, err := r.Next(); err == nil {
			t.Errorf("more rows: %+v", more)
		}
	})
}
