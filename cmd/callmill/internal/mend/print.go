package mend

import (
	"fmt"
	"io"
	"strings"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/repair"
	"callmill/schema"
)

// Print says what a repair did, a line for each file.
func (o *Outcome) Print(w io.Writer) error {
	var text strings.Builder
	if o.Manifest {
		fmt.Fprintf(&text, "%s: repaired from its second copy\n", dataset.ManifestFile)
	}
	for _, f := range o.Files {
		in := ""
		if n := len(f.Snapshots); n > 1 {
			in = fmt.Sprintf(" in %d snapshots", n)
		}
		if f.From == "" && o.Salvage != nil {
			fmt.Fprintf(&text, "%s: cannot be made again%s\n", f.Path, in)
			continue
		}
		if f.From == "" {
			fmt.Fprintf(&text, "%s: lost%s: %s\n", f.Path, in, lost(f))
			continue
		}
		fmt.Fprintf(&text, "%s: repaired%s from %s\n", f.Path, in, f.From)
	}
	damaged := len(o.Files)
	if o.Manifest {
		damaged++
	}
	fmt.Fprintf(&text, "%s: %d damaged, %d repaired\n", o.Snapshot, damaged, damaged-len(o.Lost()))
	if o.Salvage != nil {
		printSalvage(&text, o.Salvage)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// printSalvage says what is published in the place of the damaged snapshot.
func printSalvage(w io.Writer, s *repair.Salvage) {
	for _, j := range s.Lost {
		fmt.Fprintf(w, "lost: job %s of %s\n", j.JobID, j.InstanceID)
	}
	fmt.Fprintf(w, "published %s in its place", s.Snapshot)
	if s.Jobs > 0 {
		fmt.Fprintf(w, ": of %d jobs in files that cannot be made again %d are as they were, %d are there in the version of raw/ or the API and with its instants, %d are lost",
			s.Jobs, s.Kept, min(s.Others, s.Jobs-s.Kept), lostJobs(s))
	}
	fmt.Fprintln(w)
	for _, said := range missing(s) {
		fmt.Fprintln(w, said)
	}
}

// missing says what is lost in a snapshot that was published in the place of a
// damaged one, besides jobs: a sentence for each.
func missing(s *repair.Salvage) []string {
	var all []string
	if s.WithoutFacts > 0 {
		all = append(all, fmt.Sprintf("SearchTask's columns of %d jobs are lost, if they had any", s.WithoutFacts))
	}
	if s.Rejects > 0 {
		all = append(all, fmt.Sprintf("%d rejects are lost, with their input, and when and by which run they were first met", s.Rejects))
	}
	if s.Groups > 0 {
		all = append(all, fmt.Sprintf("%d campaigns are lost; the next pull lists them again", s.Groups))
	}
	if s.Pending {
		all = append(all, "what was pending is lost, but that jobs which are not final, or were called lately, are asked for again")
	}
	return all
}

// lostJobs returns how many jobs are lost.
func lostJobs(s *repair.Salvage) int64 { return max(0, s.Jobs-s.Kept-s.Others) }

// lost says what is lost with a file.
func lost(f repair.File) string {
	table, _, _ := strings.Cut(f.Path, "/")
	what := fmt.Sprintf("%d rows of %s are neither in other tables nor in raw/", f.Rows, table)
	switch table {
	case dataset.ViewsFile:
		return "another version of callmill wrote it; `callmill views DIR` prints those of this one"
	case schema.TableRejects:
		return what + " as they were: input, origin, and when and by which run each was first met"
	case schema.TableJobs:
		return what + " as they were: status, campaign and instants of each job, first_seen among them"
	}
	return what + " as they were"
}

// Loss returns what a repair of dir could not have back as an error, nil for nothing.
func (o *Outcome) Loss(dir string) error {
	s := o.Salvage
	if s == nil {
		if n := len(o.Lost()); n > 0 {
			return exit.WithHint(fmt.Errorf("repair %s: %d damaged files are lost", dir, n),
				"go back to a snapshot without them with `callmill snapshots "+quote.Shell(dir)+" rollback NAME`, and pull those days again")
		}
		return nil
	}
	said := missing(s)
	if n := lostJobs(s); n > 0 {
		said = append([]string{fmt.Sprintf("%d jobs are lost", n)}, said...)
	}
	if len(said) == 0 {
		return nil
	}
	return exit.Unclean{{Code: exit.TooManyMissing, Says: strings.Join(said, "; "),
		Hint: "the next pull asks for the lost jobs again; `callmill snapshots " + quote.Shell(dir) + " list` shows the snapshots to go back to"}}
}
