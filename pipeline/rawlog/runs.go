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
	"time"

	"callmill/pipeline/internal/durable"
)

// Names of runs begin with their timestamp, and sort by it.
var runName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]+$`)

// inputPrefix begins the names of files of schema.InputLine.
const inputPrefix = "input-"

// Began returns when a run began, as its name says.
func Began(run string) (time.Time, error) {
	at, _, _ := strings.Cut(run, "-")
	return time.Parse("20060102T150405Z", at)
}

// Drop removes what a run in dir received. A crash leaves a part of it, which a later
// call removes.
func Drop(fsys durable.FS, dir, run string) error {
	if err := durable.RemoveAll(fsys, filepath.Join(dir, run)); err != nil {
		return fmt.Errorf("remove what run %s received: %w", run, err)
	}
	return nil
}

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

// Nightly is the question of a run that fetches what is due, and of a folder that
// does not say its question: programs before this one wrote none.
const Nightly = "nightly"

// questionFile holds the question of a run in its folder. Its name is hidden, so that
// converting the folder passes over it.
const questionFile = ".question"

// Unfinished returns the latest run that never finished of those in dir, a
// dataset's raw/, that asked the question, as [Options] have it; "" where there is
// none. A run that read files is none: it has asked for nothing. finished reports
// whether what a run fetched is published.
func Unfinished(fsys durable.FS, dir, question string, finished func(run string) bool) (string, error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	runs, err := runs(fsys, dir)
	if err != nil {
		return "", fmt.Errorf("look for an unfinished run: %w", err)
	}
	for _, run := range slices.Backward(runs) {
		if finished(run) {
			continue
		}
		f, err := look(fsys, filepath.Join(dir, run))
		if err != nil {
			return "", fmt.Errorf("look for an unfinished run: %w", err)
		}
		if f.responses && !f.inputs && f.question == cmp.Or(question, Nightly) {
			return run, nil
		}
	}
	return "", nil
}

// folder is what the folder of a run tells of it.
type folder struct {
	inputs    bool // it read files
	responses bool // some are kept
	question  string
}

func look(fsys durable.FS, path string) (f folder, err error) {
	entries, err := durable.ReadDir(fsys, path)
	if err != nil {
		return f, err
	}
	f.question = Nightly
	for _, e := range entries {
		_, numbered := fileNumber(e.Name())
		f.responses = f.responses || numbered
		f.inputs = f.inputs || strings.HasPrefix(e.Name(), inputPrefix)
		if e.Name() != questionFile {
			continue
		}
		text, err := durable.ReadFile(fsys, filepath.Join(path, questionFile))
		if err != nil {
			return f, err
		}
		f.question = strings.TrimSuffix(string(text), "\n")
	}
	return f, nil
}

// Expire removes the runs of which something is older than an instant, see [Older], and
// returns them.
func Expire(fsys durable.FS, dir string, before time.Time) (removed []string, err error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	old, err := Older(fsys, dir, before)
	if err != nil {
		return nil, fmt.Errorf("remove old responses: %w", err)
	}
	for _, run := range old {
		removed = append(removed, run)
		if err := Drop(fsys, dir, run); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// Older lists the runs that began before an instant, or of which something was written
// before it: of what a run took over from others that is when it was received.
func Older(fsys durable.FS, dir string, before time.Time) (old []string, err error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	runs, err := runs(fsys, dir)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		at, err := oldest(fsys, filepath.Join(dir, run))
		if err != nil {
			return nil, err
		}
		// A file may have been written again, without somebody who was erased.
		if began, err := Began(run); err == nil && (at.IsZero() || began.Before(at)) {
			at = began
		}
		if !at.IsZero() && at.Before(before) {
			old = append(old, run)
		}
	}
	return old, nil
}

// oldest returns when the file in a folder was written that was written first; the zero
// time where there is none.
func oldest(fsys durable.FS, folder string) (at time.Time, err error) {
	entries, err := durable.ReadDir(fsys, folder)
	if err != nil {
		return at, err
	}
	for _, e := range entries {
		info, err := fsys.Stat(filepath.Join(folder, e.Name()))
		if err != nil {
			return at, err
		}
		if at.IsZero() || info.ModTime().Before(at) {
			at = info.ModTime()
		}
	}
	return at, nil
}

// waitsFor is how long an unfinished run waits for its question to be asked again.
const waitsFor = 7 * 24 * time.Hour

// Spare says which runs stay when others are pruned.
type Spare struct {
	Keep   int  // how many, the latest of a kind
	Inputs bool // of the runs that read files; else of those that asked
	// Run is the one that prunes, "" for none. It counts as the latest, and stays
	// regardless of Keep, unless Done.
	Run  string
	Done bool // nothing is needed any more of what Run received
	// Question is that of Run: what asked it before and never finished is of no use
	// any more. One with another question that began in the time before Run that is Wait
	// stays, besides the Keep latest, unless Finished reports that it is published.
	Question string
	Wait     time.Duration         // 0: seven days
	Finished func(run string) bool // nil: all are
}

// Prune removes what all but some runs received, and returns the runs removed. A
// crash leaves a part of a run, which a later call removes.
func Prune(fsys durable.FS, dir string, spare Spare) (removed []string, err error) {
	fsys = cmp.Or(fsys, durable.FS(durable.OS{}))
	runs, err := runs(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("prune responses: %w", err)
	}
	keep := spare.Keep
	var others []string
	for _, run := range runs {
		f, err := look(fsys, filepath.Join(dir, run))
		switch {
		case err != nil:
			return nil, fmt.Errorf("prune responses: %w", err)
		case run == spare.Run && !spare.Done:
			keep--
		case f.inputs == spare.Inputs && !spare.waits(run, f):
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

// waits reports whether a run may still be resumed by its question.
func (s *Spare) waits(run string, f folder) bool {
	if s.Finished == nil || f.inputs || !f.responses || f.question == cmp.Or(s.Question, Nightly) {
		return false
	}
	then, err := Began(run)
	now, e := Began(s.Run)
	return err == nil && e == nil && now.Sub(then) < cmp.Or(s.Wait, waitsFor) && !s.Finished(run)
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
