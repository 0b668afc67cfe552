package table_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/table"
)

// lines is a table of what a list may have.
func lines() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "script", Head: "话术", Width: 12},
		{Name: "calls", Head: "通数", Right: true},
		{Name: "rate", Head: "失败率", Right: true, Digits: 1},
		{Name: "job_id"},
		{Name: "said", Head: "说的话"},
	}}
	t.Add("分期还款", 1234, 12.345, "j1", []string{"好", "嗯"})
	t.Add("a script with a long name", 5, nil, "j2", "=1+1")
	t.Add("", int64(0), 0.0, "j3", "两\n行\x1b[31m<b>")
	return t
}

func TestWrite(t *testing.T) {
	tests := map[table.Format]string{
		table.Text: `话术          通数  失败率  说的话
分期还款      1234    12.3  好; 嗯
a script wi…     5          =1+1
                 0     0.0  两 行 [31m<b>
`,
		table.JSON: `[
{"script":"分期还款","calls":1234,"rate":12.345,"job_id":"j1","said":["好","嗯"]},
{"script":"a script with a long name","calls":5,"rate":null,"job_id":"j2","said":"=1+1"},
{"script":"","calls":0,"rate":0,"job_id":"j3","said":"两\n行\u001b[31m<b>"}
]
`,
		table.CSV: `script,calls,rate,job_id,said
分期还款,1234,12.345,j1,好; 嗯
a script with a long name,5,,j2,'=1+1
,0,0,j3,"两
行` + "\x1b" + `[31m<b>"
`,
	}
	for format, want := range tests {
		var out strings.Builder
		if err := lines().Write(&out, format); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, out.String(), want)
		}
	}
}

// A spreadsheet takes no cell for a formula; numbers stay numbers.
func TestFormulas(t *testing.T) {
	tb := &table.Table{Columns: []table.Column{{Name: "a"}}}
	for _, value := range []any{"=cmd|' /C calc'!A0", "+86", "-1", "@SUM(1)", "\t=1", []string{"=1", "2"}, -3, -0.5} {
		tb.Add(value)
	}
	var out strings.Builder
	if err := tb.Write(&out, table.CSV); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records[1:7] {
		if !strings.HasPrefix(r[0], "'") {
			t.Errorf("row %d is %q, which a spreadsheet may run", i, r[0])
		}
	}
	if records[7][0] != "-3" || records[8][0] != "-0.5" {
		t.Errorf("numbers are %q and %q", records[7][0], records[8][0])
	}
}

// A table without rows is a list without elements.
func TestEmpty(t *testing.T) {
	tb := &table.Table{Columns: []table.Column{{Name: "a", Head: "A"}}}
	var out strings.Builder
	if err := tb.Write(&out, table.JSON); err != nil {
		t.Fatal(err)
	}
	var rows []any
	if err := json.Unmarshal([]byte(out.String()), &rows); err != nil || len(rows) != 0 {
		t.Errorf("%q: %v", out.String(), err)
	}
}

func TestFormatFlag(t *testing.T) {
	f := table.Text
	if err := f.Set("xml"); err == nil || f != table.Text {
		t.Errorf("xml: %v, %s", err, f)
	}
	if err := f.Set("csv"); err != nil || f != table.CSV {
		t.Errorf("csv: %v, %s", err, f)
	}
}
