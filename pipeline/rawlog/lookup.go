package rawlog

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// kept are the lines of the run that is resumed: where each is, and which
// requests they answer. Lines that are appended later are not included.
type kept struct {
	files    []durable.Reader
	lines    []position
	jobs     map[schema.Key]int // the latest line that answers for a job
	requests map[string][]int   // lines by requestKey
	actions  map[string][]int   // lines by action, but those of ListJobs

	mu      sync.Mutex // for what is below
	decoder *zstd.Decoder
	cached  place
	text    []byte // of the frame at cached
}

// maxText bounds the memory that a damaged frame may ask for, in bytes.
const maxText = 256 << 20

func newKept() (*kept, error) {
	decoder, err := newDecoder()
	if err != nil {
		return nil, err
	}
	return &kept{decoder: decoder, jobs: map[schema.Key]int{}, requests: map[string][]int{}, actions: map[string][]int{}}, nil
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderLowmem(true))
}

// place is a frame of a file, by its index in kept.files.
type place struct {
	file         int
	offset, size int64
}

// position is where a line is, in the text of a frame.
type position struct {
	place
	from, to   int
	observedAt int64
}

// Job finds the latest line that answers for a job: its number for [Log.Line],
// and when it was received, in ms. A response without the job answers for it as
// well: the API does not know it.
func (l *Log) Job(instanceID, jobID string) (line int, observedAt int64, ok bool) {
	line, ok = l.kept.jobs[schema.JobKey(nil, instanceID, jobID)]
	if !ok {
		return 0, 0, false
	}
	return line, l.kept.lines[line].observedAt, true
}

// Request finds a line that answers a request of another action. Lists are read
// more than once while they move: nth is which of the answers to the same
// request is wanted, from 0 in their order.
func (l *Log) Request(instanceID, action string, asked schema.RawAsked, nth int) (line int, observedAt int64, ok bool) {
	lines := l.kept.requests[requestKey(instanceID, action, asked)]
	if nth >= len(lines) {
		return 0, 0, false
	}
	return lines[nth], l.kept.lines[lines[nth]].observedAt, true
}

// Lines returns the numbers of the lines of an action other than ListJobs, in
// their order.
func (l *Log) Lines(action string) []int { return slices.Clone(l.kept.actions[action]) }

// Line returns a line by its number, without a line break; lines are numbered in
// the order in which they were appended. It belongs to the caller.
func (l *Log) Line(n int) ([]byte, error) {
	p := l.kept.lines[n]
	text, err := l.kept.load(p.place)
	if err != nil {
		return nil, fmt.Errorf("read kept line %d: %w", n, err)
	}
	return bytes.Clone(text[p.from:p.to]), nil
}

// load decompresses a frame, or returns the last one again. The result is not
// modified later.
func (k *kept) load(at place) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text != nil && k.cached == at {
		return k.text, nil
	}
	compressed := make([]byte, at.size)
	if _, err := k.files[at.file].ReadAt(compressed, at.offset); err != nil {
		return nil, err
	}
	text, err := k.decoder.DecodeAll(compressed, nil)
	if err != nil {
		return nil, err
	}
	k.cached, k.text = at, text
	return text, nil
}

func (k *kept) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.files {
		f.Close()
	}
	k.decoder.Close()
	k.files = nil
}
