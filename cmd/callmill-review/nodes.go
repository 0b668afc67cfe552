//go:build cgo

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/funnel"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/internal/exit"
)

func newNodes(env *environment) *cobra.Command {
	s := &selection{}
	var line string
	node := -1
	c := &cobra.Command{
		Use:   "nodes DIR",
		Short: "Show what each line of the robot costs, wording by wording",
		Long: `Nodes finds the nodes of scripts in what robots say, and how each of its wordings does:
how many calls reach it, how many contacts hang up there, how many replies are not
understood next, how long contacts take to answer, what they say, where calls go. Each
wording is held against the one that it replaced.

Shares are of the calls that a line reached, however often they heard it. A share has
its 95 % interval in brackets; z is how far two shares are apart, in standard
deviations of chance. Beyond 4 it is hardly chance, above 0 the later wording is worse.

Without a node it prints the wordings that replaced others, then the nodes of each
script. With --node or --line it prints every wording of these nodes, what it adds as
〔+…〕 and what it drops as 〔−…〕. CSV has a row for each wording.`,
		Example: `  callmill-review nodes data --script 分期还款提醒话术
  callmill-review nodes data --line 还款日
  callmill-review nodes data --format csv > wordings.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			lang, err := s.lang.Parse()
			if err != nil {
				return err
			}
			asked, err := s.load(c.Context(), args[0])
			if err != nil {
				return err
			}
			p := &funnel.Page{
				Snapshot: asked.calls.Snapshot, Filter: asked.chosen.String(), Notes: inferred(asked.calls, lang), Lang: lang,
				Funnel: funnel.Of(asked.calls, nodes.Find(asked.calls), asked.selected),
			}
			if (node >= 0 || line != "") && !p.Narrow(node, line) {
				return noNode(node, line)
			}
			return p.Write(env.stdout, s.format)
		},
	}
	s.add(c.Flags())
	c.Flags().IntVar(&node, "node", -1, "only this `NODE`, as the column # numbers them")
	c.Flags().StringVar(&line, "line", "", "only nodes with a wording that has this `TEXT`")
	return c
}

// noNode says that nothing was found of what --node and --line ask for.
func noNode(node int, line string) error {
	if line == "" {
		return exit.WithHint(fmt.Errorf("no call reaches a node %d", node), "without --node all nodes are listed")
	}
	return exit.WithHint(fmt.Errorf("no node that calls reach has a wording with %q", line), "wordings have slots such as {name} for what differs from call to call; without --line all nodes are listed")
}
