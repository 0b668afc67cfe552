package script

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// wordList is a list of lines one of which is said; an intent of a contact is
// such a list, too.
type List struct {
	Name    string
	entries []Template
	upTo    []int // running sum of the weights
	Mood    Mood
	Clear   int    // chance in percent that the robot understands such a line
	Span    string // kind of personal data an entry is, or ""
	ranked  bool
	defined bool
	used    directive // where it was first used, for the complaint that it is not defined
}

// mood is what makes a person say such lines more often than others do.
type Mood uint8

const (
	moodPlain   Mood = iota
	MoodHostile      // the impatient
	MoodCurious      // the talkative and the distrustful
	MoodSlow         // the old, and bad lines
	MoodWilling      // the well-disposed
	moods
)

var moodNames = map[string]Mood{"plain": moodPlain, "hostile": MoodHostile, "curious": MoodCurious, "slow": MoodSlow, "willing": MoodWilling}

const usuallyClear = 96

// weight is the sum of the weights of the entries.
func (w *List) Weight() int { return w.upTo[len(w.upTo)-1] }

// at returns the entry at a place from 0 to weight()-1, in which each entry has
// as many places as its weight.
func (w *List) At(n int) Template {
	i, found := slices.BinarySearch(w.upTo, n)
	if found {
		i++
	}
	return w.entries[i]
}

// vocabulary holds the word lists of one scope over those of an outer one.
type Vocabulary struct {
	lists map[string]*List
	order []*List // as first met, so that complaints come in a fixed order
	outer *Vocabulary
}

func newVocabulary(outer *Vocabulary) *Vocabulary {
	return &Vocabulary{lists: map[string]*List{}, outer: outer}
}

// lookup returns the list of that name in this scope, nil if there is none.
func (v *Vocabulary) Lookup(name string) *List { return v.lists[name] }

// list gives the list of that name, to be defined later where it is not yet.
func (v *Vocabulary) list(l directive, name string) *List {
	for scope := v; scope != nil; scope = scope.outer {
		if w, ok := scope.lists[name]; ok {
			return w
		}
	}
	return v.add(l, name)
}

func (v *Vocabulary) add(l directive, name string) *List {
	w := &List{Name: name, Clear: usuallyClear, used: l}
	v.lists[name] = w
	v.order = append(v.order, w)
	return w
}

func (v *Vocabulary) resolve(l directive, name string) (Piece, error) {
	return Piece{Kind: PieceEntry, List: v.list(l, name)}, nil
}

// readVocabulary reads every file of a folder; lists may use those of others.
func ReadVocabulary(files fs.FS, folder string) (*Vocabulary, error) {
	names, err := fs.Glob(files, folder+"/*.txt")
	if err != nil {
		return nil, err
	}
	v := newVocabulary(nil)
	for _, name := range names {
		lines, err := readDirectives(files, name)
		if err != nil {
			return nil, err
		}
		var current *List
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
func (v *Vocabulary) define(l directive) (*List, error) {
	names, set := l.settings(l.rest)
	if len(names) != 1 {
		return nil, l.errorf("a list needs one name")
	}
	w, ok := v.lists[names[0]]
	if !ok {
		w = v.add(l, names[0])
	}
	if w.defined {
		return nil, l.errorf("list %s is defined twice", w.Name)
	}
	w.defined = true
	for _, s := range set {
		switch s.Key {
		case "mood":
			m, ok := moodNames[s.Value]
			if !ok {
				return nil, l.errorf("mood %q is unknown", s.Value)
			}
			w.Mood = m
		case "clear":
			clear, err := strconv.Atoi(s.Value)
			if err != nil || clear < 0 || clear > 100 {
				return nil, l.errorf("clear=%s is not a percentage", s.Value)
			}
			w.Clear = clear
		case "span":
			w.Span = s.Value
		case "ranked":
			w.ranked = s.Value == "yes"
		default:
			return nil, l.errorf("setting %q is unknown", s.Key)
		}
	}
	return w, nil
}

// addEntry adds "-text", or "-30 text" with a weight. In a ranked list the
// weight falls with the place, as the frequency of words does (Zipf).
func (w *List) addEntry(l directive, names scope) error {
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
func (w *List) addWords(l directive, names scope) error {
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
func (v *Vocabulary) check() error {
	for _, w := range v.order {
		switch {
		case !w.defined:
			return w.used.errorf("there is no list, nor a parameter, of the name %s", w.Name)
		case len(w.entries) == 0:
			return w.used.errorf("list %s is empty", w.Name)
		case w.reaches(w, map[*List]bool{}):
			return w.used.errorf("list %s contains itself", w.Name)
		}
	}
	return nil
}

func (w *List) reaches(target *List, seen map[*List]bool) bool {
	if seen[w] {
		return false
	}
	seen[w] = true
	return slices.ContainsFunc(w.entries, func(t Template) bool { return t.reaches(target, seen) })
}

func (t Template) reaches(target *List, seen map[*List]bool) bool {
	return slices.ContainsFunc(t, func(p Piece) bool {
		return p.List == target && target != nil && p.Kind == PieceEntry ||
			p.Kind == PieceEntry && p.List.reaches(target, seen) ||
			slices.ContainsFunc(p.Choices, func(c Template) bool { return c.reaches(target, seen) })
	})
}

// bare reports whether the entries are words without places to fill.
func (w *List) Bare() bool {
	return !slices.ContainsFunc(w.entries, func(t Template) bool { return len(t) != 1 || t[0].Kind != PieceLiteral })
}
