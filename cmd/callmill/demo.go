package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/glance"
	"callmill/pipeline/dataset"
	"callmill/pipeline/source"
)

func newDemo(env *environment) *cobra.Command {
	flags := &runFlags{}
	world := worldFlags{}
	c := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "See the whole thing with nothing to configure",
		Long: `Demo makes some thousand simulated calls, publishes them as a dataset in DIR
(callmill-demo, if not given), and shows what is in them. Running it again
changes nothing.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			flags.out = "callmill-demo"
			if len(args) == 1 {
				flags.out = args[0]
			}
			return demonstrate(c.Context(), env, flags, &world)
		},
	}
	flags.addTo(c)
	world.add(c)
	c.Flags().Lookup("jobs").DefValue = "4000"
	world.jobs = 4000
	return c
}

func demonstrate(ctx context.Context, env *environment, flags *runFlags, made *worldFlags) error {
	world, err := made.world()
	if err != nil {
		return err
	}
	responsesDir, err := os.MkdirTemp("", "callmill-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(responsesDir)
	saved := filepath.Join(responsesDir, "responses")
	if err := world.WriteFiles(ctx, saved); err != nil {
		return err
	}
	j := &job{command: "demo", flags: flags}
	j.open = func(ctx context.Context, d *dataset.Dataset, _ *resolved, r *report) (*input, error) {
		files, err := source.Open([]string{saved}, source.Options{
			Instance: world.InstanceID(), ObservedAt: world.Now().UnixMilli(), Cut: cut,
		})
		if err != nil {
			return nil, err
		}
		_, bytes := files.Total()
		return responses(ctx, d, r.run, files, bytes)
	}
	if err := j.execute(ctx, env); err != nil {
		return err
	}
	d, err := dataset.View(flags.out)
	if err != nil {
		return err
	}
	g, err := glance.At(d)
	if err != nil {
		return err
	}
	path := filepath.Join(flags.out, "latest")
	if err := g.Print(env.stdout, path); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "\n  all tables and columns: callmill schema · this report again: callmill demo %s\n", flags.out)
	return err
}
