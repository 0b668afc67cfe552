package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/glance"
	"callmill/cmd/callmill/internal/onward"
	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/callmill/internal/world"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/language"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/simulate/api"
)

func newDemo(env *environment) *cobra.Command {
	flags, made := &runFlags{}, &world.Flags{People: 4000}
	var lang language.Flag
	c := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Try everything with nothing to configure",
		Long: `Demo simulates some thousand calls, serves them on this machine as the API does,
pulls them, publishes them as a dataset in DIR (default: callmill-demo), and
prints a short report on them, and how to see more with callmill-review. Running
it again changes nothing.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			flags.out = "callmill-demo"
			if len(args) == 1 {
				flags.out = args[0]
			}
			chosen, err := lang.Parse()
			if err != nil {
				return err
			}
			if err := demonstrate(c.Context(), env, flags, made); err != nil {
				return err
			}
			if err := glance.Show(env.stdout, flags.out, chosen); err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.stdout, "  %s\n", onward.Here().Next(flags.out, chosen))
			return err
		},
	}
	flags.add(c.Flags())
	made.Add(c.Flags())
	lang.Add(c.Flags(), "language of the report: en or zh")
	return c
}

// demonstrate serves a simulated world as the API, and pulls it.
func demonstrate(ctx context.Context, env *environment, flags *runFlags, made *world.Flags) (err error) {
	world, err := made.World()
	if err != nil {
		return err
	}
	if err := onlyDemo(flags.out, world.InstanceID()); err != nil {
		return err
	}
	handler, err := api.New(world, api.Options{})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- listenUntil(serving, listener, handler) }()
	defer func() {
		stop()
		err = errors.Join(err, <-served)
	}()
	options := pull.Defaults()
	options.Instances, options.QPS = []string{world.InstanceID()}, demoQPS
	options.Endpoint = "http://" + listener.Addr().String()
	options.Client.Keys = &client.Keys{ID: api.AccessKeyID, Secret: api.AccessKeySecret}
	options.From = world.Now().AddDate(0, 0, -made.Days()).In(china).Format(time.DateOnly)
	options.To = world.Now().In(china).Format(time.DateOnly)
	return runPull(ctx, env, flags, options)
}

// china is the time zone of the simulated calls.
var china = time.FixedZone("CST", 8*60*60)

// demoQPS is more than the real API allows and less than a laptop can serve.
const demoQPS = 500

// onlyDemo returns a usage error if the dataset in dir has calls that are not
// the demo's.
func onlyDemo(dir, instance string) error {
	m := publishedIn(dir)
	if m == nil {
		return nil // nothing is published, or the run reports the problem
	}
	if _, ok := m.Covered[instance]; !ok || len(m.Covered) > 1 {
		return exit.WithHint(exit.Usagef("%s is a dataset with other calls", dir), "use a separate folder for the demo")
	}
	return nil
}
