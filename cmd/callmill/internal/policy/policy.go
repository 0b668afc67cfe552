// Package policy is what a change of --pii means for a dataset that has published:
// it names what will be gone, asks, and has it removed in the commit.
package policy

import (
	"errors"
	"fmt"
	"io"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/tighten"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// Change is a change of what a dataset publishes of personal data; nil is none.
type Change struct {
	d        *dataset.Dataset
	run, pii string
}

// Of returns the change that a run makes which publishes d under settings. One to a
// looser mode is a usage error.
func Of(d *dataset.Dataset, run string, s dataset.Settings) (*Change, error) {
	m := d.Manifest()
	if m == nil || m.Settings.PII == s.PII {
		return nil, nil
	}
	if err := (erased.Policy{PII: m.Settings.PII}).Check(s.PII); err != nil {
		return nil, exit.WithHint(exit.AsUsage(err), "what was taken out does not come back: fetch or convert it into another folder")
	}
	return &Change{d, run, s.PII}, nil
}

// Ask prints what the change will remove for good. Without yes it returns a usage
// error, for nothing is changed.
func Ask(w io.Writer, dir string, d *dataset.Dataset, s dataset.Settings, yes bool) error {
	c, err := Of(d, "", s)
	if c == nil || err != nil {
		return err
	}
	l, err := tighten.Of(d)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s becomes --pii %s, for good. With the commit these go:\n", quote.Shell(dir), c.pii)
	for _, name := range l.Snapshots {
		fmt.Fprintf(w, "  snapshot   %s\n", name)
	}
	for _, p := range l.Pins {
		if p.Bookmark == "" {
			fmt.Fprintf(w, "  pin        on %s\n", p.Snapshot)
		} else {
			fmt.Fprintf(w, "  bookmark   %s on %s: its consumer has to read all anew\n", p.Bookmark, p.Snapshot)
		}
	}
	for _, run := range l.Raw {
		fmt.Fprintf(w, "  responses  of run %s\n", run)
	}
	if _, err := fmt.Fprintln(w, "  also the input of rejects, and what the files of runs quote; backups and copies elsewhere are yours to remove"); err != nil || yes {
		return err
	}
	return exit.WithHint(exit.Usagef("--pii %s removes what was published before, for good", c.pii), "pass --yes to do it")
}

// Prepare has a transaction take out what rejects have of their input, and put on disk
// before its commit what is to be removed.
func (c *Change) Prepare(o *commit.Options) {
	if c == nil {
		return
	}
	o.Ready = func(snapshot string) error { return tighten.Begin(c.d, c.run, c.pii, snapshot) }
	o.Reject = func(row *schema.RejectRow) {
		row.Raw, row.Reason, row.Origin = nil, redact.Reason(row.Reason), redact.Origin(row.Origin)
	}
}

// Finish removes what was published before, once the change is; where the run failed
// before that it takes the intent back. Where nobody can tell it leaves that to the
// next command.
func (c *Change) Finish(failure error) error {
	if c == nil || errors.Is(failure, dataset.ErrUndecided) {
		return nil
	}
	intents, err := c.d.Erased().Open()
	if err != nil {
		return err
	}
	for _, i := range intents {
		if i.ID != c.run {
			continue
		}
		if err := tighten.Finish(c.d, i, report.Scrub); err != nil {
			return err
		}
	}
	return nil
}
