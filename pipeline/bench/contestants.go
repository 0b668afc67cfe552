package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// contestant is a program that converts responses to tables.
type contestant struct {
	name  string
	words bool // whether it cuts scripts into words
	// command returns program and arguments that read the responses in the first
	// folder and write tables to the second, empty one.
	command func(responses, tables string) []string
	// count returns the rows written, and the peak memory if the program knows it
	// better than the system.
	count func(stdout []byte, tables string) (counts, error)
	// verify returns the command that checks these tables, which is measured as a
	// contestant of its own. May be nil.
	verify func(tables string) []string
}

// counts are what a run reports.
type counts struct {
	rows
	Memory int64 // peak, in bytes; 0: unknown
}

// Names of the two binaries, with which the names of their contestants begin.
const (
	callmillName = "callmill"
	baselineName = "baseline"
)

// What such names end with.
const (
	verifySuffix     = " verify"
	oneWorkerSuffix  = ", 1 worker"
	twoWorkersSuffix = ", 2 workers"
)

// contestants returns those of an input, callmill first.
func contestants(s settings, input string, peers []contestant) (list []contestant) {
	if input == dayInput {
		peers = nil
	}
	for _, b := range []struct{ name, binary string }{{callmillName, s.callmill}, {baselineName, s.baseline}} {
		switch {
		case b.binary == "":
		case input == dayInput:
			list = append(list, converts(b.name, twoWorkersSuffix, b.binary, "--workers", "2"),
				converts(b.name, oneWorkerSuffix, b.binary, "--workers", "1"))
		default:
			list = append(list, converts(b.name, "", b.binary))
		}
	}
	return append(list, peers...)
}

// converts returns callmill as a contestant. One worker alone verifies nothing: the
// bytes are those of two.
func converts(name, suffix, binary string, flags ...string) contestant {
	c := contestant{
		name: name + suffix, words: true, count: manifestCounts,
		command: func(responses, tables string) []string {
			return append([]string{binary, "convert", responses, "--out", filepath.Join(tables, "data"), "--progress", "none"}, flags...)
		},
	}
	if suffix != oneWorkerSuffix {
		c.verify = func(tables string) []string { return []string{binary, "verify", filepath.Join(tables, "data")} }
	}
	return c
}

// verifyName is that of the check of what a contestant wrote.
func (c contestant) verifyName() string {
	name, _, _ := strings.Cut(c.name, ",")
	return name + verifySuffix
}

// manifestCounts reads the manifest that callmill published.
func manifestCounts(_ []byte, tables string) (c counts, err error) {
	text, err := os.ReadFile(filepath.Join(tables, "data", "latest", "manifest.json"))
	if err != nil {
		return c, err
	}
	var manifest struct {
		Tables []struct {
			Name string
			Rows int64
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return c, fmt.Errorf("read manifest: %w", err)
	}
	of := map[string]*int64{"jobs": &c.Jobs, "tasks": &c.Tasks, "turns": &c.Turns}
	for _, t := range manifest.Tables {
		if n := of[t.Name]; n != nil {
			*n = t.Rows
		}
	}
	return c, nil
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
