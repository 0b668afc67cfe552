package source

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"callmill/schema"
)

// input is an open file, decompressed. A damaged archive reads as if it ended
// at the damage, which is then described. I/O errors stay errors.
type input struct {
	disk    *disk
	content io.Reader
	frames  *frames // nil: it is no archive of them
	release func()  // of the decompressor
	onClose func()  // called by Close; nil is not called
	damage
}

// damage is what is known of an archive that cannot be read to its end. The
// zero value means none.
type damage struct {
	fault   string
	archive *schema.Archive
	gaps    []schema.Reject // damaged frames that whole ones follow
}

// disk reads the file as stored, until the context is done. It keeps its own
// errors, to tell them from an archive's, and of an archive what a reject needs:
// standard input cannot be read again once damage is met.
type disk struct {
	io.ReadCloser
	ctx context.Context
	err error

	sum  hash.Hash // of the archive; nil if it is none
	head []byte
	size int64
}

func (d *disk) Read(b []byte) (n int, err error) {
	if err = d.ctx.Err(); err == nil {
		n, err = d.ReadCloser.Read(b)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		d.err = err
	}
	d.record(b[:n])
	return n, err
}

// record records the next bytes of an archive.
func (d *disk) record(b []byte) {
	if d.sum == nil {
		return
	}
	d.head = append(d.head, b[:min(len(b), schema.MaxRejectRaw-len(d.head))]...)
	d.size += int64(len(b))
	_, _ = d.sum.Write(b) // a hash never fails
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// IsArchive reports whether data begins like an archive that this package
// decompresses, or is the beginning of one that is damaged there.
func IsArchive(data []byte) bool { return bytes.HasPrefix(data, gzipMagic) || isZstd(data) }

// isZstd reports whether data is the beginning of a zstd archive. Where that is
// damaged, most of the first frame's magic number is left, or there is that of a later
// frame, which is no text in any encoding.
func isZstd(data []byte) bool {
	if bytes.Contains(data, zstdMagic) || isSkippable(data) {
		return true
	}
	same := 0
	for i := range min(len(data), len(zstdMagic)) {
		if data[i] == zstdMagic[i] {
			same++
		}
	}
	return same == len(zstdMagic)-1
}

// isSkippable reports whether data begins with a skippable frame of zstd (RFC
// 8878, section 3.1.2), as what pzstd writes does.
func isSkippable(data []byte) bool {
	return len(data) >= 4 && data[0]&0xf0 == 0x50 && string(data[1:4]) == "\x2a\x4d\x18"
}

// sniffBytes is how much of a file says whether it is an archive.
const sniffBytes = 64 << 10

// zstdWindow limits the memory that a zstd frame may ask for.
const zstdWindow = 128 << 20

func (f *Files) open(ctx context.Context, one file) (*input, error) {
	file, err := f.disk(one)
	if err != nil {
		return nil, err
	}
	return decompress(ctx, file)
}

func (f *Files) disk(one file) (io.ReadCloser, error) {
	switch {
	case one.held != nil:
		return io.NopCloser(bytes.NewReader(one.held.Body)), nil
	case one.path == "-":
		return io.NopCloser(f.o.Stdin), nil
	}
	return os.Open(one.path)
}

// decompress detects the compression of file and returns its content.
func decompress(ctx context.Context, file io.ReadCloser) (*input, error) {
	in := &input{disk: &disk{ReadCloser: file, ctx: ctx}, release: func() {}}
	buffered := bufio.NewReaderSize(in.disk, sniffBytes)
	begin, _ := buffered.Peek(buffered.Size())
	in.content = buffered
	if !IsArchive(begin) {
		return in, nil
	}
	in.disk.sum = sha256.New()
	sniffed, _ := buffered.Peek(buffered.Buffered())
	in.disk.record(sniffed)
	if err := in.unpack(buffered); err != nil {
		// Nothing can be read of it.
		in.content = bytes.NewReader(nil)
		if err := in.damaged(err); err != nil {
			in.disk.Close()
			return nil, err
		}
	}
	return in, nil
}

// unpack makes the content of the archive the content of the input.
func (in *input) unpack(archive *bufio.Reader) error {
	magic, _ := archive.Peek(len(gzipMagic))
	if bytes.Equal(magic, gzipMagic) {
		z, err := gzip.NewReader(archive)
		if err == nil {
			in.content = z
		}
		return err
	}
	z, err := newFrames(archive)
	if err == nil {
		in.content, in.frames, in.release = z, z, z.decoder.Close
	}
	return err
}

// damaged notes the damage err tells of, and records the rest of the archive.
// It returns an error where the disk is to blame.
func (in *input) damaged(err error) error {
	d := in.disk
	if d.err == nil {
		_, _ = io.Copy(io.Discard, d)
	}
	if d.err != nil {
		return d.err
	}
	in.fault, in.archive = faultOf(err, d.head), &schema.Archive{Head: d.head, Bytes: d.size, SHA256: hex.EncodeToString(d.sum.Sum(nil))}
	return nil
}

// Read implements [io.Reader].
func (in *input) Read(b []byte) (int, error) {
	if in.fault != "" {
		return 0, io.EOF
	}
	n, err := in.content.Read(b)
	if in.frames != nil {
		in.gaps = in.frames.gaps
	}
	switch {
	case err == nil:
		return n, nil
	case in.disk.err != nil: // an archive may take it for its end
		return n, in.disk.err
	case errors.Is(err, io.EOF):
		return n, err
	}
	if err := in.damaged(err); err != nil {
		return n, err
	}
	return n, io.EOF
}

func (in *input) Close() error {
	if in.onClose != nil {
		in.onClose()
	}
	in.release()
	return in.disk.Close()
}

// faultOf says why an archive, which begins with head, could not be read to its
// end.
func faultOf(err error, head []byte) string {
	switch {
	case tooLarge(err):
		of := ""
		if size := windowOf(head); size > zstdWindow {
			of = " of " + binarySize(size)
		}
		return fmt.Sprintf("the archive's zstd window%s is larger than %s; decompress it with `zstd -dc --long=31 FILE | callmill convert -`",
			of, binarySize(zstdWindow))
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "the archive ends in the middle"
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch):
		return "the archive's checksum is wrong"
	}
	return fmt.Sprintf("the archive is damaged: %v", err)
}

// tooLarge reports whether a frame asks for more memory than it gets.
func tooLarge(err error) bool {
	return errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded)
}

// windowOf returns the window, in bytes, of the first frame with content of a
// zstd archive, 0 where its header is not in head.
func windowOf(head []byte) uint64 {
	for {
		var h zstd.Header
		if h.Decode(head) != nil {
			return 0
		}
		switch {
		case h.SingleSegment:
			return h.FrameContentSize
		case !h.Skippable:
			return h.WindowSize
		}
		next := uint64(h.HeaderSize) + uint64(h.SkippableSize)
		if next >= uint64(len(head)) {
			return 0
		}
		head = head[next:]
	}
}

// binarySize formats a number of bytes in the unit in which zstd counts.
func binarySize(n uint64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.3g GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%.3g MiB", float64(n)/(1<<20))
}
