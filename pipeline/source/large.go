package source

import (
	"context"
	"fmt"
	"io"
	"os"

	"callmill/schema"
)

// cut passes an input that is too large for memory to Options.Cut. head is what
// was read of in.
func (f *Files) cut(ctx context.Context, one file, in *input, head []byte, yield func(*schema.Raw) error) error {
	defer f.pool.Put(&head)
	if f.o.Cut == nil {
		return fmt.Errorf("read %s: larger than %d bytes and Options.Cut is nil", one.path, f.o.MaxWhole)
	}
	var met damage
	open := func() (io.ReadCloser, error) {
		again, err := f.open(ctx, one)
		if err != nil {
			return nil, err
		}
		again.onClose = func() { met = again.damage }
		return again, nil
	}
	if one.path == "-" {
		spool, err := f.spool(head, in)
		if err != nil {
			return fmt.Errorf("copy %s to a temporary file: %w", one.path, err)
		}
		defer func() {
			spool.Close()
			os.Remove(spool.Name())
		}()
		met = in.damage
		open = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(spool, 0, 1<<62)), nil }
	}
	// The last piece carries the damage: each is held back until the next comes.
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
	if last == nil && met.fault == "" {
		return nil
	}
	if last == nil { // the damage still needs its reject
		raw := f.base(one)
		last = &raw
	}
	last.Fault, last.Archive = met.fault, met.archive
	return yield(last)
}

// spool copies an input that can be read only once to a temporary file.
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
