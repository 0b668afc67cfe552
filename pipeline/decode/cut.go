package decode

import (
	"errors"
	"io"
	"slices"
	"sync"

	"callmill/schema"
)

// Cut reads an input of any size and yields it in pieces that each read like a
// response of their own: a run of whole documents, or of whole jobs out of a
// larger document with its envelope written around them again, also where that
// stands behind the jobs. The items of the pieces are those of the input, at
// the same positions.
//
// Origin, InstanceID, ObservedAt and Undated of a piece are those of base, its
// Position counts on from base.Position. open starts the input over, which is
// done a second time when a document is longer than a piece. Memory is a few
// times Options.PieceBytes, or the longest job; a job longer than
// Options.MaxJobBytes is passed over and becomes a reject that keeps its first
// MiB. What cannot be understood goes on in pieces too, for Items to reject.
//
// A piece belongs to yield; its Release may be called from any goroutine. Cut
// ends with the first error of open, of a reader or of yield.
func Cut(o Options, base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
	c := newCutter(o, base)
	c.yield = yield
	c.survey = func() ([]surroundings, error) {
		s := newCutter(o, base)
		err := s.read(open)
		return s.long, err
	}
	return c.read(open)
}

// A cutter lets a Decoder that decodes no job walk over a window on the input.
// Where the walk runs into the end of the window, what it has passed becomes a
// piece, and the rest, with the brackets that are open there written before
// it, is the beginning of the next window.
type cutter struct {
	o     Options
	base  schema.Raw
	yield func(*schema.Raw) error // nil in a survey, which wants no pieces
	d     *Decoder
	pool  sync.Pool // of bodies

	in     io.Reader
	ended  bool      // in is read to its end
	text   []byte    // the window
	size   int       // bytes the window should have
	path   []opening // written again at the beginning of the window
	head   int       // how many bytes of it that is
	adrift bool      // see Decoder
	n      int64     // position of the next item
	any    bool      // a piece was yielded

	// Documents longer than a window.
	within  *surroundings // of the one the window begins in; nil between documents
	passing bool          // none of its jobs is published, and that was said
	survey  func() ([]surroundings, error)
	long    []surroundings // those still to come; in a survey, those met
	known   bool           // the survey was made
}

func newCutter(o Options, base schema.Raw) *cutter {
	o = o.withDefaults()
	d := New(o)
	d.dry = true
	return &cutter{
		o: o, base: base, d: d, n: base.Position, size: o.PieceBytes,
		pool: sync.Pool{New: func() any { return new([]byte) }},
	}
}

func (c *cutter) read(open func() (io.ReadCloser, error)) error {
	in, err := open()
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := utf8Reader(in)
	if unsupported, is := errors.AsType[*encodingError](err); is {
		return c.reject(schema.RejectEncoding, unsupported.Error(), pieceStart{})
	} else if err != nil {
		return err
	}
	c.in = text
	for {
		if err := c.fill(); err != nil {
			return err
		}
		if blank(c.text) {
			if c.ended {
				return c.end()
			}
			c.text = c.text[:0]
			continue
		}
		c.walk()
		if err := c.step(); err != nil {
			return err
		}
	}
}

// end leaves no input without a piece: one of nothing but blanks is a reject.
func (c *cutter) end() error {
	if c.any {
		return nil
	}
	return c.send(nil, c.n)
}

// fill reads until the window has its size, or the input ended.
func (c *cutter) fill() error {
	for !c.ended && len(c.text) < c.size {
		c.text = slices.Grow(c.text, c.size-len(c.text))
		n, err := c.in.Read(c.text[len(c.text):c.size])
		c.text = c.text[:len(c.text)+n]
		if errors.Is(err, io.EOF) {
			c.ended = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (c *cutter) walk() {
	d := c.d
	d.raw = &c.base
	d.begin(c.text)
	d.n = c.n
	d.window.cutting, d.window.more = true, !c.ended
	d.window.carried = c.within
	d.adrift = c.adrift
	d.documents()
}

// step hands on what the walk passed.
func (c *cutter) step() error {
	w, doc := &c.d.window, c.d.doc
	if w.first != nil && c.within != nil {
		return c.endDocument(*w.first)
	}
	if !w.need && w.hurt == nil {
		return c.cut(mark{at: len(c.text), n: c.d.n})
	}
	switch {
	case doc.before.at > c.head && c.within == nil:
		return c.cut(doc.before)
	case w.hurt != nil:
		return c.passDamage(*w.hurt)
	case w.marked.at > c.head && w.marked.n > c.n && !w.marked.fresh:
		return c.cutWithin(w.marked)
	case c.size < c.o.MaxJobBytes+c.o.PieceBytes:
		c.size = max(c.size, len(c.text)) * 2
		return nil
	}
	return c.passTooLarge()
}

// cut hands on the window up to m, which is between documents.
func (c *cutter) cut(m mark) error {
	path := c.d.window.openAt(m)
	if !blank(c.text[:m.at]) { // as separators are that were left of damage
		if err := c.send(c.piece(m.at, path, nil), m.n); err != nil {
			return err
		}
	}
	c.adrift = c.d.adrift
	c.restart(m.at, path)
	if m.fresh {
		c.text = slices.Insert(c.text, c.head, ',')
	}
	return nil
}

// cutWithin hands on the window up to m, which is between two jobs of a
// document that goes on in the next window.
func (c *cutter) cutWithin(m mark) error {
	path := c.d.window.openAt(m)
	if err := c.sendWithin(m, path); err != nil {
		return err
	}
	c.restart(m.at, path)
	return nil
}

// sendWithin yields the jobs of the window up to m, which all are of one
// document.
func (c *cutter) sendWithin(m mark, path []opening) error {
	begins := c.within == nil
	if begins {
		if err := c.beginLong(); err != nil {
			return err
		}
	}
	if c.yield == nil {
		c.within = &surroundings{c.d.env.clone(), c.d.refused}
	}
	if c.passing || m.n == c.n {
		return nil
	}
	var behind *envelope
	if begins {
		behind = &c.within.env
	}
	return c.send(c.piece(m.at, path, behind), m.n)
}

// beginLong learns what stands around the jobs of the document that begins in
// this window and does not end in it.
func (c *cutter) beginLong() error {
	if c.yield == nil {
		return nil
	}
	if !c.known {
		long, err := c.survey()
		if err != nil {
			return err
		}
		c.long, c.known = long, true
	}
	if len(c.long) == 0 {
		return errors.New("the input changed while it was read")
	}
	c.within, c.long = &c.long[0], c.long[1:]
	if c.within.env.publishesNone(c.within.refused) {
		c.passing = true
		return c.sendNone()
	}
	return nil
}

// endDocument hands on the window up to the end of its first document.
func (c *cutter) endDocument(s settled) error {
	if c.within != nil && c.yield == nil {
		s.env = s.env.clone()
		c.long = append(c.long, s.surroundings)
	}
	if !c.passing && s.n > c.n {
		if err := c.send(c.piece(s.end, s.path, nil), s.n); err != nil {
			return err
		}
	}
	c.within, c.passing = nil, false
	c.adrift = c.d.adrift
	c.restart(s.end, s.path)
	return nil
}

// restart makes the text from at on the beginning of the next window, with
// what is open there before it.
func (c *cutter) restart(at int, path []opening) {
	c.path = slices.Clone(path)
	head := filled(c.path)
	c.text = slices.Replace(c.text, 0, at, []byte(head)...)
	c.head = len(head)
	c.size = c.o.PieceBytes + c.head
}
