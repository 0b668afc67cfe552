package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/internal/built"
)

func newVersion(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of everything",
		Long: `Version prints the version of the program, the commit it was built from and that
commit's date, the versions of the on-disk format, the derived columns and the
outcomes, and the libraries.

Commit and date are unknown where the build did not record them: with go run,
outside a git work tree, or with -buildvcs=false.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return built.Print(env.stdout, built.Info()) },
	}
}

// version returns the version of this program.
func version() string { return built.Version() }
