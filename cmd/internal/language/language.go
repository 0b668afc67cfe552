// Package language is the flag --lang of the commands that print documentation or
// reports.
package language

import (
	"cmp"

	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// Flag is the value of --lang, not parsed yet.
type Flag string

// Add adds the flag. Its default is the value it has, else English.
func (f *Flag) Add(flags *pflag.FlagSet, usage string) {
	flags.StringVar((*string)(f), "lang", cmp.Or(string(*f), string(schema.English)), usage)
}

// Parse returns the language, or a usage error for one that is not supported.
func (f Flag) Parse() (schema.Language, error) {
	switch chosen := schema.Language(f); chosen {
	case schema.English, schema.Chinese:
		return chosen, nil
	}
	return "", exit.Usagef("invalid --lang %q: want en or zh", f)
}
