package parquetio

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
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
