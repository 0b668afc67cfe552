package main

import (
	"context"
	"sync"

	"github.com/spf13/cobra"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/source"
	"callmill/schema"
)

func newReplay(env *environment) *cobra.Command {
	flags := &runFlags{}
	c := &cobra.Command{
		Use:   "replay DIR",
		Short: "Try the rejects again with today's decoder",
		Long: `Replay decodes the input of every reject again. Jobs that are understood now are
published as of when they were received, and their rejects leave the table;
what is refused again stays as it is. Input of which only the beginning was
kept is left out.`,
		Example: `  callmill replay data`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := dataset.View(args[0]); err != nil {
				return err
			}
			flags.out = args[0]
			j := &job{command: "replay", flags: flags}
			j.open = func(ctx context.Context, d *dataset.Dataset, _ *resolved, r *report) (*input, error) {
				again := &rejects{dataset: d, ids: map[int64]string{}, refused: map[int64]bool{}}
				in, err := responses(ctx, d, r.run, again, 0)
				if err != nil {
					return nil, err
				}
				in.appender = func(a *dataset.Appender) pipeline.Appender { return &refusals{a, again} }
				in.before = func() { in.tx.Replayed(again.accepted()) }
				return in, nil
			}
			return j.execute(c.Context(), env)
		},
	}
	flags.addTo(c)
	return c
}

// rejects is the published rejects as input, and which of it was refused again.
type rejects struct {
	dataset *dataset.Dataset
	ids     map[int64]string // reject by place in the order of delivery

	mu      sync.Mutex
	refused map[int64]bool
}

// Raws yields the input of the rejects of which all was kept.
func (r *rejects) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
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
		sequence := int64(len(r.ids))
		r.ids[sequence] = row.RejectID
		err := yield(&schema.Raw{
			Origin: row.Origin, Position: row.Position, Sequence: sequence, Body: row.Raw,
			InstanceID: row.InstanceID, ObservedAt: row.FirstSeen, Undated: r.dataset.Undated(row.FirstSeen),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// accepted are the rejects whose input was not refused again.
func (r *rejects) accepted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for sequence, id := range r.ids {
		if !r.refused[sequence] {
			ids = append(ids, id)
		}
	}
	return ids
}

// refusals notes which input is refused.
type refusals struct {
	*dataset.Appender
	rejects *rejects
}

func (a *refusals) Reject(raw *schema.Raw, reject *schema.Reject) error {
	a.rejects.mu.Lock()
	a.rejects.refused[raw.Sequence] = true
	a.rejects.mu.Unlock()
	return a.Appender.Reject(raw, reject)
}
