//go:build cgo

package site

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/schema"
)

const (
	// mostRows is how many rows a sheet of Excel holds, below its first one.
	mostRows = 1<<20 - 1
	// longestExport is how long an export may take.
	longestExport = 5 * time.Minute
)

// CSV writes all rows of a list as CSV where the URL asks for that; done is true then,
// and err what is wrong. It is for exporters alone, and logged before the first byte.
//
// The file is UTF-8 with a byte order mark, without which Excel takes it for GBK. A cell
// that Excel would take for a formula begins with an apostrophe. The last columns of each
// row are the snapshot and which calls the list is of.
func (r *Request) CSV(w http.ResponseWriter, l *Listing) (done bool, err error) {
	if r.query.Get("format") != "csv" || l.Several && r.query.Get("list") != l.Name {
		return false, nil
	}
	switch {
	case l.NoCSV:
		return true, Usage(schema.Text{ZH: "这个列表不能导出。", EN: "This list is not to be exported."})
	case r.Role < Exporter:
		return true, forbidden(Exporter)
	case l.Len > mostRows:
		return true, Usage(schema.Text{
			ZH: fmt.Sprintf("共 %s 行，超过一张表能容纳的 %s 行：请缩小日期范围。", figures.Number(l.Len), figures.Number(mostRows)),
			EN: fmt.Sprintf("These are %s rows, and a sheet holds %s: choose fewer days.", figures.Number(l.Len), figures.Number(mostRows)),
		})
	}
	if err := r.Log(audit.Exported, l.Name, nil, int64(l.Len)); err != nil {
		return true, err
	}
	// The server's limit is for pages.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestExport)) // not every writer has one
	name := strings.Join([]string{"callmill", l.Name, r.Night.Name}, "-") + ".csv"
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	order := r.order(l)
	return true, r.writeCSV(w, l, order)
}

// writeCSV writes the rows of a list. What fails once it began ends the connection, so
// that no browser takes half a file for a whole one.
func (r *Request) writeCSV(w io.Writer, l *Listing, order []int32) error {
	out := csv.NewWriter(w)
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		panic(http.ErrAbortHandler)
	}
	var record []string
	for _, c := range l.Columns {
		if c.Only != PageOnly {
			record = append(record, c.Key)
		}
	}
	record = append(record, "snapshot", "filter")
	filter := ""
	if !r.Among.IsAll() {
		filter = r.Describe(r.Among)
	}
	err := out.Write(record)
	for k := 0; k < l.Len && err == nil; k++ {
		i := k
		if order != nil {
			i = int(order[k])
		}
		record = record[:0]
		for at, cell := range l.Row(i) {
			if l.Columns[at].Only != PageOnly {
				record = append(record, figures.Unformula(cell.csv()))
			}
		}
		err = out.Write(append(record, figures.Unformula(r.Night.Name), figures.Unformula(filter)))
		if k%1000 == 0 && errors.Is(r.Context().Err(), context.Canceled) { // its deadline is that of pages
			err = r.Context().Err()
		}
	}
	out.Flush()
	if err != nil || out.Error() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// csv returns what a cell is in CSV.
func (c *Cell) csv() string {
	if c.Value != "" {
		return c.Value
	}
	if len(c.Marks) > 0 {
		var b strings.Builder
		for _, m := range c.Marks {
			if !m.Gone {
				b.WriteString(m.Text)
			}
		}
		return b.String()
	}
	return c.Text
}
