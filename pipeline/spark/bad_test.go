package spark

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// badInput gives the script what it must refuse: the last line says what is wrong
// with which input, and nothing is committed.
func badInput(t *testing.T, s *session, w *world) {
	small := filepath.Join(t.TempDir(), "small")
	s.callmill(t, 0, "simulate", "--write", small, "--people", "50")
	s.load(t, "bad", small)
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		writeFile(t, path, content)
		return path
	}
	response := onlyFile(t, small, "*.json")
	text, err := os.ReadFile(response)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text) // to memory
	z.Close()
	huge := filepath.Join(dir, "huge.json")
	writeFile(t, huge, "")
	if err := os.Truncate(huge, 2<<30+1); err != nil { // of which the disk keeps nothing
		t.Fatal(err)
	}
	// The programs are callmill until they are to decode.
	program := func(name, script string) string {
		path := file(name, "#!/bin/sh\n[ \"$2\" = decode ] || exec "+s.binary+" \"$@\"\n"+script+"\n")
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := file("other-key", "another secret of the tests")
	words := file("words.txt", "外呼机器人 100 n\n")

	tests := []struct {
		name      string
		arguments []string // after convert, before those that every run has
		input     string
		codes     []int
		says      []string
	}{
		{"no binary", []string{"--binary", "/nowhere/callmill"}, small, []int{1, 2}, []string{"/nowhere/callmill"}},
		{"not executable", []string{"--binary", file("plain", "text")}, small, []int{1, 2}, []string{"plain", "ermission"}},
		{"of another processor", []string{"--binary", foreign(t, s.binary, dir)}, small, []int{1, 2}, []string{"foreign", "format"}},
		{"a worker that crashes", []string{"--binary", program("crashes", "echo 'out of luck' >&2; exit 9")}, small, []int{1}, []string{"out of luck", "9"}},
		{"a worker that hangs", []string{"--worker-timeout", "2s", "--binary", program("hangs", "sleep 60")}, small, []int{1}, []string{"hangs", "2"}},
		{"a worker that writes garbage", []string{"--binary", program("garbage", "cat >/dev/null; echo garbage; echo 'no arrow' >&2")}, small, []int{1}, []string{"no arrow"}},
		{"a body of more than 2 GB", nil, huge, []int{1}, []string{"huge.json"}},
		{"half an archive", nil, file("half.json.gz", packed.String()[:packed.Len()/2]), []int{1}, []string{"half.json.gz"}},
		{"half a response", nil, file("half.json", string(text[:len(text)/2])), []int{1}, []string{"half.json"}},
		{"an input that is not there", nil, filepath.Join(dir, "nowhere.json"), []int{2}, []string{"nowhere.json"}},
		{"another time zone", []string{"--timezone", "UTC"}, small, []int{2}, []string{"time_zone", "UTC"}},
		{"another segmenter", []string{"--segmenter", "gse"}, small, []int{2}, []string{"segmenter", "gse"}},
		{"hmm", []string{"--hmm"}, small, []int{2}, []string{"hmm"}},
		{"other words", []string{"--dict", words}, small, []int{2}, []string{"dict"}},
		{"another key", []string{"--key", other}, small, []int{2}, []string{"key"}},
		{"an unknown flag", []string{"--nonsense"}, small, []int{2}, []string{"--nonsense"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := s.heads(t, "bad")
			r := s.run(t, append(append(s.convert("bad", test.input), "--instance", "saved", "--observed-at", observed), test.arguments...)...)
			checkRefused(t, s, r, "bad", before, test.codes, test.says)
		})
	}
	t.Run("a table of an older schema", func(t *testing.T) {
		var none any
		s.ask(t, "sql", map[string]any{"text": "ALTER TABLE lake.bad.turns DROP COLUMN pattern"}, &none)
		before := s.heads(t, "bad")
		r := s.run(t, append(s.convert("bad", small), "--instance", "saved", "--observed-at", observed)...)
		checkRefused(t, s, r, "bad", before, []int{1, 2}, []string{"turns", "pattern"})
	})
	s.checkNoneLeft(t)
}

// checkRefused checks that a run ended with a line that says why, and left the
// snapshots of all tables alone.
func checkRefused(t *testing.T, s *session, r ran, namespace string, before map[string]head, codes []int, says []string) {
	t.Helper()
	wanted := false
	for _, code := range codes {
		wanted = wanted || r.Code == code
	}
	if !wanted {
		t.Errorf("want exit code %v: %v", codes, r)
	}
	for _, text := range says {
		if !strings.Contains(r.Stderr, text) {
			t.Errorf("no word of %q: %v", text, r)
		}
	}
	if strings.Contains(r.Stderr, "Traceback") {
		t.Errorf("a stack trace, where a line should say it: %v", r)
	}
	s.checkUnchanged(t, namespace, before)
	t.Logf("says: %s", r.lastLine())
}

// foreign is the binary as of a processor that is not this one: an ELF file says in
// two bytes which one it is for.
func foreign(t *testing.T, binary, dir string) string {
	t.Helper()
	text, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	text[18], text[19] = 0xf3, 0 // RISC-V
	path := filepath.Join(dir, "foreign")
	if err := os.WriteFile(path, text, 0o700); err != nil { // it is a program
		t.Fatal(err)
	}
	return path
}

func onlyFile(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("%v: no file %s in %s", err, pattern, dir)
	}
	return found[0]
}
