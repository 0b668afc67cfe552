package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrLocked means that another run holds the dataset.
var ErrLocked = errors.New("another run holds the dataset")

// lock is an flock on the dataset's lock file. The system gives it back when
// the process ends, however it ends; the file itself stays.
type lock struct{ file *os.File }

const lockPoll = 100 * time.Millisecond

func takeLock(ctx context.Context, dir string, wait time.Duration) (*lock, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	deadline := time.Now().Add(wait)
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			sign(file)
			return &lock{file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if time.Now().After(deadline) {
			holder := readHolder(file)
			file.Close()
			return nil, fmt.Errorf("lock %s: %w%s", dir, ErrLocked, holder)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// sign writes into the lock file who holds it, for people: nothing depends on
// it, so that a disk which is full is none of its business.
func sign(file *os.File) {
	host, _ := os.Hostname() // "" is as good
	text := fmt.Sprintf("process %d on %q since %s\n", os.Getpid(), host, time.Now().UTC().Format(time.RFC3339))
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(text), 0)
	}
}

// readHolder is what the holder wrote, to be put behind an error.
func readHolder(file *os.File) string {
	const most = 200
	text, err := io.ReadAll(io.NewSectionReader(file, 0, most))
	line, _, found := strings.Cut(string(text), "\n")
	if err != nil || !found {
		return ""
	}
	return ": " + line
}

func (l *lock) release() error { return l.file.Close() }
