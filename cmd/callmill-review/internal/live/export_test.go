//go:build cgo

package live

import "context"

// Look looks once whether a newer snapshot is published, and takes it up, when the night
// before is closed.
func (f *Follower) Look(ctx context.Context) {
	f.closing.Wait()
	f.look(ctx, &attempts{})
}

// Loaded returns how many days of jobs were loaded for a night, and how many it has.
func (n *Night) Loaded() (loaded, all int) { return n.loaded, len(n.source.days) }
