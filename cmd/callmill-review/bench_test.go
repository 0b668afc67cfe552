//go:build cgo

package main

import (
	"flag"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/pipeline/simulate"
)

var (
	benchJobs = flag.Int("jobs", 270_000, "jobs of the dataset that is measured: 270,000 have 2,350,000 lines")
	benchData = flag.String("data", "", "dataset to measure, in place of one made for it")
)

// BenchmarkDesk runs commands as processes of their own over two million lines: the time
// of each is from its start to its end, opening and loading included. Of what is used,
// cpu-s is user and system time, MB the largest resident memory. The dataset is pulled,
// with campaigns and what SearchTask tells.
//
//	go test ./cmd/callmill-review -run '^$' -bench Desk -benchtime 3x
func BenchmarkDesk(b *testing.B) {
	data := *benchData
	if data == "" {
		data, _ = published.In(b.TempDir()).Pulled(b, simulate.Options{People: *benchJobs})
	}
	program := filepath.Join(b.TempDir(), "callmill-review")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, command := range []struct {
		name string
		args []string
	}{
		{"search a word", []string{"search", data, "投诉"}},
		{"search of some calls", []string{"search", data, "投诉", "--filter", "is=failed hour=9-11"}},
		{"search with context", []string{"search", data, "投诉", "--context", "2"}},
		{"search all lines", []string{"search", data, ""}},
		{"nodes", []string{"nodes", data}},
		{"unclear", []string{"unclear", data}},
		{"phrases", []string{"phrases", data}},
		{"standout", []string{"standout", data}},
		{"changed", []string{"changed", data}},
		{"rules", []string{"rules", data}},
		{"report", []string{"report", data}},
	} {
		b.Run(command.name, func(b *testing.B) {
			var cpu, memory float64
			for b.Loop() {
				run := exec.Command(program, command.args...)
				if out, err := run.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%.2000s", err, out)
				}
				cpu += (run.ProcessState.UserTime() + run.ProcessState.SystemTime()).Seconds()
				if usage, ok := run.ProcessState.SysUsage().(*syscall.Rusage); ok {
					memory = max(memory, float64(usage.Maxrss)/float64(unitOfMaxrss()))
				}
			}
			b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
			b.ReportMetric(memory, "MB")
		})
	}
}

// unitOfMaxrss is how much of Rusage.Maxrss is a megabyte: it counts kilobytes on Linux.
func unitOfMaxrss() int64 {
	if runtime.GOOS == "linux" {
		return 1 << 10
	}
	return 1 << 20
}
