package table

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

func someTurns(n int) []schema.TurnRow {
	rows := make([]schema.TurnRow, n)
	for i := range rows {
		rows[i] = schema.TurnRow{
			InstanceID: "default", JobID: fmt.Sprint("job-", i/7), TaskID: fmt.Sprint("task-", i/7), TurnIndex: int32(i % 7),
			Speaker: schema.SpeakerRobot, Script: fmt.Sprintf("您好%d，请问", i), Tokens: []string{"您好", fmt.Sprint(i), "，", "请问"},
			Timing: schema.TimingOK, Outcome: schema.Completed,
		}
		if i%3 == 0 {
			rows[i].GapMS, rows[i].Answered = new(int64(i)), new(i%2 == 0)
			rows[i].StoredTime, rows[i].Pattern = int64(i)+1, "您好{num}，请问"
		}
		if i%11 == 0 {
			rows[i].Script, rows[i].Tokens = "", []string{}
		}
	}
	return rows
}

func TestRowsComeBack(t *testing.T) {
	want := someTurns(3000)
	path := filepath.Join(t.TempDir(), "turns.parquet")
	var file bytes.Buffer
	if err := Write(&file, want); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []schema.TurnRow
	for row, err := range All[schema.TurnRow](path) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

// TestBytesDependOnRowsAlone: whatever a writer wrote before, a file of the
// same rows has the same bytes: after one of other rows in two row groups, one
// whose dictionaries overflow, one that is empty.
func TestBytesDependOnRowsAlone(t *testing.T) {
	turns := someTurns(2000)
	large := slices.Clone(turns)
	for i := range large {
		large[i].TaskID = fmt.Sprint(i, strings.Repeat("x", 1000)) // dictionaryBytes and more
	}
	w := newTurns(t)
	for round, rows := range [][]schema.TurnRow{turns, turns, large, turns, large, nil, turns[:700], turns} {
		var want bytes.Buffer
		writeFile(t, newTurns(t), &want, rows)
		var got bytes.Buffer
		writeFile(t, w, &got, rows)
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("file %d has other bytes than the first of a new writer", round)
		}
	}
}

func newTurns(t testing.TB) *Writer[schema.TurnRow] {
	t.Helper()
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// writeFile writes rows as a file of two row groups.
func writeFile(t *testing.T, w *Writer[schema.TurnRow], out *bytes.Buffer, rows []schema.TurnRow) {
	t.Helper()
	w.Reset(out)
	for i := range rows {
		row, err := w.Next()
		if err != nil {
			t.Fatal(err)
		}
		*row = rows[i]
		if i == len(rows)/2 {
			if err := w.EndRowGroup(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedFileIsAnError flips bytes all over a file: reading must end with
// rows or an error.
func TestDamagedFileIsAnError(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, someTurns(500)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "turns.parquet")
	for at := 0; at < file.Len(); at += 97 {
		damaged := bytes.Clone(file.Bytes())
		damaged[at] ^= 0xff
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, err := range All[schema.TurnRow](path) {
			if err != nil {
				break
			}
		}
	}
}

func TestEveryRowTypeHasASchema(t *testing.T) {
	for _, write := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return Write[schema.JobRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.TaskRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.TurnRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.ContactRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.ExtraRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.SummaryRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.JobGroupRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.StatusRow](b, nil) },
		func(b *bytes.Buffer) error { return Write[schema.RejectRow](b, nil) },
	} {
		var file bytes.Buffer
		if err := write(&file); err != nil || file.Len() == 0 {
			t.Errorf("empty file: %d bytes, %v", file.Len(), err)
		}
	}
}
