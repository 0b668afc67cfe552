//go:build cgo

package live

import "context"

// Look looks once whether a newer snapshot is published, and takes it up, when the night
// before is closed.
func (f *Follower) Look(ctx context.Context) {
	f.closing.Wait()
	f.look(ctx, &attempts{})
}

// LookNow looks once, whether or not the night before is closed.
func (f *Follower) LookNow(ctx context.Context) { f.look(ctx, &attempts{}) }

// Closed is closed when a night is.
func (n *Night) Closed() <-chan struct{} { return n.closed }

// Loaded returns how many days of jobs were loaded for a night, and how many it has.
func (n *Night) Loaded() (loaded, all int) { return n.loaded, len(n.source.days) }

// Ahead is closed when particulars have been read ahead.
func (n *Night) Ahead() <-chan struct{} { return n.ahead }
