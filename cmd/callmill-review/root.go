//go:build cgo

package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/serve"
	"callmill/cmd/callmill-review/internal/user"
	"callmill/cmd/internal/commandline"
	"callmill/cmd/internal/exit"
)

// newRoot returns the command line.
func newRoot(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "callmill-review",
		Short: "Findings, wordings, search and reports over a dataset of callmill",
		Long: `callmill-review reads a dataset that callmill publishes, and says where calls are
lost: what stands out, which wording costs people, what the robot does not
understand. It changes nothing in the dataset.

Every flag can be set as CALLMILL_<FLAG>, e.g. CALLMILL_LANG.

Exit codes:
    0  done
    1  failed
    2  usage error
  130  stopped by Ctrl-C, 143 by SIGTERM`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			return commandline.SetFromEnvironment(c, env.environ())
		},
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	env.log.Name, env.log.Writer, env.log.Now, env.log.Format = root.Name(), env.stderr, env.now, exit.Text
	root.PersistentFlags().Var(&env.log.Format, "log-format", "how messages on stderr are written: text, or json (an object per line)")
	root.AddCommand(
		newPhrases(env),
		newStandOut(env),
		newChanged(env),
		newNodes(env),
		newUnclear(env),
		newRules(env),
		newReport(env),
		newSearch(env),
		newCall(env),
		serve.New(serve.Process{Stderr: env.stderr, Log: &env.log, Now: env.now, Patience: env.wait}),
		user.New(user.Process{Stdin: os.Stdin, Stdout: env.stdout, Stderr: env.stderr, OnInterrupt: context.AfterFunc}),
		newVersion(env),
	)
	commandline.Complete(root)
	return root
}
