package simulate

import (
	"fmt"
	"io/fs"

	"callmill/pipeline/simulate/script"
)

// commonWords are the lists that the model uses by name.
type commonWords struct {
	vocabulary *script.Vocabulary
	hello      *script.List // on answering
	filler     *script.List // before a line
	tail       *script.List // after one
	aside      *script.List // added by the talkative
	stillThere *script.List // during a long silence of the robot
	machines   [machineVoicemail + 1][]*script.List
	homophones [][2]string
}

func readWords(files fs.FS) (commonWords, []*dialect, error) {
	v, err := script.ReadVocabulary(files, "words")
	if err != nil {
		return commonWords{}, nil, err
	}
	words := commonWords{vocabulary: v}
	for _, want := range []struct {
		name string
		to   **script.List
	}{
		{"hello", &words.hello}, {"filler", &words.filler}, {"tail", &words.tail},
		{"aside", &words.aside}, {"still_there", &words.stillThere},
	} {
		if *want.to = v.Lookup(want.name); *want.to == nil {
			return words, nil, fmt.Errorf("words: missing list %s", want.name)
		}
	}
	machines := [...][]string{
		machineNone: nil, machineAssistant: {"assistant_answers", "assistant_goes_on"},
		machineExtension: {"switchboard"}, machineVoicemail: {"voicemail"},
	}
	for m, names := range machines {
		for _, name := range names {
			w := v.Lookup(name)
			if w == nil {
				return words, nil, fmt.Errorf("words: missing list %s", name)
			}
			words.machines[m] = append(words.machines[m], w)
		}
	}
	for _, name := range []string{"family_name", "given_male", "given_female"} {
		if w := v.Lookup(name); w == nil || !w.Bare() {
			return words, nil, fmt.Errorf("words: missing list %s of bare words", name)
		}
	}
	if words.homophones, err = script.ReadPairs(files, "slips/homophones.txt"); err != nil {
		return words, nil, err
	}
	dialects, err := readDialects(files)
	return words, dialects, err
}

// plain draws an entry of a list of bare words, such as names.
func (c *commonWords) plain(name string, d *dice) string {
	t := pick(c.vocabulary.Lookup(name), d)
	return t[0].Text
}

func readDialects(files fs.FS) ([]*dialect, error) {
	names, err := fs.Glob(files, "slips/dialect_*.txt")
	if err != nil {
		return nil, err
	}
	var dialects []*dialect
	for _, name := range names {
		pairs, err := script.ReadPairs(files, name)
		if err != nil {
			return nil, err
		}
		dialects = append(dialects, &dialect{words: pairs})
	}
	if len(dialects) == 0 {
		return nil, fmt.Errorf("slips: no dialect_*.txt")
	}
	return dialects, nil
}
