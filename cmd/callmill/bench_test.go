package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"callmill/pipeline/simulate"
)

// BenchmarkConvert takes simulated responses through the whole line, into a
// dataset on disk: what `callmill convert` does, but for starting. With
// -cpuprofile it shows where the time goes.
func BenchmarkConvert(b *testing.B) {
	input := filepath.Join(b.TempDir(), "responses")
	world, err := simulate.New(simulate.Options{Jobs: 20_000}) // 147,000 turns
	if err != nil {
		b.Fatal(err)
	}
	if err := world.WriteFiles(b.Context(), input); err != nil {
		b.Fatal(err)
	}
	size := folderBytes(b, input)
	for _, workers := range []int{1, 2} {
		b.Run("workers="+strconv.Itoa(workers), func(b *testing.B) {
			data := filepath.Join(b.TempDir(), "data")
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if err := os.RemoveAll(data); err != nil {
					b.Fatal(err)
				}
				runMain(b, exitDone, "convert", input, "--out", data, "--progress", "none", "--workers", strconv.Itoa(workers))
			}
		})
	}
}

func folderBytes(t testing.TB, dir string) (bytes int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	return bytes
}
