package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// kept are the lines of the run that is resumed: where each lies, and which
// requests they answer. What is appended later is not among them.
type kept struct {
	files    []durable.Reader
	lines    []position
	jobs     map[schema.Key]int
	requests map[string][]int

	mu      sync.Mutex // for what is below
	decoder *zstd.Decoder
	cached  place
	text    []byte // of the frame at cached
}

// place is a frame of a file.
type place struct {
	file int
	frame
}

// position is where a line lies, in the text of a frame.
type position struct {
	place
	from, to   int
	observedAt int64
}

// maxText bounds what a damaged frame may ask for, in bytes.
const maxText = 256 << 20

// Job finds the latest line that answers for a job: the number of the line for
// [Spool.Line], and when it was received, in ms. An answer that does not hold
// the job answers for it, too: the API does not know it.
func (s *Spool) Job(instanceID, jobID string) (line int, observedAt int64, ok bool) {
	line, ok = s.kept.jobs[schema.JobKey(nil, instanceID, jobID)]
	if !ok {
		return 0, 0, false
	}
	return line, s.kept.lines[line].observedAt, true
}

// Request finds the line that answers a request of another action. Lists are
// read more than once while they move: nth is which of the answers to this
// very request is wanted, from 0 in their order.
func (s *Spool) Request(instanceID, action string, asked schema.RawAsked, nth int) (line int, observedAt int64, ok bool) {
	lines := s.kept.requests[requestKey(instanceID, action, asked)]
	if nth >= len(lines) {
		return 0, 0, false
	}
	return lines[nth], s.kept.lines[lines[nth]].observedAt, true
}

// Line gives a line by its number, without a line break; lines are numbered in
// the order in which they were appended. It is the caller's.
func (s *Spool) Line(n int) ([]byte, error) {
	p := s.kept.lines[n]
	text, err := s.kept.load(p.place)
	if err != nil {
		return nil, fmt.Errorf("read spooled line %d: %w", n, err)
	}
	return bytes.Clone(text[p.from:p.to]), nil
}

// load decompresses a frame, or gives the one that was asked for last. What it
// gives is not written to any more.
func (k *kept) load(at place) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text != nil && k.cached == at {
		return k.text, nil
	}
	text, err := k.decompress(k.files[at.file], at.frame)
	if err != nil {
		return nil, err
	}
	k.cached, k.text = at, text
	return text, nil
}

func (k *kept) decompress(r io.ReaderAt, f frame) ([]byte, error) {
	if k.decoder == nil {
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxText), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		k.decoder = decoder
	}
	compressed := make([]byte, f.size)
	if err := readFull(r, compressed, f.offset); err != nil {
		return nil, err
	}
	text, err := k.decoder.DecodeAll(compressed, nil)
	if err != nil {
		return nil, errTorn
	}
	return text, nil
}

// read notes the lines of one file, and cuts off what is torn at its end.
func (k *kept) read(fsys durable.FS, path string) error {
	file, err := fsys.Open(path)
	if err != nil {
		return err
	}
	end, err := k.index(file)
	if err != nil {
		file.Close()
		return fmt.Errorf("read %s: %w", path, err)
	}
	info, err := file.Stat()
	if err != nil || info.Size() == end {
		k.files = append(k.files, file)
		return err
	}
	if err := cut(fsys, path, file, end); err != nil {
		return err
	}
	if end == 0 {
		return nil
	}
	whole, err := fsys.Open(path)
	if err == nil {
		k.files = append(k.files, whole)
	}
	return err
}

// index notes the lines of the file that will be the next of k.files, and
// where its whole frames end.
func (k *kept) index(file durable.Reader) (end int64, err error) {
	for {
		f, err := frameAt(file, end)
		if errors.Is(err, errTorn) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		at := place{len(k.files), f}
		text, err := k.decompress(file, f)
		if errors.Is(err, errTorn) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		k.note(at, text)
		end += f.size
	}
}

// note puts the lines of a frame into the indexes.
func (k *kept) note(at place, text []byte) {
	from := 0
	for line := range bytes.Lines(text) {
		to := from + len(line)
		k.answer(position{place: at, from: from, to: from + len(bytes.TrimRight(line, "\n"))}, line)
		from = to
	}
}

// answer notes what a line answers. One that is no raw line answers nothing.
func (k *kept) answer(p position, text []byte) {
	var line schema.RawLine
	if json.Unmarshal(text, &line) != nil {
		return
	}
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil {
		return
	}
	p.observedAt = at.UnixMilli()
	n := len(k.lines)
	k.lines = append(k.lines, p)
	if k.jobs == nil {
		k.jobs, k.requests = map[schema.Key]int{}, map[string][]int{}
	}
	if line.Action != schema.ActionListJobs {
		key := requestKey(line.InstanceID, line.Action, line.Asked)
		k.requests[key] = append(k.requests[key], n)
		return
	}
	if line.Unfetched() != nil {
		return // an id that was given up deserves another try
	}
	for _, id := range line.Asked.JobIDs {
		k.jobs[schema.JobKey(nil, line.InstanceID, id)] = n
	}
}

func requestKey(instanceID, action string, asked schema.RawAsked) string {
	text, _ := json.Marshal(asked) // maps are marshalled in the order of their keys
	return instanceID + "\x00" + action + "\x00" + string(text)
}

func (k *kept) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.files {
		f.Close()
	}
	if k.decoder != nil {
		k.decoder.Close()
	}
	k.files, k.decoder = nil, nil
}

// cut replaces a file by its first bytes, or removes it where there are none.
func cut(fsys durable.FS, path string, file durable.Reader, end int64) error {
	whole := make([]byte, end)
	err := readFull(file, whole, 0)
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if end > 0 {
		return durable.WriteFile(fsys, path, whole, fileMode)
	}
	if err := fsys.Remove(path); err != nil {
		return err
	}
	return durable.SyncDir(fsys, filepath.Dir(path))
}
