package glance

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/mattn/go-runewidth"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// width is how many columns of a terminal the output may take.
const width = 80

// Show writes the screen about what is published in the folder dir, in a language.
func Show(w io.Writer, dir string, lang schema.Language) error {
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	g, err := At(d)
	if err != nil {
		return err
	}
	if err := g.Print(w, filepath.Join(dir, "latest"), lang); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n  "+textsIn(lang).again+"\n", quote.Shell(dir))
	return err
}

// Print writes the screen in a language. path is the folder of the snapshot, for the
// queries to try.
func (g *Glance) Print(w io.Writer, path string, lang schema.Language) error {
	p := &printer{w: w, texts: textsIn(lang)}
	p.line("")
	p.line("  "+p.counts, g.Jobs, g.Tasks, g.Turns)
	of := [...]struct{ n, of int64 }{{g.Connected, g.Dialed}, {g.Answered, g.Dialed}, {g.Spoke, g.Answered}, {g.Failed, g.Judged}}
	for i, text := range p.rates {
		p.line("  "+text, share(of[i].n, of[i].of), of[i].of)
	}
	p.line("  " + p.answered)
	p.line("")
	p.line("  " + p.outcomes)
	meanings := outcomesIn(lang)
	for _, o := range g.Outcomes {
		p.bar(o.Name, meanings[o.Name], o.N, g.Dialed)
	}
	p.line("")
	p.paragraph(p.words)
	for _, word := range g.Words {
		p.line("    %s %5.1f %7d %7d", pad(word.Text, 14), word.Z, word.InFailed, word.InOthers)
	}
	p.line("")
	p.paragraph(p.nodes, g.HungUp)
	p.line("    %s %s %s %s", padLeft(p.columns[0], 7), padLeft(p.columns[1], 8), padLeft(p.columns[2], 9), padLeft(p.columns[3], 8))
	for _, n := range g.Nodes {
		p.line("    %7.0f %8d %9.1f %8d  %s", n.Excess(), n.HungUp, n.Expected, n.Reached, runewidth.Truncate(n.Pattern, width-41, "…"))
	}
	p.line("")
	p.queries(path)
	return p.err
}

// outcomesIn returns what outcomes mean, none in English: their names are words of it.
func outcomesIn(lang schema.Language) map[string]string {
	meanings := map[string]string{}
	if lang == schema.English {
		return meanings
	}
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if table.Name == schema.TableTasks && c.Name == "outcome" {
				for _, v := range c.Values {
					meanings[v.Value] = v.Doc.In(lang)
				}
			}
		}
	}
	return meanings
}

// queries prints examples to paste: two for DuckDB, one for pandas.
func (p *printer) queries(path string) {
	p.line("  "+p.duckDB, quote.Shell(path))
	p.line("")
	p.line("    SELECT call_hour, count(*) AS calls, avg(answered::INT) AS answered")
	p.line("    FROM tasks WHERE attempt IS NOT NULL GROUP BY ALL ORDER BY call_hour;")
	p.line("")
	p.line("    SELECT turn_index, speaker, script FROM turns WHERE task_id = (SELECT")
	p.line("    min(task_id) FROM tasks WHERE failed_dialogue AND turn_count > 8);")
	p.line("")
	p.line("  " + p.python)
	p.line("")
	p.line("    import pandas as pd; turns = pd.read_parquet('turns')")
	p.line("    turns[turns.speaker == 'Contact'].tokens.explode().value_counts().head(20)")
}

type printer struct {
	*texts
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// paragraph prints lines; the last one has the values.
func (p *printer) paragraph(lines []string, values ...any) {
	last := len(lines) - 1
	for _, line := range lines[:last] {
		p.line("  " + line)
	}
	p.line("  "+lines[last], values...)
}

// bar prints a count and its share. meaning may be empty.
func (p *printer) bar(name, meaning string, n, of int64) {
	barWidth, label := int64(36), pad(name, 18)
	if meaning != "" {
		barWidth, label = 12, pad(name, 14)+" "+pad(meaning, 28)
	}
	length := int((n*barWidth + of - 1) / of)
	p.line("    %s %6d %5.1f %%  %s", label, n, 100*float64(n)/float64(of), strings.Repeat("▇", length))
}

func pad(s string, columns int) string {
	return runewidth.FillRight(runewidth.Truncate(s, columns, "…"), columns)
}

func padLeft(s string, columns int) string { return runewidth.FillLeft(s, columns) }

func share(n, of int64) string {
	if of == 0 {
		return "0"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(n)/float64(of))
}
