package verify

import (
	"context"
	"strconv"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/verify/arrowio"
)

// sound checks everything about a file except its rows, and reports whether they
// can be read as rows of its table.
func (p *Plan) sound(ctx context.Context, f *tableFile) (bool, error) {
	intact, err := p.intact(ctx, f)
	return intact && p.checkFooter(f) && !p.o.Quick, err
}

// checkFooter checks the format, the columns and the numbers of rows of a file,
// and reports whether its rows can be read as rows of its table.
func (p *Plan) checkFooter(f *tableFile) bool {
	footer, err := arrowio.ReadFooter(p.path(f.Path))
	if err != nil {
		p.findings.add(f.Path, CheckSchema, "its footer cannot be read: %v", err)
		return false
	}
	if want := strconv.Itoa(p.manifest.Format); footer.Values[parquetio.FormatKey] != want {
		p.findings.add(f.Path, CheckSchema, "its footer does not say %s %s", parquetio.FormatKey, want)
	}
	if footer.Rows != f.Rows || footer.GroupRows != f.Rows {
		p.findings.add(f.Path, CheckCounts, "its footer says %d rows, its row groups %d, the manifest %d", footer.Rows, footer.GroupRows, f.Rows)
		return false
	}
	want := f.table.Columns
	ok := len(footer.Columns) == len(want)
	if !ok {
		p.findings.add(f.Path, CheckSchema, "has %d columns, %s has %d", len(footer.Columns), f.table.Name, len(want))
	}
	for i := range min(len(footer.Columns), len(want)) {
		if got, want := footer.Columns[i], arrowio.Describe(want[i]); got != want {
			p.findings.add(f.Path, CheckSchema, "column %d is %s, not %s", i, got, want)
			ok = false
		}
	}
	return ok
}
