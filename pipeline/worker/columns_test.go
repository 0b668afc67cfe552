package worker

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/verify/arrowio"
	"callmill/schema"
)

// The rows of a lake are those of a dataset: for any rows, the arrays hold the values
// and the NULLs of the file that package parquetio writes.
func TestArraysAreThoseOfTheFile(t *testing.T) {
	t.Run("jobs", testArrays[schema.JobRow](schema.TableJobs))
	t.Run("tasks", testArrays[schema.TaskRow](schema.TableTasks))
	t.Run("turns", testArrays[schema.TurnRow](schema.TableTurns))
	t.Run("contacts", testArrays[schema.ContactRow](schema.TableContacts))
	t.Run("extras", testArrays[schema.ExtraRow](schema.TableExtras))
	t.Run("summaries", testArrays[schema.SummaryRow](schema.TableSummaries))
	t.Run("job_groups", testArrays[schema.JobGroupRow](schema.TableJobGroups))
	t.Run("rejects", testArrays[schema.RejectRow](schema.TableRejects))
}

func testArrays[T any](name string) func(*testing.T) {
	return func(t *testing.T) {
		path, table := filepath.Join(t.TempDir(), name), tableOf(name)
		column, err := newLists[T](name, table.Columns)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			// The buffers are those of the batch before.
			column.reset(rapid.Bool().Draw(t, "anew"))
			var all []T
			var ends []int
			for range rapid.IntRange(0, 3).Draw(t, "lists") {
				rows := rapid.SliceOfN(rapid.Custom(randomRow[T]), 0, 6).Draw(t, "rows")
				if column.add(rows); rapid.Bool().Draw(t, "settle") {
					column.settle()
				}
				all, ends = append(all, rows...), append(ends, len(all)+len(rows))
			}
			column.settle()
			lists := throughIPC(t, column.field(), column.data()).(*array.List)
			if lists.Len() != len(ends) || lists.NullN() != 0 {
				t.Fatalf("%d lists, %d of them NULL, want %d", lists.Len(), lists.NullN(), len(ends))
			}
			for i, end := range ends {
				if _, got := lists.ValueOffsets(i); int(got) != end {
					t.Errorf("list %d ends at %d, want %d", i, got, end)
				}
			}
			compareWithFile(t, path, table, lists.ListValues().(*array.Struct), all)
		})
	}
}

// tableOf returns a table of the contract.
func tableOf(name string) *schema.Table {
	for _, table := range schema.Tables() {
		if table.Name == name {
			return &table
		}
	}
	return nil
}

// randomRow draws the fields of a row: often what may be NULL.
func randomRow[T any](t *rapid.T) (row T) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "", "是", "您好，请问"}), rapid.StringN(0, 4, -1))
	number := rapid.OneOf(rapid.SampledFrom([]int64{0, 0, 1, -1}), rapid.Int64Range(-1<<40, schema.MaxInstant))
	value := reflect.ValueOf(&row).Elem()
	for i := range value.NumField() {
		field, name := value.Field(i), value.Type().Field(i).Name
		switch field.Interface().(type) {
		case string:
			field.SetString(text.Draw(t, name))
		case []byte:
			if s := text.Draw(t, name); s != "" { // no input is nil
				field.SetBytes([]byte(s))
			}
		case []string:
			field.Set(reflect.ValueOf(rapid.SliceOfN(text, 0, 3).Draw(t, name)))
			if name == "Tokens" && rapid.Bool().Draw(t, "pieces") {
				field.Set(reflect.ValueOf(pieces(value.FieldByName("Script").String(), rapid.IntRange(1, 3).Draw(t, "length"))))
			}
		case bool:
			field.SetBool(rapid.Bool().Draw(t, name))
		case int32:
			field.SetInt(int64(int32(number.Draw(t, name))))
		case int64:
			field.SetInt(number.Draw(t, name))
		default: // a pointer
			if rapid.Bool().Draw(t, name+" is nil") {
				continue
			}
			field.Set(reflect.New(field.Type().Elem()))
			if field.Elem().CanInt() {
				field.Elem().SetInt(int64(int32(number.Draw(t, name))))
			} else {
				field.Elem().SetBool(rapid.Bool().Draw(t, name))
			}
		}
	}
	return row
}

// pieces cuts a text after every n-th character.
func pieces(text string, n int) []string {
	cut, start, chars := []string{}, 0, 0
	for i := range text {
		if chars == n {
			cut, start, chars = append(cut, text[start:i]), i, 0
		}
		chars++
	}
	return append(cut, text[start:])
}

