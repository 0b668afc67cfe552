// Package fault gives tests of commands a disk that dies: what a command leaves of a
// dataset when it is killed at any of its file operations. No program uses it.
package fault

import (
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// Disk is a disk for [callmill/pipeline/dataset.Options]. It notes each file operation
// that changes something.
type Disk = faulty.FS

// Good returns a disk that works.
func Good() *Disk { return faulty.New(durable.OS{}, nil) }

// Dead returns a disk that fails from its nth operation on; that one is done, or not.
func Dead(n int, done bool) *Disk {
	effect := faulty.Fail
	if done {
		effect = faulty.Done
	}
	return faulty.New(durable.OS{}, faulty.Dead(n, effect))
}
