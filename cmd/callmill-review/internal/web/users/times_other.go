//go:build !darwin

package users

import "syscall"

// times are when a file and what is known of it were changed last.
func times(s *syscall.Stat_t) [2]syscall.Timespec { return [2]syscall.Timespec{s.Mtim, s.Ctim} }
