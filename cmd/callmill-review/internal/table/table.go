// Package table prints lists as aligned text, in which Chinese characters take two
// columns, as JSON or as CSV.
package table

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Format is how a table is printed. It is a flag; "" is [Text].
type Format string

// The formats there are.
const (
	Text Format = "table"
	JSON Format = "json"
	CSV  Format = "csv"
)

// Set parses a format. The value is unchanged where that fails.
func (f *Format) Set(text string) error {
	switch format := Format(text); format {
	case Text, JSON, CSV:
		*f = format
		return nil
	}
	return fmt.Errorf("want %s, %s or %s", Text, JSON, CSV)
}

func (f *Format) String() string { return string(*f) }

// Type is what help calls the value.
func (f *Format) Type() string { return "FORMAT" }

// Column is a column of a table.
type Column struct {
	Name   string // in JSON and CSV
	Head   string // in text; "" leaves the column out there
	Right  bool   // aligned to the right, as numbers are
	Digits int    // of floats after the point, in text
	Width  int    // at most, in text, in columns of a terminal; 0: any
}

// Table is rows to print. A value may be a string, an integer, a float64, a bool, nil, or
// []string; in JSON anything that encoding/json knows.
type Table struct {
	Columns []Column
	rows    [][]any
}

// Add adds a row: a value for each column.
func (t *Table) Add(values ...any) { t.rows = append(t.rows, values) }

// Len returns the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Write prints the table: as JSON a list of objects, as CSV with a line of names.
func (t *Table) Write(w io.Writer, f Format) error {
	switch f {
	case JSON:
		return t.writeJSON(w)
	case CSV:
		return t.writeCSV(w)
	}
	return t.writeText(w)
}

func (t *Table) writeText(w io.Writer) error {
	shown := make([][]string, len(t.rows))
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = runewidth.StringWidth(c.Head)
	}
	for r, row := range t.rows {
		shown[r] = make([]string, len(t.Columns))
		for i, c := range t.Columns {
			cell := OneLine(text(row[i], c.Digits))
			if c.Width > 0 {
				cell = runewidth.Truncate(cell, c.Width, "…")
			}
			shown[r][i] = cell
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Head
	}
	for _, row := range append([][]string{heads}, shown...) {
		var line strings.Builder
		for i, c := range t.Columns {
			switch {
			case c.Head == "":
				continue
			case c.Right:
				line.WriteString(runewidth.FillLeft(row[i], widths[i]))
			default:
				line.WriteString(runewidth.FillRight(row[i], widths[i]))
			}
			line.WriteString("  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) writeJSON(w io.Writer) error {
	separator := "["
	for _, row := range t.rows {
		var object strings.Builder
		for i, c := range t.Columns {
			value, err := marshal(row[i])
			if err != nil {
				return fmt.Errorf("print %s as JSON: %w", c.Name, err)
			}
			name, _ := marshal(c.Name)
			if i > 0 {
				object.WriteString(",")
			}
			object.WriteString(name + ":" + value)
		}
		if _, err := fmt.Fprintf(w, "%s\n{%s}", separator, object.String()); err != nil {
			return err
		}
		separator = ","
	}
	end := "\n]\n"
	if len(t.rows) == 0 {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

// WriteJSON writes a value as JSON over several lines, in which < and > are as they are.
func WriteJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// marshal returns a value as JSON, in which < and > are as they are.
func marshal(value any) (string, error) {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}

func (t *Table) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = c.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for _, row := range t.rows {
		for i := range t.Columns {
			record[i] = text(row[i], -1)
			switch row[i].(type) {
			case string, []string:
				record[i] = plain(record[i])
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plain keeps a spreadsheet from taking text for a formula: what begins as one gets an
// apostrophe, which spreadsheets do not show. See OWASP, CSV Injection.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// text returns a value as text; floats with so many digits after the point, -1 for as
// many as they have.
func text(value any, digits int) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', digits, 64)
	case []string:
		return strings.Join(v, "; ")
	}
	return fmt.Sprint(value)
}

// OneLine replaces what would break a line or move the cursor of a terminal.
func OneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
