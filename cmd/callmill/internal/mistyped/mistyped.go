// Package mistyped finds what a user meant: commands and environment variables that
// there are none of, and the names that are spelled alike.
package mistyped

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/exit"
)

// Command returns the hint for a name that no command below c has: one that is spelled
// alike, else what is given.
func Command(c *cobra.Command, name, otherwise string) string {
	if like := c.SuggestionsFor(name); len(like) > 0 {
		return "did you mean " + strings.Join(like, " or ") + "?"
	}
	return otherwise
}

// others are the variables of the notebooks, the tests and CI.
var others = regexp.MustCompile(`^CALLMILL_(DATA|PYTHON.*|THOROUGH|FUZZTIME|CI_CACHE)$`)

// Variable returns a usage error for a variable of environ, in the form NAME=value,
// that no command below root has a flag for: it would silently do nothing.
func Variable(root *cobra.Command, environ []string) error {
	known := &cobra.Command{SuggestionsMinimumDistance: 2} // finds names that are spelled alike
	has := map[string]bool{}
	for _, c := range root.Commands() {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if name := VariableOf(f); !has[name] {
				has[name] = true
				known.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
			}
		})
	}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if value == "" || !strings.HasPrefix(name, "CALLMILL_") || has[name] || others.MatchString(name) {
			continue
		}
		err := exit.Usagef("the environment has %s, and there is no such flag", name)
		return exit.WithHint(err, Command(known, name, "unset it, or see `callmill COMMAND --help` for the flags"))
	}
	return nil
}

// VariableOf returns the name of the environment variable of a flag.
func VariableOf(f *pflag.Flag) string {
	return "CALLMILL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}
