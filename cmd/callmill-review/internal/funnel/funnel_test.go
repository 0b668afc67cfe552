package funnel_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/funnel"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/schema"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// page is the calls of a script of which a wording was replaced by a worse one, and of
// people who follow no script.
func page(lang schema.Language) *funnel.Page {
	before := handmade.Call{Script: "还款提醒", Version: "1.6", Campaign: "一批", Day: 20472, Lines: []string{
		"R 您好，请问是{name}吗？", "C 是 的", "R 您的账单到期了，请您按时还款，可以吗？", "C 好 的", "R 再见。",
	}}
	after := before
	after.Version, after.Campaign, after.Day = "1.7", "二批", 20474
	after.Lines = slices.Clone(before.Lines)
	after.Lines[2] = "R 您的账单到期了，逾期将追究责任，请您务必按时还款，可以吗？"
	lost := after
	lost.Lines = append(slices.Clone(after.Lines[:3]), "!")
	afraid := after
	afraid.Lines = append(slices.Clone(after.Lines[:3]), "C 骗子 吧", "!")
	calls := slices.Concat(handmade.Times(60, before), handmade.Times(40, after), handmade.Times(12, lost), handmade.Times(3, afraid))
	for i := range 210 {
		calls = append(calls, handmade.Call{Script: "人工", Campaign: "三批", Day: 20474, Lines: []string{fmt.Sprintf("R 这是第%c句", 'A'+i), "C 嗯"}})
	}
	c := handmade.Corpus(calls...)
	return &funnel.Page{
		Snapshot: "20260124T000000Z-000000", Filter: "is=answered", Notes: []string{"（说明）"}, Lang: lang,
		Funnel: funnel.Of(c, nodes.Find(c), handmade.All(c)),
	}
}

func TestPage(t *testing.T) {
	for name, format := range map[string]table.Format{"zh.txt": table.Text, "en.txt": table.Text, "node.txt": table.Text, "page.json": table.JSON, "wordings.csv": table.CSV} {
		t.Run(name, func(t *testing.T) {
			lang := schema.Chinese
			if name == "en.txt" {
				lang = schema.English
			}
			p := page(lang)
			if name == "node.txt" && !p.Narrow(-1, "到期") {
				t.Fatal("no node has a wording with 到期")
			}
			var got bytes.Buffer
			if err := p.Write(&got, format); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-update writes it again):\n%s", file, diff)
			}
		})
	}
}

func TestNarrow(t *testing.T) {
	for _, tt := range []struct {
		node int
		line string
		want int
	}{{-1, "", 3}, {1, "", 1}, {-1, "再见", 1}, {0, "再见", 0}, {99, "", 0}} {
		p := page(schema.Chinese)
		if got := p.Narrow(tt.node, tt.line); got != (tt.want > 0) || len(p.Nodes) != tt.want {
			t.Errorf("node %d, line %q: %v with %d nodes, want %d", tt.node, tt.line, got, len(p.Nodes), tt.want)
		}
	}
}
