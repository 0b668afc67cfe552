package rawlog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/pipeline/rawlog"
)

// withoutFirst drops the line of the first second and marks that of the second.
func withoutFirst(line []byte) []byte {
	switch {
	case bytes.Contains(line, []byte(`00:00:01.000`)):
		return nil
	case bytes.Contains(line, []byte(`00:00:02.000`)):
		return bytes.Replace(line, []byte(`"Jobs":[]`), []byte(`"Jobs":[{}]`), 1)
	}
	return line
}

func TestRewrite(t *testing.T) {
	dir := t.TempDir()
	keep(t, rawlog.Options{Dir: dir, Run: monday}, line(1, "a"), line(2, "b"), line(3, "c"))
	path := filepath.Join(dir, monday, "00001.jsonl.zst")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(bytes.Clone(before), 0x28, 0xb5, 0x2f)
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		list, err := rawlog.Rewrite(t.Context(), durable.OS{}, filepath.Join(dir, monday), dry, withoutFirst)
		if err != nil || len(list) != 1 || list[0].Gone != 1 || list[0].Changed != 1 || list[0].UnreadableSize != 3 {
			t.Fatalf("dry %v: %+v, %v", dry, list, err)
		}
		if now, _ := os.ReadFile(path); bytes.Equal(now, torn) != dry {
			t.Errorf("dry %v: it was written or not", dry)
		}
	}
	lines, fault := saved(t, filepath.Join(dir, monday))
	if fault != "" || len(lines) != 2 || !strings.Contains(lines[0], "[{}]") {
		t.Errorf("left %q, %s", lines, fault)
	}
	// A run that resumes goes on with the file.
	keep(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: monday}, line(4, "d"))
	if lines, fault := saved(t, filepath.Join(dir, tuesday)); fault != "" || len(lines) != 3 {
		t.Errorf("resumed %q, %s", lines, fault)
	}
}

func TestRewriteBroken(t *testing.T) {
	for n := 0; ; n++ {
		dir := t.TempDir()
		keep(t, rawlog.Options{Dir: dir, Run: monday}, line(1, "a"), line(2, "b"), line(3, "c"))
		folder := filepath.Join(dir, monday)
		broken := faulty.New(durable.OS{}, faulty.Dead(n, faulty.Fail))
		_, err := rawlog.Rewrite(t.Context(), broken, folder, false, withoutFirst)
		if lines, fault := saved(t, folder); fault != "" || len(lines) != 3 && len(lines) != 2 {
			t.Fatalf("step %d: %q, %s", n, lines, fault)
		}
		if _, err := rawlog.Rewrite(t.Context(), durable.OS{}, folder, false, withoutFirst); err != nil {
			t.Fatal(err)
		}
		if lines, fault := saved(t, folder); fault != "" || len(lines) != 2 {
			t.Fatalf("step %d, again: %q, %s", n, lines, fault)
		}
		if entries, _ := os.ReadDir(folder); len(entries) != 2 {
			t.Fatalf("step %d: left over: %v", n, entries)
		}
		if err == nil {
			if n < 5 {
				t.Fatalf("only %d steps", n)
			}
			return
		}
	}
}
