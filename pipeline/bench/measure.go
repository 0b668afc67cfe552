package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// measured is one run of a contestant.
type measured struct {
	wall, cpu time.Duration
	memory    int64 // peak, in bytes; 0: unknown
	written   int64 // Parquet, in bytes
	rows      rowCounts
}

// result is a contestant with the medians of its runs.
type result struct {
	contestant
	measured
}

// measureAll runs all contestants, every other round in reverse order: the one
// with the highest memory use evicts the responses from the page cache, which must
// not always affect the same successor.
func measureAll(ctx context.Context, s settings, list []contestant, input *responses, notes io.Writer) ([]result, error) {
	runs := make([][]measured, len(list))
	for round := range s.rounds {
		for i := range list {
			if round%2 == 1 {
				i = len(list) - 1 - i
			}
			c := list[i]
			m, err := measure(ctx, c, input.dir, filepath.Join(s.dir, "tables"))
			if err != nil {
				return nil, fmt.Errorf("run %s: %w", c.name, err)
			}
			fmt.Fprintf(notes, "round %d of %d: %s took %.2f s\n", round+1, s.rounds, c.name, m.wall.Seconds())
			runs[i] = append(runs[i], m)
			if first := runs[0][0].rows; m.rows.Jobs != first.Jobs || m.rows.Tasks != first.Tasks || m.rows.Turns != first.Turns {
				return nil, fmt.Errorf("%s wrote %+v, %s wrote %+v: not the same work", c.name, m.rows, list[0].name, first)
			}
		}
	}
	results := make([]result, len(list))
	for i, c := range list {
		results[i] = result{c, medians(runs[i])}
	}
	return results, nil
}

// measure runs a contestant once. It empties the folder tables first and removes it
// afterwards.
func measure(ctx context.Context, c contestant, input, tables string) (m measured, err error) {
	if err := os.RemoveAll(tables); err != nil {
		return m, err
	}
	if err := os.MkdirAll(tables, 0o700); err != nil {
		return m, err
	}
	defer os.RemoveAll(tables)
	command := c.command(input, tables)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return m, fmt.Errorf("%w\n%s", err, &stderr)
	}
	m.wall = time.Since(began)
	m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if m.rows, err = c.count(stdout.Bytes(), tables); err != nil {
		return m, err
	}
	m.memory = cmp.Or(m.rows.Memory, peakMemory(cmd.ProcessState))
	m.written, err = folderBytes(tables, ".parquet")
	return m, err
}

// medians returns the median of each figure.
func medians(runs []measured) measured {
	m := runs[0]
	m.wall = median(runs, func(m measured) time.Duration { return m.wall })
	m.cpu = median(runs, func(m measured) time.Duration { return m.cpu })
	m.memory = median(runs, func(m measured) int64 { return m.memory })
	m.written = median(runs, func(m measured) int64 { return m.written })
	return m
}

// median returns the median of a figure, the lower one of an even number of runs.
func median[V cmp.Ordered](runs []measured, figure func(measured) V) V {
	var values []V
	for _, m := range runs {
		values = append(values, figure(m))
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
