package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"callmill/pipeline/bench/internal/copies"
	"callmill/pipeline/simulate"
)

// Inputs, as reports name them.
const (
	simulatedInput = "simulated"
	repeatedInput  = "repeated"
	recutInput     = "recut"
	dayInput       = "day"
)

// inputNames are all inputs, in the order in which they are measured.
var inputNames = []string{simulatedInput, repeatedInput, recutInput, dayInput}

// input is a folder of responses.
type input struct {
	dir   string
	bytes int64
}

// input returns an input: that of an earlier run, or a new one. It is nil if there is
// nothing to make it of.
func (s settings) input(ctx context.Context, name string, notes io.Writer) (in *input, err error) {
	var dir string
	switch {
	case name == simulatedInput:
		dir, err = s.simulated(ctx, notes)
	case name == dayInput:
		if dir, err = s.simulated(ctx, notes); err == nil {
			dir, err = s.copied(ctx, name, dir, copies.Options{Turns: s.dayTurns, OneDay: true}, notes)
		}
	case name == recutInput && s.responses == "":
		if dir, err = s.simulated(ctx, notes); err == nil {
			dir, err = s.copied(ctx, name, dir, copies.Options{Turns: s.turns, Recut: true}, notes)
		}
	case name == recutInput:
		dir, err = s.copied(ctx, name, s.responses, copies.Options{Turns: s.turns, Recut: true}, notes)
	case s.responses == "":
		return nil, nil
	default:
		dir, err = s.repeated(ctx, notes)
	}
	if err != nil {
		return nil, err
	}
	bytes, err := folderBytes(dir, ".json")
	return &input{dir, bytes}, err
}

// simulated returns the folder of simulated responses.
func (s settings) simulated(ctx context.Context, notes io.Writer) (dir string, err error) {
	dir = filepath.Join(s.dir, "responses-"+strconv.Itoa(s.people))
	return dir, once(dir, notes, func(partial string) error {
		world, err := simulate.New(simulate.Options{People: s.people})
		if err != nil {
			return err
		}
		return world.WriteFiles(ctx, partial)
	})
}

// repeated returns the sample itself, if it is large enough, or copies of it.
func (s settings) repeated(ctx context.Context, notes io.Writer) (dir string, err error) {
	turns, err := copies.Turns(ctx, s.responses, s.turns)
	if err != nil || turns >= s.turns {
		return s.responses, err
	}
	return s.copied(ctx, repeatedInput, s.responses, copies.Options{Turns: s.turns}, notes)
}

// copied returns a folder of copies of a source, named by what they are, and by what
// the source was.
func (s settings) copied(ctx context.Context, name, source string, o copies.Options, notes io.Writer) (dir string, err error) {
	o.Seed = 1
	mark, err := fingerprint(source)
	if err != nil {
		return "", err
	}
	source = filepath.Clean(source)
	dir = filepath.Join(s.dir, fmt.Sprintf("%s-%s-%d-%08x", name, filepath.Base(source), o.Turns, mark))
	return dir, once(dir, notes, func(partial string) error {
		if err := os.RemoveAll(partial); err != nil {
			return err
		}
		_, err := copies.Write(ctx, source, partial, o)
		return err
	})
}

// once has a folder made that is not there. It gets its name once it is complete.
func once(dir string, notes io.Writer, create func(partial string) error) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fmt.Fprintln(notes, "writing", dir)
	partial := dir + ".partial"
	if err := create(partial); err != nil {
		return err
	}
	return os.Rename(partial, dir)
}

// fingerprint returns a number that tells a source from others, and from itself
// before it changed.
func fingerprint(source string) (uint32, error) {
	hash := fnv.New32a()
	entries, err := os.ReadDir(source)
	fmt.Fprintln(hash, copies.Format)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		fmt.Fprintln(hash, e.Name(), info.Size(), info.ModTime().UnixNano())
	}
	return hash.Sum32(), err
}

// folderBytes returns the size of the files below a folder with an extension.
func folderBytes(dir, extension string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || filepath.Ext(path) != extension {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
