//go:build cgo

package query

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/renew"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// LoadOptions are which calls are loaded.
type LoadOptions struct {
	From, To calendar.Day // of the call; 0: without bound
	Whole    bool         // with what the robot said, beside its pattern
	// Jobs are the days of the jobs whose calls are loaded: their files alone are read.
	// Calls of a job may be on later days. nil: all.
	Jobs []calendar.Day
}

// days returns the bounds as values to bind.
func (o LoadOptions) days() []any {
	bound := func(d calendar.Day) any {
		if d == 0 {
			return nil
		}
		return int32(d)
	}
	return []any{bound(o.From), bound(o.To)}
}

// jobs returns the condition of the days of jobs.
func (o LoadOptions) jobs() string {
	if o.Jobs == nil {
		return "true"
	}
	days := []string{"NULL"} // so that none is a list too
	for _, day := range o.Jobs {
		days = append(days, "DATE "+literal(day.String()))
	}
	return "job_date IN (" + strings.Join(days, ", ") + ")"
}

// Load fills a corpus with the dialled calls of the days, and the lines of those that a
// person answered.
func (d *DB) Load(ctx context.Context, o LoadOptions) (*corpus.Corpus, error) {
	l := &loader{
		corpus: &corpus.Corpus{Snapshot: d.Snapshot(), Zone: d.zone, ScriptsInferred: !d.scriptsNamed},
		calls:  map[uint64]int32{}, jobs: map[uint64][]int32{},
	}
	for i := range l.texts {
		l.texts[i] = map[uint64]int32{}
	}
	if o.From == 0 && o.To == 0 && o.Jobs == nil { // growing would take as much again
		calls, lines := d.room(schema.TableTasks), d.room(schema.TableTurns)
		l.corpus.Calls, l.corpus.Lines, l.of = make([]corpus.Call, 0, calls), make([]corpus.Line, 0, lines), make([]int32, 0, lines)
	}
	said := append(o.days(), o.Whole)
	for _, question := range []struct {
		name   string
		values []any
		row    func([]driver.Value) error
	}{
		{"calls", o.days(), l.call},
		{"results", nil, l.result},
		{"texts", said, l.text},
		{"lines", said, l.line},
	} {
		if err := d.filled(ctx, question.name, struct{ Jobs string }{o.jobs()}, question.values, question.row); err != nil {
			return nil, err
		}
	}
	l.finish()
	return l.corpus, nil
}

// room returns for how many rows of a table memory is set aside: as many as the manifest
// says, within what a damaged one cannot make too much.
func (d *DB) room(table string) int64 {
	const most = 1 << 22
	if t := d.manifest.Table(table); t != nil {
		return min(max(t.Rows, 0), most)
	}
	return 0
}

// loader builds a corpus of rows. Calls, jobs and texts are known by hashes of 64 bits:
// that two of a million have the same one happens once in 10⁷ datasets, and is an error.
type loader struct {
	corpus *corpus.Corpus
	calls  map[uint64]int32
	jobs   map[uint64][]int32 // calls of each job
	texts  [3]map[uint64]int32

	of       []int32 // the call of each line, as lines come
	lastKey  uint64
	lastCall int32
}

func (l *loader) call(v []driver.Value) error {
	c := l.corpus
	index := int32(len(c.Calls))
	key, job := v[0].(uint64), v[1].(uint64)
	if _, twice := l.calls[key]; twice {
		return fmt.Errorf("the hash of task %s is that of another one, which happens in one of 10⁷ datasets: please report it", v[4])
	}
	l.calls[key] = index
	l.jobs[job] = append(l.jobs[job], index)
	call := corpus.Call{
		Instance: c.Instances.Add(v[2].(string)),
		Job:      v[3].(string), Task: v[4].(string),
		Campaign: c.Campaigns.Add(v[5].(string)),
		Script:   c.Scripts.Add(v[6].(string)),
		Version:  c.Versions.Add(v[7].(string)),
		Number:   c.Numbers.Add(v[8].(string)),
		Contact:  c.Contacts.Add(v[9].(string)),
		Outcome:  c.Outcomes.Add(v[10].(string)),
		JobDate:  calendar.Day(v[11].(int32)),
		Day:      corpus.NoDay,
		Start:    v[13].(int64),
		Hour:     int8(v[14].(int32)),
		Attempt:  int16(min(v[15].(int32), math.MaxInt16)),
		Facts:    corpus.Facts(v[16].(int32)),
		Group:    c.Groups.Add(v[17].(string)),
		Origin:   corpus.Origin(v[18].(int32)),
	}
	if day, ok := v[12].(int32); ok {
		call.Day = calendar.Day(day)
	}
	c.Calls = append(c.Calls, call)
	return nil
}

