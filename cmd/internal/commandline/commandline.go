// Package commandline adds to cobra what every command of callmill has: usage errors
// with hints, names that are spelled alike, and flags set by environment variables.
package commandline

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/exit"
)

// Complete completes root when it has all its commands: mistakes in how they are
// called are usage errors with a hint, and there is a help command.
func Complete(root *cobra.Command) {
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if args := c.Flags().Args(); c == root && len(args) > 0 {
			return unknown(root, args[0]) // that is why it lacks the flag
		}
		return exit.WithHint(exit.AsUsage(err), fmt.Sprintf("`%s --help` lists the flags", c.CommandPath()))
	})
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show how to use a command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknown(root, args[0])
			}
			return c.Help()
		},
	})
	checkArguments(root)
}

// checkArguments makes a wrong number of arguments a usage error, of a command and of those
// below it.
func checkArguments(c *cobra.Command) {
	for _, below := range c.Commands() {
		checkArguments(below)
	}
	check := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil {
			return nil
		}
		if strings.HasPrefix(err.Error(), "unknown command") {
			if !c.HasParent() {
				return unknown(c, args[0])
			}
			err = fmt.Errorf("unexpected argument %q", args[0])
		}
		return exit.WithHint(exit.AsUsage(err), fmt.Sprintf("`%s --help` shows how to call it", c.CommandPath()))
	}
}

// unknown returns the usage error for a command that does not exist.
func unknown(root *cobra.Command, name string) error {
	hint := meant(root, name, fmt.Sprintf("`%s --help` lists the commands", root.Name()))
	return exit.WithHint(exit.Usagef("unknown command %q for %q", name, root.Name()), hint)
}

// maxMeant is how many names a hint may offer; those of more say nothing.
const maxMeant = 5

// meant returns the hint for a name that no command below c has: one that is spelled
// alike, else what is given.
func meant(c *cobra.Command, name, otherwise string) string {
	if like := c.SuggestionsFor(name); 0 < len(like) && len(like) <= maxMeant {
		return "did you mean " + strings.Join(like, " or ") + "?"
	}
	return otherwise
}
