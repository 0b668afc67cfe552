// Package texts masks what was said in a conversation, or written in a text: it has
// the finders of all layers search it, and puts labels in place of what they find.
//
// What the job says of its own person is the strongest: where spans overlap, the
// label is that of the lowest layer. Then come numbers, then addresses and other
// people. A label is never searched. What is left around one is searched again until
// nothing more is found, so that what was masked, masked once more, stays as it is.
package texts

import (
	"slices"

	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// Masker masks texts of one job after the other. It reuses its memory. Not safe for
// concurrent use.
type Masker struct {
	own     *own.Finder
	numbers *numbers.Finder
	others  *others.Finder
	spans   []span.Span
	changed []int // lines, of the last round
	memory  memory
	looks   looks
	plain   own.Look // of a text that is not remembered
}

// New returns a Masker that knows of no job yet. It reads the lists of its finders:
// make one for each worker.
func New() *Masker {
	return &Masker{own: own.New(), numbers: numbers.New(), others: others.New(), memory: newMemory()}
}

// Of has the texts that follow searched for what a job says of its own person, too. The
// job may change afterwards.
func (m *Masker) Of(j *schema.Job) { m.own.Job(j) }

// Kind returns the kind of personal data that the value of an extra is, going by its
// key, and whether it is any.
func (m *Masker) Kind(key string) (span.Kind, bool) { return m.own.Kind(key) }

// Company reports whether the key of an extra names an id of a company.
func (m *Masker) Company(key string) bool { return m.own.Company(key) }

// Find appends what all layers find in a conversation, without what overlaps: sorted
// by line and place.
func (m *Masker) Find(dst []span.Span, call []span.Line) []span.Span {
	m.lookAt(call)
	return m.find(dst, call)
}

// lookAt looks at each line of a conversation, and returns what is known of the last.
func (m *Masker) lookAt(call []span.Line) (last *known) {
	l := &m.looks
	l.reset()
	m.memory.nextSearch()
	for i := range call {
		last = m.look(call[i].Text)
		l.own, l.numbers, l.others = append(l.own, &last.own), append(l.numbers, last.numbers), append(l.others, &last.others)
	}
	return last
}

// find is Find after lookAt.
func (m *Masker) find(dst []span.Span, call []span.Line) []span.Span {
	n := len(dst)
	dst = m.own.FindLooked(dst, call, m.looks.own)
	dst = m.numbers.FindLooked(dst, call, m.looks.numbers)
	dst = m.others.FindLooked(dst, call, m.looks.others)
	return dst[:n+len(span.Merge(dst[n:]))]
}

// Mask masks the lines of one conversation, in place, and reports whether any
// changed. Lines without a finding keep their memory.
func (m *Masker) Mask(call []span.Line) (changed bool) {
	alone := len(call) == 1
	if alone && numbers.Harmless(call[0].Text) && !m.tells(call) {
		return false
	}
	last := m.lookAt(call)
	if alone && last.clean {
		// Only what the job says of its person can be in it.
		m.spans = span.Merge(m.own.FindLooked(m.spans[:0], call, m.looks.own))
	} else {
		m.spans = m.find(m.spans[:0], call)
		if alone && len(m.spans) == 0 {
			last.clean = true
		}
	}
	// Every round that changes something leaves less text that is no label, so this
	// ends.
	size := 0
	for i := range call {
		size += len(call[i].Text)
	}
	for left := leastAgain + timesAgain*size; m.mask(call); left -= size {
		changed = true
		switch {
		case left < -size:
			m.wipe(call, nil)
		case left < 0:
			m.wipe(call, m.changed)
		}
		for _, i := range m.changed {
			k := m.look(call[i].Text)
			m.looks.own[i], m.looks.numbers[i], m.looks.others[i] = &k.own, k.numbers, &k.others
		}
		m.again(call)
	}
	return changed
}

// tells reports whether what the job says of its own person is in a text that others
// need not look at, nor remember.
func (m *Masker) tells(call []span.Line) bool {
	m.looks.reset()
	m.plain = m.own.Look(call[0].Text)
	m.looks.own = append(m.looks.own, &m.plain)
	m.spans = m.own.FindLooked(m.spans[:0], call, m.looks.own)
	return len(m.spans) > 0
}

// How much text is searched again, in bytes: so many, and the conversation so many
// times. Calls need it once or twice. What has still something to be found then is a
// chain of which every label makes the next part look like a name or a number, which
// no speech is: there is no use in following it to its end, which takes a round for
// each part.
const (
	leastAgain = 8 << 10
	timesAgain = 3
)

// wipe masks all that some lines say, or all lines.
func (m *Masker) wipe(call []span.Line, lines []int) {
	if lines == nil {
		m.changed = m.changed[:0]
		for i := range call {
			m.changed = append(m.changed, i)
		}
		lines = m.changed
	}
	for _, i := range lines {
		text := call[i].Text
		call[i].Text = span.Mask(text, []span.Span{{End: len(text), Kind: span.Number}})
	}
}

// mask puts labels in place of the spans, and notes which lines changed; it reports
// whether any did. Spans within labels change none.
func (m *Masker) mask(call []span.Line) bool {
	m.changed = m.changed[:0]
	for spans := m.spans; len(spans) > 0; {
		n := 1
		for n < len(spans) && spans[n].Line == spans[0].Line {
			n++
		}
		line := &call[spans[0].Line]
		if text := span.Mask(line.Text, spans[:n]); text != line.Text {
			line.Text = text
			m.changed = append(m.changed, spans[0].Line)
		}
		spans = spans[n:]
	}
	return len(m.changed) > 0
}

// again searches a conversation some lines of which have changed. What makes a number
// may lie some lines away, so numbers are searched for everywhere; the others in the
// lines that changed, and in lines around them that may be parts of what is told over
// several.
func (m *Masker) again(call []span.Line) {
	m.spans = m.numbers.FindLooked(m.spans[:0], call, m.looks.numbers)
	end := 0 // of what was searched
	for _, line := range m.changed {
		if line < end {
			continue
		}
		first := line
		for first > end && isPart(call[first-1].Text) {
			first--
		}
		end = line + 1
		for end < len(call) && (isPart(call[end].Text) || contains(m.changed, end)) {
			end++
		}
		before := len(m.spans)
		m.spans = m.own.FindLooked(m.spans, call[first:end], m.looks.own[first:end])
		m.spans = m.others.FindLooked(m.spans, call[first:end], m.looks.others[first:end])
		for k := before; k < len(m.spans); k++ {
			m.spans[k].Line += first
		}
	}
	m.spans = span.Merge(m.spans)
}

// partLength is how long a line is, in bytes, that may be one of several over which
// something is told, or what the other speaker says meanwhile.
const partLength = 3 * 16

func isPart(text string) bool { return len(text) <= partLength }

func contains(sorted []int, n int) bool {
	_, found := slices.BinarySearch(sorted, n)
	return found
}
