package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// input is an open file, decompressed. A torn archive reads like one that ends
// there; fault says so. Trouble with the disk stays an error.
type input struct {
	ctx     context.Context
	disk    *disk
	content io.Reader
	close   func()
	fault   string
}

// disk is the file as it lies there; it remembers its own errors, to tell them
// from an archive's.
type disk struct {
	io.ReadCloser
	err error
}

func (d *disk) Read(b []byte) (int, error) {
	n, err := d.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		d.err = err
	}
	return n, err
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// zstdWindow bounds the memory a zstd frame may ask for.
const zstdWindow = 128 << 20

func (f *Files) open(ctx context.Context, one file) (*input, error) {
	file, err := f.disk(one)
	if err != nil {
		return nil, err
	}
	return decompressed(ctx, file)
}

// decompressed sniffs what file is and gives its content.
func decompressed(ctx context.Context, file io.ReadCloser) (*input, error) {
	in := &input{ctx: ctx, disk: &disk{ReadCloser: file}, close: func() {}}
	buffered := bufio.NewReaderSize(in.disk, 64<<10)
	magic, _ := buffered.Peek(len(zstdMagic))
	in.content = buffered
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return in.torn(err)
		}
		in.content = z
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return in.torn(err)
		}
		in.content, in.close = z, z.Close
	}
	return in, nil
}

// torn is an input that cannot be read from its first byte on.
func (in *input) torn(err error) (*input, error) {
	if in.disk.err != nil {
		in.disk.Close()
		return nil, in.disk.err
	}
	in.content, in.fault = bytes.NewReader(nil), fault(err)
	return in, nil
}

func (in *input) Read(b []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.content.Read(b)
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return n, err
	case in.disk.err != nil:
		return n, in.disk.err
	}
	in.fault = fault(err)
	return n, io.EOF
}

func (in *input) Close() error {
	in.close()
	return in.disk.Close()
}

// fault says in the field's words why an archive ended early.
func fault(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return "the archive ends in the middle"
	case errors.Is(err, gzip.ErrChecksum) || errors.Is(err, zstd.ErrCRCMismatch):
		return "the archive's checksum is wrong"
	}
	return fmt.Sprintf("the archive is damaged: %v", err)
}
