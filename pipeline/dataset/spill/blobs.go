package spill

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
)

// Blobs keeps byte strings: in memory up to Memory bytes, the others in a file.
// It is safe for concurrent use.
type Blobs struct {
	Dir    string // of the file
	Memory int64

	mu   sync.Mutex
	used int64
	held [][]byte
	file File
}

// Ref identifies a blob within its Blobs. It is never negative.
type Ref int64

// onDisk marks a Ref whose other bits are an offset in the file; without it they
// are an index into held.
const onDisk = 1

const lengthBytes = 4

// Put keeps a copy of b, which is shorter than 4 GiB.
func (s *Blobs) Put(b []byte) (Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used+int64(len(b)) <= s.Memory {
		s.used += int64(len(b))
		s.held = append(s.held, slices.Clone(b))
		return Ref(len(s.held)-1) << 1, nil
	}
	s.file.Dir = s.Dir
	framed := binary.LittleEndian.AppendUint32(make([]byte, 0, lengthBytes+len(b)), uint32(len(b)))
	offset, err := s.file.Append(append(framed, b...))
	if err != nil {
		return 0, fmt.Errorf("spill %d bytes: %w", len(b), err)
	}
	return Ref(offset<<1 | onDisk), nil
}

// Get returns a blob, which the caller must not modify.
func (s *Blobs) Get(ref Ref) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ref&onDisk == 0 {
		return s.held[ref>>1], nil
	}
	offset := int64(ref >> 1)
	var length [lengthBytes]byte
	if _, err := s.file.ReadAt(length[:], offset); err != nil {
		return nil, fmt.Errorf("read spilled bytes: %w", err)
	}
	b := make([]byte, binary.LittleEndian.Uint32(length[:]))
	if len(b) == 0 {
		return b, nil
	}
	if _, err := s.file.ReadAt(b, offset+lengthBytes); err != nil {
		return nil, fmt.Errorf("read %d spilled bytes: %w", len(b), err)
	}
	return b, nil
}

// Close frees memory and disk space.
func (s *Blobs) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = nil
	return s.file.Close()
}