// result adds a business result to its call, or to all calls of its job.
func (l *loader) result(v []driver.Value) error {
	of := l.jobs[v[0].(uint64)]
	if task, ok := v[1].(uint64); ok {
		call, known := l.calls[task]
		if !known {
			return nil
		}
		of = []int32{call}
	}
	if len(of) == 0 {
		return nil
	}
	code := l.corpus.Results.Add(v[2].(string))
	for _, i := range of {
		results := &l.corpus.Calls[i].Results
		if at, found := slices.BinarySearch(*results, code); !found {
			*results = slices.Insert(*results, at, code)
		}
	}
	return nil
}

// text adds a text.
func (l *loader) text(v []driver.Value) error {
	c := l.corpus
	text := corpus.Text{Speaker: uint8(v[0].(int32))}
	said := v[2].(string)
	switch text.Speaker {
	case corpus.Robot:
		text.Pattern = c.Patterns.Add(said)
		text.Script, _ = v[3].(string)
	case corpus.Contact:
		var tokens []string
		if lengths, ok := v[4].(string); ok {
			text.Script, tokens = cut(said, lengths)
		} else {
			tokens = strings.Split(said, unitSeparator)
			text.Script = strings.Join(tokens, "")
		}
		text.Words = l.words(text.Script, tokens)
	default:
		text.Script = said
	}
	key := v[1].(uint64)
	known := l.texts[text.Speaker]
	if _, twice := known[key]; twice {
		return fmt.Errorf("the hash of %q is that of another text, which happens in one of 10⁷ datasets: please report it", text.Script)
	}
	known[key] = int32(len(c.Texts))
	c.Texts = append(c.Texts, text)
	return nil
}

const unitSeparator = "\x1f"

// cut returns the text of words, which are joined by unit separators and may have some
// themselves, and the words by their lengths.
func cut(joined, lengths string) (text string, words []string) {
	for length := range strings.SplitSeq(lengths, ",") {
		n, err := strconv.Atoi(length)
		if err != nil || n > len(joined) {
			break // a text of no words
		}
		words = append(words, joined[:n])
		joined = strings.TrimPrefix(joined[n:], unitSeparator)
	}
	return strings.Join(words, ""), words
}

// words returns the codes of the words of a text, without those of marks only.
func (l *loader) words(text string, tokens []string) []corpus.Code {
	n := 0
	for _, token := range tokens {
		if corpus.IsWord(token) {
			tokens[n] = token
			n++
		}
	}
	if n == 0 {
		return nil
	}
	codes := make([]corpus.Code, n)
	for i, token := range tokens[:n] {
		code, known := l.corpus.Words.Find(token)
		if !known {
			code = l.corpus.Words.Add(strings.Clone(token)) // not a part of a longer string
		}
		codes[i] = code
	}
	return codes
}

// line appends a line to those that came; finish puts them in order.
func (l *loader) line(v []driver.Value) error {
	if key := v[0].(uint64); key != l.lastKey || len(l.of) == 0 {
		call, known := l.calls[key]
		if !known {
			call = notDialled
		}
		l.lastKey, l.lastCall = key, call
	}
	turn := v[1].(int64)
	text, known := l.texts[turn&3][v[3].(uint64)]
	if !known {
		return fmt.Errorf("line %d of a call has a text that there is not", turn>>2)
	}
	l.of = append(l.of, l.lastCall)
	l.corpus.Lines = append(l.corpus.Lines, corpus.Line{Turn: int32(turn >> 2), Gap: int32(v[2].(int64)), Text: text})
	return nil
}

// notDialled stands for a call that is not among those of the corpus.
const notDialled = -1

// finish puts the lines in the order of calls and of turns, counts exchanges, and numbers
// all in an order that does not depend on that of files and threads.
func (l *loader) finish() {
	c := l.corpus
	for _, call := range l.of {
		if call != notDialled {
			c.Calls[call].LineCount++
		}
	}
	next := make([]int32, len(c.Calls))
	total := int32(0)
	for i := range c.Calls {
		c.Calls[i].FirstLine, next[i] = total, total
		total += c.Calls[i].LineCount
	}
	lines := make([]corpus.Line, total)
	for i, call := range l.of {
		if call != notDialled {
			lines[next[call]] = c.Lines[i]
			next[call]++
		}
	}
	c.Lines = lines
	byTurn := func(a, b corpus.Line) int { return int(a.Turn) - int(b.Turn) }
	for i := range c.Calls {
		of := c.Of(&c.Calls[i])
		if !slices.IsSortedFunc(of, byTurn) {
			slices.SortStableFunc(of, byTurn)
		}
		exchange := int32(0)
		for j := range of {
			if c.Texts[of[j].Text].Speaker == corpus.Robot {
				exchange++
			}
			of[j].Exchange = exchange
		}
	}
	l.calls, l.jobs, l.texts, l.of = nil, nil, [3]map[uint64]int32{}, nil
	renew.Number(c)
}
