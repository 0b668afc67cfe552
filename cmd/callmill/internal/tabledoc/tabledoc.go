// Package tabledoc prints the documentation of the published tables and of the
// views for DuckDB, in English or Chinese: as Markdown, as JSON, and as SQL that
// creates the tables in DuckDB.
//
// The texts themselves stand beside the columns, in package schema, and beside the
// views, in package views.
package tabledoc

import (
	"bufio"
	"encoding/json"
	"io"

	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// The form of the JSON is a contract: other programs read it.
type (
	document struct {
		Partition column  `json:"partition"`
		Tables    []table `json:"tables"`
		Views     []view  `json:"views"`
	}
	table struct {
		Name    string   `json:"name"`
		Doc     string   `json:"doc"`
		Key     []string `json:"key"` // names of columns, in the key's order
		Day     bool     `json:"day"` // partitioned by document.Partition
		Columns []column `json:"columns"`
	}
	column struct {
		Name     string  `json:"name"`
		Type     string  `json:"type"`
		Nullable bool    `json:"nullable"`
		Key      int     `json:"key,omitempty"` // place in the key, from 1
		Doc      string  `json:"doc"`
		Values   []value `json:"values,omitempty"` // those with a meaning of their own; others occur
	}
	value struct {
		Value string `json:"value"`
		Doc   string `json:"doc"`
	}
	view struct {
		Name    string       `json:"name"`
		Kind    string       `json:"kind"` // view, macro or table macro
		Doc     string       `json:"doc"`
		Columns []viewColumn `json:"columns,omitempty"` // of a view
	}
	viewColumn struct {
		Name   string  `json:"name"`
		Doc    string  `json:"doc"`
		Values []value `json:"values,omitempty"`
	}
)

// JSON writes the documentation for programs, as an object with the partition
// column of the day tables ("partition"), the tables in the order in which they are
// published ("tables"), and the views ("views").
func JSON(w io.Writer, lang schema.Language) error {
	doc := document{Partition: newColumn(schema.Partition(), lang)}
	for _, t := range schema.Tables() {
		described := table{Name: t.Name, Doc: t.Doc.In(lang), Key: t.Key, Day: t.Day}
		for _, c := range t.Columns {
			described.Columns = append(described.Columns, newColumn(c, lang))
		}
		doc.Tables = append(doc.Tables, described)
	}
	for _, v := range views.All() {
		described := view{Name: v.Name, Kind: v.Kind, Doc: v.Doc.In(lang)}
		for _, c := range v.Columns {
			described.Columns = append(described.Columns, viewColumn{c.Name, c.Doc.In(lang), valuesOf(c, lang)})
		}
		doc.Views = append(doc.Views, described)
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

func newColumn(c schema.Column, lang schema.Language) column {
	return column{
		Name: c.Name, Type: c.Type, Nullable: c.Nullable, Key: c.Key, Doc: c.Doc.In(lang), Values: valuesOf(c, lang),
	}
}

func valuesOf(c schema.Column, lang schema.Language) (values []value) {
	for _, v := range c.Values {
		values = append(values, value{v.Value, v.Doc.In(lang)})
	}
	return values
}
