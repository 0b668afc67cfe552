package speech

import (
	"fmt"
	"io/fs"
	"slices"
	"unicode/utf8"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
)

// Words are the lists that the model uses by name, and what is misheard. They are
// immutable.
type Words struct {
	Vocabulary *script.Vocabulary
	Hello      *script.List // on answering
	filler     *script.List // before a line
	Tail       *script.List // after one
	aside      *script.List // added by the talkative
	StillThere *script.List // during a long silence of the robot
	listens    *script.List // what the robot says between two lines of a contact
	homophones [][2]string
	digits     map[rune][]string // what the recogniser may write for a spoken digit
	names      map[rune][]string // for a character of a name
	Dialects   []*Dialect
}

// ReadWords reads the words and slips of files. Those of over, which may be nil,
// replace them: lists by name, files of slips by file.
func ReadWords(files, over fs.FS) (*Words, error) {
	layers := []fs.FS{files}
	if over != nil {
		layers = append(layers, over)
	}
	v, err := script.ReadVocabulary("words", layers...)
	if err != nil {
		return nil, err
	}
	words := &Words{Vocabulary: v}
	for _, want := range []struct {
		name string
		to   **script.List
	}{
		{"hello", &words.Hello}, {"filler", &words.filler}, {"tail", &words.Tail},
		{"aside", &words.aside}, {"still_there", &words.StillThere}, {"listens", &words.listens},
	} {
		if *want.to = v.Lookup(want.name); *want.to == nil {
			return nil, fmt.Errorf("words: missing list %s", want.name)
		}
	}
	for _, name := range []string{"family_name", "given_male", "given_female"} {
		if w := v.Lookup(name); w == nil || !w.Bare() {
			return nil, fmt.Errorf("words: missing list %s of bare words", name)
		}
	}
	if words.homophones, err = script.ReadPairs("slips/homophones.txt", layers...); err != nil {
		return nil, err
	}
	if words.digits, err = readSlips("slips/digits.txt", layers); err != nil {
		return nil, err
	}
	if words.names, err = readSlips("slips/names.txt", layers); err != nil {
		return nil, err
	}
	words.Dialects, err = readDialects(layers)
	return words, err
}

// readSlips reads a file of characters, each with what is written instead.
func readSlips(name string, layers []fs.FS) (map[rune][]string, error) {
	pairs, err := script.ReadPairs(name, layers...)
	if err != nil {
		return nil, err
	}
	slips := map[rune][]string{}
	for _, pair := range pairs {
		r, size := utf8.DecodeRuneInString(pair[0])
		if size != len(pair[0]) {
			return nil, fmt.Errorf("%s: %s is not one character", name, pair[0])
		}
		slips[r] = append(slips[r], pair[1])
	}
	return slips, nil
}

// Plain draws an entry of a list of bare words, such as names.
func (c *Words) Plain(name string, d *dice.Dice) string {
	t := pick(c.Vocabulary.Lookup(name), d)
	return t[0].Text
}

func readDialects(layers []fs.FS) ([]*Dialect, error) {
	var names []string
	for _, files := range layers {
		of, err := fs.Glob(files, "slips/dialect_*.txt")
		if err != nil {
			return nil, err
		}
		names = append(names, of...)
	}
	slices.Sort(names)
	var dialects []*Dialect
	for _, name := range slices.Compact(names) {
		pairs, err := script.ReadPairs(name, layers...)
		if err != nil {
			return nil, err
		}
		dialects = append(dialects, &Dialect{words: pairs})
	}
	if len(dialects) == 0 {
		return nil, fmt.Errorf("slips: no dialect_*.txt")
	}
	return dialects, nil
}
