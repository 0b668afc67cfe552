// Package hard reads the lines under pipeline/redact/testdata/hard, the truth that
// finders of personal data are measured on, and counts what a finder makes of them.
//
// The README of that folder defines the format and how far each kind of span
// reaches. Of the sealed half tests print a [Score], which is counts alone, and
// never lines: [Case.Wrong] is for the open half.
package hard

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// Case is one conversation and the personal data in it.
type Case struct {
	Pos   string // where it begins, as file:line of what was read
	Why   string // why it is hard, "" if it says nothing
	Lines []span.Line
	Marks []Mark // in the order of their places, none in another
	// Job has the lines as the turns of its only task, and what the case says of the
	// job's own person: in its only contact, which is missing where it says nothing, and
	// in its extras. The case owns it; whoever redacts it parses the case again.
	Job *schema.Job
}

// Mark is a part of a line that is to be found.
type Mark struct {
	Line       int // of the case, from 0
	Start, End int // in bytes of the line's text, never equal
	// Kinds are the kinds that are right. It is counted under the first. None: whether
	// it is found doesn't matter.
	Kinds []span.Kind
	Text  string
}

// Optional reports whether a mark may be found or not.
func (m Mark) Optional() bool { return len(m.Kinds) == 0 }

// Read returns the cases of all files *.txt of a folder, in the order of the files'
// names. A Pos has the name without the folder.
func Read(dir string) ([]Case, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("reading hard lines: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("reading hard lines: no *.txt in %s", dir)
	}
	var all []Case
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("reading hard lines: %w", err)
		}
		cases, err := Parse(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("reading hard lines: %s:%w", filepath.Base(name), err)
		}
		for _, c := range cases {
			c.Pos = filepath.Base(name) + ":" + c.Pos
			all = append(all, c)
		}
	}
	return all, nil
}

// Parse returns the cases of one file. An error begins with the number of its line.
// Pos is that number alone.
func Parse(r io.Reader) ([]Case, error) {
	var cases []Case
	c := blank(1)
	end := func(next int) {
		if len(c.Lines) > 0 {
			cases = append(cases, c)
		}
		c = blank(next)
	}
	s := bufio.NewScanner(r)
	n := 0
	for s.Scan() {
		n++
		if s.Text() == "" {
			end(n + 1)
			continue
		}
		if err := c.line(s.Text()); err != nil {
			return nil, fmt.Errorf("%d: %w", n, err)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", n+1, err)
	}
	end(n + 1)
	return cases, nil
}

func blank(line int) Case {
	return Case{Pos: fmt.Sprint(line), Job: &schema.Job{JobID: "hard", Tasks: []schema.Task{{TaskID: "hard#0"}}}}
}

// line takes in the next line of a case.
func (c *Case) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	if len(c.Lines) > 0 && (word == "#" || word == "job") {
		return fmt.Errorf("%q after the first line that is spoken: want an empty line before it", word)
	}
	switch word {
	case "#":
		c.Why = strings.TrimPrefix(c.Why+" "+rest, " ")
		return nil
	case "job":
		return c.own(rest)
	case "R":
		return c.said(schema.SpeakerRobot, rest)
	case "C":
		return c.said(schema.SpeakerContact, rest)
	}
	return fmt.Errorf("a line begins with %q: want #, job, R or C", word)
}

// own takes in what the job says of its own person.
func (c *Case) own(values string) error {
	if len(c.Job.Contacts)+len(c.Job.Extras) > 0 {
		return fmt.Errorf("a second job in one case")
	}
	var contact schema.Contact
	known := map[string]*string{
		"name": &contact.Name, "honorific": &contact.Honorific, "phone": &contact.PhoneNumber, "reference": &contact.ReferenceID,
	}
	for _, field := range strings.Fields(values) {
		key, value, _ := strings.Cut(field, "=")
		if value == "" {
			return fmt.Errorf("job: invalid value %q: want KEY=VALUE", field)
		}
		if extra, ok := strings.CutPrefix(key, "extra:"); ok {
			c.Job.Extras = append(c.Job.Extras, schema.Extra{Key: extra, Value: value})
			continue
		}
		if known[key] == nil {
			return fmt.Errorf("job: unknown key %q", key)
		}
		*known[key] = value
	}
	if contact != (schema.Contact{}) {
		c.Job.Contacts = []schema.Contact{contact}
	}
	c.Job.ReferenceID = contact.ReferenceID
	c.Job.Tasks[0].CalledNumber = contact.PhoneNumber
	c.Job.Tasks[0].Contact = contact
	return nil
}

const (
	opening = "⟦"
	closing = "⟧"
)

// said takes in a spoken line.
func (c *Case) said(speaker, marked string) error {
	var text strings.Builder
	for rest := marked; rest != ""; {
		plain, after, ok := strings.Cut(rest, opening)
		if strings.Contains(plain, closing) {
			return fmt.Errorf("%s without %s", closing, opening)
		}
		text.WriteString(plain)
		if !ok {
			break
		}
		mark, after, ok := strings.Cut(after, closing)
		if !ok {
			return fmt.Errorf("%s without %s", opening, closing)
		}
		kinds, inner, ok := strings.Cut(mark, ":")
		if !ok || inner == "" || strings.TrimSpace(inner) != inner || strings.Contains(inner, opening) {
			return fmt.Errorf("invalid mark %s%s%s: want KIND:TEXT", opening, mark, closing)
		}
		m := Mark{Line: len(c.Lines), Start: text.Len(), End: text.Len() + len(inner), Text: inner}
		for kind := range strings.SplitSeq(kinds, "|") {
			if kinds == "any" {
				break
			}
			if !slices.Contains(span.Kinds(), span.Kind(kind)) {
				return fmt.Errorf("unknown kind %q", kind)
			}
			m.Kinds = append(m.Kinds, span.Kind(kind))
		}
		text.WriteString(inner)
		c.Marks = append(c.Marks, m)
		rest = after
	}
	if text.Len() == 0 {
		return fmt.Errorf("nothing said: want a text after R or C")
	}
	c.Lines = append(c.Lines, span.Line{Speaker: speaker, Text: text.String()})
	task := &c.Job.Tasks[0]
	task.Turns = append(task.Turns, schema.Turn{Speaker: speaker, Script: text.String()})
	return nil
}

// touches reports whether a span shares a byte with a mark.
func (m Mark) touches(s span.Span) bool {
	return s.Line == m.Line && s.Start < m.End && m.Start < s.End
}

// covered reports whether spans, together, cover all of a mark. They are sorted.
func (m Mark) covered(found []span.Span) bool {
	at := m.Start
	for _, s := range found {
		if s.Line == m.Line && s.Start <= at {
			at = max(at, s.End)
		}
	}
	return at >= m.End
}

func byPlace(a, b span.Span) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}
