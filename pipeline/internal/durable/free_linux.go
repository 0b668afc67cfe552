package durable

import (
	"cmp"
	"errors"
	"io/fs"
	"math"
	"math/bits"
	"syscall"
)

// Free implements [FS].
func (OS) Free(path string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	if s.Blocks == 0 {
		return 0, errors.ErrUnsupported // as on some network file systems
	}
	// Blocks are counted in the size of a fragment, where there is one.
	high, low := bits.Mul64(s.Bavail, uint64(cmp.Or(s.Frsize, s.Bsize)))
	if high > 0 || low > math.MaxInt64 {
		return math.MaxInt64, nil
	}
	return int64(low), nil
}
