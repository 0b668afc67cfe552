//go:build cgo

package site

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/schema"
)

// Listing is a list as a page shows it: with columns to sort by, in pages, and all rows
// as CSV at the same URL with format=csv. A handler does
//
//	l := &site.Listing{…}
//	if done, err := r.CSV(w, l); done {
//		return err
//	}
//	return r.Render(w, set, "calls", title, data{List: r.List(l)})
//
// and its template {{template "listing" .List}}.
type Listing struct {
	// Name is of the list in the name of the CSV file and in the access log. Where a page
	// has several lists, it also tells their parameters apart.
	Name    string
	Several bool // the page has more lists than this
	Columns []Column
	Len     int                // rows there are
	Row     func(i int) []Cell // of row i in the order that they have unsorted: a cell for each column
	// Sort is the order without one in the URL: the key of a column, -key for the largest
	// first, "" for that of the rows.
	Sort    string
	PerPage int         // rows of a page; 0: 50
	Empty   schema.Text // what is said where there is no row
	NoCSV   bool        // it is not to be taken away
	// Link returns the URL that a row is opened by, with Enter, too; nil: none.
	Link func(i int) string
	// Class returns the class of a row; nil: none.
	Class func(i int) string
}

// Column is a column of a list.
type Column struct {
	Key     string // in the URL and in CSV
	Head    schema.Text
	Title   schema.Text        // says what it is, where the head does not; may be empty
	Right   bool               // as numbers are
	Compare func(a, b int) int // orders rows; nil: it is not sorted by
	Only    Medium             // where it is; the zero Medium: in both
	Class   string             // of its cells
}

// Medium is where a column is.
type Medium uint8

// The media.
const (
	Everywhere Medium = iota
	PageOnly
	CSVOnly
)

// Cell is what is in a row of a column.
type Cell struct {
	Text  string
	Soft  string        // behind it, in a softer colour; not in CSV
	Href  string        // what it opens
	Chart template.HTML // drawn by package chart or flow, in place of Text; not in CSV
	Marks []Mark        // in place of Text
	// Review is a form for a verdict, in place of Text; Small forms fit. Not in CSV.
	Review *judged.Form
	Class  string
	Value  string // in CSV; "" is Text
	Title  string
}

// Mark is a piece of a text that may be marked.
type Mark struct {
	Text   string
	Marked bool
	Gone   bool // struck out
}

// Text returns a cell of a text.
func Text(text string) Cell { return Cell{Text: text} }

// Count returns a cell of a whole number, which opens calls where href is not "".
func Count(n int, href string) Cell {
	return Cell{Text: figures.Number(n), Href: href, Value: strconv.Itoa(n)}
}

// Share returns a cell of k in n as a percentage, with its interval. In CSV it is the
// share as a number.
func Share(k, n int, href string) Cell {
	if n == 0 {
		return Cell{Text: "–"}
	}
	share := float64(k) / float64(n)
	return Cell{Text: figures.Percent(share), Soft: figures.Interval(k, n), Href: href, Value: strconv.FormatFloat(share, 'f', 4, 64)}
}

// Listed is a page of a list, for the template "listing".
type Listed struct {
	Name                        string
	Heads                       []head
	Rows                        []row
	From, To                    int // of the rows, counted from 1
	Len                         int
	Page, Pages                 int
	First, Previous, Next, Last string // URLs, "" where there is none
	CSV                         string // URL, "" where it is not to be taken away
	MayExport                   bool
	Empty                       schema.Text
}

type head struct {
	Text, Title schema.Text
	URL         string
	Right       bool
	Up, Down    bool // sorted by it
}

type row struct {
	Cells []cell
	Link  string
	Class string
}

type cell struct {
	Cell
	Right bool
	Head  schema.Text // for narrow screens
}

const perPage = 50

func (l *Listing) parameter(name string) string {
	if l.Several {
		return l.Name + "." + name
	}
	return name
}

