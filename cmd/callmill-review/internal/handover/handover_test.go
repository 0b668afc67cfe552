package handover_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"callmill/cmd/callmill-review/internal/handover"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/schema"
)

func book() *handover.Book {
	made := time.Date(2026, 1, 24, 18, 30, 5, 0, time.FixedZone("Asia/Shanghai", 8*60*60))
	return &handover.Book{
		Lang: schema.Chinese, Snapshot: "20260124T103005Z", Filter: "script=分期还款", By: "李质检", Made: made,
		Title: "版本 1.7.0 的 234 通中失败 64，同类应 40，多 24 [11–38]",
		Wordings: []handover.Wording{
			{Script: "分期还款", Versions: "1.6.0", Parts: []effect.Part{{Text: "请您按时还款，可以吗？"}}, Calls: 347, HungUp: handover.Share{K: 4, Share: 4. / 347, Low: .004, High: .029}, FirstDay: "2026-01-20", LastDay: "2026-01-23"},
			{
				Script: "分期还款", Versions: "1.7.0", Parts: effect.Diff("请您按时还款，可以吗？", "请您务必按时足额还款，可以吗？"), Calls: 413, Marked: true,
				HungUp: handover.Share{K: 91, Share: 91. / 413, Low: .18, High: .26, Z: 8.7, Compared: true}, FirstDay: "2026-01-24", LastDay: "2026-01-24",
			},
		},
		Calls: []handover.Call{{
			When: "01-24 10:02", Script: "分期还款", Version: "1.7.0", Attempt: "2", Outcome: "挂断", Job: "job1", Task: "task1",
			Lines: []handover.Line{{Speaker: "机", Text: "请您务必按时足额还款，可以吗？", Node: "告知账单", Marked: true}, {Speaker: "客", Pause: "6.2", Text: "骗子吧"}},
		}},
		Replies: []handover.Reply{{Wording: "请您务必按时足额还款，可以吗？", Text: "骗子吧", N: 31, Of: 413}},
	}
}

func write(t testing.TB, b *handover.Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t testing.TB, packed []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func rows(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	got, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestBook(t *testing.T) {
	f := read(t, write(t, book()))
	if got, want := f.GetSheetList(), []string{"话术", "通话", "接下来说"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %v, want %v", got, want)
	}
	for _, sheet := range f.GetSheetList() {
		got := rows(t, f, sheet)
		first := strings.Join(got[0], "|")
		if want := "快照|20260124T103005Z|筛选：script=分期还款|导出人|李质检|时间|2026-01-24 18:30:05 +0800"; first != want {
			t.Errorf("%s: the first row is %s, want %s", sheet, first, want)
		}
		if got[1][0] != book().Title {
			t.Errorf("%s is about %q", sheet, got[1][0])
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 3 {
			t.Errorf("%s: panes %+v, %v; want the head frozen", sheet, panes, err)
		}
	}
	wordings := rows(t, f, "话术")
	if got := strings.Join(wordings[4][:10], "|"); got != "分期还款|1.7.0|请您务必按时足额还款，可以吗？|请您按时务必按时足额还款，可以吗？|413|91|22.0%|18.0%|26.0%|8.7" {
		t.Errorf("the wording is %s", got)
	}
	runs, err := f.GetCellRichText("话术", "D5")
	if err != nil {
		t.Fatal(err)
	}
	var added []string
	for _, r := range runs {
		if r.Font != nil && (r.Font.Bold || r.Font.Strike) {
			added = append(added, r.Text)
		}
	}
	if got := strings.Join(added, "|"); got != "按时|务必按时足额" {
		t.Errorf("struck and added: %s", got)
	}
	if got := strings.Join(rows(t, f, "通话")[4][:9], "|"); got != "1|01-24 10:02|分期还款|1.7.0|2|挂断|客|6.2|骗子吧" {
		t.Errorf("the line is %s", got)
	}
	if got := strings.Join(rows(t, f, "接下来说")[3], "|"); got != "请您务必按时足额还款，可以吗？|骗子吧|31|413" {
		t.Errorf("the reply is %s", got)
	}
}

// The same book is the same bytes.
func TestSameBytes(t *testing.T) {
	first := write(t, book())
	for range 3 {
		if !bytes.Equal(write(t, book()), first) {
			t.Fatal("the bytes differ")
		}
	}
}

// What looks like a formula, a link or markup is what was said, and nothing else.
func TestHostileTexts(t *testing.T) {
	for _, said := range []string{
		`=HYPERLINK("http://example.com","x")`, "+1+1", "-2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0",
		`</t></is></c><c r="Z1"><f>1+1</f></c>`, "a\x00b\x0bc", "bad \xff utf8", "\ufffe", "_x0041_", "🙂\u202eبسم", strings.Repeat("长", 40_000),
	} {
		b := book()
		b.By, b.Filter, b.Title = said, said, said
		b.Wordings[0].Parts = []effect.Part{{Text: said, Before: true}, {Text: said, After: true}}
		b.Calls[0].Lines[1].Text = said
		b.Replies[0].Text = said
		f := read(t, write(t, b))
		for _, sheet := range f.GetSheetList() {
			for r, row := range rows(t, f, sheet) {
				for c := range row {
					cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
					formula, err := f.GetCellFormula(sheet, cell)
					if err != nil || formula != "" {
						t.Errorf("%q: %s!%s has the formula %q, %v", said, sheet, cell, formula, err)
					}
				}
			}
		}
		got := rows(t, f, "通话")[4][8]
		asItIs := utf8.ValidString(said) && len(said) < 100 && !strings.ContainsAny(said, "\x00\x0b\ufffe")
		if asItIs && got != said {
			t.Errorf("%q came back as %q", said, got)
		}
	}
}

func TestNothing(t *testing.T) {
	f := read(t, write(t, &handover.Book{Lang: schema.English}))
	for sheet, want := range map[string]string{"wordings": "this finding is not about a line of a script", "calls": "no call to be shown", "replies": "nothing was said after it"} {
		if got := rows(t, f, sheet); got[3][0] != want {
			t.Errorf("%s: %q, want %q", sheet, got[3][0], want)
		}
	}
}

// Python's openpyxl reads it, too, where there is one.
func TestOpenpyxl(t *testing.T) {
	python := os.Getenv("CALLMILL_PYTHON")
	if python == "" || exec.Command(python, "-c", "import openpyxl").Run() != nil {
		t.Skip("CALLMILL_PYTHON is not set, or it has no openpyxl")
	}
	path := filepath.Join(t.TempDir(), "handover.xlsx")
	if err := os.WriteFile(path, write(t, book()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "-c", "import openpyxl,sys; b=openpyxl.load_workbook(sys.argv[1]); print(b.sheetnames, b.worksheets[0]['C5'].value, b.worksheets[0]['F5'].value)", path).CombinedOutput()
	if got, want := strings.TrimSpace(string(out)), "['话术', '通话', '接下来说'] 请您务必按时足额还款，可以吗？ 91"; err != nil || got != want {
		t.Errorf("%v: %s, want %s", err, got, want)
	}
}
