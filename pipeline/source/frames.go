package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"callmill/schema"
)

const (
	// heldText is how much of the text of a frame is held until all of the frame is
	// known to be whole: no frame that a pull writes has more, but for one of a single
	// huge line. Of a longer frame text is handed out as it comes.
	heldText = 17 << 20
	// heldFrame is how much of the frame whose text is held can be read again, and
	// heldTail how much of a longer one.
	heldFrame = heldText + 1<<20
	heldTail  = 1 << 20
	// mostFailures is how many times what begins like a frame may be none, before what
	// is left of an archive is given up.
	mostFailures = 1000
)

// frames is the content of a zstd archive. A frame that is damaged costs its own text
// where a whole one follows: a gap. Else the text ends with it.
type frames struct {
	archive *stretch
	decoder *zstd.Decoder

	text     []byte // to be handed out
	rest     bool   // the decoder has more of the frame, which began at from
	from     int64
	some     bool  // text was handed out
	checksum bool  // the frame has one
	end      error // after text: io.EOF, or what is wrong with the last frame
	failed   int
	gaps     []schema.Reject
}

func newFrames(archive io.Reader) (*frames, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return &frames{archive: &stretch{reader: archive}, decoder: decoder}, nil
}

// Read implements [io.Reader].
func (f *frames) Read(b []byte) (int, error) {
	for len(f.text) == 0 {
		switch {
		case len(b) == 0:
			return 0, nil
		case f.rest:
			n, err := f.decoder.Read(b)
			if err != nil {
				f.rest = false
				if !errors.Is(err, io.EOF) {
					f.search(nil, err)
				}
			}
			if n > 0 {
				return n, nil
			}
		case f.end != nil:
			return 0, f.end
		default:
			f.next()
		}
	}
	n := copy(b, f.text)
	f.text, f.some = f.text[n:], true
	return n, nil
}

// next reads the next frame.
func (f *frames) next() {
	f.archive.forget()
	f.from = f.archive.at
	text, err := f.attempt()
	if err == nil {
		f.text = text
		return
	}
	if errors.Is(err, errNoFrame) {
		f.end = io.EOF
		return
	}
	f.search(text, err)
}

// errNoFrame means that an archive has ended where a frame could begin.
var errNoFrame = errors.New("no frame")

// attempt reads the frame at archive.at and returns its text, or the beginning of it
// where f.rest is set. After an error the text is what could be read.
func (f *frames) attempt() (text []byte, err error) {
	f.archive.keep = heldFrame
	one := &oneFrame{archive: f.archive}
	if err := one.open(); err != nil {
		return nil, err
	}
	f.checksum = one.checksum
	if err := f.decoder.Reset(one); err != nil {
		return nil, err
	}
	for len(text) < heldText {
		text = slices.Grow(text, bytes.MinRead)
		n, err := f.decoder.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return text, err
		}
	}
	f.archive.keep, f.rest = heldTail, true
	return text, nil
}

// search looks for a whole frame behind the one at f.from, which cannot be read for
// a reason; text is what was read of it and not handed out.
func (f *frames) search(text []byte, reason error) {
	f.archive.mark(f.from)
	for f.failed++; f.failed < mostFailures; f.failed++ {
		at, ok := f.archive.find(zstdMagic)
		if !ok {
			break
		}
		found, err := f.attempt()
		if err != nil || !f.rest && !f.plausible() {
			f.rest = false
			f.archive.seek(at + 1)
			continue
		}
		f.gaps = append(f.gaps, f.gap(at, reason))
		f.from = at
		if f.text = found; f.some {
			f.text = append([]byte("\n"), found...) // a line that was cut does not go on in the next frame
		}
		return
	}
	f.text, f.end = text, reason
}

// plausible reports whether what was read as a frame is one: it has a checksum, or
// the archive ends or another frame begins behind it.
func (f *frames) plausible() bool {
	next := f.archive.peek(len(zstdMagic))
	return f.checksum || len(next) == 0 || bytes.Equal(next, zstdMagic) || isSkippable(next)
}

// gap describes what lies between f.from and the offset of a frame.
func (f *frames) gap(to int64, reason error) schema.Reject {
	r := schema.Reject{Code: schema.RejectSyntax}
	size, sum := int64(0), ""
	if r.Raw, size, sum = f.archive.marked(to); size > int64(len(r.Raw)) {
		r.RawBytes, r.RawSHA256 = size, sum
	}
	why := "damaged"
	if tooLarge(reason) {
		why = "damaged, or a zstd window larger than " + binarySize(zstdWindow)
	}
	r.Reason = fmt.Sprintf("bytes %d to %d of the archive: %s; what follows was read", f.from, to-1, why)
	return r
}

// oneFrame reads a frame of an archive and ends with it.
type oneFrame struct {
	archive  *stretch
	left     int64 // until the next block begins
	last     bool  // there is no next one
	checksum bool
	unknown  bool // where it ends: the decoder will say what is wrong
}

