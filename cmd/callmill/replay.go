package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/pipeline/dataset"
	"callmill/pipeline/source"
	"callmill/schema"
)

func newReplay(env *environment) *cobra.Command {
	flags := &runFlags{}
	c := &cobra.Command{
		Use:   "replay DIR",
		Short: "Decode the rejects again with this version's decoder",
		Long: `Replay decodes the input of every reject again. Jobs that can be decoded now are
published as of when they were received, and their rejects leave the table;
input that is rejected again stays as it is. Input of which only the beginning
was kept is left out.`,
		Example: `  callmill replay data`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := dataset.View(args[0]); err != nil {
				return err
			}
			flags.out = args[0]
			o := &operation{command: "replay", flags: flags, settle: flags.settings.resolve}
			o.open = func(_ context.Context, with opening) (*input, error) {
				return &input{source: &rejects{with.dataset}, decoder: newDecoder}, nil
			}
			return o.execute(c.Context(), env)
		},
	}
	flags.addTo(c)
	return c
}

// rejects is the published rejects as input.
type rejects struct{ dataset *dataset.Dataset }

// Raws yields the input of the rejects of which all was kept.
func (r *rejects) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	sequence := int64(0)
	for row, err := range r.dataset.Rejects() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if row.RawBytes != int64(len(row.Raw)) || row.Code == schema.RejectUnfetched || source.IsArchive(row.Raw) {
			continue // a damaged archive stays damaged
		}
		err := yield(&schema.Raw{
			Origin: row.Origin, Position: row.Position, Sequence: sequence, Body: row.Raw, Replay: row.RejectID,
			InstanceID: row.InstanceID, ObservedAt: row.FirstSeen, Undated: r.dataset.Undated(row.FirstSeen),
		})
		if err != nil {
			return err
		}
		sequence++
	}
	return nil
}
