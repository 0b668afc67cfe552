package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// SourceLine is a line of the file.
type SourceLine struct {
	Number int // from 1
	Text   string
}

// Source returns what the file says of a rule, given by its place: its own lines, and
// those of the shared conditions and other rules that it uses, in the order of the file.
func (b *Book) Source(rule int) []SourceLine {
	starts := map[int]bool{}
	b.collect(rule, starts)
	lines := strings.Split(b.text, "\n")
	var source []SourceLine
	end := 0 // of what is in source, for conditions within rules
	for _, start := range slices.Sorted(maps.Keys(starts)) {
		if start <= end || start > len(lines) {
			continue
		}
		end = blockEnd(lines, start)
		for n := start; n <= end; n++ {
			source = append(source, SourceLine{n, strings.TrimRight(lines[n-1], " \t\r")})
		}
	}
	return source
}

// collect collects the first lines of what a rule uses.
func (b *Book) collect(rule int, starts map[int]bool) {
	r := &b.Rules[rule]
	if starts[r.Line] {
		return
	}
	starts[r.Line] = true
	add := func(i int) { b.collectCondition(i, starts) }
	for _, i := range r.Own {
		add(i)
	}
	r.When.Each(add)
	if r.Reached.Condition >= 0 {
		add(r.Reached.Condition)
	}
}

func (b *Book) collectCondition(i int, starts map[int]bool) {
	c := &b.Conditions[i]
	if c.Rule >= 0 {
		b.collect(c.Rule, starts)
		return
	}
	if starts[c.Line] {
		return
	}
	starts[c.Line] = true
	for _, a := range c.Anchors {
		b.collectCondition(a.Condition, starts)
	}
}

// blockEnd returns the last line of the block that begins at a line: those after it that
// are indented more, without comments and empty lines at their end.
func blockEnd(lines []string, start int) int {
	indent := indentOf(lines[start-1])
	end := start
	for n := start + 1; n <= len(lines); n++ {
		text := strings.TrimSpace(lines[n-1])
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if indentOf(lines[n-1]) <= indent {
			break
		}
		end = n
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// Ref names a rule, given by its place, together with its version: "name@1f0c9a2b". The
// version is a hash of its source, without lines of comments: what was said of another version's
// hits is not said of this one's.
func (b *Book) Ref(rule int) string { return b.refs[rule] }

func (b *Book) makeRef(rule int) string {
	h := sha256.New()
	for _, line := range b.Source(rule) {
		if text := strings.TrimSpace(line.Text); text != "" && !strings.HasPrefix(text, "#") {
			h.Write([]byte(line.Text + "\n"))
		}
	}
	return b.Rules[rule].Name + "@" + hex.EncodeToString(h.Sum(nil)[:4])
}
