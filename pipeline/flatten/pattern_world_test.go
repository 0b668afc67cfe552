package flatten

import (
	"fmt"
	"math"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

// Lines of one node of a script have one pattern, and a pattern is of one node:
// the V-measure (Rosenberg and Hirschberg, 2007) of scripts' patterns against the
// node and the way of saying that the simulation knows of each line. What remains
// is mostly what scripts say in several ways: their versions, and which of two
// apologies comes before a question.
func TestPatternsAreNodes(t *testing.T) {
	people, seeds := 20_000, []uint64{101, 202, 303}
	if testing.Short() {
		people, seeds = 4000, seeds[:1]
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			lines, patterns, both := robotLines(t, simulate.Options{People: people, Seed: seed})
			v := vMeasure(lines, patterns, both)
			t.Logf("V %.4f; %d nodes, %d patterns", v, len(lines), len(patterns))
			if v < 0.985 {
				t.Errorf("V-measure %.4f, want 0.985", v)
			}
			if most := 2 * len(lines); len(patterns) > most {
				t.Errorf("%d patterns of %d nodes", len(patterns), len(lines))
			}
		})
	}
}

// robotLines counts the lines of robots by what they are, by pattern and by both.
func robotLines(t *testing.T, o simulate.Options) (lines, patterns map[string]int, both map[[2]string]int) {
	t.Helper()
	world, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	lines, patterns, both = map[string]int{}, map[string]int{}, map[[2]string]int{}
	f := newFlattener(t)
	for i := range world.Len() {
		job, truth := world.Job(i)
		rest := f.Rows(job, schema.ContentHash{}).Turns
		for _, task := range truth.Tasks {
			turns := rest[:len(task.Turns)]
			rest = rest[len(task.Turns):]
			for k, told := range task.Turns {
				if turns[k].Speaker != schema.SpeakerRobot {
					continue
				}
				line := truth.Campaign + "/" + told.Node + "/" + told.Said
				pattern := truth.Campaign + "/" + turns[k].Pattern
				lines[line]++
				patterns[pattern]++
				both[[2]string{line, pattern}]++
			}
		}
		if len(rest) > 0 {
			t.Fatalf("%d turns of job %s without truth", len(rest), job.JobID)
		}
	}
	return lines, patterns, both
}

// vMeasure returns the harmonic mean of homogeneity and completeness of clusters
// against classes, given the sizes of both and of what they have in common.
func vMeasure(classes, clusters map[string]int, both map[[2]string]int) float64 {
	c, k, ck := entropy(classes), entropy(clusters), entropy(both)
	homogeneity, completeness := (c+k-ck)/c, (c+k-ck)/k
	return 2 * homogeneity * completeness / (homogeneity + completeness)
}

func entropy[K comparable](counts map[K]int) (h float64) {
	n := 0
	for _, count := range counts {
		n += count
	}
	for _, count := range counts {
		p := float64(count) / float64(n)
		h -= p * math.Log(p)
	}
	return h
}

func TestVMeasure(t *testing.T) {
	for _, tt := range []struct {
		both map[[2]string]int
		want float64
	}{
		{map[[2]string]int{{"a", "1"}: 5, {"b", "2"}: 7}, 1},
		{map[[2]string]int{{"a", "1"}: 1, {"a", "2"}: 1, {"b", "3"}: 1, {"b", "4"}: 1}, 2. / 3},
		{map[[2]string]int{{"a", "1"}: 1, {"a", "2"}: 1, {"b", "1"}: 1, {"b", "2"}: 1}, 0},
	} {
		a, b := map[string]int{}, map[string]int{}
		for key, n := range tt.both {
			a[key[0]] += n
			b[key[1]] += n
		}
		if got := vMeasure(a, b, tt.both); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("V-measure of %v: %v, want %v", tt.both, got, tt.want)
		}
	}
}
