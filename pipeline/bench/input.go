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
)

// responses are the input of all runs.
type responses struct {
	dir   string
	bytes int64
}

// buildCallmill builds the command as the README says.
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

// simulated makes the responses, unless others were named or they are there
// from an earlier time. A folder gets its name when it is complete.
func simulated(ctx context.Context, s settings, notes io.Writer) (*responses, error) {
	if s.responses != "" {
		bytes, err := folderBytes(s.responses, ".json")
		return &responses{s.responses, bytes}, err
	}
	dir := filepath.Join(s.dir, "responses-"+strconv.Itoa(s.jobs))
	if _, err := os.Stat(dir); err != nil {
		fmt.Fprintf(notes, "simulating %d jobs in %s\n", s.jobs, dir)
		partial := dir + ".partial"
		cmd := exec.CommandContext(ctx, s.callmill, "simulate", "--write", partial, "--people", strconv.Itoa(s.jobs))
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("simulate responses: %w\n%s", err, text)
		}
		if err := os.Rename(partial, dir); err != nil {
			return nil, err
		}
	}
	bytes, err := folderBytes(dir, ".json")
	return &responses{dir, bytes}, err
}

// folderBytes adds up the files below a folder with the given extension.
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
