package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"callmill/schema"
)

// Raws reads the files and yields every piece in order: the arguments as
// given, a folder's files by path. yield owns the Raw and its Body until it
// calls Release, which is safe from any goroutine. Raws returns the first error
// of reading or of yield, or ctx.Err().
func (f *Files) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	var sequence int64
	for i, one := range f.list {
		fetchAhead(f.list, i)
		err := f.read(ctx, one, func(raw *schema.Raw) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			raw.Sequence = sequence
			sequence++
			return yield(raw)
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// read yields the pieces of one file: a single one unless it is too large.
func (f *Files) read(ctx context.Context, one file, yield func(*schema.Raw) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if h := one.held; h != nil && !IsArchive(h.Body[:min(len(h.Body), sniffBytes)]) {
		return f.readHeld(ctx, one, yield)
	}
	in, err := f.open(ctx, one)
	if err != nil {
		return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	defer in.Close()
	body, err := f.whole(in, one.size)
	if err != nil {
		return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	return f.pieces(ctx, one, in, body, func() { f.pool.Put(&body) }, yield)
}

// pieces yields the pieces of one file. body is what was read of in: all of it, or
// more than MaxWhole. release, where not nil, is called once body is done with.
func (f *Files) pieces(ctx context.Context, one file, in *input, body []byte, release func(), yield func(*schema.Raw) error) (err error) {
	var met damage
	switch {
	case schema.IsInputLines(body):
		err = f.keptInput(ctx, one, in, body, yield)
		met = in.damage
	case int64(len(body)) > f.o.MaxWhole:
		if release != nil {
			defer release()
		}
		met, err = f.cut(ctx, one, in, body, yield)
	default:
		met = in.damage
		raw := f.base(one)
		raw.Body, raw.Fault, raw.Archive = body, in.fault, in.archive
		raw.Release = release
		err = yield(&raw)
	}
	if err != nil {
		return err
	}
	return f.gaps(one, met.gaps, yield)
}

// gaps yields what could not be read of a file in the middle.
func (f *Files) gaps(one file, list []schema.Reject, yield func(*schema.Raw) error) error {
	for i := range list {
		raw, reject := f.base(one), list[i]
		reject.Origin, reject.InstanceID, reject.ObservedAt, reject.Undated = raw.Origin, raw.InstanceID, raw.ObservedAt, raw.Undated
		raw.Reject = &reject
		if err := yield(&raw); err != nil {
			return err
		}
	}
	return nil
}

// keptInput yields the pieces of input that a run kept, as they were then. head is
// what was read of in.
func (f *Files) keptInput(ctx context.Context, one file, in *input, head []byte, yield func(*schema.Raw) error) error {
	lines := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), in), 1<<20)
	told := false // of in's fault
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
		}
		if len(bytes.TrimSpace(text)) > 0 {
			raw, e := schema.ParseInputLine(text)
			if e != nil { // it is an input like any other, and torn or damaged
				base := f.base(one)
				base.Body, raw = text, &base
				raw.Fault, raw.Archive = in.fault, in.archive
				told = in.fault != ""
			}
			if e := yield(raw); e != nil {
				return e
			}
		}
		if err != nil {
			break
		}
	}
	if in.fault != "" && !told {
		raw := f.base(one)
		raw.Fault, raw.Archive = in.fault, in.archive
		return yield(&raw)
	}
	return ctx.Err()
}

func (f *Files) base(one file) schema.Raw {
	if h := one.held; h != nil {
		return schema.Raw{Origin: h.Origin, Position: h.Position, InstanceID: h.InstanceID, ObservedAt: h.ObservedAt, Undated: h.Undated}
	}
	return schema.Raw{Origin: one.origin, InstanceID: f.o.Instance, ObservedAt: f.o.ObservedAt, Undated: f.o.Undated}
}

// whole reads in to its end, or to one byte more than MaxWhole.
func (f *Files) whole(in io.Reader, size int64) ([]byte, error) {
	most := f.o.MaxWhole + 1
	body := f.newBody(int(min(size+bytes.MinRead, most)))
	for int64(len(body)) < most {
		if len(body) == cap(body) {
			body = slices.Grow(body, bytes.MinRead)
		}
		n, err := in.Read(body[len(body):min(int64(cap(body)), most)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

// newBody returns an empty body with room for size bytes. One that is too small
// is dropped: the larger one will be released in its place.
func (f *Files) newBody(size int) []byte {
	if b, ok := f.pool.Get().(*[]byte); ok && cap(*b) >= size {
		return (*b)[:0]
	}
	return make([]byte, 0, size)
}

const (
	// filesAhead is how many files are prefetched: as many requests as a disk
	// takes at a time.
	filesAhead = 8
	// fetchBytes is how much of each is prefetched; the kernel reads the rest of
	// a large file ahead by itself.
	fetchBytes = 1 << 20
)

// fetchAhead prefetches the files that follow file i of list. Called for each
// file in order, it fetches each once.
func fetchAhead(list []file, i int) {
	next := i + filesAhead
	if i == 0 {
		next = 0
	}
	for ; next <= i+filesAhead && next < len(list); next++ {
		fetch(list[next])
	}
}

// cut passes an input that is too large for memory to Options.Cut. head is what
// was read of in. It returns what damage was met.
func (f *Files) cut(ctx context.Context, one file, in *input, head []byte, yield func(*schema.Raw) error) (met damage, err error) {
	if f.o.Cut == nil {
		return met, fmt.Errorf("read %s: larger than %d bytes and Options.Cut is nil", one.path, f.o.MaxWhole)
	}
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
			return met, fmt.Errorf("copy %s to a temporary file: %w", one.path, err)
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
	err = f.o.Cut(f.base(one), open, func(raw *schema.Raw) error {
		piece := last
		last = raw
		if piece != nil {
			refused = yield(piece)
		}
		return refused
	})
	if refused != nil {
		return met, refused
	}
	if err != nil {
		return met, fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	if last == nil && met.fault == "" {
		return met, nil
	}
	if last == nil { // the damage still needs its reject
		raw := f.base(one)
		last = &raw
	}
	last.Fault, last.Archive = met.fault, met.archive
	return met, yield(last)
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
