package schema

import (
	"reflect"
	"strconv"
	"strings"
)

// Column is a column of a table's files.
type Column struct {
	Name     string
	Type     string // one of Type…
	Nullable bool
	Key      int // place in the table's key from 1; 0: not part of it
	Doc      Text
}

// Types of columns. Dates are days since 1970-01-01.
const (
	TypeString    = "string"
	TypeI32       = "i32"
	TypeI64       = "i64"
	TypeBool      = "bool"
	TypeDate      = "date"
	TypeTimestamp = "timestamp(ms, UTC)"
	TypeStrings   = "list<string>"
	TypeBinary    = "binary"
)

// IsColumn reports whether a field of a row type is a column of its table.
func IsColumn(field reflect.StructField) bool { return field.Tag.Get("parquet") != "-" }

// columnOf describes the column of a row type's field, from its tags.
func columnOf(field reflect.StructField) Column {
	name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
	column := Column{Name: name, Doc: Text{EN: field.Tag.Get("en"), ZH: field.Tag.Get("zh")}}
	typ := field.Type
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	column.Type = typeOf(typ)
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "optional":
			column.Nullable = true
		case "date":
			column.Type = TypeDate
		case "timestamp(millisecond)":
			column.Type = TypeTimestamp
		}
	}
	column.Key, _ = strconv.Atoi(field.Tag.Get("key")) // no tag: 0
	return column
}

func typeOf(typ reflect.Type) string {
	switch typ {
	case reflect.TypeFor[string]():
		return TypeString
	case reflect.TypeFor[int32]():
		return TypeI32
	case reflect.TypeFor[int64]():
		return TypeI64
	case reflect.TypeFor[bool]():
		return TypeBool
	case reflect.TypeFor[[]string]():
		return TypeStrings
	case reflect.TypeFor[[]byte]():
		return TypeBinary
	}
	return typ.String() // no Type… constant; a test rejects it
}
