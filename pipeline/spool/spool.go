package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"callmill/pipeline/internal/durable"
)

const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// Options say where responses are kept. Dir and Run are required.
type Options struct {
	Dir string // raw/ of the dataset; made where it is missing
	Run string // the run that writes, the name of its folder
	// Resume is a run that never finished: its folder becomes Run's, and what
	// is in it can be looked up. "" is none.
	Resume string

	// A group ends with the line that makes it this old, this long or this
	// large; 0 is 32 lines, 1 MiB, 1 s.
	GroupLines int
	GroupBytes int
	GroupAge   time.Duration
	// FileBytes is how large a file may be for another group; 0 is 64 MiB.
	FileBytes int64

	FS  durable.FS       // nil is the machine's
	Now func() time.Time // nil is time.Now
}

func (o Options) withDefaults() Options {
	if o.GroupLines <= 0 {
		o.GroupLines = 32
	}
	if o.GroupBytes <= 0 {
		o.GroupBytes = 1 << 20
	}
	if o.GroupAge <= 0 {
		o.GroupAge = time.Second
	}
	if o.FileBytes <= 0 {
		o.FileBytes = 64 << 20
	}
	if o.FS == nil {
		o.FS = durable.OS{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Spool is the folder of one run: lines are appended to it, and those of the
// run it resumes can be looked up. Its methods may be called from several
// goroutines; lines are kept in the order of the calls of Append.
type Spool struct {
	o      Options
	folder string
	kept   kept

	mu      sync.Mutex
	encoder *zstd.Encoder
	file    durable.File // nil: the next group makes one
	number  int          // of the last file
	size    int64        // of the file
	group   []byte       // lines that are not written yet
	lines   int          // in group
	since   time.Time    // of the first of them
	frame   []byte
	err     error // the first one; nothing is appended after it
}

// Open prepares the folder of a run. Of a run that is resumed it reads every
// line once; what was torn when it ended is cut off. The folder of a run that
// resumes nothing is made with its first group.
func Open(o Options) (*Spool, error) {
	o = o.withDefaults()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	s := &Spool{o: o, folder: filepath.Join(o.Dir, o.Run), encoder: encoder}
	if err := durable.MkdirAll(o.FS, o.Dir, folderMode); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	if o.Resume == "" {
		return s, nil
	}
	if err := s.takeOver(); err != nil {
		return nil, fmt.Errorf("resume run %s: %w", o.Resume, err)
	}
	return s, nil
}

// takeOver makes the folder of the run that is resumed this one's. A crash
// leaves it under one of the two names; [Unfinished] finds it under both.
func (s *Spool) takeOver() error {
	if s.o.Resume != s.o.Run {
		if err := s.o.FS.Rename(filepath.Join(s.o.Dir, s.o.Resume), s.folder); err != nil {
			return err
		}
		if err := s.o.FS.SyncDir(s.o.Dir); err != nil {
			return err
		}
	}
	entries, err := s.o.FS.ReadDir(s.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(s.folder, entry.Name())
		number, ok := fileNumber(entry.Name())
		switch {
		case durable.IsTemp(entry.Name()):
			err = s.o.FS.Remove(path)
		case ok:
			s.number = max(s.number, number)
			err = s.kept.read(s.o.FS, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Append keeps a line, given without its line break; it does not hold on to
// it. The line is safe when its group ended, or after Sync. After an error
// nothing more is kept: the run has to end.
func (s *Spool) Append(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if s.lines == 0 {
		s.since = s.o.Now()
	}
	s.group = append(append(s.group, line...), '\n')
	s.lines++
	if s.lines < s.o.GroupLines && len(s.group) < s.o.GroupBytes && s.o.Now().Sub(s.since) < s.o.GroupAge {
		return nil
	}
	return s.sync()
}

// Sync ends the group: all lines appended so far are on disk.
func (s *Spool) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sync()
}

func (s *Spool) sync() error {
	if s.err != nil || s.lines == 0 {
		return s.err
	}
	if err := s.write(); err != nil {
		s.err = fmt.Errorf("keep responses: %w", err)
		return s.err
	}
	if cap(s.group) > 4*s.o.GroupBytes {
		s.group, s.frame = nil, nil // one huge response is not paid for all night
	}
	s.group, s.lines = s.group[:0], 0
	return nil
}

// write puts the group into the file as a frame. A crash here leaves the file
// with a part of the frame at its end.
func (s *Spool) write() error {
	if err := s.openFile(); err != nil {
		return err
	}
	s.frame = s.encoder.EncodeAll(s.group, s.frame[:0])
	if _, err := s.file.Write(s.frame); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	if s.size == 0 { // the file's name, too
		if err := s.o.FS.SyncDir(s.folder); err != nil {
			return err
		}
	}
	s.size += int64(len(s.frame))
	if s.size < s.o.FileBytes {
		return nil
	}
	err := s.file.Close()
	s.file, s.size = nil, 0
	return err
}

// openFile makes the next file where there is none to go on with. The files of
// a run that is resumed are left as they are.
func (s *Spool) openFile() (err error) {
	if s.file != nil {
		return nil
	}
	if err := durable.MkdirAll(s.o.FS, s.folder, folderMode); err != nil {
		return err
	}
	s.number++
	s.file, err = s.o.FS.Create(filepath.Join(s.folder, fileName(s.number)), fileMode)
	return err
}

// Close syncs what was appended and closes the file. What was resumed can no
// longer be looked up with Line.
func (s *Spool) Close() error {
	err := s.Sync()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
	}
	s.kept.close()
	if s.err == nil {
		s.err = fmt.Errorf("keep responses: %w", fs.ErrClosed)
	}
	return err
}
