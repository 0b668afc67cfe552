//go:build cgo

package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/callmill-review/internal/transcript"
	"callmill/cmd/internal/exit"
	"callmill/schema"
)

func newCall(env *environment) *cobra.Command {
	r := &reading{}
	var instance string
	c := &cobra.Command{
		Use:   "call DIR JOB [TASK]",
		Short: "Print what was said in a call",
		Long: `Call prints the lines of a call, each with the seconds since the line before. With
the id of a job alone it prints every attempt of the job, of each instance that has a job
of this id.`,
		Example: `  callmill-review call data 5f9b64f0-4a2c-4e0e-9e0b-1d3c5a2b7c11`,
		Args:    cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := r.lang.Parse()
			if err != nil {
				return err
			}
			db, err := r.open(c.Context(), args[0])
			if err != nil {
				return err
			}
			defer db.Close() // it is only read
			var task string
			if len(args) == 3 {
				task = args[2]
			}
			attempts, err := db.Attempts(c.Context(), args[1], task)
			if err != nil {
				return err
			}
			if instance != "" {
				attempts = slices.DeleteFunc(attempts, func(a query.Attempt) bool { return a.Instance != instance })
			}
			if len(attempts) == 0 {
				return noCall(args[1], db.Snapshot(), lang)
			}
			said := make([][]query.Line, len(attempts))
			for i := range attempts {
				if said[i], err = db.Transcript(c.Context(), attempts[i].Key); err != nil {
					return err
				}
			}
			if r.format != table.Text {
				return transcript.Lines(attempts, said).Write(env.stdout, r.format)
			}
			for i := range attempts {
				if err := transcript.Call(env.stdout, &attempts[i], said[i], db.Zone(), lang); err != nil {
					return err
				}
			}
			return nil
		},
	}
	r.add(c.Flags())
	c.Flags().StringVar(&instance, "instance", "", "only calls of this `INSTANCE`")
	return c
}

// noCall says that a snapshot has no call of a job.
func noCall(job, snapshot string, lang schema.Language) error {
	says := schema.Text{EN: "no call of job %q in snapshot %s", ZH: "没有作业 %q 的通话，快照 %s"}
	hint := schema.Text{EN: "ids are those of the columns job_id and task_id", ZH: "编号见 job_id 和 task_id 两列"}
	return exit.WithHint(fmt.Errorf(says.In(lang), job, snapshot), hint.In(lang))
}
