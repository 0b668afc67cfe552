// Package file reads files of rules that a command line names.
package file

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/outline"
	"callmill/cmd/internal/exit"
)

// Flag names the file of rules that a command uses.
type Flag struct{ file string }

// Add adds the flag.
func (f *Flag) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.file, "rules", "", "`FILE` of rules (YAML); without it the starter set")
}

// Read reads the file; without one, the rules are the starter set.
func (f *Flag) Read() (*rules.Book, error) {
	if f.file == "" {
		return rules.Starter()
	}
	text, err := Read(f.file, outline.MaxSize)
	if err != nil {
		return nil, exit.Usagef("--rules: %w", err)
	}
	book, err := rules.Parse(f.file, text)
	return book, exit.AsUsage(err)
}

// Read reads a file up to a size and a byte, by which its reader sees that there is more:
// it may be endless.
func Read(name string, size int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, size+1))
	return text, errors.Join(err, f.Close())
}
