// Package tabledoc prints the documentation of the published tables: Markdown
// in English or Chinese, JSON, and SQL that creates them in DuckDB.
//
// The texts themselves stand beside the columns, in package schema.
package tabledoc

import (
	"bufio"
	"encoding/json"
	"io"

	"callmill/schema"
)

// The form of the JSON is a contract: other programs read it.
type (
	document struct {
		Partition column  `json:"partition"`
		Tables    []table `json:"tables"`
	}
	table struct {
		Name    string   `json:"name"`
		Doc     string   `json:"doc"`
		Key     []string `json:"key"` // names of columns, in the key's order
		Day     bool     `json:"day"` // partitioned by document.Partition
		Columns []column `json:"columns"`
	}
	column struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Nullable bool   `json:"nullable"`
		Key      int    `json:"key,omitempty"` // place in the key, from 1
		Doc      string `json:"doc"`
	}
)

// JSON writes the tables for programs, as an object with the partition column
// of the day tables ("partition") and the tables in the order in which they
// are published ("tables"). The texts are in English.
func JSON(w io.Writer) error {
	doc := document{Partition: newColumn(schema.Partition())}
	for _, t := range schema.Tables() {
		described := table{Name: t.Name, Doc: t.Doc.EN, Key: t.Key, Day: t.Day}
		for _, c := range t.Columns {
			described.Columns = append(described.Columns, newColumn(c))
		}
		doc.Tables = append(doc.Tables, described)
	}
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // list<string>
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	return b.Flush()
}

func newColumn(c schema.Column) column {
	return column{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Key: c.Key, Doc: c.Doc.EN}
}
