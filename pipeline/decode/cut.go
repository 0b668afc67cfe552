package decode

import (
	"errors"
	"io"
	"sync"

	"callmill/pipeline/decode/charset"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// Cut reads an input of any size and yields it in pieces that each decode by
// themselves: runs of whole documents, or of the jobs of a larger document with
// what is around them, also where that stands behind the jobs. The items of the
// pieces are those of the input, at the same positions; see package split.
//
// Origin, InstanceID, ObservedAt and Undated of a piece are those of base, its
// Position counts on from base.Position. open starts the input over, which is
// done a second time when a document is longer than a piece, or damaged. Memory
// is a few times Options.PieceBytes, or the longest job; of a longer one than
// Options.MaxJobBytes a reject keeps the first MiB.
//
// A piece belongs to yield; its Release may be called from any goroutine. Cut
// ends with the first error of open, of a reader or of yield.
func Cut(o Options, base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	c := cutter{base: base, next: base.Position, yield: yield, pool: sync.Pool{New: func() any { return new([]byte) }}}
	o = o.withDefaults()
	err := split.Run(splitOptions(o, &base), newGrammar(o, &base), func() (io.ReadCloser, error) { return inUTF8(open) }, c.part)
	if unsupported, is := errors.AsType[*charset.Unsupported](err); is {
		return c.none(open, schema.RejectEncoding, unsupported.Error())
	}
	if errors.Is(err, split.ErrEmpty) {
		return c.none(open, schema.RejectEmpty, "no bytes")
	}
	if err == nil {
		err = c.flush()
	}
	if err == nil && !c.any { // no input is without a piece, which says how it ended
		if err = c.part(split.Part{Text: []byte(`{"Jobs":[]}`)}); err == nil {
			err = c.flush()
		}
	}
	return err
}

// none rejects an input that has no part.
func (c *cutter) none(open func() (io.ReadCloser, error), code, reason string) error {
	in, err := open()
	if err != nil {
		return err
	}
	defer in.Close()
	var all split.Beginning
	if _, err := io.Copy(&all, in); err != nil {
		return err
	}
	r := schema.Reject{Code: code, Reason: reason, InstanceID: c.base.InstanceID, ObservedAt: c.base.ObservedAt, Undated: c.base.Undated}
	if err := c.part(split.Part{Items: 1, Reject: all.Keep(&r)}); err != nil {
		return err
	}
	return c.flush()
}

// inUTF8 opens an input and reads it in UTF-8.
func inUTF8(open func() (io.ReadCloser, error)) (io.ReadCloser, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	text, err := charset.NewReader(in)
	if err != nil {
		in.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{text, in}, nil
}

// cutter makes pieces of parts.
type cutter struct {
	base  schema.Raw
	next  int64       // position of the next item
	any   bool        // there was a piece
	last  *schema.Raw // not yielded yet, as what is expected behind it belongs to it
	yield func(*schema.Raw) error
	pool  sync.Pool // of bodies
}

func (c *cutter) part(part split.Part) error {
	if part.Text == nil && part.Reject == nil && c.last != nil {
		c.last.Expected = append(c.last.Expected, part.Expected...)
		return nil
	}
	if err := c.flush(); err != nil {
		return err
	}
	raw := c.base
	raw.Position, raw.Part, raw.Slice, raw.Expected = c.next, true, part.Slice, part.Expected
	c.next += part.Items
	c.any = true
	if part.Reject != nil {
		r := *part.Reject
		r.Origin, r.Position = raw.Origin, raw.Position
		r.Raw = append([]byte(nil), r.Raw...)
		raw.Reject = &r
		c.last = &raw
		return nil
	}
	body := c.pool.Get().(*[]byte)
	*body = append((*body)[:0], part.Text...)
	raw.Body = *body
	raw.Release = func() { c.pool.Put(body) }
	c.last = &raw
	return nil
}

// flush yields the last piece.
func (c *cutter) flush() error {
	last := c.last
	if c.last = nil; last == nil {
		return nil
	}
	return c.yield(last)
}
