// Package capacity says whether the disk has room for one more copy of what a dataset
// publishes. It writes nothing and reserves nothing.
package capacity

import (
	"errors"
	"fmt"

	"callmill/pipeline/dataset"
)

// Error means that the file system of a dataset has no room for one more copy of
// what is published.
type Error struct{ Needed, Available int64 } // bytes

func (e *Error) Error() string {
	const mb = 1e6
	return fmt.Sprintf("writing all tables anew needs %.1f MB on disk, %.1f MB are available", float64(e.Needed)/mb, float64(e.Available)/mb)
}

// Check returns an [*Error] where there is no room for a copy of the published
// snapshot, which need not exist. What a run brings is not known before it has come,
// so the room for that is not checked.
func Check(d *dataset.Dataset) error {
	if d.Manifest() == nil {
		return nil
	}
	var size int64
	for f := range d.Manifest().Files() {
		size += f.Bytes
	}
	needed := size + size/copyMargin
	available, err := d.FS().Free(d.Path(dataset.SnapshotsDir))
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the room on disk: %w", err)
	}
	if available < needed {
		return &Error{needed, available}
	}
	return nil
}

// copyMargin is the divisor of the share by which a copy may be larger: it has the
// columns of a later version.
const copyMargin = 10
