// Package find searches the lines of a corpus that was loaded whole, as package query
// searches those of a snapshot: for the same question both find the same lines, in the
// same order.
//
// Each distinct text is looked at once, however many lines say it. What is kept of a
// search is which texts have what was asked for, a bit each, and how many lines of each
// day do: any page of its hits is found by that.
package find

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
)

// Options are which lines are wanted: those for which all of it holds.
type Options struct {
	Text    string // that the line contains as it is; "" is in every line
	Regex   bool   // Text is an expression of RE2
	Speaker Speaker
	// MinChars and MaxChars bound the length in code points; 0: without bound.
	MinChars, MaxChars int
	MinPause           int64 // ms since the line before, at least; 0: any
	// Some restricts the search to Calls: indexes in Corpus.Calls, ascending. They belong
	// to the search from then on.
	Some  bool
	Calls []int32
}

// Speaker is who says the lines that are wanted.
type Speaker uint8

// The speakers.
const (
	Anybody Speaker = iota
	Robot
	Contact
)

// MaxRegex is how long an expression may be, in bytes.
const MaxRegex = 1000

// TextError means that a text cannot be searched for.
type TextError struct{ err error }

func (e *TextError) Error() string { return e.err.Error() }
func (e *TextError) Unwrap() error { return e.err }

// Found are the lines that a search found. Safe for concurrent use.
type Found struct {
	Total int
	Days  []Day // that have some, the latest first

	corpus *corpus.Corpus
	o      Options
	regex  *regexp.Regexp // nil without one
	texts  bits           // those that are as asked
}

// Day is how many lines of a day were found.
type Day struct {
	Day  calendar.Day // of the call; corpus.NoDay for calls without a time
	Hits int

	calls span // of the day, in Corpus.Calls, or in Options.Calls
}

// span is a part of a list.
type span struct{ from, to int }

// Hit is a line that was found.
type Hit struct {
	Call int32 // index in Corpus.Calls
	Line int32 // index in Corpus.Lines
}

// Lines finds lines of a corpus, which must have been loaded whole. The error is a
// [TextError] where no line can have such a text, or that of ctx.
func Lines(ctx context.Context, c *corpus.Corpus, o Options) (*Found, error) {
	f := &Found{corpus: c, o: o}
	if !utf8.ValidString(o.Text) {
		return nil, &TextError{errors.New("the text is not UTF-8")}
	}
	if o.Regex {
		if len(o.Text) > MaxRegex {
			return nil, &TextError{fmt.Errorf("the expression is longer than %d bytes", MaxRegex)}
		}
		var err error
		if f.regex, err = regexp.Compile(o.Text); err != nil {
			return nil, &TextError{err}
		}
	}
	if err := f.look(ctx); err != nil {
		return nil, err
	}
	if err := f.count(ctx); err != nil {
		return nil, err
	}
	return f, nil
}

// Between two looks at whether ctx has ended: so many texts of 30 bytes take some
// milliseconds by an expression.
const breath = 4096

// look finds the texts that are as asked.
func (f *Found) look(ctx context.Context) error {
	texts := f.corpus.Texts
	f.texts = make(bits, (len(texts)+63)/64)
	has := f.has()
	for i := range texts {
		if i%breath == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if f.says(&texts[i]) && has(texts[i].Script) {
			f.texts.set(int32(i))
		}
	}
	return nil
}

// says reports whether a text is of the speaker and of a length that is asked for.
func (f *Found) says(t *corpus.Text) bool {
	switch {
	case f.o.Speaker == Robot && t.Speaker != corpus.Robot, f.o.Speaker == Contact && t.Speaker != corpus.Contact:
		return false
	case f.o.MinChars <= 0 && f.o.MaxChars <= 0:
		return true
	}
	chars := utf8.RuneCountInString(t.Script)
	return chars >= f.o.MinChars && (f.o.MaxChars <= 0 || chars <= f.o.MaxChars)
}

// has returns what reports whether a text contains what is asked for.
func (f *Found) has() func(script string) bool {
	switch {
	case f.regex != nil:
		return expression(f.regex)
	case f.o.Text == "":
		return func(string) bool { return true }
	}
	return func(script string) bool { return strings.Contains(script, f.o.Text) }
}

// count counts the lines of each day.
func (f *Found) count(ctx context.Context) error {
	day := Day{Day: corpus.NoDay}
	end := func(at int) {
		if day.calls.to = at; day.Hits > 0 {
			f.Days = append(f.Days, day)
			f.Total += day.Hits
		}
	}
	for k := range f.size() {
		if k%breath == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		call := &f.corpus.Calls[f.at(k)]
		if call.Day != day.Day || k == 0 {
			end(k)
			day = Day{Day: call.Day, calls: span{from: k}}
		}
		for _, line := range f.corpus.Of(call) {
			if f.hit(line) {
				day.Hits++
			}
		}
	}
	end(f.size())
	f.latestFirst()
	return nil
}

