package commit

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
)

// contentFile is a file being written that will be named for its content.
type contentFile struct {
	build  *build
	folder string // inside the snapshot, with slashes
	file   durable.File
	buffer *bufio.Writer
	hash   hash.Hash
	size   int64
}

func (b *build) create(folder, temporary string) (*contentFile, error) {
	if err := b.mkdir(folder); err != nil {
		return nil, err
	}
	d := b.tx.dataset
	file, err := d.FS().Create(b.path(path.Join(folder, temporary)), d.FileMode())
	if err != nil {
		return nil, err
	}
	return &contentFile{build: b, folder: folder, file: file, hash: sha256.New(), buffer: bufio.NewWriterSize(file, 1<<16)}, nil
}

// Write implements [io.Writer].
func (c *contentFile) Write(p []byte) (int, error) {
	c.hash.Write(p)
	c.size += int64(len(p))
	return c.buffer.Write(p)
}

var _ io.Writer = (*contentFile)(nil)

// finish puts the file on disk under the name of its content. The name itself
// is on disk once its folder is synced, which publishing does for all.
func (c *contentFile) finish() (dataset.File, error) {
	if err := errors.Join(c.buffer.Flush(), c.file.Sync(), c.file.Close()); err != nil {
		return dataset.File{}, err
	}
	sum := hex.EncodeToString(c.hash.Sum(nil))
	name := path.Join(c.folder, sum[:dataset.NameDigits]+".parquet")
	if err := c.build.tx.dataset.FS().Rename(c.file.Name(), c.build.path(name)); err != nil {
		return dataset.File{}, err
	}
	return dataset.File{Path: name, Bytes: c.size, SHA256: sum}, nil
}

func (c *contentFile) abandon() error {
	err := c.file.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil // by a finish that failed
	}
	return errors.Join(err, c.build.tx.dataset.FS().Remove(c.file.Name()))
}
