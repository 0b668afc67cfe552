package flatten

import (
	"os"
	"path/filepath"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
	"callmill/segment"
)

// crosswoz gives the jobs of the real sample, which lies beside the
// repository; without it the benchmark is skipped.
func crosswoz(b *testing.B) (jobs []*schema.Job) {
	b.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "crosswoz", "*.json"))
	if err != nil || len(paths) == 0 {
		b.Skip("shared/data/crosswoz is not there")
	}
	d, f := decode.New(decode.Options{}), newFlattener(b)
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		for item := range d.Items(&schema.Raw{Body: body}) {
			if item.Job == nil {
				b.Fatalf("%s holds what is no job", path)
			}
			// Its own copy: the decoder uses the job again. The texts lie in body,
			// as the sample has no escapes.
			jobs = append(jobs, Job(f.Rows(item.Job, schema.ContentHash{})))
		}
	}
	return jobs
}

// BenchmarkRowsCrossWOZ flattens the dialogues of the sample with the true
// Segmenter: the same 7,400 lines again and again, as a script is read out in
// every call; 34,000 lines again and again; and none of them ever twice, where
// remembering is in vain.
func BenchmarkRowsCrossWOZ(b *testing.B) {
	jobs := crosswoz(b)
	words, err := segment.New(segment.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, bm := range []struct {
		name   string
		before func() // each time all jobs are flattened
	}{
		{"repeated", func() {}},
		{"many", numberLines(jobs, 4)},
		{"distinct", numberLines(jobs, 1<<11)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			f := New(zone(b, "Asia/Shanghai"), words)
			all := func() (turns int) {
				for _, j := range jobs {
					turns += len(f.Rows(j, schema.ContentHash{}).Turns)
				}
				return turns
			}
			for range 8 { // what will be remembered is
				bm.before()
				all()
			}
			turns := 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				bm.before()
				b.StartTimer()
				turns += all()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(turns), "ns/turn")
		})
	}
}

// numberLines gives what makes the lines of jobs others, by a number behind
// each: after so many rounds they are the first again. The number is spelled
// in characters that no rule of patterns begins with.
func numberLines(jobs []*schema.Job, rounds int) func() {
	var scripts []*string
	var plain []string
	for _, j := range jobs {
		for i := range j.Tasks {
			for k := range j.Tasks[i].Turns {
				script := &j.Tasks[i].Turns[k].Script
				scripts, plain = append(scripts, script), append(plain, *script)
			}
		}
	}
	n := 0
	return func() {
		n = (n + 1) % rounds
		for i, script := range scripts {
			// Beyond the round, lines that are alike in the sample differ, too.
			*script = plain[i] + string([]rune{rune(0x6000 + n), rune(0x6000 + i>>12), rune(0x6000 + i&0xFFF)})
		}
	}
}
