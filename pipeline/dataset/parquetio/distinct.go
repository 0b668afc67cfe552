package parquetio

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// Texts returns the different texts that a column of a file has, in order. It reads the
// column alone, and of pages with a dictionary no more than that.
func Texts(path, column string) ([]string, error) {
	found := map[string]bool{}
	err := open(path, func(file *os.File, opened *parquet.File) error {
		leaf, ok := opened.Schema().Lookup(column)
		if !ok {
			return fmt.Errorf("read %s: no column %s", path, column)
		}
		for _, group := range opened.RowGroups() {
			if err := addTexts(found, group.ColumnChunks()[leaf.ColumnIndex]); err != nil {
				return fmt.Errorf("read %s: %w", path, err)
			}
		}
		return file.Close()
	})
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(found)), nil
}

func addTexts(found map[string]bool, chunk parquet.ColumnChunk) error {
	pages := chunk.Pages()
	defer pages.Close()
	var known parquet.Dictionary // those of one chunk have it in common
	values := make([]parquet.Value, readRows)
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if d := page.Dictionary(); d != nil {
			for i := 0; d != known && i < d.Len(); i++ {
				found[d.Index(int32(i)).String()] = true
			}
			known = d
			parquet.Release(page)
			continue
		}
		if err := addValues(found, page.Values(), values); err != nil {
			return err
		}
		parquet.Release(page)
	}
}

func addValues(found map[string]bool, from parquet.ValueReader, values []parquet.Value) error {
	for {
		n, err := from.ReadValues(values)
		for _, v := range values[:n] {
			if text := v.ByteArray(); !found[string(text)] {
				found[string(text)] = true
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
