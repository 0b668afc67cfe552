// Package person lists or exports all that a dataset knows of one person, as it is
// stored: under another mode than keep, what that left.
package person

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset/persons"
)

// Program is what the command needs of the program around it.
type Program struct {
	Stdout io.Writer
	Now    func() time.Time
}

type options struct {
	forget.Selector
	export, key, desk string
}

// Command returns the command person.
func Command(p Program) *cobra.Command {
	var o options
	c := &cobra.Command{
		Use:   "person DIR --phone NUMBER | --reference-id ID | --job ID",
		Short: "List or export all that is known of one person",
		Long: `Person lists the jobs of a person in all kept snapshots, and what else there is of
them: rejects, kept responses, reports of runs that quote them, reviews and accesses
of the desk, opt-outs.

--export writes all of it into a new file, one JSON object: "jobs", each with its rows
in the tables jobs, tasks, turns, contacts, extras and summaries, by their columns
(tokens, which are the script again, left out), as the latest snapshot that holds the
job has them; "rejects" with their input; "raw", the files with kept responses and how
many lines are theirs; "reports"; "reviews", "accesses"; "opt_outs". Where numbers are
masked a person is found by the contact key, and all is as it is stored.`,
		Example: `  callmill person data --phone 139-0000-1111
  callmill person data --phone 139-0000-1111 --export person.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.run(c.Context(), args[0], &o) },
	}
	flags := c.Flags()
	forget.AddSelector(flags, &o.Selector)
	flags.StringVar(&o.export, "export", "", "`FILE` to write everything into, as JSON; it must not exist")
	flags.StringVar(&o.desk, "desk", "", "`DIR` of the desk's reviews and access log (default: desk in the dataset)")
	flags.StringVar(&o.key, "key", "", "`FILE` with the secret behind contact_key (default: the dataset's own)")
	return c
}

func (o *options) check() error {
	if err := o.Selector.Check(); err != nil {
		return err
	}
	if o.Selector.Empty() {
		return exit.Usagef("nobody is named: give --phone, --reference-id or --job")
	}
	if o.export == "" {
		return nil
	}
	if _, err := os.Lstat(o.export); err == nil {
		return exit.Usagef("--export %s exists", o.export)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return exit.Usagef("--export: %w", err)
	}
	return nil
}

func (p Program) run(ctx context.Context, dir string, o *options) error {
	if err := o.check(); err != nil {
		return err
	}
	d, err := forget.View(dir)
	if err != nil {
		return err
	}
	reader, err := forget.NewReader(d)
	if err != nil {
		return err
	}
	who, err := o.Selector.Who(d, o.key)
	if err != nil {
		return err
	}
	found, err := reader.Find(ctx, who, "")
	if err != nil {
		return err
	}
	traces, err := reader.Look(ctx, who, o.References, found, o.desk)
	if err != nil {
		return err
	}
	if len(found.Jobs)+len(traces.Rejects)+len(traces.Raw)+len(traces.Reviews)+len(traces.Accesses)+len(traces.OptOuts) == 0 {
		return exit.WithHint(exit.Usagef("nobody fits: no job, reject, kept response, review or opt-out of the dataset"),
			"numbers are taken in any spelling; ids are exact")
	}
	if o.export != "" {
		if err := export(ctx, reader, d, o, p.Now(), found, traces); err != nil {
			return err
		}
	}
	return p.print(o, found, traces)
}

// print lists what was found.
func (p Program) print(o *options, found *persons.Found, t *forget.Traces) error {
	out := bufio.NewWriter(p.Stdout)
	if len(found.Jobs) > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "INSTANCE\tJOB\tLAST\tCALLS\tNAME\tREFERENCE")
		for _, j := range found.Jobs {
			names, references := "", ""
			for _, c := range j.Contacts {
				names, references = joined(names, c.Name), joined(references, c.ReferenceID)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", quote.Field(j.InstanceID), quote.Field(j.JobID), j.LastDay, j.Calls, quote.Field(names), quote.Field(references))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if n := len(found.People()); n > 1 {
		fmt.Fprintf(out, "%d people share it\n", n)
	}
	for _, r := range t.Rejects {
		fmt.Fprintf(out, "reject %s: %s\n", r.RejectID, quote.Field(r.Code))
	}
	for _, f := range t.Raw {
		fmt.Fprintf(out, "kept responses in %s: %d\n", f.Path, f.Lines)
	}
	for _, run := range t.Reports {
		fmt.Fprintf(out, "quoted in runs/%s.json\n", run)
	}
	if len(t.Reviews)+len(t.Accesses) > 0 {
		fmt.Fprintf(out, "desk: %d reviews, %d accesses\n", len(t.Reviews), len(t.Accesses))
	}
	for _, o := range t.OptOuts {
		fmt.Fprintf(out, "opted out on %s: %s %s\n", o.Day, quote.Field(o.Source), quote.Field(o.Value))
	}
	if o.export != "" {
		fmt.Fprintf(out, "exported to %s\n", quote.Field(o.export))
	}
	return out.Flush()
}

// joined adds a value to a list, unless it is empty or there.
func joined(list, value string) string {
	switch {
	case value == "" || list == value || strings.Contains(", "+list+", ", ", "+value+", "):
		return list
	case list == "":
		return value
	}
	return list + ", " + value
}
