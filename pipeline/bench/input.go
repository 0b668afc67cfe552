package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"callmill/pipeline/simulate"
)

// responses are the input of every run.
type responses struct {
	dir   string
	bytes int64
}

// buildCallmill builds the command as described in the README.
func buildCallmill(ctx context.Context, dir string) (binary string, err error) {
	const command = "callmill/cmd/callmill"
	binary = filepath.Join(dir, "callmill")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, command)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build callmill: %w\n%s", err, text)
	}
	return binary, nil
}

// simulated returns the responses: those that were named, those of an earlier run,
// or new ones. A folder gets its name once it is complete.
func simulated(ctx context.Context, s settings, notes io.Writer) (*responses, error) {
	if s.responses != "" {
		bytes, err := folderBytes(s.responses, ".json")
		return &responses{s.responses, bytes}, err
	}
	dir := filepath.Join(s.dir, "responses-"+strconv.Itoa(s.jobs))
	if _, err := os.Stat(dir); err != nil {
		fmt.Fprintf(notes, "simulating %d jobs in %s\n", s.jobs, dir)
		partial := dir + ".partial"
		world, err := simulate.New(simulate.Options{People: s.jobs})
		if err != nil {
			return nil, err
		}
		if err := world.WriteFiles(ctx, partial); err != nil {
			return nil, err
		}
		if err := os.Rename(partial, dir); err != nil {
			return nil, err
		}
	}
	bytes, err := folderBytes(dir, ".json")
	return &responses{dir, bytes}, err
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
