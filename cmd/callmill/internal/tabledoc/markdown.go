package tabledoc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"callmill/schema"
)

// Language is a language of the documentation.
type Language int

const (
	English Language = iota
	Chinese          // in the vendor's terms
)

// phrases are the words around the texts of the tables.
type phrases struct {
	intro     string
	key       string // format: what a row is, names of the key's columns
	separator string // between names
	partition string // format: name, type and meaning of the column
	header    string // of a table of columns
	nullable  string
	pick      func(schema.Text) string
}

func phrasesIn(lang Language) phrases {
	if lang == Chinese {
		return phrases{
			intro:     "# 数据字典\n\n时刻是精确到毫秒的 UTC 时间戳；日期和钟点按数据集的时区。同名的列在各表中含义相同。\n",
			key:       "%s主键：%s。\n",
			separator: "、",
			partition: "按 %s（%s）分区：%s\n",
			header:    "| 列 | 类型 | 可空 | 含义 |\n|---|---|---|---|\n",
			nullable:  "是",
			pick:      func(t schema.Text) string { return t.ZH },
		}
	}
	return phrases{
		intro:     "# Tables\n\nInstants are timestamps in milliseconds, UTC; days and hours are in the dataset's time zone.\n",
		key:       "%s Key: %s.\n",
		separator: ", ",
		partition: "Partitioned by %s (%s). %s\n",
		header:    "| column | type | NULL | meaning |\n|---|---|---|---|\n",
		nullable:  "yes",
		pick:      func(t schema.Text) string { return t.EN },
	}
}

// Markdown writes the tables for people, in a language.
func Markdown(w io.Writer, lang Language) error {
	b, say := bufio.NewWriter(w), phrasesIn(lang)
	fmt.Fprint(b, say.intro)
	for _, t := range schema.Tables() {
		fmt.Fprintf(b, "\n## %s\n\n", t.Name)
		fmt.Fprintf(b, say.key, say.pick(t.Doc), strings.Join(t.Key, say.separator))
		if t.Day {
			p := schema.Partition()
			fmt.Fprintf(b, say.partition, p.Name, p.Type, say.pick(p.Doc))
		}
		fmt.Fprintf(b, "\n%s", say.header)
		for _, c := range t.Columns {
			nullable := ""
			if c.Nullable {
				nullable = say.nullable
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, cell(c.Type), nullable, cell(say.pick(c.Doc)))
		}
	}
	return b.Flush()
}

// cell escapes text that Markdown would take for markup or the end of a cell.
func cell(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "[", `\[`).Replace(s)
}
