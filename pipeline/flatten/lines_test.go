package flatten

import (
	"bytes"
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
		"", "嗯", "喂", "您好，请问是张三先生吗？", "张女士，您的3件快递到了", "本期账单还有99元", "三点半可以吗", "\xff坏的", "\x00张三",
		strings.Repeat("长", maxLine/3), strings.Repeat("3", maxLine), strings.Repeat("长", maxLine), "{num}",
	})
	names := rapid.SampledFrom([]string{"", "张三", "李四", "三点", "账单", "\x00张三"})
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		f := newFlattener(outer)
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

// hashOf is what ahead gives for a script.
func hashOf(l *lines, script string) uint64 {
	return l.ahead([]schema.Turn{{Script: script}})[0]
}

// What is found is what was kept of the same line, however many lines there
// are: more short ones than the sets hold, more long ones than the pages.
func TestLinesMakeRoom(t *testing.T) {
	for _, tc := range []struct{ count, length int }{
		{4 * 8 * setCount, 20},
		{3 * pageCount * pageSize / 250, 250},
	} {
		l := newLines()
		remember := func(n int) (found bool) {
			script := fmt.Sprintf("%-*d", tc.length, n)
			words, pattern := []int32{7, int32(tc.length - 7)}, fmt.Append(nil, "pattern ", n)
			hash := hashOf(l, script)
			known, found := l.find(hash, script)
			if !found {
				l.keep(hash, script, words, n%100, pattern)
				return false
			}
			want := line{words: []byte{7, byte(tc.length - 7)}, chars: n % 100, pattern: pattern}
			if diff := cmp.Diff(want, known, cmp.AllowUnexported(line{})); diff != "" {
				t.Fatalf("line %d (-want +got):\n%s", n, diff)
			}
			return true
		}
		for n := range tc.count {
			if remember(n) {
				t.Fatalf("line %d is known before it came", n)
			}
		}
		for n := range 1000 {
			if !remember(tc.count - 1 - n) {
				t.Errorf("line %d of %d is forgotten", tc.count-1-n, tc.count)
			}
		}
		found := 0
		for n := range tc.count {
			if remember(n) {
				found++
			}
		}
		if found > tc.count/2 {
			t.Errorf("%d of %d lines are known: that is no test of making room", found, tc.count)
		}
		for i, page := range l.pages {
			if cap(page) > pageSize {
				t.Errorf("page %d has %d bytes", i, cap(page))
			}
		}
	}
}

// A line is kept when it comes the second time.
func TestLinesAreKeptTheSecondTime(t *testing.T) {
	f := newFlattener(t)
	job := &schema.Job{JobID: "j", Tasks: []schema.Task{{TaskID: "t", Turns: []schema.Turn{
		{Speaker: schema.SpeakerContact, Script: "好的，3点见"},
	}}}}
	for times, want := range []bool{false, false, true, true} {
		known, ok := f.lines.find(hashOf(f.lines, "好的，3点见"), "好的，3点见")
		if ok != want || ok && (known.chars != 6 || string(known.pattern) != "好的，{time}见") {
			t.Errorf("after %d times: %v, %d characters, pattern %q", times, ok, known.chars, known.pattern)
		}
		f.Rows(job, schema.ContentHash{})
	}
}

// Two lines of the same hash are told apart by their text.
func TestLinesOfOneHash(t *testing.T) {
	l := newLines()
	const hash = 1<<40 + 7
	scripts := []string{"好的", "不好", "好", ""}
	for i, script := range scripts {
		if _, ok := l.find(hash, script); ok {
			t.Errorf("%q is taken for another line", script)
		}
		l.keep(hash, script, nil, i, nil)
	}
	for i, script := range scripts {
		if known, ok := l.find(hash, script); !ok || known.chars != i {
			t.Errorf("%q: %v, %d", script, ok, known.chars)
		}
	}
}

// A piece has a byte for the length of a word, and two for its other lengths.
func TestLinesOfAllLengths(t *testing.T) {
	l := newLines()
	pattern := bytes.Repeat([]byte(slotAmount), maxLine) // longer than any
	for _, n := range []int{0, 1, 255, 256, maxLine} {
		script := strings.Repeat("a", n)
		hash := hashOf(l, script)
		l.keep(hash, script, []int32{int32(n)}, n, pattern)
		if _, ok := l.find(hash, script); ok != (n <= 255) {
			t.Errorf("a word of %d bytes: kept %v", n, ok)
		}
		l.keep(hash, script, make([]int32, n), n, pattern)
		known, ok := l.find(hash, script)
		if !ok || n > 255 && len(known.words) != n || known.chars != n || !bytes.Equal(known.pattern, pattern) {
			t.Errorf("a line of %d bytes: %v, %d words, %d characters, pattern of %d bytes", n, ok, len(known.words), known.chars, len(known.pattern))
		}
	}
}
