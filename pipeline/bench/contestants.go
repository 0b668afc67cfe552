package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed peers/*.py
var peerScripts embed.FS

// contestant is a program that converts responses to tables.
type contestant struct {
	name  string
	words bool // whether it segments scripts into words
	// command returns program and arguments that read the responses in the first
	// folder and write tables to the second, empty one.
	command func(responses, tables string) []string
	// count returns the rows written, and the peak memory if the program knows it
	// better than the system.
	count func(stdout []byte, tables string) (rowCounts, error)
}

// rowCounts are the rows that a run reports.
type rowCounts struct {
	Jobs, Tasks, Turns int64
	Memory             int64 // peak, in bytes; 0: unknown
}

// peer is a contestant in Python.
type peer struct {
	name, script string
	needs        string // the modules it imports
	words        bool
	arguments    []string
}

// peers returns all peers.
func peers() []peer {
	return []peer{
		{"DuckDB, 1 thread", "duckdb_copy.py", "duckdb", false, []string{"1"}},
		{"DuckDB, 2 threads", "duckdb_copy.py", "duckdb", false, []string{"2"}},
		{"Polars", "polars_explode.py", "polars", false, nil},
		{"orjson + rjieba + pyarrow", "orjson_rjieba.py", "orjson, rjieba, pyarrow", true, nil},
		{"json + jieba + pandas, 2 processes", "json_jieba.py", "jieba, pandas, pyarrow", true, nil},
	}
}

// available returns callmill and the peers whose libraries are installed.
func available(ctx context.Context, s settings, scripts string, notes io.Writer) ([]contestant, error) {
	list := []contestant{{
		name: "callmill", words: true, count: manifestCounts,
		command: func(responses, tables string) []string {
			return []string{s.callmill, "convert", responses, "--out", filepath.Join(tables, "data"), "--progress", "none"}
		},
	}}
	if s.python == "" {
		fmt.Fprintln(notes, "no peers: CALLMILL_PYTHON must name a Python with the libraries of pipeline/bench/peers/requirements.txt")
		return list, nil
	}
	for _, p := range peers() {
		if err := exec.CommandContext(ctx, s.python, "-c", "import "+p.needs).Run(); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			fmt.Fprintf(notes, "skipped %s: %s cannot import %s\n", p.name, s.python, p.needs)
			continue
		}
		list = append(list, contestant{
			name: p.name, words: p.words, count: printedCounts,
			command: func(responses, tables string) []string {
				return append([]string{s.python, filepath.Join(scripts, p.script), responses, tables}, p.arguments...)
			},
		})
	}
	return list, nil
}

// writeScripts writes the peers' scripts below dir.
func writeScripts(dir string) (scripts string, err error) {
	scripts = filepath.Join(dir, "peers")
	if err := os.RemoveAll(scripts); err != nil {
		return "", err
	}
	return scripts, os.CopyFS(dir, peerScripts)
}

// printedCounts parses the output of a peer's script.
func printedCounts(stdout []byte, _ string) (c rowCounts, err error) {
	if err := json.Unmarshal(stdout, &c); err != nil {
		return c, fmt.Errorf("parse printed counts: %w", err)
	}
	return c, nil
}

// manifestCounts reads the manifest that callmill published.
func manifestCounts(_ []byte, tables string) (c rowCounts, err error) {
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
	counts := map[string]*int64{"jobs": &c.Jobs, "tasks": &c.Tasks, "turns": &c.Turns}
	for _, t := range manifest.Tables {
		if n := counts[t.Name]; n != nil {
			*n = t.Rows
		}
	}
	return c, nil
}
