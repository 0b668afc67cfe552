package changes

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"

	"callmill/schema"
)

// encoder encodes the rows of a job, so that two jobs have the same rows just if
// they have the same bytes. A table without rows takes no byte.
type encoder struct{ job, tasks, turns, contacts, extras, summaries columns }

func newEncoder() (*encoder, error) {
	e := &encoder{}
	for _, table := range []struct {
		columns *columns
		row     reflect.Type
	}{
		{&e.job, reflect.TypeFor[schema.JobRow]()},
		{&e.tasks, reflect.TypeFor[schema.TaskRow]()},
		{&e.turns, reflect.TypeFor[schema.TurnRow]()},
		{&e.contacts, reflect.TypeFor[schema.ContactRow]()},
		{&e.extras, reflect.TypeFor[schema.ExtraRow]()},
		{&e.summaries, reflect.TypeFor[schema.SummaryRow]()},
	} {
		columns, err := columnsOf(table.row)
		if err != nil {
			return nil, err
		}
		*table.columns = columns
	}
	return e, nil
}

func (e *encoder) append(b []byte, r *schema.Rows) []byte {
	b = appendRows(b, 0, e.job, unsafe.Slice(&r.Job, 1))
	b = appendRows(b, 1, e.tasks, r.Tasks)
	b = appendRows(b, 2, e.turns, r.Turns)
	b = appendRows(b, 3, e.contacts, r.Contacts)
	b = appendRows(b, 4, e.extras, r.Extras)
	return appendRows(b, 5, e.summaries, r.Summaries)
}

func appendRows[T any](b []byte, table byte, columns columns, rows []T) []byte {
	for i := range rows {
		b = append(b, table)
		row := reflect.ValueOf(&rows[i]).Elem()
		for _, c := range columns {
			b = c.append(b, row.Field(c.field))
		}
	}
	return b
}

// columns are the fields of a row that are columns of its table.
type columns []column

type column struct {
	field  int
	append func(b []byte, value reflect.Value) []byte
}

func columnsOf(row reflect.Type) (list columns, err error) {
	for i := range row.NumField() {
		field := row.Field(i)
		if !schema.IsColumn(field) {
			continue
		}
		encode := encoderOf(field.Type)
		if encode == nil {
			return nil, fmt.Errorf("column %s.%s: no encoding for %s", row.Name(), field.Name, field.Type)
		}
		list = append(list, column{i, encode})
	}
	return list, nil
}

// encoderOf returns how to append a value of a type, nil for one that no column has.
func encoderOf(typ reflect.Type) func([]byte, reflect.Value) []byte {
	switch typ.Kind() {
	case reflect.String:
		return func(b []byte, v reflect.Value) []byte { return appendText(b, v.String()) }
	case reflect.Bool:
		return func(b []byte, v reflect.Value) []byte {
			if v.Bool() {
				return append(b, 1)
			}
			return append(b, 0)
		}
	case reflect.Int32, reflect.Int64:
		return func(b []byte, v reflect.Value) []byte { return binary.AppendVarint(b, v.Int()) }
	case reflect.Pointer:
		encode := encoderOf(typ.Elem())
		if encode == nil {
			return nil
		}
		return func(b []byte, v reflect.Value) []byte {
			if v.IsNil() {
				return append(b, 0)
			}
			return encode(append(b, 1), v.Elem())
		}
	case reflect.Slice:
		if typ != reflect.TypeFor[[]string]() {
			return nil
		}
		return func(b []byte, v reflect.Value) []byte {
			list := *v.Addr().Interface().(*[]string)
			b = binary.AppendUvarint(b, uint64(len(list)))
			for _, s := range list {
				b = appendText(b, s)
			}
			return b
		}
	}
	return nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
