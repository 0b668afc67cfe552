package main

import (
	"context"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/callmill/internal/keys"
	"callmill/cmd/callmill/internal/person"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/callmill/internal/snapshots"
	"callmill/cmd/callmill/internal/worker"
	"callmill/cmd/internal/commandline"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
)

// newRoot returns the command line.
func newRoot(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "callmill",
		Short: "Call jobs of an outbound-call robot as Parquet tables",
		Long: `callmill turns the call jobs of an outbound-call robot (Alibaba Cloud
OutboundBot, ListJobs) into Parquet tables: every job, every call attempt,
every line that was spoken, segmented into Chinese words.

Every flag can be set as CALLMILL_<FLAG>, e.g. CALLMILL_OUT.

Exit codes:
    0  done
    1  failed; nothing was published
    2  usage error; nothing was changed
    3  published, but with more rejects or missing ids, or fewer calls, than
       allowed, or with days left uncovered; stderr lists the reasons
    4  another run holds the dataset
  130  stopped by Ctrl-C, 143 by SIGTERM; nothing was published`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := commandline.CheckEnvironment(c.Root(), env.environ()); err != nil {
				return err
			}
			return commandline.SetFromEnvironment(c, env.environ())
		},
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	env.log.Writer, env.log.Now, env.log.Format, env.log.Mask = env.stderr, env.now, exit.Text, client.Mask
	root.PersistentFlags().Var(&env.log.Format, "log-format", "how messages on stderr are written: text, or json (an object per line)")
	root.AddCommand(newDemo(env), newPull(env), newConvert(env), newVerify(env), newRepair(env), newReplay(env), newRewrite(env),
		newStatus(env), newPath(env), newViews(env), newRejects(env), newPending(env), newChanges(env), snapshots.Command(env.stdout), newInstance(env), newHold(env), newSchema(env),
		newSimulate(env), keys.Hash(env.stdin, env.stdout), keys.Key(env.stdout, env.now), newVersion(env),
		forget.Command(forget.Program{Stdout: env.stdout, Now: env.now, Open: recovery.Open}),
		person.Command(person.Program{Stdout: env.stdout, Now: env.now}),
		worker.Command(worker.Program{Stdin: env.stdin, Stdout: env.stdout, Terminal: env.terminal, Limited: env.limitMemory != nil, Version: version, Decoder: newDecoder}))
	commandline.Complete(root)
	return root
}

// ofDataset makes c a command on a dataset's folder, its only argument.
func ofDataset(c *cobra.Command, run func(ctx context.Context, dir string) error) *cobra.Command {
	c.Args = cobra.ExactArgs(1)
	c.RunE = func(c *cobra.Command, args []string) error { return run(c.Context(), args[0]) }
	return c
}

// ofPublished makes c a command that reads the published snapshot of a folder,
// its only argument.
func ofPublished(c *cobra.Command, run func(*dataset.Dataset) error) *cobra.Command {
	return ofDataset(c, func(_ context.Context, dir string) error {
		d, err := dataset.View(dir)
		if err != nil {
			return err
		}
		return run(d)
	})
}

// ofRun makes c a command that runs an operation on the published snapshot of a
// folder, its only argument, and publishes the result there.
func ofRun(c *cobra.Command, env *environment, o operation) *cobra.Command {
	o.command, o.flags = c.Name(), &runFlags{}
	o.flags.add(c.Flags())
	return ofDataset(c, func(ctx context.Context, dir string) error {
		if _, err := dataset.View(dir); err != nil {
			return err
		}
		o.flags.out = dir
		return o.execute(ctx, env)
	})
}
