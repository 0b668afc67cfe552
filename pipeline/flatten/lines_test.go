package flatten

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/schema"
)

// What a Flattener remembers of lines it met makes no difference, whoever is
// called.
func TestRememberedLinesAreFlattenedAlike(t *testing.T) {
	lines := rapid.SampledFrom([]string{
		"", "嗯", "喂", "您好，请问是张三先生吗？", "张女士，您的3件快递到了", "本期账单还有99元", "三点半可以吗", "\xff坏的",
		strings.Repeat("长", maxLine), "{num}",
	})
	names := rapid.SampledFrom([]string{"", "张三", "李四", "三点", "账单"})
	f, outer := newFlattener(t), t
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(t, "jobs") {
			task := schema.Task{TaskID: "t", Status: "SucceededFinish", Contact: schema.Contact{Name: names.Draw(t, "name")}}
			for _, script := range rapid.SliceOfN(lines, 1, 12).Draw(t, "lines") {
				speaker := rapid.SampledFrom([]string{schema.SpeakerRobot, schema.SpeakerContact}).Draw(t, "speaker")
				task.Turns = append(task.Turns, schema.Turn{Speaker: speaker, Script: script})
			}
			job := &schema.Job{JobID: "j", Tasks: []schema.Task{task}}
			if diff := cmp.Diff(newFlattener(outer).Rows(job, schema.ContentHash{}), f.Rows(job, schema.ContentHash{})); diff != "" {
				t.Fatalf("(-first met +remembered):\n%s", diff)
			}
		}
	})
}

// A line is kept when it comes the second time, and makes room for others:
// however many there are, each is found with its own words or not at all.
func TestLinesMakeRoom(t *testing.T) {
	l := newLines()
	for round := range 3 {
		found := 0
		for n := range 4 * lineSlots {
			script := fmt.Sprint("line ", n)
			known := l.find(script)
			switch {
			case known == nil:
			case string(known.script) != script:
				t.Fatalf("%q is taken for %q", script, known.script)
			case known.cut && known.chars != n:
				t.Fatalf("%q has what was found out about line %d", script, known.chars)
			default:
				found++
				known.cut, known.chars = true, n
			}
		}
		if round == 0 && found > 0 {
			t.Errorf("%d lines are known before they came", found)
		}
	}
	if l.find("once more") != nil || l.find("once more") == nil || l.find("once more") == nil {
		t.Error("a line is not kept from its second time on")
	}
}

// Two lines of the same tag are told apart by their text.
func TestLinesOfOneTag(t *testing.T) {
	l := newLines()
	l.find("好的")
	known := l.find("好的")
	known.cut, known.chars = true, 2
	known.script = append(known.script[:0], "不好"...) // as if it had the same tag, and the same slot
	if again := l.find("好的"); again != nil && (again.cut || string(again.script) != "好的") {
		t.Errorf("a line is taken for %q of %d characters", again.script, again.chars)
	}
}
