package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/mistyped"
	"callmill/pipeline/dataset"
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
			if err := mistyped.Variable(c.Root(), env.environ()); err != nil {
				return err
			}
			return setFromEnvironment(c, env)
		},
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if args := c.Flags().Args(); !c.HasParent() && len(args) > 0 {
			err = fmt.Errorf("unknown command %q for %q", args[0], c.Name()) // that is why it lacks the flag
			return exit.WithHint(exit.AsUsage(err), mistyped.Command(c, args[0], fmt.Sprintf("`%s --help` lists the commands", c.Name())))
		}
		return exit.WithHint(exit.AsUsage(err), fmt.Sprintf("`%s --help` lists the flags", c.CommandPath()))
	})
	root.AddCommand(newDemo(env), newPull(env), newConvert(env), newVerify(env), newReplay(env), newRewrite(env),
		newStatus(env), newPath(env), newViews(env), newRejects(env), newChanges(env), newSnapshots(env), newSchema(env),
		newSimulate(env), newHash(env), newVersion(env))
	root.SetHelpCommand(newHelp(root))
	checkArguments(root)
	for _, c := range root.Commands() {
		checkArguments(c)
	}
	return root
}

// checkArguments makes a wrong number of arguments a usage error.
func checkArguments(c *cobra.Command) {
	check := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil {
			return nil
		}
		hint := fmt.Sprintf("`%s --help` shows how to call it", c.CommandPath())
		if unknown := strings.HasPrefix(err.Error(), "unknown command"); unknown && c.HasParent() {
			err = fmt.Errorf("unexpected argument %q", args[0])
		} else if unknown {
			hint = mistyped.Command(c, args[0], hint)
		}
		return exit.WithHint(exit.AsUsage(err), hint)
	}
}

// newHelp returns the help command, for which an unknown command is a usage error.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show how to use a command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				hint := fmt.Sprintf("`%s --help` lists the commands", root.Name())
				return exit.WithHint(exit.Usagef("unknown command %q for %q", args[0], root.Name()), mistyped.Command(root, args[0], hint))
			}
			return c.Help()
		},
	}
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

// setFromEnvironment sets the flags that are not on the command line from their
// variables. The variable of a repeatable flag has one value per line.
func setFromEnvironment(c *cobra.Command, env *environment) error {
	var err error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		name := mistyped.VariableOf(f)
		value, ok := env.getenv(name)
		if !ok || f.Changed || err != nil || f.Name == "help" {
			return
		}
		values := []string{value}
		if _, repeatable := f.Value.(pflag.SliceValue); repeatable {
			values = strings.Split(value, "\n")
		}
		for _, v := range values {
			if e := c.Flags().Set(f.Name, v); e != nil {
				err = exit.Usagef("%s: %w", name, e)
			}
		}
	})
	return err
}
