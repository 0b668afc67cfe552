//go:build cgo

package main

import (
	"github.com/spf13/cobra"

	"callmill/cmd/internal/built"
)

func newVersion(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of everything",
		Long: `Version prints the version of callmill that this is part of, the commit it was built
from and that commit's date, the versions of the on-disk format, the derived columns and
the outcomes, and the libraries.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return built.Print(env.stdout, built.Info()) },
	}
}
