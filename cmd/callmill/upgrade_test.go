package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/status"
	"callmill/schema"
)

// format1 unpacks what the last callmill that wrote format 1 made of simulated
// calls: a dataset of the first of two responses, and both responses.
//
//	callmill simulate --write responses --people 80 --days 3 --seed 3
//	callmill convert responses/resp-00001.json --out data --instance sales --observed-at 2026-02-01T01:00:00Z
//
// Beside it are far, a dataset of calls planned for 2100 and later, and decimals,
// one of three calls of a number, two of which have it as a decimal.
func format1(t *testing.T) (data, responses string) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "format1.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer unzipped.Close()
	dir := t.TempDir()
	for archive := tar.NewReader(unzipped); ; {
		entry, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "data"), filepath.Join(dir, "responses")
		}
		if err == nil {
			err = unpack(archive, entry, filepath.Join(dir, filepath.FromSlash(entry.Name)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpack(content io.Reader, entry *tar.Header, path string) error {
	switch entry.Typeflag {
	case tar.TypeDir:
		return os.Mkdir(path, 0o700)
	case tar.TypeSymlink:
		return os.Symlink(entry.Linkname, path)
	}
	text, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// goOn converts responses onto a dataset of format 1, with what is asked for
// besides.
func goOn(t *testing.T, data, responses string, more ...string) (said string) {
	t.Helper()
	return runMain(t, exit.Done, append([]string{
		"convert", responses, "--out", data, "--instance", "sales", "--observed-at", "2026-02-02T01:00:00Z", "--progress", "none",
	}, more...)...)
}

// afresh makes a dataset with the key of another one, as if there never had been
// an older callmill.
func afresh(t *testing.T, other, responses string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	runMain(t, exit.Done, "convert", filepath.Join(responses, "resp-00001.json"), "--out", data, "--instance", "sales",
		"--observed-at", "2026-02-01T01:00:00Z", "--progress", "none", "--key", filepath.Join(other, "key"))
	goOn(t, data, responses, "--key", filepath.Join(other, "key"))
	return data
}

// TestUpgrade: the next run on a dataset of format 1 makes of it, in its own
// commit, byte for byte what runs of today would have made of the same input.
func TestUpgrade(t *testing.T) {
	data, responses := format1(t)
	if before := runMain(t, exit.Done, "verify", data); !strings.Contains(before, "ok: 50 jobs") {
		t.Fatalf("verify said %q", before)
	}
	want := snapshotFiles(t, afresh(t, data, responses))
	said := goOn(t, data, responses)
	if !strings.Contains(said, ": 80 jobs seen (30 new, 50 unchanged) in ") || !strings.Contains(said, "; the dataset was brought from format 1 to 2") {
		t.Errorf("the run said %q", said)
	}
	if diff := cmp.Diff(want, snapshotFiles(t, data)); diff != "" {
		t.Errorf("files and their hashes (-fresh +gone on from format 1):\n%s", diff)
	}
	runMain(t, exit.Done, "verify", data)
	m := manifestOf(t, data)
	if m.Format != dataset.FormatVersion || m.Counts.Seen != 80 {
		t.Errorf("the manifest says format %d, %+v", m.Format, m.Counts)
	}
	var r report.Report
	text, err := os.ReadFile(filepath.Join(data, "runs", m.Run+".json"))
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || r.Published.Rederived == nil || r.Published.Rederived.From.Format != 1 || r.Published.Rederived.To != m.Versions() {
		t.Errorf("the run's file says %+v, %v", r.Published, err)
	}

	// Once is enough.
	if said := goOn(t, data, responses); !strings.HasPrefix(said, "nothing new") || strings.Contains(said, "format") {
		t.Errorf("the run after it said %q", said)
	}
}

// TestUpgradeByEveryCommand: every command that publishes upgrades, also one that
// brings nothing.
func TestUpgradeByEveryCommand(t *testing.T) {
	data, responses := format1(t)
	goOn(t, data, filepath.Join(responses, "resp-00001.json"))
	want := snapshotFiles(t, data)
	for name, args := range map[string][]string{
		"convert": {"convert", write(t, map[string]string{"none.json": `{"Jobs":[]}`}), "--out"},
		"replay":  {"replay"},
		"rewrite": {"rewrite"},
	} {
		t.Run(name, func(t *testing.T) {
			data, _ := format1(t)
			said := runMain(t, exit.Done, append(args, data, "--progress", "none")...)
			if !strings.HasPrefix(said, "published ") || !strings.Contains(said, "; the dataset was brought from format 1 to 2") {
				t.Errorf("it said %q", said)
			}
			if diff := cmp.Diff(want, snapshotFiles(t, data)); diff != "" {
				t.Errorf("files and their hashes (-convert +%s):\n%s", name, diff)
			}
			runMain(t, exit.Done, "verify", data)
		})
	}
}

// TestRollbackToAnOlderFormat: a snapshot of format 1 stays one to go back to, and
// the run after that upgrades again.
func TestRollbackToAnOlderFormat(t *testing.T) {
	data, responses := format1(t)
	old, err := dataset.Latest(data)
	if err != nil {
		t.Fatal(err)
	}
	before := snapshotFiles(t, data)
	goOn(t, data, responses)
	after := snapshotFiles(t, data)
	runMain(t, exit.Done, "snapshots", data, "rollback", old)
	if diff := cmp.Diff(before, snapshotFiles(t, data)); diff != "" {
		t.Errorf("files and their hashes (-before +after the rollback):\n%s", diff)
	}
	if listed := runMain(t, exit.Done, "snapshots", data, "list"); !strings.Contains(listed, old) {
		t.Errorf("snapshots list said %q", listed)
	}
	runMain(t, exit.Done, "verify", data)
	runMain(t, exit.Done, "status", data)
	if said := goOn(t, data, responses); !strings.Contains(said, "(30 new, 50 unchanged)") || !strings.Contains(said, "from format 1 to 2") {
		t.Errorf("the run after it said %q", said)
	}
	if diff := cmp.Diff(after, snapshotFiles(t, data)); diff != "" {
		t.Errorf("files and their hashes (-first +second upgrade):\n%s", diff)
	}
}

// TestUpgradeMovesDays: jobs not called yet lay under 9999-12-31, and there could be
// calls on the day and after the day that they lie under now.
func TestUpgradeMovesDays(t *testing.T) {
	beside, _ := format1(t)
	data := filepath.Join(filepath.Dir(beside), "far")
	if got, want := partitions(t, data), "2023-11-15 2100-01-01 2128-06-11 9999-12-31"; got != want {
		t.Fatalf("jobs lie under %s, want %s", got, want)
	}
	runMain(t, exit.Done, "verify", data)
	runMain(t, exit.Done, "replay", data, "--progress", "none")
	if got, want := partitions(t, data), "2023-11-15 2099-12-31 2100-01-01"; got != want {
		t.Errorf("jobs lie under %s now, want %s", got, want)
	}
	runMain(t, exit.Done, "verify", data)
}

// TestUpgradeOfDecimals: of a number that was written as a decimal format 1 has the
// key of its digits, which is right there, and not any more.
func TestUpgradeOfDecimals(t *testing.T) {
	beside, _ := format1(t)
	data := filepath.Join(filepath.Dir(beside), "decimals")
	runMain(t, exit.Done, "verify", data)
	runMain(t, exit.Done, "replay", data, "--progress", "none")
	keys := map[string]bool{}
	for _, r := range collect[schema.TaskRow](t, data, schema.TableTasks) {
		keys[r.ContactKey] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d keys of one number", len(keys))
	}
	runMain(t, exit.Done, "verify", data)
}

// partitions lists the days under which jobs lie.
func partitions(t *testing.T, data string) string {
	t.Helper()
	var shown status.Status
	if err := json.Unmarshal([]byte(runMain(t, exit.Done, "status", data, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, day := range shown.Days {
		days = append(days, day.JobDate)
	}
	return strings.Join(days, " ")
}

// TestUpgradeOfADamagedDataset damages each file that an upgrade reads: nothing is
// published, and nothing else changes.
func TestUpgradeOfADamagedDataset(t *testing.T) {
	whole, responses := format1(t)
	damaged := 0
	for path := range snapshotFiles(t, whole) {
		if table, _, _ := strings.Cut(path, "/"); table == "views.sql" || table == schema.TableStatuses {
			continue
		}
		damaged++
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			data := copyDataset(t, whole)
			file := filepath.Join(data, "latest", filepath.FromSlash(path))
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text[len(text)/2] ^= 1
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			before := treeOf(t, data)
			runMain(t, exit.Failed, "convert", responses, "--out", data, "--instance", "sales", "--progress", "none")
			if diff := cmp.Diff(before, treeOf(t, data)); diff != "" {
				t.Errorf("what the run left (-before +after):\n%s", diff)
			}
		})
	}
	if damaged < 15 {
		t.Errorf("only %d files were damaged", damaged)
	}
}

// treeOf are the files in a dataset's folder but the lock and what is said of runs.
func treeOf(t *testing.T, data string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(data, path)
		if err != nil || name == "lock" || entry.IsDir() || strings.HasPrefix(name, "runs") {
			return err
		}
		if entry.Type() == fs.ModeSymlink {
			files[name], err = os.Readlink(path)
			return err
		}
		text, err := os.ReadFile(path)
		files[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
