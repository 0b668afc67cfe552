package source

import "golang.org/x/sys/unix"

// fetch has the system bring the beginning of a file from the disk while
// others are read. Files are small, and each alone would be waited for: of
// responses that are not in the page cache a run takes a quarter longer
// without. Whether there is such a file shows when it is its turn.
func fetch(one file) {
	if one.size == 0 {
		return // or a pipe
	}
	fd, err := unix.Open(one.path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	_ = unix.Fadvise(fd, 0, fetchBytes, unix.FADV_WILLNEED)
}
