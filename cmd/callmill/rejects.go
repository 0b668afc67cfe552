package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
)

func newRejects(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "rejects DIR",
		Short: "List the input that could not be understood",
		Long: `Rejects prints a line per reject: instance, job, origin and position, code and
reason, separated by tabs. The input itself is in the column raw of the table
rejects.`,
		Example: `  callmill rejects data
  callmill replay data`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := dataset.View(args[0])
			if err != nil {
				return err
			}
			for r, err := range d.Rejects() {
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(env.stdout, "%s\t%s\t%s:%d\t%s\t%s\n",
					plain(r.InstanceID), plain(r.JobID), plain(r.Origin), r.Position, r.Code, strconv.Quote(r.Reason))
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// plain returns s, quoted if it has control characters, such as the tabs and
// line breaks that separate fields.
func plain(s string) string {
	quoted := strconv.Quote(s)
	if quoted == `"`+s+`"` {
		return s
	}
	return quoted
}
