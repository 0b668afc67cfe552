package flatten

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// What is remembered of lines makes no difference, whoever is called.
func TestRememberedLinesAreFlattenedAlike(t *testing.T) {
	lines := rapid.SampledFrom([]string{
		"", "嗯", "喂", "您好，请问是张三先生吗？", "张女士，您的3件快递到了", "本期账单还有99元", "三点半可以吗", "\xff坏的", "\x00张三",
		strings.Repeat("长", maxLine/3), strings.Repeat("3", maxLine), strings.Repeat("长", maxLine), "{num}",
	})
	names := rapid.SampledFrom([]string{"", "张三", "李四", "三点", "账单", "\x00张三"})
	forgetful := newFlattener(t)
	mindful := New(forgetful.loc, forgetful.segment, NewLines(0))
	remembered := 0
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(t, "jobs") {
			task := schema.Task{TaskID: "t", Status: "SucceededFinish", Contact: schema.Contact{Name: names.Draw(t, "name")}}
			for _, script := range rapid.SliceOfN(lines, 1, 12).Draw(t, "lines") {
				speaker := rapid.SampledFrom([]string{schema.SpeakerRobot, schema.SpeakerContact}).Draw(t, "speaker")
				task.Turns = append(task.Turns, schema.Turn{Speaker: speaker, Script: script})
			}
			job := &schema.Job{JobID: "j", Tasks: []schema.Task{task}}
			got := mindful.Rows(job, schema.ContentHash{})
			for i := range got.Turns {
				checkLine(t, &got.Turns[i])
				if got.Turns[i].Line != nil {
					remembered++
				}
			}
			if diff := cmp.Diff(forgetful.Rows(job, schema.ContentHash{}), got, cmpopts.IgnoreFields(schema.TurnRow{}, "Line")); diff != "" {
				t.Fatalf("(-first met +remembered):\n%s", diff)
			}
		}
	})
	if remembered == 0 {
		t.Error("no line was remembered")
	}
}

// checkLine holds a row to its line.
func checkLine(t rapid.TB, row *schema.TurnRow) {
	line := row.Line
	if line == nil {
		return
	}
	if row.Script != line.Script || strings.Join(line.Tokens, "") != line.Script || !cmp.Equal(row.Tokens, line.Tokens) || row.Chars != line.Chars {
		t.Errorf("turn %q of %d, %d characters, has line %q of %q, %d characters",
			row.Script, row.Tokens, row.Chars, line.Script, line.Tokens, line.Chars)
	}
}

// A line is kept from the second time on, under a number of its own, until
// there are as many as there may be; those stay.
func TestLinesAreBounded(t *testing.T) {
	l := NewLines(0)
	f := New(zone(t, "UTC"), everyRunes(2), l)
	numbers := map[int32]string{}
	for round := range 4 {
		for n := range maxLines + 100 {
			script := fmt.Sprint("line ", n)
			line, _ := lookUp(f, script)
			if line == nil {
				continue
			}
			if round == 0 {
				t.Fatalf("%q is known before it came", script)
			}
			if line.Script != script {
				t.Fatalf("%q is taken for %q", script, line.Script)
			}
			if other, ok := numbers[line.Number]; ok && other != script {
				t.Fatalf("%q and %q are both line %d", script, other, line.Number)
			}
			numbers[line.Number] = script
		}
	}
	if len(numbers) < maxLines*98/100 || len(numbers) > maxLines || int(l.count) != len(numbers) {
		t.Errorf("%d lines are remembered, counted as %d, want nearly %d", len(numbers), l.count, maxLines)
	}
}

// Long lines take the room of many.
func TestLinesAreBoundedInBytes(t *testing.T) {
	const linesBytes = 4 << 20
	f := New(zone(t, "UTC"), everyRunes(1), NewLines(linesBytes))
	kept := 0
	for n := range maxLines {
		script := fmt.Sprintf("%0*d", maxLine, n)
		lookUp(f, script)
		if line, _ := lookUp(f, script); line != nil {
			kept += maxLine + 16*len(line.Tokens)
		}
	}
	if kept < linesBytes/2 || kept > linesBytes+32*maxLine {
		t.Errorf("%d bytes are kept, of %d", kept, linesBytes)
	}
}

// Flatteners of several goroutines meet the same lines at once and agree on
// what they are.
func TestLinesAreShared(t *testing.T) {
	l := NewLines(0)
	seen := make([]map[string]*schema.Line, 4)
	var group sync.WaitGroup
	for i := range seen {
		seen[i] = map[string]*schema.Line{}
		f := New(zone(t, "UTC"), everyRunes(2), l)
		group.Go(func() {
			for n := range 20_000 {
				script := fmt.Sprint("line ", n%500)
				if line, _ := lookUp(f, script); line != nil {
					if line.Script != script || seen[i][script] != nil && seen[i][script] != line {
						t.Errorf("%q: line %d %q", script, line.Number, line.Script)
					}
					seen[i][script] = line
				}
			}
		})
	}
	group.Wait()
	for script, line := range seen[0] {
		for i := range seen {
			if other := seen[i][script]; other != nil && other != line {
				t.Errorf("%q is line %d and line %d", script, line.Number, other.Number)
			}
		}
	}
	if len(seen[0]) != 500 {
		t.Errorf("%d lines are remembered, want 500", len(seen[0]))
	}
}

// lookUp looks for one line.
func lookUp(f *Flattener, script string) (*schema.Line, []int32) {
	return f.look(script, f.lines.ahead(nil, []schema.Turn{{Script: script}})[0])
}
