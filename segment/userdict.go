package segment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// UserDict is a dictionary of the user in gse's format: a line per word,
// "word frequency part-of-speech", separated by blanks.
//
// The frequency is a number of at least 2; compared with those of the built-in
// dictionary (2 to 883,634) it decides which of two readings wins. As in gse a
// word of one character always counts as 2. The part of speech
// may be missing and is not used. Empty lines are skipped; a line gse would
// skip for other reasons is an error, and so is one whose word has a blank, of
// which gse would take the beginning.
type UserDict struct {
	Name string // for errors: the file's name
	Text []byte // the whole file, UTF-8; not kept
	// Kept says that a dataset has the file already. Earlier versions took the
	// beginning of a word with a blank: such a line is passed over.
	Kept bool
}

// maxWord is the most characters a word may have. Cutting takes time with the
// length of the text times that of the longest word.
const maxWord = 100

// userWord is a word of a user's dictionary as it is looked up.
type userWord struct {
	text string // in lower case
	freq float64
}

// minFreq is the lowest frequency of a word: gse silently drops rarer ones.
const minFreq = 2

// maxFreq keeps the sum of all frequencies where a float64 is exact.
const maxFreq = 1e12

// errBlank is the error of a line whose word has a blank.
var errBlank = errors.New("a word cannot hold a blank")

// parseDicts returns the words of all dictionaries, each word once, in order
// of precedence, and how many lines were passed over.
func parseDicts(dicts []UserDict) (words []userWord, passed int, err error) {
	seen := map[string]bool{}
	for _, d := range dicts {
		line, good := 0, false
		for text := range bytes.Lines(bytes.TrimPrefix(d.Text, []byte("\uFEFF"))) {
			line++
			w, ok, err := parseLine(text)
			if d.Kept && errors.Is(err, errBlank) {
				passed++
				continue
			}
			if err != nil {
				if !good {
					err = errors.New(err.(*lineError).what) // the file may be another one, a key: nothing of it is shown
				}
				return nil, 0, fmt.Errorf("read dictionary %s: line %d: %w", d.Name, line, err)
			}
			good = good || ok
			if !ok || seen[w.text] {
				continue
			}
			seen[w.text] = true
			words = append(words, w)
		}
	}
	return words, passed, nil
}

// lineError is what is wrong with a line: with what is in it, and without. It is
// errBlank where that is wrong.
type lineError struct {
	shown, what string
	blank       bool
}

func (e *lineError) Error() string { return e.shown }

func (e *lineError) Is(target error) bool { return e.blank && target == errBlank }

// parseLine reads one line; ok is false for an empty one. The error is a *lineError.
func parseLine(line []byte) (w userWord, ok bool, err error) {
	if !utf8.Valid(line) {
		return w, false, &lineError{shown: fmt.Sprintf("%.40q is not UTF-8", line), what: "it is not UTF-8"}
	}
	fields := strings.FieldsFunc(strings.TrimSpace(string(line)), isBlank)
	if len(fields) == 0 {
		return w, false, nil
	}
	text := strings.TrimSpace(fields[0])
	if strings.ContainsRune(text, 0) {
		return w, false, &lineError{shown: fmt.Sprintf("%q contains a NUL", text), what: "it contains a NUL"}
	}
	chars := utf8.RuneCountInString(text)
	if chars > maxWord {
		what := fmt.Sprintf("has %d characters, more than %d", chars, maxWord)
		return w, false, &lineError{shown: fmt.Sprintf("%.20q… %s", text, what), what: "its word " + what}
	}
	if len(fields) == 1 {
		return w, false, &lineError{shown: fmt.Sprintf("%q has no frequency", text), what: "its word has no frequency"}
	}
	if hasBlank(fields) {
		return w, false, &lineError{shown: fmt.Sprintf("%.40q: %v", strings.Join(fields, " "), errBlank), what: errBlank.Error(), blank: true}
	}
	freq, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || math.IsNaN(freq) {
		return w, false, &lineError{shown: fmt.Sprintf("frequency %.40q of %q is not a number", fields[1], text), what: "its frequency is not a number"}
	}
	if freq < minFreq || freq > maxFreq {
		what := fmt.Sprintf("is not between %d and %g", minFreq, float64(maxFreq))
		return w, false, &lineError{shown: fmt.Sprintf("frequency %s of %q %s", fields[1], text, what), what: "its frequency " + what}
	}
	if chars == 1 {
		freq = minFreq
	}
	return userWord{text: strings.ToLower(text), freq: freq}, true, nil
}

// hasBlank reports whether the fields of a line are those of a word with a
// blank: then its frequency comes later, and no part of speech is a number.
func hasBlank(fields []string) bool {
	return slices.ContainsFunc(fields[min(2, len(fields)):], func(field string) bool {
		_, err := strconv.ParseFloat(field, 64)
		return err == nil
	})
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// hashUserWords identifies the words and their frequencies.
func hashUserWords(words []userWord) string {
	h := sha256.New()
	for _, w := range words {
		fmt.Fprintf(h, "%s %v\n", w.text, w.freq)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
