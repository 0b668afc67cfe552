package tabledoc

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// phrases are the words around the texts of the tables.
type phrases struct {
	intro        string
	key          string // format: what a row is, names of the key's columns
	separator    string // between names
	partition    string // format: name, type and meaning of the column
	header       string // of a table of columns
	nullable     string
	seeValues    string // format: name of the column, twice
	valuesIntro  string
	valuesHeader string
	viewsIntro   string
	viewHeader   string // of a table of a view's columns
	macros       string
	macrosHeader string
}

func phrasesIn(lang schema.Language) phrases {
	if lang == schema.Chinese {
		return phrases{
			intro:        "# 数据字典\n\n时刻是精确到毫秒的 UTC 时间戳；日期和钟点按数据集的时区。同名的列在各表中含义相同。\n",
			key:          "%s主键：%s。\n",
			separator:    "、",
			partition:    "按 %s（%s）分区：%s\n",
			header:       "| 列 | 类型 | 可空 | 含义 |\n|---|---|---|---|\n",
			nullable:     "是",
			seeValues:    "[取值](#%s)。",
			valuesIntro:  "# 取值\n\n接口返回的其他值按原样保存。\n",
			valuesHeader: "| 值 | 含义 |\n|---|---|\n",
			viewsIntro:   "# 视图\n\n每个快照中的 views.sql 在 DuckDB 中建立这些视图。\n",
			viewHeader:   "| 列 | 含义 |\n|---|---|\n",
			macros:       "宏",
			macrosHeader: "| 宏 | 含义 |\n|---|---|\n",
		}
	}
	return phrases{
		intro:        "# Tables\n\nInstants are timestamps in milliseconds, UTC; days and hours are in the dataset's time zone.\n",
		key:          "%s Key: %s.\n",
		separator:    ", ",
		partition:    "Partitioned by %s (%s). %s\n",
		header:       "| column | type | NULL | meaning |\n|---|---|---|---|\n",
		nullable:     "yes",
		seeValues:    " [Values](#%s).",
		valuesIntro:  "# Values\n\nOther values that the API returns are kept as they are.\n",
		valuesHeader: "| value | meaning |\n|---|---|\n",
		viewsIntro:   "# Views\n\nviews.sql in every snapshot makes them in DuckDB.\n",
		viewHeader:   "| column | meaning |\n|---|---|\n",
		macros:       "Macros",
		macrosHeader: "| macro | meaning |\n|---|---|\n",
	}
}

// Markdown writes the documentation for people: the tables, the values of columns
// that have a list of them, the views.
func Markdown(w io.Writer, lang schema.Language) error {
	b := bufio.NewWriter(w)
	m := markdown{b, lang, phrasesIn(lang)}
	m.tables()
	m.values()
	m.views()
	return b.Flush()
}

type markdown struct {
	*bufio.Writer
	lang schema.Language
	say  phrases
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

func (m *markdown) tables() {
	m.printf("%s", m.say.intro)
	for _, t := range schema.Tables() {
		m.printf("\n## %s\n\n", t.Name)
		m.printf(m.say.key, t.Doc.In(m.lang), strings.Join(t.Key, m.say.separator))
		if t.Day {
			p := schema.Partition()
			m.printf(m.say.partition, p.Name, p.Type, p.Doc.In(m.lang))
		}
		m.printf("\n%s", m.say.header)
		for _, c := range t.Columns {
			nullable := ""
			if c.Nullable {
				nullable = m.say.nullable
			}
			m.printf("| %s | %s | %s | %s |\n", c.Name, cell(c.Type), nullable, m.meaning(c))
		}
	}
}

// meaning returns the cell with the meaning of a column.
func (m *markdown) meaning(c schema.Column) string {
	text := cell(c.Doc.In(m.lang))
	if len(c.Values) > 0 {
		text += fmt.Sprintf(m.say.seeValues, c.Name)
	}
	return text
}

func (m *markdown) values() {
	m.printf("\n%s", m.say.valuesIntro)
	printed := map[string]bool{}
	for _, t := range schema.Tables() {
		for _, c := range t.Columns {
			if len(c.Values) == 0 || printed[c.Name] {
				continue
			}
			printed[c.Name] = true
			m.printf("\n## %s\n\n%s", c.Name, m.say.valuesHeader)
			for _, v := range c.Values {
				m.printf("| %s | %s |\n", cell(v.Value), cell(v.Doc.In(m.lang)))
			}
		}
	}
}

func (m *markdown) views() {
	m.printf("\n%s", m.say.viewsIntro)
	var macros []views.View
	for _, v := range views.All() {
		if v.Kind != views.KindView {
			macros = append(macros, v)
			continue
		}
		m.printf("\n## %s\n\n%s\n\n%s", v.Name, v.Doc.In(m.lang), m.say.viewHeader)
		for _, c := range v.Columns {
			m.printf("| %s | %s |\n", c.Name, m.meaning(c))
		}
	}
	m.printf("\n## %s\n\n%s", m.say.macros, m.say.macrosHeader)
	for _, v := range macros {
		m.printf("| %s | %s |\n", v.Name, cell(v.Doc.In(m.lang)))
	}
}

// cell escapes text that Markdown would take for markup or the end of a cell.
func cell(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "[", `\[`).Replace(s)
}
