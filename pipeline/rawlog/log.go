package rawlog

import (
	"bytes"
	"cmp"
	"errors"
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
	Run string // the run that writes: the name of its folder
	// Resume is a run that never finished: its folder becomes Run's, and its
	// lines can be looked up. "" is none.
	Resume string
	// Question is what the run asks for, on one line: only a run with the same one
	// resumes it, see [Unfinished]. "" is [Nightly].
	Question string

	// Inputs says that the lines are schema.InputLine: what a run read from files,
	// which nothing resumes. They are on disk when the log is closed.
	Inputs bool

	// FileBytes is the size from which a file gets no further group; 0 is 64 MiB.
	FileBytes int64

	FS durable.FS // nil is the machine's
}

// Log is the folder of one run: lines are appended to it, and those of the run it
// resumes can be looked up. Safe for concurrent use.
type Log struct {
	o      Options
	folder string
	kept   *kept

	disk    sync.Mutex // for what is below
	encoder *zstd.Encoder
	file    durable.File // nil: the next group makes one
	number  int          // of the last file
	size    int64        // of file
	frames  bytes.Buffer // of a group

	mu    sync.Mutex // for what is below; taken after disk
	group *group     // lines that arrive join it
	err   error      // the first one; nothing is appended after it
}

// group is lines that are written at once, in one frame or, where they are long,
// several. They belong to the callers of Append, which wait for the group.
type group struct {
	lines   [][]byte
	written bool // written and err are guarded by Log.disk
	err     error
}

// frameText is how much text goes into one frame, in bytes, unless a single line
// is longer: a frame is decompressed whole, within maxText.
const frameText = 16 << 20

// spareBytes is how much memory is kept for the next frame: after a huge response
// it is released.
const spareBytes = 4 << 20

// newEncoder returns what makes frames: with a checksum, see frames.
func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
}

// Open prepares the folder of a run. It reads every line of a run that is
// resumed once, and cuts off what was torn when that ended. The folder of a run
// that resumes nothing is made with its first group.
func Open(o Options) (*Log, error) {
	o.FileBytes, o.FS = cmp.Or(o.FileBytes, 64<<20), cmp.Or(o.FS, durable.FS(durable.OS{}))
	o.Question = cmp.Or(o.Question, Nightly)
	encoder, err := newEncoder()
	if err != nil {
		return nil, err
	}
	l := &Log{o: o, folder: filepath.Join(o.Dir, o.Run), encoder: encoder, group: &group{}}
	if err := durable.MkdirAll(o.FS, o.Dir, folderMode); err != nil {
		return nil, fmt.Errorf("open raw log: %w", err)
	}
	if l.kept, err = newKept(); err != nil {
		return nil, err
	}
	if o.Resume == "" {
		return l, nil
	}
	if err := l.takeOver(); err != nil {
		l.Close()
		return nil, fmt.Errorf("resume run %s: %w", o.Resume, err)
	}
	return l, nil
}

