package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
)

func newRejects(env *environment) *cobra.Command {
	return ofPublished(&cobra.Command{
		Use:   "rejects DIR",
		Short: "List the input that could not be understood",
		Long: `Rejects prints a line per reject: instance, job, origin and position, code and
reason, separated by tabs. The input itself is in the column raw of the table
rejects.`,
		Example: `  callmill rejects data
  callmill replay data`,
	}, func(d *dataset.Dataset) error {
		for r, err := range tables.Rejects(d) {
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(env.stdout, "%s\t%s\t%s:%d\t%s\t%s\n", quote.Field(r.InstanceID), quote.Field(r.JobID),
				quote.Field(r.Origin), r.Position, r.Code, strconv.Quote(r.Reason)); err != nil {
				return err
			}
		}
		return nil
	})
}
