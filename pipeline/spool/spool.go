package spool

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

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

	// FileBytes is how large a file may be for another group; 0 is 64 MiB.
	FileBytes int64

	FS durable.FS // nil is the machine's
}

func (o Options) withDefaults() Options {
	if o.FileBytes <= 0 {
		o.FileBytes = 64 << 20
	}
	if o.FS == nil {
		o.FS = durable.OS{}
	}
	return o
}

// Spool is the folder of one run: lines are appended to it, and those of the
// run it resumes can be looked up. Its methods may be called from several
// goroutines.
type Spool struct {
	o      Options
	folder string
	kept   kept

	disk    sync.Mutex // for what is below
	encoder *zstd.Encoder
	file    durable.File // nil: the next group makes one
	number  int          // of the last file
	size    int64        // of the file
	frames  bytes.Buffer // of a group

	mu    sync.Mutex // for what is below; taken after disk
	group *group     // that gathers
	err   error      // the first one; nothing is appended after it
}

// group is lines that are written at once, in one frame or, where they are
// long, several. They are those of their callers, who wait for it.
type group struct {
	lines   [][]byte
	written bool // these two under Spool.disk
	err     error
}

// mostText is how much of a group goes into one frame, in bytes, unless a line
// alone is longer: a frame is read whole, within maxText.
const mostText = 16 << 20

// mostSpare is how much memory is kept for the next frame, in bytes: huge
// responses are not paid for all night.
const mostSpare = 4 << 20

// Open prepares the folder of a run. Of a run that is resumed it reads every
// line once; what was torn when it ended is cut off. The folder of a run that
// resumes nothing is made with its first group.
func Open(o Options) (*Spool, error) {
	o = o.withDefaults()
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	s := &Spool{o: o, folder: filepath.Join(o.Dir, o.Run), encoder: encoder, group: &group{}}
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
		if err := durable.SyncDir(s.o.FS, s.o.Dir); err != nil {
			return err
		}
	}
	entries, err := durable.ReadDir(s.o.FS, s.folder)
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

// Append keeps a line, given without its line break, and returns when it is on
// disk: it is one of a group with what others append meanwhile. It does not
// hold on to the line. After an error nothing more is kept: the run has to
// end.
func (s *Spool) Append(line []byte) error {
	g, err := s.gather(line)
	if err != nil {
		return err
	}
	// While a group is written the next gathers here; the first that gets in
	// writes it for all of them.
	s.disk.Lock()
	defer s.disk.Unlock()
	if !g.written {
		s.write(g)
	}
	return g.err
}

// gather puts a line into the group that is written next.
func (s *Spool) gather(line []byte) (*group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	s.group.lines = append(s.group.lines, line)
	return s.group, nil
}

// write writes the group that gathers; the next lines are another's.
func (s *Spool) write(g *group) {
	s.mu.Lock()
	s.group = &group{}
	err := s.err
	s.mu.Unlock()

	// Nothing follows a frame that is perhaps torn.
	if err == nil {
		if err = s.writeLines(g.lines); err != nil {
			err = fmt.Errorf("keep responses: %w", err)
		}
	}
	g.written, g.err = true, err

	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// writeLines puts lines into the file. A crash here leaves the file with some
// of their frames at its end, the last of them torn.
func (s *Spool) writeLines(lines [][]byte) error {
	if err := s.openFile(); err != nil {
		return err
	}
	if err := s.encode(lines); err != nil {
		return err
	}
	if _, err := s.file.Write(s.frames.Bytes()); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	if s.size == 0 { // the file's name, too
		if err := durable.SyncDir(s.o.FS, s.folder); err != nil {
			return err
		}
	}
	s.size += int64(s.frames.Len())
	if s.size < s.o.FileBytes {
		return nil
	}
	err := s.file.Close()
	s.file, s.size = nil, 0
	return err
}

// encode makes the frames of some lines.
func (s *Spool) encode(lines [][]byte) error {
	if s.frames.Cap() > mostSpare {
		s.frames = bytes.Buffer{}
	}
	s.frames.Reset()
	s.encoder.Reset(&s.frames)
	text := 0
	for i, line := range lines {
		if text += len(line); i > 0 && text > mostText {
			if err := s.encoder.Close(); err != nil {
				return err
			}
			s.encoder.Reset(&s.frames)
			text = len(line)
		}
		if _, err := s.encoder.Write(line); err != nil {
			return err
		}
		if _, err := s.encoder.Write([]byte{'\n'}); err != nil {
			return err
		}
	}
	return s.encoder.Close()
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

// Close closes the file. What was resumed can no longer be looked up with
// Line. No Append may be under way.
func (s *Spool) Close() (err error) {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.file != nil {
		err = s.file.Close()
		s.file = nil
	}
	s.kept.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = fmt.Errorf("keep responses: %w", fs.ErrClosed)
	}
	return err
}
