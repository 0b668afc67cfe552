package main

import (
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestChangesFromFormat1: since a bookmark on a snapshot of format 1 every job has
// changed, also those that no input concerned.
func TestChangesFromFormat1(t *testing.T) {
	data := copyDataset(t, filepath.Join("..", "..", "pipeline", "dataset", "testdata", "v1"))
	runMain(t, exit.Done, "snapshots", data, "pin", "--as", "old")
	in := write(t, map[string]string{"one.json": `{"Jobs":[{"JobId":"a"}]}`})
	runMain(t, exit.Done, "convert", in, "--out", data, "--instance", "x", "--progress", "none")
	const changed = "care,a,changed\ncare,b,changed\nsales,c,changed\nsales,d,changed\n"
	if got, want := runMain(t, exit.Done, "changes", data, "--since", "old", "--format", "csv"), "instance_id,job_id,change\n"+changed+"x,a,new\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	runMain(t, exit.Done, "snapshots", data, "pin", "--as", "new")
	list := runMain(t, exit.Done, "snapshots", data)
	old, _, _ := strings.Cut(strings.Split(list, "\n")[1], " ")
	runMain(t, exit.Done, "snapshots", data, "rollback", old)
	if got, want := runMain(t, exit.Done, "changes", data, "--since", "new", "--format", "csv"), "instance_id,job_id,change\n"+changed+"x,a,gone\n"; got != want {
		t.Errorf("after a rollback, got\n%swant\n%s", got, want)
	}
}

// TestChangesOnTerminal: bytes are not for a terminal.
func TestChangesOnTerminal(t *testing.T) {
	o := changesOptions{since: "x", format: "parquet", memory: 1 << 30}
	if err := o.check(&environment{terminal: true}); exit.Code(t.Context(), err) != exit.Usage {
		t.Errorf("got %v", err)
	}
	if err := o.check(&environment{}); err != nil {
		t.Errorf("not a terminal: %v", err)
	}
}
