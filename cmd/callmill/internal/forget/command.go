package forget

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
)

// Program is what the command needs of the program around it.
type Program struct {
	Stdout io.Writer
	Now    func() time.Time
	// Open opens a dataset for a run, having finished the erasures that were begun.
	Open func(context.Context, string, dataset.Options) (*dataset.Dataset, error)
}

// AddSelector adds the flags that name people.
func AddSelector(flags *pflag.FlagSet, s *Selector) {
	flags.StringArrayVar(&s.Phones, "phone", nil, "`NUMBER` of a person, in any spelling (repeatable)")
	flags.StringArrayVar(&s.References, "reference-id", nil, "`ID` of a person, or of a job, in the business's own systems (repeatable)")
	flags.StringArrayVar(&s.Jobs, "job", nil, "`ID` of a job (repeatable)")
}

// Command returns the command forget.
func Command(p Program) *cobra.Command {
	o := Options{Now: p.Now}
	var dry bool
	var check string
	options := dataset.Options{Now: p.Now}
	c := &cobra.Command{
		Use:   "forget DIR --phone NUMBER | --reference-id ID | --job ID | --before DATE",
		Short: "Erase people from every snapshot, and keep them from coming back",
		Long: `Forget erases all jobs of the people named: of a number, as far as they were called
last up to the day of the request (a job that was not called: first seen). They go
from every kept snapshot, each of which is replaced by one of the same time and
another name, from kept responses, rejects, reports of runs, and the reviews and the
access log of the desk. Old names, pins and bookmarks lead to the new snapshots;
` + "`callmill changes`" + ` lists the jobs as gone for those who read them before, for 30
days. Tombstones, which are digests, keep the jobs from coming back; later calls of
the number are new data. Where nothing is published yet, tombstones of numbers and
reference ids keep out whatever comes.

What is about to be done is written down first: after a crash every command that
writes goes on with it, and ` + "`callmill status`" + ` says so. A receipt that names nobody
is written last, into erased/receipts and to --receipt.

It does not reach backups, exports, mentions in calls of others, nor the vendor.
--check compares a receipt with the dataset, and with the person if one is named.`,
		Example: `  callmill forget data --phone 139-0000-1111 --dry-run
  callmill forget data --phone 139-0000-1111 --requested 2026-01-31 --receipt receipt.json
  callmill forget data --check receipt.json --phone 139-0000-1111
  callmill forget data --before 2025-07-01`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case check != "":
				return p.check(c.Context(), args[0], check, o.Selector)
			case dry:
				return p.dry(c.Context(), args[0], o)
			}
			return p.erase(c.Context(), args[0], o, options)
		},
	}
	flags := c.Flags()
	AddSelector(flags, &o.Selector)
	flags.StringVar(&o.Before, "before", "", "`DAY` before which all jobs were called last that go")
	flags.StringVar(&o.Requested, "requested", "", "`DAY` of the request, the last one that is covered (default: today)")
	flags.StringVar(&o.By, "by", "", "who does it, for the receipt (default: the user of the system)")
	flags.StringVar(&o.Desk, "desk", "", "`DIR` of another desk, with reviews and an access log, than that in the dataset")
	flags.StringVar(&o.Receipt, "receipt", "", "`FILE` for a copy of the receipt; it must not exist")
	flags.StringVar(&o.Key, "key", "", "`FILE` with the secret behind contact_key (default: the dataset's own)")
	flags.BoolVar(&o.Held, "held", false, "erase jobs on hold, too")
	flags.BoolVar(&dry, "dry-run", false, "say what would go, and who shares a number, and change nothing")
	flags.StringVar(&check, "check", "", "look whether what `RECEIPT` covers is in the dataset again")
	flags.Var((*quantity.Duration)(&options.LockWait), "lock-wait", "how long to wait for another run that holds the dataset")
	return c
}

func (p Program) dry(ctx context.Context, dir string, o Options) error {
	if err := o.Check(); err != nil {
		return err
	}
	d, err := View(dir)
	if err != nil {
		return err
	}
	plan, err := Make(ctx, d, o)
	if err != nil {
		return err
	}
	return plan.print(p.Stdout, d)
}

