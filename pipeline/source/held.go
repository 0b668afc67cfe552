package source

import (
	"bytes"
	"context"
	"io"

	"callmill/schema"
)

// Stored is an input that is in memory as it is stored, compressed or not.
type Stored struct {
	Origin     string
	Position   int64 // index in its origin of the first job
	InstanceID string
	ObservedAt int64 // ms
	Undated    bool
	Body       []byte // not modified
}

// Held reads inputs that are in memory. It reuses its own from input to input. Not
// safe for concurrent use, but for Release of what it yields.
type Held struct{ files Files }

// NewHeld returns a reader of inputs in memory. Of the options MaxWhole and Cut are
// used.
func NewHeld(o Options) *Held { return &Held{Files{o: o.withDefaults()}} }

// Raws yields the pieces of an input exactly as [Files.Raws] does those of a file with
// this content, Sequence from 0. Nothing is written to disk, and a body is not copied:
// the Raw of an input that is neither compressed nor too large is Body itself.
func (h *Held) Raws(ctx context.Context, in Stored, yield func(*schema.Raw) error) error {
	sequence := int64(0)
	one := file{path: in.Origin, origin: in.Origin, size: int64(len(in.Body)), held: &in}
	return h.files.read(ctx, one, func(raw *schema.Raw) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw.Sequence = sequence
		sequence++
		return yield(raw)
	})
}

// readHeld yields the pieces of an input in memory that is no archive.
func (f *Files) readHeld(ctx context.Context, one file, yield func(*schema.Raw) error) error {
	ended := &input{disk: &disk{ReadCloser: io.NopCloser(bytes.NewReader(nil)), ctx: ctx}, content: bytes.NewReader(nil)}
	return f.pieces(ctx, one, ended, one.held.Body, nil, yield)
}
