package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuaranteesHaveTests: the tests that the README names as proof of a
// guarantee exist, in the package it names.
func TestGuaranteesHaveTests(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## What you can rely on\n")
	section, _, _ = strings.Cut(section, "\n## ")
	tests := declared(t, root)
	named := regexp.MustCompile("`(Test\\w+)`|in `([a-z/-]+)`")
	rows := 0
	for line := range strings.Lines(section) {
		if !strings.Contains(line, "`Test") {
			continue
		}
		rows++
		var waiting []string // for the package named behind them
		for _, match := range named.FindAllStringSubmatch(line, -1) {
			if match[1] != "" {
				waiting = append(waiting, match[1])
				continue
			}
			checkDeclared(t, tests[match[2]], waiting)
			waiting = nil
		}
		checkDeclared(t, tests["cmd/callmill"], waiting)
	}
	if rows < 10 {
		t.Errorf("%d guarantees name tests", rows)
	}
}

func checkDeclared(t *testing.T, there map[string]bool, names []string) {
	t.Helper()
	for _, name := range names {
		if !there[name] {
			t.Errorf("the README names %s, which does not exist there", name)
		}
	}
}

// declared returns the names of the module's tests by package.
func declared(t *testing.T, root string) map[string]map[string]bool {
	t.Helper()
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		for _, match := range test.FindAllSubmatch(text, -1) {
			if found[dir] == nil {
				found[dir] = map[string]bool{}
			}
			found[dir][string(match[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
