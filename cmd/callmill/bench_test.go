package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
)

// BenchmarkConvert takes responses through the whole line, into a dataset on
// disk: what `callmill convert` does, but for starting. With -cpuprofile it
// shows where the time goes.
func BenchmarkConvert(b *testing.B) {
	for _, input := range []struct {
		name string
		make func(testing.TB) (dir string)
	}{{"simulated", simulatedCalls}, {"dialogues", manyDialogues}} {
		b.Run(input.name, func(b *testing.B) {
			dir := input.make(b)
			size := folderBytes(b, dir)
			for _, workers := range []int{1, 2} {
				b.Run("workers="+strconv.Itoa(workers), func(b *testing.B) {
					data := filepath.Join(b.TempDir(), "data")
					b.SetBytes(size)
					b.ReportAllocs()
					for b.Loop() {
						if err := os.RemoveAll(data); err != nil {
							b.Fatal(err)
						}
						runMain(b, exit.Done, "convert", dir, "--out", data, "--progress", "none", "--workers", strconv.Itoa(workers))
					}
				})
			}
		})
	}
}

// BenchmarkRedaction takes the same responses through the line under --pii keep and mask
// in turns, as processes of their own: what redaction takes of the processor time should
// be at most 15 % of the line's.
func BenchmarkRedaction(b *testing.B) {
	for _, input := range []struct {
		name string
		make func(testing.TB) (dir string)
	}{{"simulated", simulatedCalls}, {"dialogues", manyDialogues}} {
		b.Run(input.name, func(b *testing.B) {
			dir := input.make(b)
			processor := map[string][]float64{}
			var shares []float64
			for b.Loop() {
				for _, pii := range []string{"keep", "mask"} {
					c := exec.Command("callmill", "convert", dir, "--out", filepath.Join(b.TempDir(), "data"), "--progress", "none", "--pii", pii)
					if out, err := c.CombinedOutput(); err != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					used := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
					processor[pii] = append(processor[pii], used.Seconds())
				}
				last := len(shares)
				shares = append(shares, 100*(1-processor["keep"][last]/processor["mask"][last]))
			}
			for _, pii := range []string{"keep", "mask"} {
				slices.Sort(processor[pii])
				b.ReportMetric(processor[pii][len(shares)/2], "cpu-s-"+pii)
			}
			slices.Sort(shares)
			b.ReportMetric(shares[len(shares)/2], "%")
		})
	}
}

// BenchmarkStart converts one small file as a process of its own, into a fresh folder and
// once more, which changes nothing: what each takes of the processor should be at most
// 100 ms.
//
//	go test ./cmd/callmill -run '^$' -bench Start -benchtime 25x
func BenchmarkStart(b *testing.B) {
	binary, data := build(b), filepath.Join(b.TempDir(), "data")
	input := filepath.Join("..", "..", "pipeline", "decode", "testdata", "shapes", "documented.json")
	var fresh, again []float64 // ms
	for b.Loop() {
		if err := os.RemoveAll(data); err != nil {
			b.Fatal(err)
		}
		for _, took := range []*[]float64{&fresh, &again} {
			r := run(b, binary, "convert", input, "--out", data, "--progress", "none")
			if r.code != exit.Done {
				b.Fatal(r)
			}
			*took = append(*took, 1000*r.cpu.Seconds())
		}
	}
	for name, took := range map[string][]float64{"ms-fresh": fresh, "ms-again": again} {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2], name)
	}
}

// BenchmarkIdleNight runs nights that bring nothing new, as processes of their own, upon
// a dataset of 200,000 jobs, or of as many as CALLMILL_BENCH_JOBS says: one that brings
// no job at all, and one that brings the last 10,000 again.
//
//	CALLMILL_BENCH_JOBS=10000000 go test ./cmd/callmill -run '^$' -bench IdleNight -benchtime 3x -timeout 1h
func BenchmarkIdleNight(b *testing.B) {
	jobs := 200_000
	if asked := os.Getenv("CALLMILL_BENCH_JOBS"); asked != "" {
		var err error
		if jobs, err = strconv.Atoi(asked); err != nil {
			b.Fatal(err)
		}
	}
	binary, dir := build(b), b.TempDir()
	data := filepath.Join(dir, "data")
	publishBare(b, data, jobs)
	for _, night := range []struct {
		name string
		jobs int
	}{{"nothing", 0}, {"known", 10_000}} {
		b.Run(night.name, func(b *testing.B) {
			input := filepath.Join(dir, night.name+".jsonl")
			writeLines(b, input, 1+night.jobs, func(line []byte, number int) []byte {
				if number == 0 {
					return append(line, `{"Jobs":[]}`+"\n"...)
				}
				return appendBare(line, jobs-number, 1)
			})
			var processor time.Duration
			var memory int64
			for b.Loop() {
				r := run(b, binary, "convert", input, "--out", data, "--observed-at", "2026-03-01T00:00:00Z", "--progress", "none")
				if r.code != exit.Done || !strings.HasPrefix(r.stdout, "nothing new") {
					b.Fatal(r)
				}
				processor += r.cpu
				memory = max(memory, r.memory)
			}
			b.ReportMetric(processor.Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(float64(memory>>20), "MB")
		})
	}
}

// simulatedCalls are 147,000 turns.
func simulatedCalls(t testing.TB) (dir string) {
	dir = filepath.Join(t.TempDir(), "responses")
	world, err := simulate.New(simulate.Options{People: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := world.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// idBeginning is what copies of a job differ by.
var idBeginning = regexp.MustCompile(`Id":"[0-9a-f]{4}`)

// manyDialogues are the real dialogues of the sample, 40 times: 270,000 turns.
func manyDialogues(t testing.TB) (dir string) {
	sample := crosswoz(t)
	names, err := filepath.Glob(filepath.Join(sample, "resp-*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no responses in %s: %v", sample, err)
	}
	dir = t.TempDir()
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 40 {
			again := idBeginning.ReplaceAll(body, fmt.Appendf(nil, `Id":"%04x`, n))
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(n, "-", filepath.Base(name))), again, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
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
