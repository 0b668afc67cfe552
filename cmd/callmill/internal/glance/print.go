package glance

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/mattn/go-runewidth"

	"callmill/cmd/callmill/internal/quote"
	"callmill/pipeline/dataset"
)

// width is how many columns of a terminal the output may take.
const width = 80

// Show writes the screen about what is published in the folder dir.
func Show(w io.Writer, dir string) error {
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	g, err := At(d)
	if err != nil {
		return err
	}
	if err := g.Print(w, filepath.Join(dir, "latest")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n  all tables and columns: callmill schema · this report again: callmill demo %s\n", quote.Shell(dir))
	return err
}

// Print writes the screen. path is the folder of the snapshot, for the queries
// to try.
func (g *Glance) Print(w io.Writer, path string) error {
	p := &printer{w: w}
	p.line("")
	p.line("  %d jobs, %d call attempts, %d lines spoken", g.Jobs, g.Tasks, g.Turns)
	p.line("  connected          %s", share(g.Connected, g.Dialed, "calls dialled"))
	p.line("  a person answered  %s", share(g.Answered, g.Dialed, "calls dialled"))
	p.line("    and spoke        %s", share(g.Spoke, g.Answered, "calls answered"))
	p.line("  dialogue failed    %s", share(g.Failed, g.Judged, "calls connected"))
	p.line("  (a person: connected, and no machine noticed; a mailbox may be among them)")
	p.line("")
	p.line("  how dialled calls ended")
	for _, o := range g.Outcomes {
		p.bar(o.Name, o.N, g.Dialed)
	}
	p.line("")
	p.line("  words contacts say when dialogues fail (z of weighted log-odds; times in")
	p.line("  failed and in other answered dialogues)")
	for _, word := range g.Words {
		p.line("    %s %5.1f %7d %7d", pad(word.Text, 14), word.Z, word.InFailed, word.InOthers)
	}
	p.line("")
	p.line("  robot lines at which more contacts hang up than at the same point of other")
	p.line("  calls of the script (of %d who hung up before the flow had ended)", g.HungUp)
	p.line("     excess  hung up  expected  reached")
	for _, n := range g.Nodes {
		p.line("    %7.0f %8d %9.1f %8d  %s", n.Excess(), n.HungUp, n.Expected, n.Reached, runewidth.Truncate(n.Pattern, width-41, "…"))
	}
	p.line("")
	p.queries(path)
	return p.err
}

// queries prints examples to paste: two for DuckDB, one for pandas.
func (p *printer) queries(path string) {
	p.line("  try in DuckDB: cd %s && duckdb -init views.sql", quote.Shell(path))
	p.line("")
	p.line("    SELECT call_hour, count(*) AS calls, avg(answered::INT) AS answered")
	p.line("    FROM tasks WHERE attempt IS NOT NULL GROUP BY ALL ORDER BY call_hour;")
	p.line("")
	p.line("    SELECT turn_index, speaker, script FROM turns WHERE task_id = (SELECT")
	p.line("    min(task_id) FROM tasks WHERE failed_dialogue AND turn_count > 8);")
	p.line("")
	p.line("  or in Python, from the same folder:")
	p.line("")
	p.line("    import pandas as pd; turns = pd.read_parquet('turns')")
	p.line("    turns[turns.speaker == 'Contact'].tokens.explode().value_counts().head(20)")
}

type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

const barWidth = 36

func (p *printer) bar(name string, n, of int64) {
	length := int((n*barWidth + of - 1) / of)
	p.line("    %s %6d %5.1f %%  %s", pad(name, 18), n, 100*float64(n)/float64(of), strings.Repeat("▇", length))
}

func pad(s string, columns int) string {
	return runewidth.FillRight(runewidth.Truncate(s, columns, "…"), columns)
}

func share(n, of int64, what string) string {
	if of == 0 {
		return "0 of 0 " + what
	}
	return fmt.Sprintf("%.0f %% of %d %s", 100*float64(n)/float64(of), of, what)
}
