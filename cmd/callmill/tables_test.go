package main

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// rowsOf reads a table of the snapshot in dir, file by file in the order of
// their paths.
func rowsOf[T any](dir, name string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		small, _ := filepath.Glob(filepath.Join(dir, name, "*.parquet"))
		day, _ := filepath.Glob(filepath.Join(dir, name, schema.PartitionColumn+"=*", "*.parquet"))
		files := append(small, day...)
		if len(files) == 0 {
			yield(nil, fmt.Errorf("no file of table %s in %s", name, dir))
			return
		}
		for _, path := range files {
			for row, err := range parquetio.All[T](path) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// anyRows is rowsOf for a table that is known by name only.
func anyRows(dir, name string) iter.Seq2[any, error] {
	switch name {
	case schema.TableJobs:
		return anyOf(rowsOf[schema.JobRow](dir, name))
	case schema.TableTasks:
		return anyOf(rowsOf[schema.TaskRow](dir, name))
	case schema.TableTurns:
		return anyOf(rowsOf[schema.TurnRow](dir, name))
	case schema.TableContacts:
		return anyOf(rowsOf[schema.ContactRow](dir, name))
	case schema.TableExtras:
		return anyOf(rowsOf[schema.ExtraRow](dir, name))
	case schema.TableSummaries:
		return anyOf(rowsOf[schema.SummaryRow](dir, name))
	case schema.TableJobGroups:
		return anyOf(rowsOf[schema.JobGroupRow](dir, name))
	case schema.TableStatuses:
		return anyOf(rowsOf[schema.StatusRow](dir, name))
	case schema.TableRejects:
		return anyOf(rowsOf[schema.RejectRow](dir, name))
	}
	return func(yield func(any, error) bool) { yield(nil, fmt.Errorf("no table %s", name)) }
}

func anyOf[T any](rows iter.Seq2[*T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for row, err := range rows {
			if !yield(row, err) {
				return
			}
		}
	}
}

// all gives the rows of a table of the snapshot in dir; each is valid until
// the next. A test that cannot read them fails.
func all[T any](t interface{ Fatal(...any) }, dir, name string) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for row, err := range rowsOf[T](dir, name) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(row) {
				return
			}
		}
	}
}

// collect copies the rows of a table of the published snapshot of a dataset.
func collect[T any](t testing.TB, data, name string) []T {
	t.Helper()
	var rows []T
	for row := range all[T](t, filepath.Join(data, "latest"), name) {
		rows = append(rows, *row)
	}
	return rows
}
