package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/hold"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/internal/quantity"
)

func newHold(env *environment) *cobra.Command {
	var o hold.Options
	var c *cobra.Command
	c = ofDataset(&cobra.Command{
		Use:   "hold DIR",
		Short: "Keep a disputed job however old it is, release it, or list those kept",
		Long: `Hold keeps a job that --retain would let go, for example as long as a complaint
is open, and says why. Without --job or --release it lists the jobs on hold. A
job that is released goes with the next run.`,
		Example: `  callmill hold data --job 2b6f… --reason 'complaint 17'
  callmill hold data --release 2b6f…
  callmill hold data`,
	}, func(ctx context.Context, dir string) error {
		o.Now, o.Open = env.now(), recovery.Open
		o.GivenJob, o.GivenRelease = c.Flags().Changed("job"), c.Flags().Changed("release")
		return hold.Run(ctx, env.stdout, dir, o)
	})
	c.Flags().Var((*quantity.Duration)(&o.LockWait), "lock-wait", "how long to wait for another run that holds the dataset")
	c.Flags().StringVar(&o.Job, "job", "", "`ID` of the job to keep")
	c.Flags().StringVar(&o.Reason, "reason", "", "why it is kept")
	c.Flags().StringVar(&o.Release, "release", "", "`ID` of the job to release")
	c.Flags().StringVar(&o.Instance, "instance", "", "`ID` of the deployment, where several have the job")
	return c
}
