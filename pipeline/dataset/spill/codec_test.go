package spill

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSortableTexts: texts are read back, and sort as texts do with anything after
// them.
func TestSortableTexts(t *testing.T) {
	encode := func(text string) []byte {
		c := Encoder(nil)
		c.SortText(&text)
		return c.Bytes()
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune{0, 1, 'a', 'ÿ'})))
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		tail := rapid.SliceOf(rapid.Byte()).Draw(t, "tail")
		var got string
		c := Decoder(append(encode(a), tail...))
		if c.SortText(&got); c.Err() != nil || got != a || !bytes.Equal(c.Bytes(), tail) {
			t.Errorf("%q is read as %q with rest %q, want %q", a, got, c.Bytes(), tail)
		}
		other := rapid.SliceOf(rapid.Byte()).Draw(t, "other tail")
		if got, want := bytes.Compare(append(encode(a), tail...), append(encode(b), other...)), strings.Compare(a, b); want != 0 && got != want {
			t.Errorf("%q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestInts: numbers sort as numbers do.
func TestInts(t *testing.T) {
	encode := func(v int64) []byte {
		c := Encoder(nil)
		c.Int(&v)
		return c.Bytes()
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if got, want := bytes.Compare(encode(a), encode(b)), cmp.Compare(a, b); got != want {
			t.Errorf("%d and %d compare as %d, want %d", a, b, got, want)
		}
	})
}

// everything is a value of each kind.
type everything struct {
	fixed      [3]byte
	int        int64
	sort, text string
	bool       bool
	byte       byte
	varint     int64
	uvarint    uint64
}

func (e *everything) code(c *Codec) {
	c.Fixed(e.fixed[:])
	c.Int(&e.int)
	c.SortText(&e.sort)
	c.Text(&e.text)
	c.Bool(&e.bool)
	c.Byte(&e.byte)
	c.Varint(&e.varint)
	c.Uvarint(&e.uvarint)
}

// TestCodec: values are read back, what follows stays, and a record that is cut
// short is damaged.
func TestCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := everything{
			[3]byte(rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "fixed")), rapid.Int64().Draw(t, "int"), rapid.String().Draw(t, "sort"),
			rapid.String().Draw(t, "text"), rapid.Bool().Draw(t, "bool"), rapid.Byte().Draw(t, "byte"),
			rapid.Int64().Draw(t, "varint"), rapid.Uint64().Draw(t, "uvarint"),
		}
		encoder := Encoder([]byte("before"))
		want.code(&encoder)
		record := encoder.Bytes()[len("before"):]
		got := want // what is set must not depend on what was there
		got.bool, got.int = !got.bool, 7
		c := Decoder(append(bytes.Clone(record), "after"...))
		if got.code(&c); c.Err() != nil || got != want || string(c.Bytes()) != "after" {
			t.Errorf("read %+v with rest %q, want %+v", got, c.Bytes(), want)
		}
		short := Decoder(record[:rapid.IntRange(0, len(record)-1).Draw(t, "length")])
		if got.code(&short); short.Err() == nil {
			t.Errorf("read %+v of a record that is cut short", got)
		}
	})
}
