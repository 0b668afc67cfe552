package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/table"
)

// WriteText writes the report for a terminal. Findings have their examples a line each,
// with the line that the finding is about; days and campaigns are tables.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	b.WriteString(r.Title + "\n")
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "  %s  %s\n", f.Name, table.OneLine(f.Value))
	}
	for _, note := range r.Notes {
		b.WriteString("* " + note + "\n")
	}
	for i := range r.Sections {
		r.Sections[i].write(&b)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	for i := range r.Trends {
		if err := r.writeTrend(w, &r.Trends[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Section) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n── %s\n", s.Title)
	if s.About != "" {
		b.WriteString("   " + s.About + "\n")
	}
	if len(s.Findings) == 0 && s.Empty != "" {
		b.WriteString("   " + s.Empty + "\n")
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		fmt.Fprintf(b, "%3d  %s  %s", i+1, f.Kind, table.OneLine(f.Title))
		if f.Where != "" {
			fmt.Fprintf(b, "  ‹%s›", table.OneLine(f.Where))
		}
		b.WriteString("\n")
		for _, line := range []string{f.Says, f.Also, f.diff(), factsText(f.Facts)} {
			if line != "" {
				b.WriteString("     " + table.OneLine(line) + "\n")
			}
		}
		for k := range f.Examples {
			b.WriteString("       " + table.OneLine(f.Examples[k].text()) + "\n")
		}
	}
}

// diff marks in a text what another wording does not have: 〔+more〕, 〔−less〕.
func (f *Finding) diff() string {
	var b strings.Builder
	for _, p := range f.Parts {
		switch {
		case p.After:
			b.WriteString("〔+" + p.Text + "〕")
		case p.Before:
			b.WriteString("〔−" + p.Text + "〕")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func factsText(facts []Fact) string {
	var list []string
	for _, f := range facts {
		list = append(list, f.Name+" "+f.Value)
	}
	return strings.Join(list, " · ")
}

// maxQuoted is how many characters of a line an example quotes.
const maxQuoted = 40

// text is an example in a line: the call, and the line that is evidence, or else what the
// contact says in it: in the line that it is about, or after it, or else last.
func (e *Example) text() string {
	words := []string{e.When, e.Job, e.Outcome}
	if i := e.quoted(); i >= 0 {
		words = append(words, e.Lines[i].Speaker+": "+shortened(e.Lines[i].Text))
	}
	return strings.Join(words, " ")
}

// quoted returns which line an example quotes, -1: it has none.
func (e *Example) quoted() int {
	at := slices.IndexFunc(e.Lines, func(l Line) bool { return l.Marked })
	if at < 0 {
		return len(e.Lines) - 1
	}
	if !e.Evidence && e.Lines[at].Robot && at+1 < len(e.Lines) && !e.Lines[at+1].Robot {
		return at + 1
	}
	return at
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxQuoted {
		return string(runes[:maxQuoted]) + "…"
	}
	return text
}

func (r *Report) writeTrend(w io.Writer, t *Trend) error {
	if _, err := fmt.Fprintf(w, "\n── %s: %s\n", trendsTitle.In(r.Lang), t.Title); err != nil {
		return err
	}
	for _, list := range []struct {
		head   string
		shares []Share
	}{{dayHead.In(r.Lang), t.Days}, {campaignHead.In(r.Lang), t.Campaigns}} {
		rows := &table.Table{Columns: []table.Column{
			{Name: "name", Head: list.head, Width: 40}, {Name: "calls", Head: countHead.In(r.Lang), Right: true},
			{Name: "of", Head: callsHead.In(r.Lang), Right: true}, {Name: "share", Head: shareHead.In(r.Lang)}, {Name: "days", Head: " "},
		}}
		for i := range list.shares {
			s := &list.shares[i]
			rows.Add(s.Name, s.K, s.N, s.percent(), spark(s.Days))
		}
		rows.Add("", t.Total.K, t.Total.N, t.Total.percent(), "")
		if err := rows.Write(w, table.Text); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

// spark draws shares with blocks; a day without calls is a blank.
func spark(days []Share) string {
	highest := 0.0
	for i := range days {
		if !days[i].Hidden {
			highest = max(highest, days[i].Share)
		}
	}
	var b strings.Builder
	for i := range days {
		if days[i].Hidden {
			b.WriteByte(' ')
			continue
		}
		level := 0
		if highest > 0 {
			level = int(days[i].Share / highest * 7)
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[level])
	}
	return strings.TrimRight(b.String(), " ")
}
