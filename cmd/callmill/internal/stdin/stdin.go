// Package stdin reads standard input until a run is cancelled.
package stdin

import (
	"context"
	"io"
)

// Until returns a reader of r that fails once ctx is done. A blocked read
// from a terminal or a pipe cannot be interrupted, so the goroutine that reads r
// may live until the process exits.
func Until(ctx context.Context, r io.Reader) io.Reader {
	content, in := io.Pipe()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	return content
}
