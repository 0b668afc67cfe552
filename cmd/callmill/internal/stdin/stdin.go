// Package stdin reads standard input until a run is cancelled.
package stdin

import (
	"context"
	"io"
)

// Until returns a reader of r that fails once ctx is done, and must not be read any
// more then. A blocked read from a terminal or a pipe cannot be interrupted, so the
// goroutine that reads r, and what it reads into, may live until the process exits.
func Until(ctx context.Context, r io.Reader) io.Reader {
	return &until{ctx, r, make(chan result, 1)}
}

type until struct {
	ctx  context.Context
	from io.Reader
	done chan result // of the read under way
}

type result struct {
	n   int
	err error
}

// Read implements [io.Reader].
func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	go func() {
		n, err := u.from.Read(b)
		u.done <- result{n, err}
	}()
	select {
	case r := <-u.done:
		return r.n, r.err
	case <-u.ctx.Done():
		return 0, u.ctx.Err()
	}
}
