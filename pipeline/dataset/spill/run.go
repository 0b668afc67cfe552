package spill

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
)

// run is a sorted sequence of records, each with its length before it, in
// compressed blocks.
type run struct {
	blocks []block
	data   []byte // nil: in the file
	file   *File
	offset int64 // in the file
}

// block is where some records of a run lie.
type block struct {
	head []byte // the first bytes of its first record
	end  int64  // from the start of the run
}

// headBytes is how much of a record tells where to begin reading.
const headBytes = 24

func headOf(record []byte) []byte { return record[:min(len(record), headBytes)] }

// moveTo moves a run from memory to a file, unless it is there.
func (r *run) moveTo(file *File) (err error) {
	if r.file != nil {
		return nil
	}
	if r.offset, err = file.Append(r.data); err != nil {
		return fmt.Errorf("spill %d bytes of sorted records: %w", len(r.data), err)
	}
	r.file, r.data = file, nil
	return nil
}

// search returns the index of the first block whose records are not less than a
// record, as far as their heads tell. The block before it may have such records as well.
func (r *run) search(record []byte) int {
	head := headOf(record)
	return sort.Search(len(r.blocks), func(i int) bool { return bytes.Compare(r.blocks[i].head, head) >= 0 })
}

// read returns the records of a block, in new memory. scratch is used again for
// what is read from the file.
func (r *run) read(i int, scratch *[]byte) ([]byte, error) {
	start, end := int64(0), r.blocks[i].end
	if i > 0 {
		start = r.blocks[i-1].end
	}
	if r.file == nil {
		return decompress(r.data[start:end])
	}
	*scratch = slices.Grow((*scratch)[:0], int(end-start))[:end-start]
	if _, err := r.file.ReadAt(*scratch, r.offset+start); err != nil {
		return nil, err
	}
	return decompress(*scratch)
}

// runBuilder makes a run of sorted records: in memory, or in a file where it has
// one.
type runBuilder struct {
	run
	blockBytes int
	prefix     int    // see Options
	open       []byte // the block that is being filled
	written    int64  // bytes of the run that are in the file
}

func (s *Sorter) newRun() *runBuilder {
	return &runBuilder{blockBytes: s.options.Block, prefix: s.options.Prefix}
}

func (b *runBuilder) add(record []byte) error {
	if len(b.open) > 0 && !bytes.HasPrefix(b.blocks[len(b.blocks)-1].head, record[:b.prefix]) {
		if err := b.endBlock(); err != nil {
			return err
		}
	}
	if len(b.open) == 0 {
		b.blocks = append(b.blocks, block{head: slices.Clone(headOf(record))})
	}
	b.open = append(binary.AppendUvarint(b.open, uint64(len(record))), record...)
	if len(b.open) < b.blockBytes {
		return nil
	}
	return b.endBlock()
}

// writeBytes is how much of a run is written to its file at a time.
const writeBytes = 1 << 18

func (b *runBuilder) endBlock() error {
	b.data = appendCompressed(b.data, b.open)
	b.blocks[len(b.blocks)-1].end = b.written + int64(len(b.data))
	b.open = b.open[:0]
	if b.file == nil || len(b.data) < writeBytes {
		return nil
	}
	return b.write()
}

func (b *runBuilder) write() error {
	_, err := b.file.Append(b.data)
	b.written += int64(len(b.data))
	b.data = b.data[:0]
	return err
}

// finish ends the last block.
func (b *runBuilder) finish() error {
	if len(b.open) > 0 {
		if err := b.endBlock(); err != nil {
			return err
		}
	}
	b.open = nil
	if b.file == nil {
		return nil
	}
	err := b.write()
	b.data = nil
	return err
}