// takeOver gives the folder of the run that is resumed this run's name. A crash
// leaves it under one of the two names; [Unfinished] finds it under both.
func (l *Log) takeOver() error {
	if l.o.Resume != l.o.Run {
		err := durable.ChangeDir(l.o.FS, l.o.Dir, func() error {
			return l.o.FS.Rename(filepath.Join(l.o.Dir, l.o.Resume), l.folder)
		})
		if err != nil {
			return err
		}
	}
	entries, err := durable.ReadDir(l.o.FS, l.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(l.folder, entry.Name())
		number, ok := fileNumber(entry.Name())
		switch {
		case durable.IsTemp(entry.Name()):
			err = l.o.FS.Remove(path)
		case ok:
			l.number = max(l.number, number)
			err = l.kept.read(l.o.FS, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Append keeps a line, given without its line break, and returns when it is on
// disk, in one group with the lines that are appended at the same time. It does
// not retain the line. After an error nothing more is kept: the run has to end.
func (l *Log) Append(line []byte) error {
	g, err := l.gather(line)
	if err != nil {
		return err
	}
	// While a group is written the callers of the next wait here; the first to
	// continue writes it for all of them.
	l.disk.Lock()
	defer l.disk.Unlock()
	if !g.written {
		l.write(g)
	}
	return g.err
}

// gather adds a line to the group that is written next.
func (l *Log) gather(line []byte) (*group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return nil, l.err
	}
	l.group.lines = append(l.group.lines, line)
	return l.group, nil
}

// write writes the group g, which lines have joined; later ones join another.
func (l *Log) write(g *group) {
	l.mu.Lock()
	l.group = &group{}
	err := l.err
	l.mu.Unlock()

	// Nothing may follow a frame that may be torn.
	if err == nil {
		if err = l.writeLines(g.lines); err != nil {
			err = fmt.Errorf("keep responses: %w", err)
		}
	}
	g.written, g.err = true, err

	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// writeLines appends lines to the file. A crash here leaves the file with some of
// their frames at its end, the last of them torn.
func (l *Log) writeLines(lines [][]byte) error {
	if err := l.openFile(); err != nil {
		return err
	}
	if err := l.encode(lines); err != nil {
		return err
	}
	if _, err := l.file.Write(l.frames.Bytes()); err != nil {
		return err
	}
	if !l.o.Inputs {
		if err := l.file.Sync(); err != nil {
			return err
		}
	}
	l.size += int64(l.frames.Len())
	if l.size < l.o.FileBytes {
		return nil
	}
	err := l.closeFile()
	l.file, l.size = nil, 0
	return err
}

// encode fills frames with some lines.
func (l *Log) encode(lines [][]byte) error {
	if l.frames.Cap() > spareBytes {
		l.frames = bytes.Buffer{}
	}
	l.frames.Reset()
	l.encoder.Reset(&l.frames)
	text := 0
	for i, line := range lines {
		if text += len(line); i > 0 && text > frameText {
			if err := l.encoder.Close(); err != nil {
				return err
			}
			l.encoder.Reset(&l.frames)
			text = len(line)
		}
		if _, err := l.encoder.Write(line); err != nil {
			return err
		}
		if _, err := l.encoder.Write([]byte{'\n'}); err != nil {
			return err
		}
	}
	return l.encoder.Close()
}

// openFile creates the next file unless one is open, and puts its name on disk. The
// files of a run that is resumed are left as they are.
func (l *Log) openFile() error {
	if l.file != nil {
		return nil
	}
	if err := l.makeFolder(); err != nil {
		return err
	}
	l.number++
	return durable.ChangeDir(l.o.FS, l.folder, func() (err error) {
		l.file, err = l.o.FS.Create(filepath.Join(l.folder, l.fileName()), fileMode)
		return err
	})
}

// makeFolder creates the folder of a run unless it is there. Its question is on disk
// before the first response.
func (l *Log) makeFolder() error {
	if err := durable.MkdirAll(l.o.FS, l.folder, folderMode); err != nil || l.o.Inputs || l.number > 0 {
		return err
	}
	return durable.WriteFile(l.o.FS, filepath.Join(l.folder, questionFile), []byte(l.o.Question+"\n"), fileMode)
}

func (l *Log) fileName() string {
	if l.o.Inputs {
		return inputPrefix + fileName(l.number)
	}
	return fileName(l.number)
}

// closeFile closes the file, all of which is on disk then.
func (l *Log) closeFile() error {
	var err error
	if l.o.Inputs {
		err = l.file.Sync()
	}
	return errors.Join(err, l.file.Close())
}

// Remove removes the folder of the run. The log has been closed.
func (l *Log) Remove() error {
	if err := durable.RemoveAll(l.o.FS, l.folder); err != nil {
		return fmt.Errorf("remove what was kept: %w", err)
	}
	return nil
}

// Close closes the files: Line and Append fail from then on. No Append may be in
// progress.
func (l *Log) Close() (err error) {
	l.disk.Lock()
	defer l.disk.Unlock()
	if l.file != nil {
		err = l.closeFile()
		l.file = nil
	}
	l.kept.close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = fmt.Errorf("keep responses: %w", fs.ErrClosed)
	}
	return err
}
