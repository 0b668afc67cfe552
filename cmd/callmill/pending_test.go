package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
)

// TestMillionPending: so much is expected and does not come, is listed, counted and
// given up in bounded memory.
func TestMillionPending(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a million ids")
	}
	n := 1_000_000
	if !thorough() {
		n = 300_000
	}
	dir := t.TempDir()
	writeUnanswered(t, filepath.Join(dir, "asked.jsonl"), n)
	binary, data := build(t), filepath.Join(dir, "data")
	const most = 400 << 20
	for _, step := range []struct {
		args []string
		says string // at its end
	}{
		{[]string{"convert", filepath.Join(dir, "asked.jsonl"), "--out", data}, ""},
		{[]string{"status", data}, ""},
		{[]string{"pending", data, "--json"}, ""},
		{[]string{"pending", data, "drop", "--all"}, fmt.Sprintf("%d entries given up", n)},
		{[]string{"pending", data, "drop", "--all"}, "0 entries given up"},
	} {
		got := run(t, binary, step.args...)
		if !strings.Contains(got.stdout, step.says) {
			t.Errorf("%q says %.300q, want %s", step.args, got.stdout, step.says)
		}
		if got.memory > most {
			t.Errorf("%q takes %d MB", step.args, got.memory>>20)
		}
		t.Logf("%s: %d MB, %s", step.args[0], got.memory>>20, got.cpu)
	}
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	var given int
	for row, err := range tables.Pending(d) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Reason == "given_up" {
			given++
		}
	}
	if given != n {
		t.Errorf("%d are given up, want %d", given, n)
	}
}

// writeUnanswered writes responses in which none of n ids that were asked for comes.
func writeUnanswered(t *testing.T, path string, n int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(file)
	const most = 99 // ids in a request
	for first := 0; first < n; first += most {
		var ids bytes.Buffer
		for id := first; id < min(first+most, n); id++ {
			fmt.Fprintf(&ids, `,"%08x-91f0-4157-8d82-720edd02b66a"`, id*2654435761%(1<<32))
		}
		fmt.Fprintf(out, `{"observed_at":1769000000000,"instance_id":"sales","action":"ListJobs","asked":{"job_ids":[%s]},"status":200,"body":{"Jobs":[]}}`+"\n", ids.Bytes()[1:])
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
