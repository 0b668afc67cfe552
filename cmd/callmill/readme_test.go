package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestReadme: the README names every command, and every flag of convert.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	root := newRoot(&environment{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: os.LookupEnv})
	for _, c := range root.Commands() {
		if c.Hidden || c.Name() == "help" {
			continue
		}
		if !strings.Contains(readme, "| `callmill "+c.Name()) {
			t.Errorf("no row for callmill %s", c.Name())
		}
	}
	convert, _, err := root.Find([]string{"convert"})
	if err != nil {
		t.Fatal(err)
	}
	convert.Flags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(readme, "`--"+f.Name) {
			t.Errorf("no word of --%s", f.Name)
		}
	})
}
