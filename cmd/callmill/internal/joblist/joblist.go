// Package joblist prints what became of jobs, as a table or in a format that
// programs read. It does not know how that was found out.
package joblist

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset/changes"
	"callmill/pipeline/dataset/parquetio"
)

// Formats lists the supported formats, the default first.
func Formats() []string { return []string{"table", "csv", "json", "parquet"} }

// ParseFormat returns an error for a format that is not in Formats.
func ParseFormat(format string) error {
	if all := Formats(); !slices.Contains(all, format) {
		last := len(all) - 1
		return fmt.Errorf("invalid --format %q: want %s or %s", format, strings.Join(all[:last], ", "), all[last])
	}
	return nil
}

// Printer prints changes one by one. Not safe for concurrent use.
type Printer interface {
	Print(changes.Change) error
	// Close prints what was held back. It does not close what is printed to.
	Close() error
}

// New returns a printer in one of the Formats.
func New(format string, w io.Writer) (Printer, error) {
	switch format {
	case "csv":
		out := csv.NewWriter(w)
		return &csvPrinter{out}, out.Write([]string{"instance_id", "job_id", "change"})
	case "json":
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		return &jsonPrinter{out}, nil
	case "parquet":
		out, err := parquetio.NewWriter[row](&parquetio.Compressor{})
		if err != nil {
			return nil, err
		}
		out.Reset(w)
		return &parquetPrinter{out}, nil
	}
	return &tablePrinter{out: tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)}, nil
}

// row is a change in JSON and in Parquet.
type row struct {
	InstanceID string `parquet:"instance_id,dict" json:"instance_id"`
	JobID      string `parquet:"job_id" json:"job_id"`
	Change     string `parquet:"change,dict" json:"change"`
}

func rowOf(c changes.Change) row { return row{c.InstanceID, c.JobID, string(c.Kind)} }

type csvPrinter struct{ out *csv.Writer }

func (p *csvPrinter) Print(c changes.Change) error {
	return p.out.Write([]string{c.InstanceID, c.JobID, string(c.Kind)})
}

func (p *csvPrinter) Close() error {
	p.out.Flush()
	return p.out.Error()
}

type jsonPrinter struct{ out *json.Encoder }

func (p *jsonPrinter) Print(c changes.Change) error { return p.out.Encode(rowOf(c)) }
func (p *jsonPrinter) Close() error                 { return nil }

type parquetPrinter struct{ out *parquetio.Writer[row] }

func (p *parquetPrinter) Print(c changes.Change) error { return p.out.Write([]row{rowOf(c)}) }
func (p *parquetPrinter) Close() error                 { return p.out.Close() }

type tablePrinter struct {
	out   *tabwriter.Writer
	lines int
}

// alignedLines is over how many lines columns are aligned: they are in memory until
// then.
const alignedLines = 1000

func (p *tablePrinter) Print(c changes.Change) error {
	if p.lines == 0 {
		fmt.Fprintln(p.out, "INSTANCE\tJOB\tCHANGE")
	}
	p.lines++
	if _, err := fmt.Fprintf(p.out, "%s\t%s\t%s\n", quote.Field(c.InstanceID), quote.Field(c.JobID), c.Kind); err != nil {
		return err
	}
	if p.lines%alignedLines > 0 {
		return nil
	}
	return p.out.Flush()
}

func (p *tablePrinter) Close() error { return p.out.Flush() }
