package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestOverdueInput: what a run received that was killed is named, by status and by each
// run, once no pull may go on with it any more; also where its clock was ahead.
func TestOverdueInput(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	input := responses(t, called("first", "10020000001", "好", 2))
	runAt(t, night(10), exit.Done, "convert", input, "--out", data, "--pii", "mask", "--progress", "none")
	const late, ahead, recent = "20260105T173000Z-aaaaaa", "20260301T173000Z-bbbbbb", "20260110T173000Z-cccccc"
	for _, run := range []string{late, ahead, recent} {
		folder := filepath.Join(data, "raw", run)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "part-00001.jsonl.zst"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{
		late:  " holds responses with personal data for longer than 3d, the --lookback of a pull",
		ahead: " holds responses with personal data, and is dated in the future",
	}
	status, _ := runAt(t, night(12), exit.Done, "status", data)
	private, _ := runAt(t, night(12), exit.Done, "status", data, "--privacy")
	_, messages := runAt(t, night(12), exit.Done, "convert", input, "--out", data, "--progress", "none")
	for what, said := range map[string]string{"status": status, "status --privacy": private, "a run": messages} {
		for run, says := range want {
			if strings.Count(said, "raw/"+run+says) != 1 {
				t.Errorf("%s does not say once that raw/%s%s:\n%s", what, run, says, said)
			}
		}
		if strings.Contains(said, "raw/"+recent) {
			t.Errorf("%s names what may still be there:\n%s", what, said)
		}
	}

	// Under keep all of it is published anyway.
	kept := filepath.Join(t.TempDir(), "data")
	runAt(t, night(10), exit.Done, "convert", input, "--out", kept, "--progress", "none", "--keep-raw", "3")
	if status, _ := runAt(t, night(30), exit.Done, "status", kept); strings.Contains(status, "OVERDUE") {
		t.Errorf("under keep it says:\n%s", status)
	}
}
