// Package copies writes copies of saved responses, as large as a measurement needs
// them: with new ids of jobs and tasks, and as asked with lines that do not repeat,
// or with all jobs on one day. Everything else stays as it is, byte for byte.
//
// The same source and options make the same bytes. One response is in memory at a
// time, and of all scripts a sample of their clauses.
//
// A source is a folder of ListJobs responses, *.json, each a JSON object in the
// spelling of the API's documentation; other spellings have no scripts here.
package copies

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"callmill/pipeline/simulate/dice"
)

// Format is part of what names a folder of copies: it is raised when the same source
// and options make other bytes.
const Format = 1

// Options say what is written.
type Options struct {
	// Turns are written at least: copies end with the response that reaches it.
	Turns int64
	// Recut makes each script of clauses of other scripts of the same speaker, as
	// many as it had.
	Recut bool
	// OneDay shifts all times of a job by whole days, so that its first call, and
	// with it its job_date, is on the day of the first call of all. Jobs without a
	// call have no day.
	OneDay bool
	// Seed of what is drawn.
	Seed uint64
}

// drawn is what dice are seeded for.
const (
	samples dice.Purpose = 1 + iota
	scripts
)

// Write writes copies of the responses of a folder to another one, which it
// creates, and returns how many turns they have. A source without turns is an error.
func Write(ctx context.Context, source, dir string, o Options) (turns int64, err error) {
	paths, err := responses(source)
	if err != nil {
		return 0, err
	}
	w := writer{Options: o, dice: dice.New(o.Seed, scripts, 0)}
	if o.Recut {
		w.clauses = newSample(o.Seed)
		if err := read(ctx, paths, w.clauses.add); err != nil {
			return 0, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	var out []byte
	for files := 0; ; w.copy++ {
		w.script = 0
		before := w.turns
		err := read(ctx, paths, func(r *response) error {
			out = w.append(out[:0], r)
			files++
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("resp-%06d.json", files)), out, 0o600); err != nil {
				return err
			}
			if w.turns >= o.Turns {
				return errEnough
			}
			return nil
		})
		switch {
		case errors.Is(err, errEnough):
			return w.turns, nil
		case err != nil:
			return w.turns, err
		case w.turns == before:
			return 0, fmt.Errorf("copy %s: no turn in any response", source)
		}
	}
}

// errEnough ends the reading of a source.
var errEnough = errors.New("enough")

// Turns counts the turns of a source, up to those that are enough.
func Turns(ctx context.Context, source string, enough int64) (turns int64, err error) {
	paths, err := responses(source)
	if err != nil {
		return 0, err
	}
	err = read(ctx, paths, func(r *response) error {
		if turns += r.turns; turns >= enough {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return turns, err
}

// responses returns the files of a source, sorted by name.
func responses(source string) (paths []string, err error) {
	paths, err = filepath.Glob(filepath.Join(source, "*.json"))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("no responses (*.json) in %s", source)
	}
	return paths, err
}

// read yields one response after the other. They are valid during the call.
func read(ctx context.Context, paths []string, yield func(*response) error) error {
	var r response
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := r.parse(text); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if err := yield(&r); err != nil {
			return err
		}
	}
	return nil
}

// writer spells responses anew. Not safe for concurrent use.
type writer struct {
	Options
	dice    *dice.Dice
	clauses *sample
	copy    int
	script  int // of the source, for the next one
	turns   int64
	day     int64 // of all jobs; 0: none met
}

// append appends a response with what is new in this copy of it.
func (w *writer) append(out []byte, r *response) []byte {
	from := 0
	for _, v := range r.values {
		out = append(out, r.text[from:v.from]...)
		from = v.to
		text := r.text[v.from:v.to]
		switch v.kind {
		case id:
			out = w.appendID(out, text)
		case script:
			if w.Recut {
				out = w.clauses.appendRecut(out, w.dice, w.script, v.speaker, string(text))
			} else {
				out = append(out, text...)
			}
			w.script++
		case moment:
			out = strconv.AppendInt(out, v.time+w.shift(r.firstCalls[v.job]), 10)
		}
	}
	w.turns += r.turns
	return append(out, r.text[from:]...)
}

// appendID appends an id that only this copy has, in the form of a UUID.
func (w *writer) appendID(out, old []byte) []byte {
	if len(old) == 0 {
		return out
	}
	sum := sha256.Sum256(append(strconv.AppendInt(nil, int64(w.copy), 10), old...))
	digits := hex.EncodeToString(sum[:16])
	return append(out, strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")...)
}

// In milliseconds; China has had one time zone without changes since 1991.
const (
	oneDay     = 24 * 60 * 60 * 1000
	eastOfZero = 8 * 60 * 60 * 1000
)

// shift returns by how much the times of a job move whose first call is known, in
// milliseconds.
func (w *writer) shift(firstCall int64) int64 {
	if !w.OneDay || firstCall == 0 {
		return 0
	}
	day := (firstCall + eastOfZero) / oneDay
	if w.day == 0 {
		w.day = day
	}
	return (w.day - day) * oneDay
}
