package versions

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// TestFactsComeBack: every field of facts is encoded, and what follows stays.
func TestFactsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tail := rapid.Make[schema.Facts]().Draw(t, "facts"), rapid.SliceOf(rapid.Byte()).Draw(t, "tail")
		c := spill.Encoder(nil)
		f.Code(&c)
		c = spill.Decoder(append(c.Bytes(), tail...))
		var got schema.Facts
		got.Code(&c)
		if diff := cmp.Diff(f, got, cmpopts.EquateEmpty()); diff != "" || c.Err() != nil || string(c.Bytes()) != string(tail) {
			t.Errorf("error %v, rest %x of %x (-want +got):\n%s", c.Err(), c.Bytes(), tail, diff)
		}
	})
}

// TestDamagedFacts: bytes that Code did not write are no reason to panic.
func TestDamagedFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, c := rapid.Make[schema.Facts]().Draw(t, "facts"), spill.Encoder(nil)
		f.Code(&c)
		b := c.Bytes()
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
		c = spill.Decoder(b[:rapid.IntRange(0, len(b)).Draw(t, "length")])
		new(schema.Facts).Code(&c)
	})
}
