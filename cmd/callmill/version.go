package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

func newVersion(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of everything",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(env.stdout, "callmill %s\nformat %d\nderivation %d\noutcomes %d\n%s %s/%s\n",
				version(), dataset.FormatVersion, flatten.Version, schema.OutcomesVersion,
				runtime.Version(), runtime.GOOS, runtime.GOARCH)
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return nil
			}
			for _, m := range info.Deps {
				fmt.Fprintln(env.stdout, m.Path, m.Version)
			}
			return nil
		},
	}
}

// version is that of the module, or (devel) for a build from a work tree.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
