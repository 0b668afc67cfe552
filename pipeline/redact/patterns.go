package redact

import (
	"strings"

	"callmill/pipeline/redact/span"
)

// maskPattern returns the pattern of a script without what was masked of the script. A
// span of it may lie in part in a slot and in part beside it, as the street of an
// address whose number is a slot: what is beside goes, too, and one label takes its
// place. Slots stay. A pattern that does not fit its script gives way to what is left of
// the script.
func maskPattern(pattern, script, masked string) string {
	literals, slots := slotted(pattern)
	at, ok := align(script, literals)
	left, labels := labelled(masked)
	keeps, aligned := align(script, left)
	if !ok || !aligned {
		return masked
	}
	var b strings.Builder
	next := 0 // the label whose span ends behind what is written
	said := -1
	for i, literal := range literals {
		for from, end := at[i], at[i]+len(literal); from < end; {
			for next < len(labels) && keeps[next+1] <= from {
				next++
			}
			// The span of a label is between what is left before it and after it.
			start, stop := len(script), len(script)
			if next < len(labels) {
				start, stop = keeps[next]+len(left[next]), keeps[next+1]
			}
			if from < start {
				to := min(end, start)
				b.WriteString(script[from:to])
				from = to
				continue
			}
			if said != next {
				b.WriteString(labels[next])
				said = next
			}
			from = min(end, stop)
		}
		if i < len(slots) {
			b.WriteString(slots[i])
		}
	}
	return b.String()
}

// slotted returns the literals of a pattern and the slots between them, those without a
// literal between as one.
func slotted(pattern string) (literals, slots []string) {
	return split(pattern, func(s string) (start, end int) {
		start = strings.IndexByte(s, '{')
		if start < 0 {
			return len(s), len(s)
		}
		n := strings.IndexByte(s[start:], '}')
		if n < 0 {
			return len(s), len(s)
		}
		return start, start + n + 1
	})
}

// labelled returns what is left of a masked text, and the labels between.
func labelled(masked string) (left, labels []string) {
	return split(masked, func(s string) (start, end int) { return span.NextLabel(s, 0) })
}

// split cuts a text at what next finds; what is found one after the other is one. There
// is one literal more than there are marks.
func split(text string, next func(string) (start, end int)) (literals, marks []string) {
	for {
		start, end := next(text)
		if start == len(text) {
			return append(literals, text), marks
		}
		if n := len(marks); start == 0 && n > 0 {
			marks[n-1] += text[:end]
		} else {
			literals, marks = append(literals, text[:start]), append(marks, text[start:end])
		}
		text = text[end:]
	}
}

// align returns where literals stand in a text of which they are what is left: the
// first begins it, the last ends it, the others follow in order, each as early as it
// may.
func align(text string, literals []string) (at []int, ok bool) {
	end := 0
	for i, literal := range literals {
		n := strings.Index(text[end:], literal)
		switch {
		case i == len(literals)-1:
			n = len(text) - end - len(literal)
		case i == 0:
			n = 0
		}
		if n < 0 || !strings.HasPrefix(text[end+n:], literal) || len(literals) == 1 && n != 0 {
			return nil, false
		}
		at = append(at, end+n)
		end += n + len(literal)
	}
	return at, true
}
