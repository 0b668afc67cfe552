//go:build cgo

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callmill/cmd/internal/exit"
)

func writePage(name, dataset, text string) (stdout string, err error) {
	p, err := openPage(name, dataset)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = p.write(&b, []byte(text))
	return b.String(), err
}

// A page replaces a file, or what a link points to, and is written to a FIFO as it is.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("old.html"), []byte("old"), 0o600),
		os.Symlink("old.html", at("link.html")),
		os.Symlink("new.html", at("dangling.html")),
		os.Symlink("dangling.html", at("twice.html")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, file string }{
		{"old.html", "old.html"}, {"link.html", "old.html"}, {"dangling.html", "new.html"}, {"twice.html", "new.html"}, {"fresh.html", "fresh.html"},
	} {
		if _, err := writePage(at(c.name), at("data"), "page of "+c.name); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if text, err := os.ReadFile(at(c.file)); string(text) != "page of "+c.name {
			t.Errorf("%s: %s holds %q, %v", c.name, c.file, text, err)
		}
	}
	for _, link := range []string{"link.html", "dangling.html", "twice.html"} {
		if info, err := os.Lstat(at(link)); err != nil || info.Mode().Type() != os.ModeSymlink {
			t.Errorf("%s is no link any more: %v, %v", link, info, err)
		}
	}
	if out, err := writePage("-", dir, "page"); out != "page" || err != nil {
		t.Errorf("standard output holds %q, %v", out, err)
	}
}

func TestPageToPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan string, 1)
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // does not wait for a writer
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	go func() {
		text := make([]byte, len("page"))
		_, _ = io.ReadFull(reader, text)
		read <- string(text)
	}()
	if _, err := writePage(pipe, t.TempDir(), "page"); err != nil {
		t.Fatal(err)
	}
	if text := <-read; text != "page" {
		t.Errorf("the reader of the pipe got %q", text)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("it is no pipe any more: %v, %v", info, err)
	}
}

// What cannot be a page is refused by its name before a report is made.
func TestNoPage(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(data, "snapshots"), 0o700),
		os.Symlink(data, filepath.Join(dir, "other")),
		os.Symlink(filepath.Join(data, "x.html"), filepath.Join(dir, "into.html")),
		os.Symlink("loop.html", filepath.Join(dir, "loop.html")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, reason string
		usage        bool
	}{
		{"", "no file name", true},
		{dir, "it is a folder", false},
		{filepath.Join(dir, "none", "x.html"), "no folder " + filepath.Join(dir, "none"), false},
		{filepath.Join(dir, "loop.html"), "too many", false},
		{filepath.Join(data, "x.html"), "in the folder of the dataset", true},
		{filepath.Join(data, "snapshots", "x.html"), "in the folder of the dataset", true},
		{filepath.Join(dir, "other", "x.html"), "in the folder of the dataset", true},
		{filepath.Join(dir, "into.html"), "in the folder of the dataset", true},
	} {
		_, err := writePage(c.name, data, "page")
		if err == nil || !strings.Contains(err.Error(), c.reason) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
		if code := exit.Code(t.Context(), err); (code == exit.Usage) != c.usage {
			t.Errorf("%s: exit code %d", c.name, code)
		}
	}
}
