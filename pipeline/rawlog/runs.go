package rawlog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/internal/durable"
)

// Names of runs begin with their timestamp, and sort by it.
var runName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]+$`)

// inputPrefix begins the names of files of schema.InputLine.
const inputPrefix = "input-"

func fileName(number int) string { return fmt.Sprintf("%05d.jsonl.zst", number) }

func fileNumber(name string) (number int, ok bool) {
	digits, ok := strings.CutSuffix(name, ".jsonl.zst")
	number, err := strconv.Atoi(digits)
	return number, ok && err == nil && fileName(number) == name
}

// Runs lists the runs of which something is kept in dir, a dataset's raw/, earliest
// first.
func Runs(dir string) ([]string, error) {
	names, err := runs(durable.OS{}, dir)
	if err != nil {
		return nil, fmt.Errorf("list kept responses: %w", err)
	}
	return names, nil
}

// Unfinished returns the latest run that never finished of those in dir, a
// dataset's raw/; "" where there is none. A run that read files is none: it has
// asked for nothing. finished reports whether what a run fetched is published.
func Unfinished(fsys durable.FS, dir string, finished func(run string) bool) (string, error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	runs, err := runs(fsys, dir)
	if err != nil {
		return "", fmt.Errorf("look for an unfinished run: %w", err)
	}
	for _, run := range slices.Backward(runs) {
		if finished(run) {
			continue
		}
		inputs, err := hasInputs(fsys, filepath.Join(dir, run))
		if err != nil {
			return "", fmt.Errorf("look for an unfinished run: %w", err)
		}
		if !inputs {
			return run, nil
		}
	}
	return "", nil
}

// hasInputs reports whether the folder of a run is of one that read files.
func hasInputs(fsys durable.FS, folder string) (bool, error) {
	entries, err := durable.ReadDir(fsys, folder)
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), inputPrefix) }), err
}

// Prune removes what all but the latest keep runs of a kind received, and returns the
// runs removed: of those that read files, if inputs, else of those that asked. The one
// that is spared, "" for none, counts as the latest, and stays regardless of keep. A
// crash leaves a part of a run, which a later call removes.
func Prune(fsys durable.FS, dir string, keep int, inputs bool, spared string) (removed []string, err error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	runs, err := runs(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("prune responses: %w", err)
	}
	var others []string
	for _, run := range runs {
		of, err := hasInputs(fsys, filepath.Join(dir, run))
		switch {
		case err != nil:
			return nil, fmt.Errorf("prune responses: %w", err)
		case run == spared:
			keep--
		case of == inputs:
			others = append(others, run)
		}
	}
	for _, run := range others[:max(0, len(others)-max(0, keep))] {
		if err := durable.RemoveAll(fsys, filepath.Join(dir, run)); err != nil {
			return removed, fmt.Errorf("prune responses: %w", err)
		}
		removed = append(removed, run)
	}
	return removed, nil
}

// runs lists the folders of runs, earliest first. Anything else in the folder is
// left alone.
func runs(fsys durable.FS, dir string) ([]string, error) {
	entries, err := durable.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && runName.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names, err
}
