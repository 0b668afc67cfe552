package rawlog_test

import (
	"syscall"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/rawlog"
)

// scarceFS fails to open more than most files, and counts those that are open.
type scarceFS struct {
	durable.OS
	most, open int
}

func (s *scarceFS) Open(path string) (durable.Reader, error) {
	if s.open == s.most {
		return nil, syscall.EMFILE
	}
	r, err := s.OS.Open(path)
	if err != nil {
		return nil, err
	}
	s.open++
	return &counted{r, s}, nil
}

type counted struct {
	durable.Reader
	fs *scarceFS
}

func (c *counted) Close() error {
	c.fs.open--
	return c.Reader.Close()
}

// TestOpenFailsWithoutLeaks: a run that cannot be taken over leaves no file open.
func TestOpenFailsWithoutLeaks(t *testing.T) {
	dir := t.TempDir()
	keep(t, rawlog.Options{Dir: dir, Run: monday, FileBytes: 1}, line(1, "a"), line(2, "b"), line(3, "c"))
	scarce := &scarceFS{most: 2}
	if _, err := rawlog.Open(rawlog.Options{Dir: dir, Run: tuesday, Resume: monday, FS: scarce}); err == nil {
		t.Fatal("no error")
	}
	if scarce.open != 0 {
		t.Errorf("%d files are still open", scarce.open)
	}
}
