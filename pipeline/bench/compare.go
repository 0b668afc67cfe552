package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// pair is the same contestant twice.
type pair struct {
	input         string
	before, after result
}

// compareFiles prints how two reports differ.
func compareFiles(out io.Writer, oldFile, newFile string) error {
	before, err := readReport(oldFile)
	if err != nil {
		return err
	}
	after, err := readReport(newFile)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "old: %s; %s/%s, %d CPUs\nnew: %s; %s/%s, %d CPUs\n\n",
		before.Callmill, before.OS, before.Arch, before.CPUs, after.Callmill, after.OS, after.Arch, after.CPUs)
	return printPairs(out, pairs(before, after))
}

// pairs returns the contestants that two reports have in common. Peers are among
// them: they tell how alike the machine was.
func pairs(before, after report) (list []pair) {
	for _, in := range after.Inputs {
		old := before.input(in.Name)
		for _, r := range in.Contestants {
			if was := old.find(r.Name); was != nil {
				list = append(list, pair{in.Name, *was, r})
			}
		}
	}
	return list
}

// ownPairs returns the contestants of callmill with those of the baseline.
func (r report) ownPairs() (list []pair) {
	for _, in := range r.Inputs {
		for _, own := range in.Contestants {
			suffix, ours := strings.CutPrefix(own.Name, callmillName)
			if was := in.find(baselineName + suffix); ours && was != nil {
				list = append(list, pair{in.Name, *was, own})
			}
		}
	}
	return list
}

// printPairs prints a row for each pair: new divided by old, and by how much CPU times
// of the same binary differ, in percent of their median. A difference below that
// is none.
func printPairs(out io.Writer, list []pair) error {
	fmt.Fprintln(out, "new ÷ old, of medians: less is better")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "input\tcontestant\twall\tCPU\tpeak\tParquet\tspread of CPU")
	for _, p := range list {
		a, b := p.after.Median, p.before.Median
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%.0f %%\n", p.input, p.after.Name,
			quotient(a.Wall, b.Wall), quotient(a.CPU, b.CPU),
			quotient(float64(a.Memory), float64(b.Memory)), quotient(float64(a.Written), float64(b.Written)),
			100*max(spread(p.before), spread(p.after)))
	}
	return w.Flush()
}

// quotient returns a ÷ b as text, of nothing a dash.
func quotient(a, b float64) string {
	switch q := a / b; {
	case a == 0 || b == 0:
		return "–"
	case q >= 10:
		return fmt.Sprintf("%.1f", q)
	default:
		return fmt.Sprintf("%.2f", q)
	}
}

// spread returns by what share of the median the CPU times of runs differ.
func spread(r result) float64 {
	least, most := r.Runs[0].CPU, r.Runs[0].CPU
	for _, f := range r.Runs {
		least, most = min(least, f.CPU), max(most, f.CPU)
	}
	if r.Median.CPU == 0 {
		return 0
	}
	return (most - least) / r.Median.CPU
}
