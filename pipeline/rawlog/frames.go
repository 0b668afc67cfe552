package rawlog

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
)

// frame is a frame of a file with its text, or what lies between two frames, or
// after the last, and is none: then text is nil.
type frame struct {
	offset, size int
	text         []byte
}

var frameMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// frames returns the frames of a file in order. What cannot be read ends where the
// next whole frame begins: damage costs the frames that it is in and no others. A
// frame has a checksum, so that none is found where there is none.
func frames(decoder *zstd.Decoder, data []byte) iter.Seq[frame] {
	return func(yield func(frame) bool) {
		for at := 0; at < len(data); {
			next, size, text := nextFrame(decoder, data, at)
			if next > at && !yield(frame{at, next - at, nil}) {
				return
			}
			if text != nil && !yield(frame{next, size, text}) {
				return
			}
			at = next + size
		}
	}
}

// nextFrame finds the first whole frame that begins at an offset or later. text is
// nil where there is none; then it lies at the end.
func nextFrame(decoder *zstd.Decoder, data []byte, from int) (at, size int, text []byte) {
	for at = from; ; at++ {
		found := bytes.Index(data[at:], frameMagic)
		if found < 0 {
			return len(data), 0, nil
		}
		at += found
		if size := frameSize(data[at:]); size > 0 {
			if text, err := decoder.DecodeAll(data[at:at+size], []byte{}); err == nil {
				return at, size, text
			}
		}
	}
}

// frameSize measures the frame that data begins with, without decompressing it
// (RFC 8878, section 3.1.1): a header, blocks with their sizes, a checksum. It is
// 0 where the frame is torn, or has no checksum: it is none that was kept.
func frameSize(data []byte) int {
	var header zstd.Header
	if header.Decode(data) != nil || header.Skippable || !header.HasCheckSum {
		return 0
	}
	const rle, reserved = 1, 3
	end := header.HeaderSize
	for last := false; !last; {
		if len(data)-end < 3 {
			return 0
		}
		bits := int(data[end]) | int(data[end+1])<<8 | int(data[end+2])<<16
		last = bits&1 != 0
		size := bits >> 3
		switch bits >> 1 & 3 {
		case rle:
			size = 1
		case reserved:
			return 0
		}
		end += 3 + size
	}
	if end += 4; end > len(data) {
		return 0
	}
	return end
}

// Texts reads what is kept of a run in its folder: the text of each frame, whole
// lines, in the order in which files and frames were begun. lost is called for what
// cannot be read: at the end of a file a crash leaves a torn frame.
func Texts(ctx context.Context, folder string, text func(path string, text []byte) error, lost func(path string, offset, size int, torn bool)) error {
	fsys := durable.OS{}
	entries, err := durable.ReadDir(fsys, folder)
	if err != nil {
		return fmt.Errorf("read kept responses: %w", err)
	}
	decoder, err := newDecoder()
	if err != nil {
		return err
	}
	defer decoder.Close()
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".zst" || durable.IsTemp(entry.Name()) {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		data, err := durable.ReadFile(fsys, path)
		if err != nil {
			return fmt.Errorf("read kept responses: %w", err)
		}
		for f := range frames(decoder, data) {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case f.text == nil:
				lost(path, f.offset, f.size, f.offset+f.size == len(data))
			default:
				if err := text(path, f.text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Check reads what is kept in dir and says what of it cannot be read, a line for
// each place.
func Check(ctx context.Context, dir string) (notes []string, err error) {
	lost := func(path string, offset, size int, torn bool) {
		name, e := filepath.Rel(filepath.Dir(dir), path)
		if e != nil {
			name = path
		}
		if torn {
			notes = append(notes, fmt.Sprintf("%s: its last %d bytes are no whole frame: a run was killed there, or they are damaged", name, size))
			return
		}
		notes = append(notes, fmt.Sprintf("%s: damaged: %d bytes from %d on are no whole frame; what follows can be read", name, size, offset))
	}
	names, err := Runs(dir)
	for _, run := range names {
		if err == nil {
			err = Texts(ctx, filepath.Join(dir, run), func(string, []byte) error { return nil }, lost)
		}
	}
	return notes, err
}