// List returns the page of a list that the URL says.
func (r *Request) List(l *Listing) *Listed {
	size := l.PerPage
	if size <= 0 {
		size = perPage
	}
	out := &Listed{Name: l.Name, Len: l.Len, Pages: max(1, (l.Len+size-1)/size), Empty: l.Empty, MayExport: r.May("export")}
	if out.Empty == (schema.Text{}) {
		out.Empty = schema.Text{ZH: "没有可列出的。", EN: "There is nothing to list."}
	}
	page, err := strconv.Atoi(r.query.Get(l.parameter("page")))
	if err != nil {
		page = 1
	}
	out.Page = min(max(page, 1), out.Pages)
	order := r.order(l)
	from := (out.Page - 1) * size
	to := min(from+size, l.Len)
	out.From, out.To = from+1, to
	by, down := strings.CutPrefix(r.sort(l), "-")
	shown := make([]Column, 0, len(l.Columns))
	for _, c := range l.Columns {
		if c.Only == CSVOnly {
			continue
		}
		shown = append(shown, c)
		h := head{Text: c.Head, Title: c.Title, Right: c.Right}
		if c.Compare != nil {
			h.Up, h.Down = c.Key == by && !down, c.Key == by && down
			next := "-" + c.Key // the largest first, since that is what is looked for
			if h.Down || !c.Right && !h.Up {
				next = c.Key
			}
			h.URL = r.Here(l.parameter("sort"), next, l.parameter("page"), "")
		}
		out.Heads = append(out.Heads, h)
	}
	for k := from; k < to; k++ {
		i := k
		if order != nil {
			i = int(order[k])
		}
		out.Rows = append(out.Rows, l.row(i, shown))
	}
	at := func(p int) string {
		if p < 1 || p > out.Pages || p == out.Page {
			return ""
		}
		return r.Here(l.parameter("page"), strconv.Itoa(p))
	}
	out.First, out.Previous, out.Next, out.Last = at(1), at(out.Page-1), at(out.Page+1), at(out.Pages)
	if !l.NoCSV {
		change := []string{"format", "csv"}
		if l.Several {
			change = append(change, "list", l.Name)
		}
		out.CSV = r.Here(change...)
	}
	return out
}

func (l *Listing) row(i int, shown []Column) row {
	var out row
	cells := l.Row(i)
	for k, c := range l.Columns {
		if c.Only == CSVOnly || k >= len(cells) {
			continue
		}
		own := cells[k]
		own.Class = strings.TrimSpace(own.Class + " " + c.Class)
		out.Cells = append(out.Cells, cell{own, c.Right, c.Head})
	}
	if l.Link != nil {
		out.Link = l.Link(i)
	}
	if l.Class != nil {
		out.Class = l.Class(i)
	}
	return out
}

// sort returns by which column the list is sorted.
func (r *Request) sort(l *Listing) string {
	by := r.query.Get(l.parameter("sort"))
	key, _ := strings.CutPrefix(by, "-")
	if slices.ContainsFunc(l.Columns, func(c Column) bool { return c.Key == key && c.Compare != nil }) {
		return by
	}
	return l.Sort
}

// fewToSort is how many rows are sorted anew for each page.
const fewToSort = 2000

// order returns the rows in the order of the list; nil: as they are.
func (r *Request) order(l *Listing) []int32 {
	by, down := strings.CutPrefix(r.sort(l), "-")
	i := slices.IndexFunc(l.Columns, func(c Column) bool { return c.Key == by && c.Compare != nil })
	if i < 0 {
		return nil
	}
	compare := l.Columns[i].Compare
	sorted := func() []int32 {
		order := make([]int32, l.Len)
		for k := range order {
			order[k] = int32(k)
		}
		slices.SortStableFunc(order, func(a, b int32) int {
			if down {
				a, b = b, a
			}
			return compare(int(a), int(b))
		})
		return order
	}
	if l.Len <= fewToSort {
		return sorted()
	}
	answer, err := r.Night.Answers.Ask(r.Context(), answers.Question{Key: "order?" + l.Name + "?" + r.Here()},
		func(context.Context, func(int, int, schema.Text)) (any, error) { return sorted(), nil })
	if order, ok := answer.([]int32); err == nil && ok && len(order) == l.Len {
		return order
	}
	return sorted()
}
