package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	in, err := f.open(ctx, one)
	if err != nil {
		return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	defer in.Close()
	body, err := f.whole(in, one.size)
	if err != nil {
		return fmt.Errorf("read %s: %w", one.path, reason(err, one.path))
	}
	if int64(len(body)) > f.o.MaxWhole {
		return f.cut(ctx, one, in, body, yield)
	}
	raw := f.base(one)
	raw.Body, raw.Fault, raw.Archive = body, in.fault, in.archive
	raw.Release = func() { f.pool.Put(&body) }
	return yield(&raw)
}

func (f *Files) base(one file) schema.Raw {
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
