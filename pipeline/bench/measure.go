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

// measureAll runs all contestants, every other round in reverse order: the one
// with the highest memory use evicts the responses from the page cache, which must
// not always affect the same successor.
func measureAll(ctx context.Context, s settings, list []contestant, input string, notes io.Writer) ([]result, error) {
	results := make([][]result, len(list)) // a contestant, and the check of what it wrote
	for round := range s.rounds {
		for i := range list {
			if round%2 == 1 {
				i = len(list) - 1 - i
			}
			measured, err := measure(ctx, list[i], input, filepath.Join(s.dir, "tables"))
			if err != nil {
				return nil, fmt.Errorf("run %s: %w", list[i].name, err)
			}
			for j, m := range measured {
				fmt.Fprintf(notes, "round %d of %d: %s took %.2f s\n", round+1, s.rounds, m.Name, m.Runs[0].Wall)
				if round == 0 {
					results[i] = append(results[i], m)
				} else {
					results[i][j].Runs = append(results[i][j].Runs, m.Runs...)
				}
			}
			if rows, first := measured[0].Rows, results[0][0].Rows; *rows != *first {
				return nil, fmt.Errorf("%s wrote %+v, %s wrote %+v: not the same work", list[i].name, *rows, list[0].name, *first)
			}
		}
	}
	flat := slices.Concat(results...)
	for i := range flat {
		flat[i].Median = medians(flat[i].Runs)
	}
	return flat, nil
}

// measure runs a contestant once, and what verifies its tables. It empties the folder
// tables first and removes it afterwards.
func measure(ctx context.Context, c contestant, input, tables string) (results []result, err error) {
	if err := os.RemoveAll(tables); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(tables, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(tables)
	converted, stdout, err := execute(ctx, c.command(input, tables))
	if err != nil {
		return nil, err
	}
	counted, err := c.count(stdout, tables)
	if err != nil {
		return nil, err
	}
	converted.Memory = cmp.Or(counted.Memory, converted.Memory)
	if converted.Written, err = folderBytes(tables, ".parquet"); err != nil {
		return nil, err
	}
	results = append(results, result{Name: c.name, Words: c.words, Rows: &counted.rows, Runs: []figures{converted}})
	if c.verify == nil {
		return results, nil
	}
	verified, _, err := execute(ctx, c.verify(tables))
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return append(results, result{Name: c.verifyName(), Runs: []figures{verified}}), nil
}

// execute runs a command and returns what it took, and its standard output.
func execute(ctx context.Context, command []string) (f figures, stdout []byte, err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return f, nil, fmt.Errorf("%w\n%s%s", err, &out, &stderr)
	}
	f.Wall = time.Since(began).Seconds()
	f.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	f.Memory = peakMemory(cmd.ProcessState)
	return f, out.Bytes(), nil
}

// medians returns the median of each figure.
func medians(runs []figures) figures {
	return figures{
		Wall:    median(runs, func(f figures) float64 { return f.Wall }),
		CPU:     median(runs, func(f figures) float64 { return f.CPU }),
		Memory:  median(runs, func(f figures) int64 { return f.Memory }),
		Written: median(runs, func(f figures) int64 { return f.Written }),
	}
}

// median returns the median of a figure, the lower one of an even number of runs.
func median[V cmp.Ordered](runs []figures, figure func(figures) V) V {
	var values []V
	for _, f := range runs {
		values = append(values, figure(f))
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
