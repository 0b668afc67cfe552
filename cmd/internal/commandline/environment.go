package commandline

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
)

// SetFromEnvironment sets the flags of c that are not on the command line from their
// variables in environ, in the form NAME=value. The variable of a repeatable flag has
// one value per line.
func SetFromEnvironment(c *cobra.Command, environ []string) error {
	given := variablesIn(environ)
	var err error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		name := variable(f)
		value, ok := given[name]
		if !ok || f.Changed || err != nil || f.Name == "help" {
			return
		}
		values := []string{value}
		if _, repeatable := f.Value.(pflag.SliceValue); repeatable {
			values = strings.Split(value, "\n")
		}
		for _, v := range values {
			if e := c.Flags().Set(f.Name, v); e != nil {
				err = exit.Usagef("%s: %w", name, e)
			}
		}
	})
	return err
}

func variablesIn(environ []string) map[string]string {
	given := map[string]string{}
	for _, line := range environ {
		if name, value, _ := strings.Cut(line, "="); strings.HasPrefix(name, "CALLMILL_") {
			given[name] = value
		}
	}
	return given
}

// others are the variables of the notebooks, the tests and CI.
var others = regexp.MustCompile(`^CALLMILL_(DATA|PYTHON.*|ICEBERG_JAR|SQLITE_JAR|CHROMIUM|AXE|THOROUGH|NIGHTS|FUZZTIME|CI_CACHE)$`)

// CheckEnvironment returns a usage error for the first variable CALLMILL_… in environ that
// no command below root has a flag for, unless it is empty: it would silently do nothing.
func CheckEnvironment(root *cobra.Command, environ []string) error {
	given := variablesIn(environ)
	var names map[string]bool
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if given[name] == "" || others.MatchString(name) {
			continue
		}
		if names == nil {
			names = variables(root)
		}
		if names[name] {
			continue
		}
		known := &cobra.Command{SuggestionsMinimumDistance: 2} // finds names that are spelled alike
		for _, name := range slices.Sorted(maps.Keys(names)) {
			known.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
		}
		err := exit.Usagef("the environment has %s, and there is no such flag", name)
		return exit.WithHint(err, meant(known, name, "unset it, or see `callmill COMMAND --help` for the flags"))
	}
	return nil
}

// variables returns the variables of all flags of the commands below root.
func variables(root *cobra.Command) map[string]bool {
	names := map[string]bool{}
	add := func(f *pflag.Flag) { names[variable(f)] = true }
	root.PersistentFlags().VisitAll(add)
	for _, c := range root.Commands() {
		c.LocalFlags().VisitAll(add)
	}
	return names
}

// variable returns the name of the environment variable of a flag.
func variable(f *pflag.Flag) string {
	return "CALLMILL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}
