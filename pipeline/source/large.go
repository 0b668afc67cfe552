package source

import (
	"context"
	"fmt"
	"io"
	"os"

	"callmill/schema"
)

// cut hands an input that is too large to be held to Options.Cut. in was read
// up to the end of head.
func (f *Files) cut(ctx context.Context, one file, in *input, head []byte, yield func(*schema.Raw) error) error {
	defer f.pool.give(head)
	if f.o.Cut == nil {
		return fmt.Errorf("read %s: larger than %d bytes, and nothing to cut it with", one.path, f.o.MaxWhole)
	}
	fault := ""
	open := func() (io.ReadCloser, error) {
		again, err := f.open(ctx, one)
		if err != nil {
			return nil, err
		}
		return faultKeeper{again, &fault}, nil
	}
	if one.path == "-" {
		spool, err := f.spool(head, in)
		if err != nil {
			return fmt.Errorf("keep %s while it is read: %w", one.path, err)
		}
		defer func() {
			spool.Close()
			os.Remove(spool.Name())
		}()
		fault = in.fault
		open = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(spool, 0, 1<<62)), nil }
	}
	// The last piece carries the fault: one is held back until the next comes.
	var last *schema.Raw
	var refused error
	err := f.o.Cut(f.base(one), open, func(raw *schema.Raw) error {
		piece := last
		last = raw
		if piece != nil {
			refused = yield(piece)
		}
		return refused
	})
	if refused != nil {
		return refused
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	if last == nil {
		return nil
	}
	last.Fault = fault
	return yield(last)
}

// faultKeeper notes how its input ended.
type faultKeeper struct {
	*input
	fault *string
}

func (k faultKeeper) Close() error {
	*k.fault = k.input.fault
	return k.input.Close()
}

// spool keeps an input that can be read only once in a temporary file.
func (f *Files) spool(head []byte, rest io.Reader) (*os.File, error) {
	spool, err := os.CreateTemp(f.o.TempDir, "callmill-input-*")
	if err != nil {
		return nil, err
	}
	if _, err = spool.Write(head); err == nil {
		_, err = io.Copy(spool, rest)
	}
	if err != nil {
		spool.Close()
		os.Remove(spool.Name())
		return nil, err
	}
	return spool, nil
}
