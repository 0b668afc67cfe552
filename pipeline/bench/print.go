package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// print prints the table: a row per contestant, callmill first, with times relative
// to it.
func print(out io.Writer, input *responses, results []result) error {
	rows := results[0].rows
	fmt.Fprintf(out, "%.1f MB of responses: %d jobs, %d tasks, %d turns\n\n", float64(input.bytes)/1e6, rows.Jobs, rows.Tasks, rows.Turns)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\twords\twall s\tCPU s\tpeak MB\tParquet MB\tturns/s\twall ratio\tCPU ratio\t")
	first := results[0]
	for _, r := range results {
		words := "no"
		if r.words {
			words = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%.2f\t%d\t%.1f\t%.0f\t%.2f\t%.2f\t\n", r.name, words,
			r.wall.Seconds(), r.cpu.Seconds(), r.memory>>20, float64(r.written)/1e6, float64(r.rows.Turns)/r.wall.Seconds(),
			r.wall.Seconds()/first.wall.Seconds(), r.cpu.Seconds()/first.cpu.Seconds())
	}
	return w.Flush()
}