func (p Program) erase(ctx context.Context, dir string, o Options, options dataset.Options) (err error) {
	if err := o.Check(); err != nil {
		return err
	}
	seen, err := View(dir)
	if err != nil {
		return err
	}
	begun, err := seen.Erased().Open()
	if err != nil {
		return err
	}
	d, err := p.Open(ctx, dir, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	covered, err := p.printFinished(d, begun, o)
	if err != nil {
		return err
	}
	plan, err := Make(ctx, d, o)
	if covered && errors.Is(err, errNobody) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := plan.Do(ctx, d)
	if r == nil {
		return err
	}
	if d.Manifest() == nil {
		fmt.Fprintln(p.Stdout, plan.work.noted(d))
	}
	return errors.Join(printReceipt(p.Stdout, d, r), err)
}

// printFinished says which erasures were begun earlier and ended as the dataset was
// opened; covered reports whether one was of all who are meant now, who need not be there
// any more.
func (p Program) printFinished(d *dataset.Dataset, begun []erased.Intent, o Options) (covered bool, err error) {
	if len(begun) == 0 {
		return false, nil
	}
	store := d.Erased()
	receipts, err := store.Receipts()
	if err != nil {
		return false, err
	}
	for i := range receipts {
		r := &receipts[i]
		if r.Kind != Kind || !slices.ContainsFunc(begun, func(i erased.Intent) bool { return i.ID == r.ID }) {
			continue
		}
		if _, err := fmt.Fprintf(p.Stdout, "finished the erasure begun at %s: ", r.Begun.Format(time.RFC3339)); err != nil {
			return false, err
		}
		if err := printReceipt(p.Stdout, d, r); err != nil {
			return false, err
		}
		covers := isOf(store, r, o.Selector) == nil
		if o.Before != "" {
			covers = covers && slices.ContainsFunc(r.Selectors, func(s erased.Selector) bool { return s.Before >= o.Before })
		}
		covered = covered || covers
	}
	return covered, nil
}

func (p Program) check(ctx context.Context, dir, path string, s Selector) error {
	if err := s.Check(); err != nil {
		return err
	}
	d, err := View(dir)
	if err != nil {
		return err
	}
	c, err := CheckReceipt(ctx, d, path, s)
	if err != nil {
		return err
	}
	if c.Back == 0 && c.Lines > 0 {
		return exit.WithHint(fmt.Errorf("%d kept responses hold what the receipt of %s covers", c.Lines, c.Receipt.Requested),
			"`callmill forget` with the same selector, or the next run, takes it out of them")
	}
	if c.Back > 0 {
		return exit.WithHint(fmt.Errorf("%d jobs that the receipt of %s covers are in the dataset", c.Back, c.Receipt.Requested),
			"`callmill forget` with the same selector erases them")
	}
	_, err = fmt.Fprintf(p.Stdout, "erased on %s by %s, requested on %s: %s; nothing of it is in the dataset\n",
		c.Receipt.Finished.Format(time.DateOnly), quote.Field(c.Receipt.By), c.Receipt.Requested, counted(c.Receipt.Counts))
	return err
}

// maxShown is how many jobs, people or files are listed one by one.
const maxShown = 50

// print says what would go.
func (p *Plan) print(w io.Writer, d *dataset.Dataset) error {
	var b strings.Builder
	if d.Manifest() == nil {
		fmt.Fprintln(&b, p.work.noted(d))
	}
	fmt.Fprintf(&b, "would erase %s\n", counted(p.work.Receipt.Counts))
	for i, j := range p.found.Jobs {
		if i == maxShown {
			fmt.Fprintf(&b, "  … and %d more\n", len(p.found.Jobs)-maxShown)
			break
		}
		fmt.Fprintf(&b, "  job %s of %s, last on %s\n", quote.Field(j.JobID), quote.Field(j.InstanceID), j.LastDay)
	}
	if people := p.found.People(); len(people) > 1 && p.work.Before == "" {
		fmt.Fprintf(&b, "%d people share it, and all of them would go:\n", len(people))
		for i, c := range people {
			if i == maxShown {
				fmt.Fprintf(&b, "  … and %d more\n", len(people)-maxShown)
				break
			}
			fmt.Fprintf(&b, "  %s, reference id %s\n", quote.Field(orNone(c.Name)), quote.Field(orNone(c.ReferenceID)))
		}
	}
	if n := len(p.found.Later); n > 0 {
		fmt.Fprintf(&b, "%d jobs would stay: they were called after %s\n", n, p.work.Until)
	}
	for i, f := range p.work.Receipt.Files {
		if i == maxShown {
			fmt.Fprintf(&b, "and %d more files\n", len(p.work.Receipt.Files)-maxShown)
			break
		}
		fmt.Fprintf(&b, "would rewrite %s\n", quote.Field(f))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// said are the counts of a receipt in words, one and several of each.
var said = map[string][2]string{
	"jobs": {"job", "jobs"}, "calls": {"call", "calls"}, "rejects": {"reject", "rejects"},
	"raw_lines": {"kept response", "kept responses"}, "quotes_in_reports": {"quote in a report", "quotes in reports"},
	"desk_records": {"record of the desk", "records of the desk"},
}

// counted says how many of what went.
func counted(counts map[string]int64) string {
	var list []string
	for _, name := range []string{"jobs", "calls", "rejects", "raw_lines", "quotes_in_reports", "desk_records"} {
		switch n := counts[name]; n {
		case 0:
		case 1:
			list = append(list, "1 "+said[name][0])
		default:
			list = append(list, fmt.Sprintf("%d %s", n, said[name][1]))
		}
	}
	return cmp.Or(strings.Join(list, ", "), "nothing")
}

func printReceipt(w io.Writer, d *dataset.Dataset, r *erased.Receipt) error {
	from := "1 snapshot"
	if n := len(r.Snapshots); n != 1 {
		from = fmt.Sprintf("%d snapshots", n)
	}
	_, err := fmt.Fprintf(w, "erased %s from %s; receipt %s\n", counted(r.Counts), from, d.Erased().Path("receipts", r.Name()))
	return err
}
