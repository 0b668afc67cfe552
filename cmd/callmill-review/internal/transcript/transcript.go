//go:build cgo

package transcript

import (
	"fmt"
	"io"
	"time"

	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/schema"
)

// Lines returns the lines of calls as rows, those of attempts[i] being said[i].
func Lines(attempts []query.Attempt, said [][]query.Line) *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "instance_id"}, {Name: "job_id"}, {Name: "task_id"}, {Name: "turn_index"}, {Name: "speaker"}, {Name: "gap_ms"}, {Name: "script"},
	}}
	for i, a := range attempts {
		for _, l := range said[i] {
			var gap any
			if l.Gap >= 0 {
				gap = l.Gap
			}
			t.Add(a.Instance, a.Job, a.Task, l.Turn, l.Speaker, gap, l.Script)
		}
	}
	return t
}

// speakers are the names of speakers in a transcript, in Chinese and English.
var speakers = map[string][2]string{"Robot": {"机", "R"}, "Contact": {"客", "C"}}

// Call prints a call: a line about it, then what was said.
func Call(w io.Writer, a *query.Attempt, lines []query.Line, zone *time.Location, lang schema.Language) error {
	if err := head(w, a, zone, lang); err != nil {
		return err
	}
	for i := range lines {
		if err := line(w, &lines[i], " ", lang); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// head prints the line about a call.
func head(w io.Writer, a *query.Attempt, zone *time.Location, lang schema.Language) error {
	when := "-"
	if a.Start != 0 {
		when = time.UnixMilli(a.Start).In(zone).Format("2006-01-02 15:04:05")
	}
	text := fmt.Sprintf("%s · %s %s · %s · #%d · %s · %s %s %s", when, a.Script, a.Version, a.Campaign, a.Attempt, filter.OutcomeLabel(a.Outcome, lang), a.Instance, a.Job, a.Task)
	_, err := fmt.Fprintln(w, table.OneLine(text))
	return err
}

// line prints a line of a call after a mark.
func line(w io.Writer, l *query.Line, mark string, lang schema.Language) error {
	speaker := l.Speaker
	if names, ok := speakers[speaker]; ok {
		speaker = names[0]
		if lang == schema.English {
			speaker = names[1]
		}
	}
	gap := ""
	if l.Gap >= 0 {
		gap = fmt.Sprintf("+%.1fs", float64(l.Gap)/1000)
	}
	_, err := fmt.Fprintf(w, "%s%3d %7s %s %s\n", mark, l.Turn, gap, speaker, table.OneLine(l.Script))
	return err
}

// Counted says how many lines were found.
func Counted(found *query.Hits, lang schema.Language) string {
	shown, total := len(found.Hits), found.Total
	switch all := int64(shown) == total; {
	case lang == schema.English && all:
		return fmt.Sprintf("%d lines", total)
	case lang == schema.English:
		return fmt.Sprintf("%d of %d lines; all of them: --limit 0", shown, total)
	case all:
		return fmt.Sprintf("共 %d 句", total)
	}
	return fmt.Sprintf("共 %d 句，列出 %d 句；全部列出：--limit 0", total, shown)
}

// HitRows returns hits as rows. Lines around them are lists of what was said.
func HitRows(hits []query.Hit) *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "call_time"}, {Name: "instance_id"}, {Name: "job_id"}, {Name: "task_id"}, {Name: "turn_index"},
		{Name: "campaign"}, {Name: "script_name"}, {Name: "script_version"}, {Name: "calling_number"}, {Name: "attempt"}, {Name: "outcome"},
		{Name: "speaker"}, {Name: "gap_ms"}, {Name: "script"}, {Name: "before"}, {Name: "after"},
	}}
	said := func(lines []query.Line) []string {
		all := []string{}
		for _, l := range lines {
			all = append(all, l.Speaker+": "+l.Script)
		}
		return all
	}
	for i := range hits {
		h := &hits[i]
		var at, gap any
		if h.Start != 0 {
			at = time.UnixMilli(h.Start).UTC().Format(time.RFC3339)
		}
		if h.Gap >= 0 {
			gap = h.Gap
		}
		t.Add(at, h.Instance, h.Job, h.Task, h.Turn, h.Campaign, h.Attempt.Script, h.Version, h.Number, h.Attempt.Attempt, h.Outcome,
			h.Speaker, gap, h.Line.Script, said(h.Before), said(h.After))
	}
	return t
}

// Hits prints hits by call, each with the lines around it.
func Hits(w io.Writer, hits []query.Hit, zone *time.Location, lang schema.Language) error {
	for i := range hits {
		h := &hits[i]
		if i == 0 || hits[i-1].Key != h.Key {
			if err := head(w, &h.Attempt, zone, lang); err != nil {
				return err
			}
		}
		for _, l := range h.Before {
			if err := line(w, &l, " ", lang); err != nil {
				return err
			}
		}
		if err := line(w, &h.Line, "›", lang); err != nil {
			return err
		}
		for _, l := range h.After {
			if err := line(w, &l, " ", lang); err != nil {
				return err
			}
		}
	}
	return nil
}