// open begins the frame, and passes over frames without text. It returns errNoFrame
// at the end of the archive.
func (o *oneFrame) open() error {
	for {
		head := o.archive.peek(zstd.HeaderMaxSize)
		if len(head) == 0 {
			return errNoFrame
		}
		var h zstd.Header
		o.unknown = h.Decode(head) != nil
		if o.unknown {
			return nil
		}
		if !h.Skippable {
			o.left, o.checksum = int64(h.HeaderSize), h.HasCheckSum
			return nil
		}
		size := int64(h.HeaderSize) + int64(h.SkippableSize)
		if n, _ := io.CopyN(io.Discard, o.archive, size); n < size {
			return io.ErrUnexpectedEOF
		}
	}
}

// Read implements [io.Reader].
func (o *oneFrame) Read(b []byte) (int, error) {
	if o.unknown {
		return o.archive.Read(b)
	}
	if o.left == 0 {
		if o.last {
			return 0, io.EOF
		}
		o.nextBlock()
	}
	if !o.unknown {
		b = b[:min(int64(len(b)), o.left)]
	}
	n, err := o.archive.Read(b)
	o.left -= int64(n)
	return n, err
}

// nextBlock measures the next block (RFC 8878, section 3.1.1.2).
func (o *oneFrame) nextBlock() {
	const header, rle, reserved = 3, 1, 3
	b := o.archive.peek(header)
	if len(b) < header {
		o.unknown = true
		return
	}
	bits := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
	o.last = bits&1 != 0
	size := bits >> 3
	switch bits >> 1 & 3 {
	case rle:
		size = 1
	case reserved:
		o.unknown = true
	}
	if o.left = header + size; o.last && o.checksum {
		o.left += 4
	}
}

// stretch reads an archive, the last part of which can be read again.
type stretch struct {
	reader io.Reader
	keep   int    // how much can be read again
	data   []byte // read, from the offset base on
	base   int64
	at     int64 // of the next byte

	// What is passed over is noted from the offset noted on, where sum is not nil.
	sum   hash.Hash
	noted int64
	size  int64
	head  []byte
}

// Read implements [io.Reader].
func (s *stretch) Read(b []byte) (int, error) {
	if s.at == s.base+int64(len(s.data)) && len(b) > 0 {
		if err := s.fill(len(b)); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.data[s.at-s.base:])
	s.at += int64(n)
	return n, nil
}

// fill reads at most n bytes more.
func (s *stretch) fill(n int) error {
	if spare := len(s.data) - s.keep; spare > s.keep {
		s.drop(min(s.base+int64(spare), s.at))
	}
	s.data = slices.Grow(s.data, n)
	for {
		n, err := s.reader.Read(s.data[len(s.data) : len(s.data)+n])
		s.data = s.data[:len(s.data)+n]
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// drop forgets what is before an offset.
func (s *stretch) drop(before int64) {
	s.note(before)
	kept := copy(s.data, s.data[before-s.base:])
	s.data, s.base = s.data[:kept], before
}

// forget forgets what has been read, and what was marked.
func (s *stretch) forget() {
	s.sum, s.head = nil, nil
	s.drop(s.at)
}

// seek goes back to an offset, or as far as that is possible.
func (s *stretch) seek(to int64) { s.at = max(to, s.base) }

// peek returns up to n bytes without reading them: fewer at the end.
func (s *stretch) peek(n int) []byte {
	for s.base+int64(len(s.data))-s.at < int64(n) {
		if s.fill(n) != nil {
			break
		}
	}
	ahead := s.data[s.at-s.base:]
	return ahead[:min(n, len(ahead))]
}

// find goes to the next occurrence of text at s.at or later, and returns its offset.
func (s *stretch) find(text []byte) (at int64, ok bool) {
	s.keep = heldTail
	for {
		if i := bytes.Index(s.data[s.at-s.base:], text); i >= 0 {
			s.at += int64(i)
			return s.at, true
		}
		s.at = max(s.at, s.base+int64(len(s.data)-len(text)+1))
		if s.fill(64<<10) != nil {
			return 0, false
		}
	}
}

// mark begins to note what is passed over from an offset on, or from where it can be
// read again, and goes to the byte behind that.
func (s *stretch) mark(from int64) {
	s.seek(from)
	s.sum, s.noted, s.size, s.head = sha256.New(), s.at, 0, nil
	s.at = min(s.at+1, s.base+int64(len(s.data)))
}

// note notes what is before an offset.
func (s *stretch) note(before int64) {
	if s.sum == nil || before <= s.noted {
		return
	}
	b := s.data[s.noted-s.base : before-s.base]
	_, _ = s.sum.Write(b) // a hash never fails
	s.head = append(s.head, b[:min(len(b), schema.MaxRejectRaw-len(s.head))]...)
	s.noted, s.size = before, s.size+int64(len(b))
}

// marked returns the beginning, the size and the SHA-256 of what was passed over
// before an offset, and notes nothing more.
func (s *stretch) marked(before int64) (head []byte, size int64, sum string) {
	s.note(before)
	sum = hex.EncodeToString(s.sum.Sum(nil))
	s.sum = nil
	return s.head, s.size, sum
}
