package dataset

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"sync/atomic"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// publishedJob is what a run must know of a job in the snapshot it builds upon.
type publishedJob struct {
	key schema.Key
	// content is the head of the content hash: enough to tell two versions of
	// one job apart, which is all it is used for.
	content [8]byte
	times   publishedTimes
	shard   uint32 // index into published.shards, with flags as its highest bits
}

const (
	noTasks = 1 << 31
	final   = 1 << 30 // its status is terminal
	flags   = noTasks | final
)

type publishedTimes struct{ observedAt, firstSeen int64 }

// index finds published jobs by their keys: in memory where all fit into a
// budget, else in a file without a name, of which it knows the first key of
// every block. A look into the file takes some microseconds.
//
// It is filled by add from one goroutine and finished by sort; then it is
// immutable and safe for concurrent use.
type index struct {
	jobs []publishedJob // sorted by key; nil where they are in the file

	file   *spill.File
	parts  []*part // by the highest bits of the key
	shift  int     // how far these are from the lowest of the first 8 bytes
	failed atomic.Pointer[error]
}

// part is the share of a file index that can be sorted in memory.
type part struct {
	open   []byte // records that do not fill a block yet
	blocks []block
}

// block is a run of records in the file.
type block struct {
	first  schema.Key // least key, once sorted
	offset int64
	size   int
}

const (
	recordBytes  = 16 + 8 + 8 + 8 + 4
	blockRecords = 128
	blockBytes   = blockRecords * recordBytes
	// partRecords is how many records a part has on average, at most.
	partRecords = 1 << 16
)

// newIndex makes an index for n jobs that takes some bytes of memory, and what
// is beyond that from a file in dir.
func newIndex(n, memory int64, dir string) (*index, error) {
	if n*recordBytes <= memory {
		return &index{jobs: make([]publishedJob, 0, n)}, nil
	}
	x := &index{file: &spill.File{Dir: dir}, shift: 64, parts: []*part{{}}}
	for n/int64(len(x.parts)) > partRecords {
		x.shift--
		x.parts = append(x.parts, x.parts...)
	}
	for i := range x.parts {
		x.parts[i] = &part{open: make([]byte, 0, blockBytes)}
	}
	return x, nil
}

func (x *index) add(job *publishedJob) error {
	if x.file == nil {
		x.jobs = append(x.jobs, *job)
		return nil
	}
	p := x.part(job.key)
	p.open = job.encode(p.open)
	if len(p.open) < blockBytes {
		return nil
	}
	return x.writeBlock(p)
}

func (x *index) part(key schema.Key) *part {
	return x.parts[binary.BigEndian.Uint64(key[:])>>x.shift]
}

func (x *index) writeBlock(p *part) error {
	offset, err := x.file.Append(p.open)
	if err != nil {
		return fmt.Errorf("spill keys of published jobs: %w", err)
	}
	p.blocks = append(p.blocks, block{offset: offset, size: len(p.open)})
	p.open = p.open[:0]
	return nil
}

// sort is called when all jobs are added.
func (x *index) sort() error {
	slices.SortFunc(x.jobs, compareKeys)
	var jobs []publishedJob
	var scratch []byte
	for _, p := range x.parts {
		if len(p.open) > 0 {
			if err := x.writeBlock(p); err != nil {
				return err
			}
		}
		p.open = nil
		var err error
		if jobs, scratch, err = x.sortPart(p, jobs, scratch); err != nil {
			return err
		}
	}
	return nil
}

// sortPart reads a part, and writes it back sorted into the same places.
func (x *index) sortPart(p *part, jobs []publishedJob, scratch []byte) ([]publishedJob, []byte, error) {
	jobs = jobs[:0]
	for _, b := range p.blocks {
		var err error
		if scratch, err = x.readBlock(b, scratch); err != nil {
			return nil, nil, err
		}
		for rest := scratch; len(rest) > 0; rest = rest[recordBytes:] {
			jobs = append(jobs, decodeJob(rest))
		}
	}
	slices.SortFunc(jobs, compareKeys)
	rest := jobs
	for i := range p.blocks {
		b := &p.blocks[i]
		b.first, scratch = rest[0].key, scratch[:0]
		for range b.size / recordBytes {
			scratch = rest[0].encode(scratch)
			rest = rest[1:]
		}
		if _, err := x.file.WriteAt(scratch, b.offset); err != nil {
			return nil, nil, fmt.Errorf("spill keys of published jobs: %w", err)
		}
	}
	return jobs, scratch, nil
}

func (x *index) readBlock(b block, scratch []byte) ([]byte, error) {
	scratch = slices.Grow(scratch[:0], b.size)[:b.size]
	if _, err := x.file.ReadAt(scratch, b.offset); err != nil {
		return nil, fmt.Errorf("read spilled keys of published jobs: %w", err)
	}
	return scratch, nil
}

// find gives the job with a key, false where there is none. Where the file
// cannot be read it says false, too, and err says why.
func (x *index) find(key schema.Key) (publishedJob, bool) {
	if x.file == nil {
		i, ok := slices.BinarySearchFunc(x.jobs, key, func(job publishedJob, key schema.Key) int {
			return slices.Compare(job.key[:], key[:])
		})
		if !ok {
			return publishedJob{}, false
		}
		return x.jobs[i], true
	}
	blocks := x.part(key).blocks
	i, exact := slices.BinarySearchFunc(blocks, key, func(b block, key schema.Key) int {
		return slices.Compare(b.first[:], key[:])
	})
	if !exact {
		i--
	}
	if i < 0 {
		return publishedJob{}, false
	}
	var buffer [blockBytes]byte
	records, err := x.readBlock(blocks[i], buffer[:])
	if err != nil {
		x.failed.CompareAndSwap(nil, &err)
		return publishedJob{}, false
	}
	i, ok := sort.Find(len(records)/recordBytes, func(i int) int {
		return bytes.Compare(key[:], records[i*recordBytes:][:len(key)])
	})
	if !ok {
		return publishedJob{}, false
	}
	return decodeJob(records[i*recordBytes:]), true
}

// err is why an earlier find may have been wrong, nil where all were right.
func (x *index) err() error {
	if x == nil || x.failed.Load() == nil {
		return nil
	}
	return *x.failed.Load()
}

// close gives back memory and disk.
func (x *index) close() error {
	if x == nil || x.file == nil {
		return nil
	}
	return x.file.Close()
}

func compareKeys(a, b publishedJob) int {
	return cmp.Or(
		cmp.Compare(binary.BigEndian.Uint64(a.key[:8]), binary.BigEndian.Uint64(b.key[:8])),
		cmp.Compare(binary.BigEndian.Uint64(a.key[8:]), binary.BigEndian.Uint64(b.key[8:])),
	)
}

// encode appends the job's record.
func (j *publishedJob) encode(b []byte) []byte {
	b = append(append(b, j.key[:]...), j.content[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(j.times.observedAt))
	b = binary.LittleEndian.AppendUint64(b, uint64(j.times.firstSeen))
	return binary.LittleEndian.AppendUint32(b, j.shard)
}

func decodeJob(record []byte) publishedJob {
	return publishedJob{
		key: schema.Key(record[:16]), content: [8]byte(record[16:24]),
		times: publishedTimes{int64(binary.LittleEndian.Uint64(record[24:])), int64(binary.LittleEndian.Uint64(record[32:]))},
		shard: binary.LittleEndian.Uint32(record[40:]),
	}
}
