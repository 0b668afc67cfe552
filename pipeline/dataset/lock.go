package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
			return &lock{file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if time.Now().After(deadline) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", dir, ErrLocked)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

func (l *lock) release() error { return l.file.Close() }
