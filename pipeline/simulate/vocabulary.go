package simulate

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// wordList is a list of lines one of which is said; an intent of a contact is
// such a list, too.
type wordList struct {
	name    string
	entries []template
	upTo    []int // running sum of the weights
	mood    mood
	clear   int    // chance in percent that the robot understands such a line
	span    string // kind of personal data an entry is, or ""
	ranked  bool
	defined bool
	used    line // where it was first used, for the complaint that it is not defined
}

// mood is what makes a person say such lines more often than others do.
type mood uint8

const (
	moodPlain   mood = iota
	moodHostile      // the impatient
	moodCurious      // the talkative and the distrustful
	moodSlow         // the old, and bad lines
	moodWilling      // the well-disposed
	moods
)

var moodNames = map[string]mood{"plain": moodPlain, "hostile": moodHostile, "curious": moodCurious, "slow": moodSlow, "willing": moodWilling}

const usuallyClear = 96

// weight is the sum of the weights of the entries.
func (w *wordList) weight() int { return w.upTo[len(w.upTo)-1] }

// at returns the entry at a place from 0 to weight()-1, in which each entry has
// as many places as its weight.
func (w *wordList) at(n int) template {
	i, found := slices.BinarySearch(w.upTo, n)
	if found {
		i++
	}
	return w.entries[i]
}

// vocabulary holds the word lists of one scope over those of an outer one.
type vocabulary struct {
	lists map[string]*wordList
	order []*wordList // as first met, so that complaints come in a fixed order
	outer *vocabulary
}

func newVocabulary(outer *vocabulary) *vocabulary {
	return &vocabulary{lists: map[string]*wordList{}, outer: outer}
}

// list gives the list of that name, to be defined later where it is not yet.
func (v *vocabulary) list(l line, name string) *wordList {
	for scope := v; scope != nil; scope = scope.outer {
		if w, ok := scope.lists[name]; ok {
			return w
		}
	}
	return v.add(l, name)
}

func (v *vocabulary) add(l line, name string) *wordList {
	w := &wordList{name: name, clear: usuallyClear, used: l}
	v.lists[name] = w
	v.order = append(v.order, w)
	return w
}

func (v *vocabulary) resolve(l line, name string) (piece, error) {
	return piece{kind: pieceEntry, list: v.list(l, name)}, nil
}

// readVocabulary reads every file of a folder; lists may use those of others.
func readVocabulary(files fs.FS, folder string) (*vocabulary, error) {
	names, err := fs.Glob(files, folder+"/*.txt")
	if err != nil {
		return nil, err
	}
	v := newVocabulary(nil)
	for _, name := range names {
		lines, err := readLines(files, name)
		if err != nil {
			return nil, err
		}
		var current *wordList
		for _, l := range lines {
			switch l.key {
			case "list":
				current, err = v.define(l)
			case "-":
				err = current.addEntry(l, v)
			case "words":
				err = current.addWords(l, v)
			default:
				err = l.errorf("%q is neither a list nor an entry of one", l.key)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return v, v.check()
}

// define begins the list a line like "list yes mood=willing clear=98" names.
func (v *vocabulary) define(l line) (*wordList, error) {
	names, set := l.settings(l.rest)
	if len(names) != 1 {
		return nil, l.errorf("a list needs one name")
	}
	w, ok := v.lists[names[0]]
	if !ok {
		w = v.add(l, names[0])
	}
	if w.defined {
		return nil, l.errorf("list %s is defined twice", w.name)
	}
	w.defined = true
	for _, s := range set {
		switch s.key {
		case "mood":
			m, ok := moodNames[s.value]
			if !ok {
				return nil, l.errorf("mood %q is unknown", s.value)
			}
			w.mood = m
		case "clear":
			clear, err := strconv.Atoi(s.value)
			if err != nil || clear < 0 || clear > 100 {
				return nil, l.errorf("clear=%s is not a percentage", s.value)
			}
			w.clear = clear
		case "span":
			w.span = s.value
		case "ranked":
			w.ranked = s.value == "yes"
		default:
			return nil, l.errorf("setting %q is unknown", s.key)
		}
	}
	return w, nil
}

// addEntry adds "-text", or "-30 text" with a weight. In a ranked list the
// weight falls with the place, as the frequency of words does (Zipf).
func (w *wordList) addEntry(l line, names scope) error {
	if w == nil {
		return l.errorf("entry outside of a list")
	}
	text, weight := l.rest, 10
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < 6 && digits < len(text) && text[digits] == ' ' {
		weight, _ = strconv.Atoi(text[:digits])
		text = text[digits+1:]
	}
	if text == "" || weight == 0 {
		return l.errorf("entry without text or weight")
	}
	if w.ranked {
		weight = 100_000 / (len(w.entries) + 3)
	}
	t, err := parseTemplate(l, text, names)
	if err != nil {
		return err
	}
	sum := weight
	if n := len(w.upTo); n > 0 {
		sum += w.upTo[n-1]
	}
	w.entries, w.upTo = append(w.entries, t), append(w.upTo, sum)
	return nil
}

// addWords adds each word of a line as an entry.
func (w *wordList) addWords(l line, names scope) error {
	for _, word := range strings.Fields(l.rest) {
		entry := l
		entry.rest = word
		if err := w.addEntry(entry, names); err != nil {
			return err
		}
	}
	return nil
}

// check says which list is missing, empty or made of itself.
func (v *vocabulary) check() error {
	for _, w := range v.order {
		switch {
		case !w.defined:
			return w.used.errorf("there is no list, nor a parameter, of the name %s", w.name)
		case len(w.entries) == 0:
			return w.used.errorf("list %s is empty", w.name)
		case w.reaches(w, map[*wordList]bool{}):
			return w.used.errorf("list %s contains itself", w.name)
		}
	}
	return nil
}

func (w *wordList) reaches(target *wordList, seen map[*wordList]bool) bool {
	if seen[w] {
		return false
	}
	seen[w] = true
	return slices.ContainsFunc(w.entries, func(t template) bool { return t.reaches(target, seen) })
}

func (t template) reaches(target *wordList, seen map[*wordList]bool) bool {
	return slices.ContainsFunc(t, func(p piece) bool {
		return p.list == target && target != nil && p.kind == pieceEntry ||
			p.kind == pieceEntry && p.list.reaches(target, seen) ||
			slices.ContainsFunc(p.choices, func(c template) bool { return c.reaches(target, seen) })
	})
}

// bare reports whether the entries are words without places to fill.
func (w *wordList) bare() bool {
	return !slices.ContainsFunc(w.entries, func(t template) bool { return len(t) != 1 || t[0].kind != pieceLiteral })
}
