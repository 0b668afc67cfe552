package decode_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// outline is what must be the same of an item, however its input was cut: all
// of it.
func outline(item schema.Decoded) string {
	if r := item.Reject; r != nil {
		sum := r.RawSHA256
		if r.RawBytes == 0 {
			sum = fmt.Sprintf("%x", sha256.Sum256(r.Raw))
		}
		return fmt.Sprintf("%d reject %s of %q instance %s at %d %v: %s %s", item.Position, r.Code, r.JobID, r.InstanceID, r.ObservedAt, r.Undated, r.Reason, sum)
	}
	return described(item)
}

func outlines(d *decode.Decoder, raw *schema.Raw) []string {
	var list []string
	for item := range d.Items(raw) {
		list = append(list, outline(item))
	}
	return list
}

// cutOutlines cuts body into pieces and decodes these.
func cutOutlines(tb testing.TB, o decode.Options, base schema.Raw, body []byte) (list []string, pieces int) {
	tb.Helper()
	d := decode.New(decode.Options{})
	open := func() (io.ReadCloser, error) { return io.NopCloser(iotest.HalfReader(bytes.NewReader(body))), nil }
	err := decode.Cut(o, base, open, func(raw *schema.Raw) error {
		pieces++
		list = append(list, outlines(d, raw)...)
		if raw.Release != nil {
			raw.Release()
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list, pieces
}

// TestCutIsWhole: every shape gives the same items at the same positions
// whether it is read whole or in pieces of whatever size.
func TestCutIsWhole(t *testing.T) {
	for _, path := range shapeFiles(t) {
		body := read(t, path)
		base := schema.Raw{Origin: filepath.Base(path), InstanceID: "inst", ObservedAt: 1700000000000, Undated: true, Position: 3}
		whole := base
		whole.Body = body
		want := outlines(decode.New(decode.Options{}), &whole)
		for _, size := range []int{1, 7, 40, 150, 400, 1000, 3000, 1 << 20} {
			got, _ := cutOutlines(t, decode.Options{PieceBytes: size}, base, body)
			if !slices.Equal(got, want) {
				t.Errorf("%s in pieces of %d (-whole +cut):\n%s", path, size, cmp.Diff(want, got))
			}
		}
	}
}
