package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// TestHashIsTheTables: every spelling of a number has the contact key of the
// tables.
func TestHashIsTheTables(t *testing.T) {
	data := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"j","Tasks":[{"TaskId":"t","CalledNumber":"13812340001"}]}]}`}))
	var want string
	for row, err := range anyRows(filepath.Join(data, "latest"), schema.TableTasks) {
		if err != nil {
			t.Fatal(err)
		}
		want = row.(*schema.TaskRow).ContactKey
	}
	if len(want) != 32 {
		t.Fatalf("contact_key is %q", want)
	}
	const spellings = "13812340001\r\n+86 138-1234-0001\n\n００８６１３８１２３４０００１\nnone"
	keys := strings.Join([]string{want, want, "", want, "", ""}, "\n")

	numbers := filepath.Join(write(t, map[string]string{"numbers.txt": spellings}), "numbers.txt")
	if diff := cmp.Diff(keys, runMain(t, exit.Done, "hash", "--data", data, numbers)); diff != "" {
		t.Errorf("from a file (-want +got):\n%s", diff)
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"hash", "--data", data}, strings.NewReader(spellings), &stdout, &stderr); code != exit.Done {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if diff := cmp.Diff(keys, stdout.String()); diff != "" {
		t.Errorf("from standard input (-want +got):\n%s", diff)
	}
	if got := runMain(t, exit.Done, "hash", "--data", data, filepath.Join(write(t, map[string]string{"empty": ""}), "empty")); got != "" {
		t.Errorf("from an empty file: %q", got)
	}
}

func TestHashOfAMissingFile(t *testing.T) {
	data := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"j"}]}`}))
	runMain(t, exit.Usage, "hash", "--data", data, filepath.Join(t.TempDir(), "nowhere.txt"))
}

func TestHashNeedsAKey(t *testing.T) {
	runMain(t, exit.Usage, "hash")
	runMain(t, exit.Failed, "hash", "--data", t.TempDir())
}
