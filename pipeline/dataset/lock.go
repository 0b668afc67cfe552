package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
)

// ErrLocked means that another run holds the dataset.
var ErrLocked = errors.New("another run holds the dataset")

// lock is an flock on the dataset's lock file. The system releases it when the
// process ends, however it ends; the file itself stays.
type lock struct{ file *os.File }

const lockPoll = 100 * time.Millisecond

// takeLock locks the dataset, and waits as long as the options say.
func (d *Dataset) takeLock(ctx context.Context) error {
	// A link is not followed: what the run writes into the lock would replace the
	// content of the file it leads to.
	file, err := os.OpenFile(d.Path(lockFile), os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if errors.Is(err, syscall.ELOOP) {
		return fmt.Errorf("open lock: %s is a symbolic link: remove it, and the next run creates the file", d.Path(lockFile))
	}
	if err != nil {
		return fmt.Errorf("open lock: %w", err)
	}
	if err := d.waitForLock(ctx, file); err != nil {
		file.Close()
		return err
	}
	d.lock = &lock{file}
	return nil
}

func (d *Dataset) waitForLock(ctx context.Context, file *os.File) error {
	deadline := d.Now().Add(d.options.LockWait)
	for {
		err := uninterrupted(func() error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) })
		if err == nil {
			sign(file, d.Now())
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if !d.Now().Before(deadline) {
			return fmt.Errorf("lock %s: %w%s", d.dir, ErrLocked, readHolder(file))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// uninterrupted repeats a system call for as long as signals interrupt it, which
// some network file systems let them do. Package os does so by itself.
func uninterrupted(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// sign writes into the lock file which process holds it, for people. The program
// does not depend on it, so a failure, such as a full disk, is ignored.
func sign(file *os.File, now time.Time) {
	host, _ := os.Hostname() // "" is as good
	text := fmt.Sprintf("process %d on %q since %s\n", os.Getpid(), host, now.UTC().Format(time.RFC3339))
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(text), 0)
	}
}

// readHolder returns what the holder of the lock wrote, to be put behind an
// error.
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
