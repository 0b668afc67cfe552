package table

import (
	"math/bits"
	"reflect"
	"strings"
)

// write hands rows to parquet-go in calls that it gets right.
//
// parquet-go v0.32.0 looks for runs of values among 64 rows at a time. One
// that begins n rows into them, is n rows long and has only NULLs after it, it
// takes for one that lasts to the end: the NULLs become empty texts and times
// of 0. (writeRowsFuncOfOptional compares the rest of the 64 with 1<<y - 1
// where a run to the end is 1<<(64-y) - 1.) Halved, the rows fall otherwise;
// two are always right.
func (w *Writer[T]) write(rows []T) error {
	if len(rows) > 2 && w.misread(rows) {
		half := len(rows) / 2
		if err := w.write(rows[:half]); err != nil {
			return err
		}
		return w.write(rows[half:])
	}
	_, err := w.parquet.Write(rows)
	return err
}

// misread reports whether parquet-go would misread a column of the rows.
func (w *Writer[T]) misread(rows []T) bool {
	for start := 0; start < len(rows); start += 64 {
		group := rows[start:min(start+64, len(rows))]
		for _, f := range w.zeroes {
			var values uint64
			for i := range group {
				if !reflect.ValueOf(&group[i]).Elem().Field(f).IsZero() {
					values |= 1 << i
				}
			}
			if misreadRun(values) {
				return true
			}
		}
	}
	return false
}

// misreadRun reports whether the last run of ones is as long as there are bits
// below it, and ends before the last bit.
func misreadRun(values uint64) bool {
	above := bits.LeadingZeros64(values)
	if above == 0 || above == 64 {
		return false
	}
	length := bits.LeadingZeros64(^(values << above))
	return length == 64-above-length
}

// zeroFields are the fields of which the zero value is written as NULL.
func zeroFields(row reflect.Type) []int {
	var list []int
	for i := range row.NumField() {
		field := row.Field(i)
		_, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if field.Type.Kind() != reflect.Pointer && strings.Contains(","+options+",", ",optional,") {
			list = append(list, i)
		}
	}
	return list
}
