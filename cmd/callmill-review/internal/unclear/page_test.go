package unclear_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/schema"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestPage(t *testing.T) {
	c := clinic(slices.Concat(
		times(30, "我 要 盖期?"), times(5, "我 要 盖期"), times(20, "我 要 改期"), times(2, "我 要 改期?"), times(20, "能 开 发票 吗?"), times(4, "嗯 哼?"), times(60, "不用 了"),
	)...)
	for name, tt := range map[string]struct {
		lang   schema.Language
		format table.Format
		c      *corpus.Corpus
	}{
		"zh.txt":       {schema.Chinese, table.Text, c},
		"en.txt":       {schema.English, table.Text, c},
		"nothing.txt":  {schema.Chinese, table.Text, clinic()},
		"page.json":    {schema.Chinese, table.JSON, c},
		"hotwords.csv": {schema.Chinese, table.CSV, c},
	} {
		t.Run(name, func(t *testing.T) {
			g := nodes.Find(tt.c)
			p := &unclear.Page{Corpus: tt.c, Graph: g, Report: unclear.Find(tt.c, g, handmade.All(tt.c)), Filter: "script=预约", Notes: []string{"（说明）"}, Lang: tt.lang}
			var got bytes.Buffer
			if err := p.Write(&got, tt.format); err != nil {
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
