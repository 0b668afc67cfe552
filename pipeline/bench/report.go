package main

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// reportFormat is raised when a report of an older one would be misread.
const reportFormat = 1

// report is all that was measured, as --json writes it.
type report struct {
	Format   int           `json:"format"`
	Callmill build         `json:"callmill"`
	Baseline *build        `json:"baseline,omitempty"`
	OS       string        `json:"os"`
	Arch     string        `json:"arch"`
	CPUs     int           `json:"cpus"`
	Inputs   []inputResult `json:"inputs"`
}

// build is what a binary was made from. Commit is empty if it does not say.
type build struct {
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"` // there were changes that are not in the commit
	Go       string `json:"go"`
}

// inputResult is what was measured of an input.
type inputResult struct {
	Name        string   `json:"name"`
	Bytes       int64    `json:"bytes"`
	Contestants []result `json:"contestants"`
}

// result are the runs of a contestant, the first of them of the first round.
type result struct {
	Name   string    `json:"name"`
	Words  bool      `json:"words"`
	Rows   *rows     `json:"rows,omitempty"` // nil: it writes none
	Runs   []figures `json:"runs"`
	Median figures   `json:"median"` // of each figure by itself
}

// rows are how many a contestant wrote.
type rows struct {
	Jobs  int64 `json:"jobs"`
	Tasks int64 `json:"tasks"`
	Turns int64 `json:"turns"`
}

// figures are what a run took.
type figures struct {
	Wall    float64 `json:"wall_s"`
	CPU     float64 `json:"cpu_s"`         // user and system
	Memory  int64   `json:"peak_bytes"`    // 0: unknown
	Written int64   `json:"parquet_bytes"` // 0: none
}

// newReport returns a report of two binaries, the second of which may be "".
func newReport(callmill, baseline string) report {
	r := report{Format: reportFormat, Callmill: buildOf(callmill), OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
	if baseline != "" {
		b := buildOf(baseline)
		r.Baseline = &b
	}
	return r
}

// buildOf reads what Go writes into its binaries. A script that runs one says nothing.
func buildOf(binary string) build {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return build{Go: "unknown Go"}
	}
	b := build{Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// headBuild adds the commit of the repository to the build of what was just built from
// it: Go leaves it out in a worktree, and where GOFLAGS say so.
func headBuild(ctx context.Context, b build) build {
	if b.Commit != "" {
		return b
	}
	head, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	if err != nil {
		return b // no repository
	}
	changes, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--untracked-files=no").Output()
	b.Commit, b.Modified = strings.TrimSpace(string(head)), err != nil || len(changes) > 0
	return b
}

// String returns what tells builds apart.
func (b build) String() string {
	name := "unknown commit"
	if b.Commit != "" {
		name = b.Commit[:min(12, len(b.Commit))]
	}
	if b.Modified {
		name += " with changes"
	}
	return name + ", " + b.Go
}

// write writes a report to a file, if there is a name for one.
func (r report) write(file string) error {
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o666)
}

// readReport reads a report of this format.
func readReport(file string) (r report, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", file, err)
	}
	if r.Format != reportFormat {
		return r, fmt.Errorf("read %s: a report of format %d, want %d", file, r.Format, reportFormat)
	}
	return r, nil
}

// find returns the result of a contestant; nil if it did not take part.
func (in inputResult) find(name string) *result {
	if i := slices.IndexFunc(in.Contestants, func(r result) bool { return r.Name == name }); i >= 0 {
		return &in.Contestants[i]
	}
	return nil
}

// input returns what was measured of an input; without results if nothing was.
func (r report) input(name string) (found inputResult) {
	if i := slices.IndexFunc(r.Inputs, func(in inputResult) bool { return in.Name == name }); i >= 0 {
		found = r.Inputs[i]
	}
	return found
}