// throughIPC returns an array as a reader of the stream has it.
func throughIPC(t rapid.TB, field arrow.Field, data arrow.ArrayData) arrow.Array {
	written := array.MakeFromData(data)
	layout := arrow.NewSchema([]arrow.Field{field}, nil)
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(layout))
	if err := w.Write(array.NewRecordBatch(layout, []arrow.Array{written}, int64(written.Len()))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(&stream)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	return batch.Column(0)
}

// compareWithFile compares an array with the rows of the file that a dataset has of
// them. Its reader finds anything strange that is not NULL where NULL belongs.
func compareWithFile[T any](t rapid.TB, path string, table *schema.Table, got *array.Struct, rows []T) {
	var written bytes.Buffer
	if err := parquetio.Write(&written, rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, written.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := arrowio.Open[T](path, table)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got.Len() != len(rows) || got.NumField() != len(table.Columns) {
		t.Fatalf("%d rows of %d columns, want %d of %d", got.Len(), got.NumField(), len(rows), len(table.Columns))
	}
	var read []T
	for len(read) < len(rows) {
		more, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, more...)
	}
	for i := range rows {
		fields := columnFields(reflect.ValueOf(&read[i]).Elem())
		for k, c := range table.Columns {
			if a, b := valueOf(got.Field(k), i), valueIn(fields[k], &c); a != b {
				t.Errorf("%s of row %d is %s, in the file %s", c.Name, i, a, b)
			}
		}
	}
	if strange := r.Strange(); strange != "" {
		t.Error("in the file:", strange)
	}
	for k, c := range table.Columns {
		if field := got.DataType().(*arrow.StructType).Field(k); field.Name != c.Name || field.Nullable != c.Nullable {
			t.Errorf("column %d is %v, want %s, nullable %v", k, field, c.Name, c.Nullable)
		}
	}
}

func columnFields(row reflect.Value) (fields []reflect.Value) {
	for i := range row.NumField() {
		if schema.IsColumn(row.Type().Field(i)) {
			fields = append(fields, row.Field(i))
		}
	}
	return fields
}

// valueIn describes the value of a column in a row that was read, and valueOf that in
// an array.
func valueIn(field reflect.Value, c *schema.Column) string {
	if c.Nullable && field.IsZero() {
		return "NULL"
	}
	if field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	switch v := field.Interface().(type) {
	case []string:
		return fmt.Sprintf("%s %q", c.Type, v)
	case []byte:
		return fmt.Sprintf("%s %x", c.Type, v)
	}
	return fmt.Sprint(c.Type, " ", field.Interface())
}

func valueOf(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "NULL"
	}
	switch a := a.(type) {
	case *array.String:
		return fmt.Sprint(schema.TypeString, " ", a.Value(i))
	case *array.Binary:
		return fmt.Sprintf("%s %x", schema.TypeBinary, a.Value(i))
	case *array.Int32:
		return fmt.Sprint(schema.TypeI32, " ", a.Value(i))
	case *array.Int64:
		return fmt.Sprint(schema.TypeI64, " ", a.Value(i))
	case *array.Boolean:
		return fmt.Sprint(schema.TypeBool, " ", a.Value(i))
	case *array.Date32:
		return fmt.Sprint(schema.TypeDate, " ", int32(a.Value(i)))
	case *array.Timestamp:
		if typ := a.DataType().(*arrow.TimestampType); typ.Unit == arrow.Microsecond && typ.TimeZone == "UTC" && a.Value(i)%1000 == 0 {
			return fmt.Sprint(schema.TypeTimestamp, " ", int64(a.Value(i)/1000))
		}
	case *array.List:
		start, end := a.ValueOffsets(i)
		texts := []string{}
		for k := start; k < end; k++ {
			texts = append(texts, a.ListValues().(*array.String).Value(int(k)))
		}
		return fmt.Sprintf("%s %q", schema.TypeStrings, texts)
	}
	return fmt.Sprint(a.DataType(), " ", a.ValueStr(i))
}

func TestFieldsThatAreNoColumns(t *testing.T) {
	type odd struct {
		Count uint8 `parquet:"count"`
	}
	if _, err := newLists[odd]("odd", []schema.Column{{Name: "count", Type: schema.TypeI32}}); err == nil {
		t.Error("an uint8 is a column")
	}
	type bare struct {
		Flag *bool `parquet:"flag"`
	}
	if _, err := newLists[bare]("bare", []schema.Column{{Name: "flag", Type: schema.TypeBool}}); err == nil {
		t.Error("a pointer is a column without NULLs")
	}
	if _, err := newLists[schema.ExtraRow]("extras", tableOf(schema.TableExtras).Columns[1:]); err == nil {
		t.Error("there are fewer columns than fields")
	}
}
