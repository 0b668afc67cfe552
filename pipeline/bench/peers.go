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
	"slices"
)

//go:embed peers/*.py
var peerScripts embed.FS

// peer is a contestant in Python.
type peer struct {
	key, name, script string
	needs             string // the modules it imports
	words             bool
	arguments         []string
}

// allPeers returns all peers, in the order of the table's columns.
func allPeers() []peer {
	return []peer{
		{"duckdb-2", "DuckDB, 2 threads", "duckdb_copy.py", "duckdb", false, []string{"2"}},
		{"duckdb-1", "DuckDB, 1 thread", "duckdb_copy.py", "duckdb", false, []string{"1"}},
		{"orjson", "orjson + rjieba + pyarrow", "orjson_rjieba.py", "orjson, rjieba, pyarrow", true, nil},
		{"polars", "Polars", "polars_explode.py", "polars", false, nil},
		{"jieba", "json + jieba + pandas, 2 processes", "json_jieba.py", "jieba, pandas, pyarrow", true, nil},
	}
}

// peerKeys returns what --peers may name.
func peerKeys() (keys []string) {
	for _, p := range allPeers() {
		keys = append(keys, p.key)
	}
	return keys
}

// available returns the peers that were chosen and whose libraries are installed.
func available(ctx context.Context, s settings, notes io.Writer) (list []contestant, err error) {
	if len(s.peers) == 0 {
		return nil, nil
	}
	if s.python == "" {
		fmt.Fprintln(notes, "no peers: CALLMILL_PYTHON must name a Python with the libraries of pipeline/bench/peers/requirements.txt")
		return nil, nil
	}
	scripts, err := writeScripts(s.dir)
	if err != nil {
		return nil, err
	}
	for _, p := range allPeers() {
		if !slices.Contains(s.peers, p.key) {
			continue
		}
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
func printedCounts(stdout []byte, _ string) (c counts, err error) {
	if err := json.Unmarshal(stdout, &c); err != nil {
		return c, fmt.Errorf("parse printed counts: %w", err)
	}
	return c, nil
}
