package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"callmill/schema"
)

// input is an open file, decompressed. A damaged archive reads as if it ended
// at the damage; fault and archive then describe it. I/O errors stay errors.
type input struct {
	ctx     context.Context
	disk    *disk
	content io.Reader
	close   func()
	damage
}

// damage is what is known of an archive that cannot be read to its end. The
// zero value means none.
type damage struct {
	fault   string
	archive *schema.Archive
}

// disk reads the file as stored. It keeps its own errors, to tell them from an
// archive's, and records an archive's bytes.
type disk struct {
	io.ReadCloser
	err    error
	record *recorder // nil: not an archive
}

func (d *disk) Read(b []byte) (int, error) {
	n, err := d.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		d.err = err
	}
	if d.record != nil {
		d.record.add(b[:n])
	}
	return n, err
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// IsArchive reports whether data begins like an archive that this package
// decompresses.
func IsArchive(data []byte) bool {
	return bytes.HasPrefix(data, gzipMagic) || bytes.HasPrefix(data, zstdMagic)
}

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
	if one.path == "-" {
		return io.NopCloser(f.o.Stdin), nil
	}
	return os.Open(one.path)
}

// decompress detects the compression of file and returns its content.
func decompress(ctx context.Context, file io.ReadCloser) (*input, error) {
	in := &input{ctx: ctx, disk: &disk{ReadCloser: file}, close: func() {}}
	buffered := bufio.NewReaderSize(in.disk, 64<<10)
	magic, _ := buffered.Peek(len(zstdMagic))
	in.content = buffered
	if !IsArchive(magic) {
		return in, nil
	}
	in.disk.record = newRecorder()
	sniffed, _ := buffered.Peek(buffered.Buffered())
	in.disk.record.add(sniffed)
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
	z, err := zstd.NewReader(archive, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdWindow), zstd.WithDecoderLowmem(true))
	if err == nil {
		in.content, in.close = z, z.Close
	}
	return err
}

// damaged notes the damage err tells of, and records the rest of the archive.
// It returns an error where the disk is to blame.
func (in *input) damaged(err error) error {
	if in.disk.err == nil {
		_, _ = io.Copy(io.Discard, contextReader{in.ctx, in.disk})
	}
	if in.disk.err != nil {
		return in.disk.err
	}
	if err := in.ctx.Err(); err != nil {
		return err
	}
	in.damage = damage{faultOf(err), in.disk.record.archive()}
	return nil
}

// Read implements [io.Reader].
func (in *input) Read(b []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	if in.fault != "" {
		return 0, io.EOF
	}
	n, err := in.content.Read(b)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if in.disk.err != nil {
		return n, in.disk.err
	}
	if err := in.damaged(err); err != nil {
		return n, err
	}
	return n, io.EOF
}

func (in *input) Close() error {
	in.close()
	return in.disk.Close()
}

// contextReader ends with the context's error once the context is done.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}