// latestFirst puts the days in order; calls without one come last.
func (f *Found) latestFirst() {
	n := len(f.Days)
	if n > 0 && f.Days[n-1].Day == corpus.NoDay {
		n--
	}
	slices.Reverse(f.Days[:n])
}

// size returns how many calls are searched; at the k-th of them.
func (f *Found) size() int {
	if f.o.Some {
		return len(f.o.Calls)
	}
	return len(f.corpus.Calls)
}

func (f *Found) at(k int) int32 {
	if f.o.Some {
		return f.o.Calls[k]
	}
	return int32(k)
}

// hit reports whether a line is as asked.
func (f *Found) hit(line corpus.Line) bool {
	return f.texts.has(line.Text) && (f.o.MinPause <= 0 || int64(line.Gap) >= f.o.MinPause)
}

// Hits returns the hits after the first skip of them, at most limit.
func (f *Found) Hits(skip, limit int) []Hit {
	hits := []Hit{}
	for hit := range f.after(skip) {
		if len(hits) >= limit {
			break
		}
		hits = append(hits, hit)
	}
	return hits
}

// All returns all hits, one day after the other, and of no more than a day at a time.
func (f *Found) All() iter.Seq[Hit] { return f.after(0) }

// after returns the hits after the first skip of them.
func (f *Found) after(skip int) iter.Seq[Hit] {
	return func(yield func(Hit) bool) {
		skip := max(0, skip)
		for _, day := range f.Days {
			if skip >= day.Hits {
				skip -= day.Hits
				continue
			}
			for _, call := range f.calls(day) {
				for i, line := range f.corpus.Of(&f.corpus.Calls[call]) {
					switch {
					case !f.hit(line):
					case skip > 0:
						skip--
					case !yield(Hit{call, f.corpus.Calls[call].FirstLine + int32(i)}):
						return
					}
				}
			}
		}
	}
}

// calls returns the calls of a day in which there are hits, by instance, job and task: in
// a corpus they are by time.
func (f *Found) calls(day Day) []int32 {
	var calls []int32
	for k := day.calls.from; k < day.calls.to; k++ {
		if call := f.at(k); slices.ContainsFunc(f.corpus.Of(&f.corpus.Calls[call]), f.hit) {
			calls = append(calls, call)
		}
	}
	slices.SortFunc(calls, func(a, b int32) int {
		x, y := &f.corpus.Calls[a], &f.corpus.Calls[b]
		if x.Instance != y.Instance {
			return strings.Compare(f.corpus.Instances.String(x.Instance), f.corpus.Instances.String(y.Instance))
		}
		if d := strings.Compare(x.Job, y.Job); d != 0 {
			return d
		}
		return strings.Compare(x.Task, y.Task)
	})
	return calls
}

// Around returns the lines of the call before and after a hit, at most n each. They belong
// to the corpus.
func (f *Found) Around(h Hit, n int) (before, after []corpus.Line) {
	call := &f.corpus.Calls[h.Call]
	lines, at := f.corpus.Of(call), int(h.Line-call.FirstLine)
	return lines[max(0, at-n):at], lines[at+1 : min(len(lines), at+1+n)]
}

// Marks returns where in a text what was searched for is: from and to in bytes, in order,
// apart, none empty, and at most the first hundred.
func (f *Found) Marks(script string) [][2]int { return marks(script, f.o.Text, f.regex) }

// Mark returns where a text, and what an expression finds, is in another text, as
// [Found.Marks] does: of the expression, unless it is nil.
func Mark(script, text string, regex *regexp.Regexp) [][2]int { return marks(script, text, regex) }

func marks(script, text string, regex *regexp.Regexp) [][2]int {
	const most = 100
	var found [][2]int
	switch {
	case regex != nil:
		for _, at := range regex.FindAllStringIndex(script, most) {
			if at[0] < at[1] {
				found = append(found, [2]int{at[0], at[1]})
			}
		}
	case text != "":
		for from := 0; len(found) < most; {
			at := strings.Index(script[from:], text)
			if at < 0 {
				break
			}
			found = append(found, [2]int{from + at, from + at + len(text)})
			from += at + len(text)
		}
	}
	return found
}

// bits is a set of numbers.
type bits []uint64

func (b bits) set(i int32)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int32) bool { return b[i/64]&(1<<(i%64)) != 0 }
