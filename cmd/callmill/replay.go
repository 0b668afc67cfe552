package main

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
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
				again := &rejects{dataset: d, rows: map[int64]*schema.RejectRow{}, refused: map[int64]bool{}}
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
	rows    map[int64]*schema.RejectRow // by place in the order of delivery; their input is left out

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
		if row.RawBytes != int64(len(row.Raw)) || row.Code == schema.RejectUnfetched {
			continue
		}
		raw := &schema.Raw{
			Origin: row.Origin, Position: row.Position, Body: inContext(row),
			InstanceID: row.InstanceID, ObservedAt: row.FirstSeen, Undated: r.dataset.Undated(row.FirstSeen),
		}
		if err := yield(r.note(raw, row)); err != nil {
			return err
		}
	}
	return nil
}

// note gives a reject its place in the order of delivery.
func (r *rejects) note(raw *schema.Raw, row *schema.RejectRow) *schema.Raw {
	r.mu.Lock()
	defer r.mu.Unlock()
	raw.Sequence = int64(len(r.rows))
	kept := *row
	kept.Raw = nil // it is in the body
	r.rows[raw.Sequence] = &kept
	return raw
}

// What stands around an element of Jobs when it is read again.
const (
	opensJobs  = `{"Jobs":[`
	closesJobs = "]}"
)

// inContext returns the input of a reject as a document.
func inContext(row *schema.RejectRow) []byte {
	if !isElement(row) {
		return row.Raw
	}
	return slices.Concat([]byte(opensJobs), row.Raw, []byte(closesJobs))
}

// isElement reports whether the input of a reject was an element of the Jobs of
// a response and not a document: it is read again as what it was. Only elements
// have the id of a job; of those without one, only what begins no document can
// be told from a document that was refused for the same reason.
func isElement(row *schema.RejectRow) bool {
	text := bytes.TrimLeft(row.Raw, " \t\r\n")
	if len(text) == 0 || text[0] == '<' {
		return false
	}
	switch row.Code {
	case schema.RejectSyntax, schema.RejectTruncated, schema.RejectTooDeep, schema.RejectAPIError, schema.RejectEncoding, schema.RejectEmpty:
		return row.JobID != ""
	}
	return row.JobID != "" || text[0] != '{'
}

// accepted returns the rejects whose input was not refused again.
func (r *rejects) accepted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for sequence, row := range r.rows {
		if !r.refused[sequence] {
			ids = append(ids, row.RejectID)
		}
	}
	return ids
}

// refuse notes that the input of a reject was refused. It returns the reject as
// it is published, nil where it was returned before: read by itself, input may
// be refused for another reason, or in several pieces, and stays one reject.
func (r *rejects) refuse(raw *schema.Raw) *schema.Reject {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused[raw.Sequence] {
		return nil
	}
	r.refused[raw.Sequence] = true
	row := r.rows[raw.Sequence]
	input := raw.Body
	if int64(len(input)) > row.RawBytes {
		input = input[len(opensJobs) : len(input)-len(closesJobs)]
	}
	return &schema.Reject{
		InstanceID: row.InstanceID, JobID: row.JobID, Origin: row.Origin, Position: row.Position,
		Code: row.Code, Reason: row.Reason, Raw: input, ObservedAt: row.FirstSeen, Undated: raw.Undated,
	}
}

// refusals is an Appender that notes which input is refused.
type refusals struct {
	*dataset.Appender
	rejects *rejects
}

func (a *refusals) Reject(raw *schema.Raw, _ *schema.Reject) error {
	published := a.rejects.refuse(raw)
	if published == nil {
		return nil
	}
	return a.Appender.Reject(raw, published)
}
