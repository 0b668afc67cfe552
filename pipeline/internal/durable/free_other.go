//go:build !linux

package durable

import "errors"

// Free implements [FS]. Only Linux is asked: elsewhere the fields that tell differ
// from system to system.
func (OS) Free(string) (int64, error) { return 0, errors.ErrUnsupported }
