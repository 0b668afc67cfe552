package main

import (
	"context"
	"io"
)

// untilDone reads what r has until ctx is done. Reading from a terminal or a
// pipe cannot be broken off: the goroutine that does it may stay until the
// process ends.
func untilDone(ctx context.Context, r io.Reader) io.Reader {
	content, in := io.Pipe()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	return content
}
