package copies

import (
	"strings"

	"callmill/pipeline/simulate/dice"
)

// marks end a clause, and belong to it.
const marks = "，。！？；,.!?;"

// cut returns the clauses of a script. Joined, they are the script. All but the last
// one end with marks, and all but the first one have something before them.
func cut(script string) (clauses []string) {
	for script != "" {
		rest := ""
		if i := strings.IndexAny(script, marks); i >= 0 {
			rest = strings.TrimLeft(script[i:], marks)
		}
		clauses = append(clauses, script[:len(script)-len(rest)])
		script = rest
	}
	return clauses
}

// ended reports whether a clause has marks at its end.
func ended(clause string) bool { return strings.TrimRight(clause, marks) != clause }

// sample is a sample of the clauses of all scripts: of each speaker, and apart those
// that end with marks and those that do not. One takes the place of another of the
// same kind only, so that a script that is cut again has as many.
type sample struct {
	dice    *dice.Dice
	limit   int // of clauses of a speaker and kind
	scripts int
	kept    map[sampled]*reservoir
}

type sampled struct {
	speaker string
	ended   bool
}

// reservoir has a random part of all that was met.
type reservoir struct {
	met     int
	clauses []clause
}

type clause struct {
	text   string
	script int // whose it is
}

// maxClauses is the limit of a sample, which is some megabytes: what is measured
// afterwards seems to need at least the memory that this process had.
const maxClauses = 1 << 15

func newSample(seed uint64) *sample {
	return &sample{dice: dice.New(seed, samples, 0), limit: maxClauses, kept: map[sampled]*reservoir{}}
}

// add adds the clauses of a response.
func (s *sample) add(r *response) error {
	for _, v := range r.values {
		if v.kind != script {
			continue
		}
		for _, text := range cut(string(r.text[v.from:v.to])) {
			if strings.Trim(text, marks) == "" {
				continue // marks alone would become a part of the clause before them
			}
			s.keep(sampled{v.speaker, ended(text)}, clause{strings.Clone(text), s.scripts})
		}
		s.scripts++
	}
	return nil
}

// keep keeps a clause with the same probability as each before it.
func (s *sample) keep(key sampled, c clause) {
	kept := s.kept[key]
	if kept == nil {
		kept = new(reservoir)
		s.kept[key] = kept
	}
	kept.met++
	if len(kept.clauses) < s.limit {
		kept.clauses = append(kept.clauses, c)
	} else if i := s.dice.Below(kept.met); i < s.limit {
		kept.clauses[i] = c
	}
}

// appendRecut appends a script of as many clauses as another one has.
func (s *sample) appendRecut(out []byte, d *dice.Dice, n int, speaker, text string) []byte {
	for _, old := range cut(text) {
		out = append(out, s.draw(d, n, sampled{speaker, ended(old)}, old)...)
	}
	return out
}

// draw returns a clause of another script than n, or the old one if there is none.
func (s *sample) draw(d *dice.Dice, n int, key sampled, old string) string {
	kept := s.kept[key]
	if kept == nil {
		return old
	}
	// A script has few of all clauses, or there is hardly another script.
	for range 100 {
		if c := kept.clauses[d.Below(len(kept.clauses))]; c.script != n {
			return c.text
		}
	}
	return old
}
