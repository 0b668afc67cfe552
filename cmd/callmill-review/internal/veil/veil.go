// Package veil masks what was said for passing it on, whatever the dataset holds: by the
// rules of --pii mask, and without all rows of digits. It knows of no job, so that names go
// by rules alone: some may be missed.
package veil

import (
	"regexp"

	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
	"callmill/schema"
)

// Mask masks texts. It is not for two at a time.
type Mask struct{ masker *texts.Masker }

// New returns a mask.
func New() *Mask { return &Mask{texts.New()} }

// Lines masks lines of a call that follow each other, in place.
func (m *Mask) Lines(lines []string) {
	call := make([]span.Line, len(lines))
	for i, line := range lines {
		// What the robot said is a pattern, which has slots in place of values.
		call[i] = span.Line{Speaker: schema.SpeakerContact, Text: line}
	}
	m.masker.Mask(call)
	for i := range lines {
		lines[i] = maskDigits(call[i].Text)
	}
}

// Text masks a text that stands alone.
func (m *Mask) Text(text string) string {
	lines := []string{text}
	m.Lines(lines)
	return lines[0]
}

// digits are written and spoken ones in a row. Three may be the rest of a number that was
// split, which the rules leave where it stands alone.
var digits = regexp.MustCompile(`[0-9０-９零〇一二三四五六七八九幺两]{3,}`)

func maskDigits(text string) string { return digits.ReplaceAllString(text, "[数字]") }
