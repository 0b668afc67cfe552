package parquetio

import (
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"

	"callmill/schema"
)

// TestWriterKeepsNoMore: what a writer holds on to does not grow from file to
// file, and huge rows leave nothing behind.
func TestWriterKeepsNoMore(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: writes hundreds of thousands of rows")
	}
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	rows := someTurns(20_000)
	for range 3 {
		writeFile(t, w, io.Discard, rows, 0)
	}
	before := heap()
	for file := range 50 {
		writeFile(t, w, io.Discard, rows[:len(rows)/(1+file%4)], 0)
	}
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("after 50 files more a writer holds %d bytes more", grown)
	}

	const words = 4 << 20
	line := strings.Repeat("啊", words)
	huge := schema.TurnRow{Script: line, Tokens: slices.Collect(runes(line)), Pattern: line}
	writeFile(t, w, io.Discard, []schema.TurnRow{huge, huge}, 0)
	huge, line = schema.TurnRow{}, ""
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("after two lines of %d words a writer holds %d bytes more", words, grown)
	}
	runtime.KeepAlive(w)
	runtime.KeepAlive(rows)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// runes cuts a line of characters of three bytes.
func runes(line string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ; line != ""; line = line[3:] {
			if !yield(line[:3]) {
				return
			}
		}
	}
}
