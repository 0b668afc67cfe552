package simulate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"callmill/pipeline/simulate/response"
	"callmill/schema"
)

// JobsPerFile is the maximum number of jobs in a written response.
const JobsPerFile = 50

// marker marks folders written by WriteFiles, which overwrites no others. Readers
// of saved responses skip names that begin with a dot.
const marker = ".callmill-simulated"

var (
	responseName  = regexp.MustCompile(`^resp-[0-9]{5,}\.json$`)
	temporaryName = regexp.MustCompile(`^\.resp-[0-9]{5,}\.json\.tmp$`)
)

// WriteFiles writes all jobs as saved ListJobs responses, resp-00001.json and so
// on, by index. It creates the folder if it is missing, and replaces the files of
// an earlier WriteFiles; a folder with any other file is an error and left
// unchanged. Each file appears whole or not at all.
func (w *World) WriteFiles(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write simulated responses: %w", err)
	}
	if err := clearOwn(dir); err != nil {
		return fmt.Errorf("write simulated responses: %w", err)
	}
	note := "callmill simulate wrote this folder and may replace what is in it.\n"
	if err := os.WriteFile(filepath.Join(dir, marker), []byte(note), 0o600); err != nil {
		return fmt.Errorf("write simulated responses: %w", err)
	}
	made := w.newMaker()
	var body []byte
	for n, first := 0, 0; first < w.Len(); n, first = n+1, first+JobsPerFile {
		if err := ctx.Err(); err != nil {
			return err
		}
		upTo := min(first+JobsPerFile, w.Len())
		body = response.Append(body[:0], w.id(requestIDs, uint64(n)), func(yield func(*schema.Job) bool) {
			for i := first; i < upTo; i++ {
				if job, _ := made.job(i); !yield(job) {
					return
				}
			}
		})
		if err := writeWhole(dir, fmt.Sprintf("resp-%05d.json", n+1), body); err != nil {
			return fmt.Errorf("write simulated responses: %w", err)
		}
	}
	return nil
}

// Responses returns how many responses of an earlier WriteFiles a folder has.
func Responses(dir string) (n int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, e := range entries {
		if responseName.MatchString(e.Name()) {
			n++
		}
	}
	return n, err
}

// clearOwn removes the files of an earlier run, or returns an error if there are
// others.
func clearOwn(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, marker)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not empty and was not written by callmill simulate (contains %s)", dir, entries[0].Name())
	} else if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != marker && !responseName.MatchString(e.Name()) && !temporaryName.MatchString(e.Name()) {
			return fmt.Errorf("%s contains %s, which is not a simulated response", dir, e.Name())
		}
	}
	for _, e := range entries {
		if e.Name() == marker {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func writeWhole(dir, name string, body []byte) error {
	temporary := filepath.Join(dir, "."+name+".tmp")
	if err := os.WriteFile(temporary, body, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(dir, name))
}
