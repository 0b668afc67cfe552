package script

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/simulate/identity"
)

// List is a list of lines of which one is said. The intents of contacts are
// lists.
type List struct {
	Name        string
	entries     []Template
	upTo        []int // running sum of the weights
	Mood        Mood
	Clear       int    // chance, in percent, that the robot understands such a line
	Span        string // kind of personal data the entries are (identity.Kinds), or ""
	Of          string // of what person it is, for the truth: own, titled, bare, surname, or ""
	Act         string // what saying an entry amounts to, for the truth: promise, opt_out, …, or ""
	ranked      bool
	defined     bool
	replaceable bool      // by a list of a later layer
	used        directive // where it was first used, for errors
}

// Mood is the trait of people who say such lines more often.
type Mood uint8

// The moods.
const (
	moodPlain   Mood = iota
	MoodHostile      // the impatient
	MoodCurious      // the talkative and the distrustful
	MoodSlow         // the old, and bad lines
	MoodWilling      // the well-disposed
)

var moodNames = map[string]Mood{"plain": moodPlain, "hostile": MoodHostile, "curious": MoodCurious, "slow": MoodSlow, "willing": MoodWilling}

const defaultClear = 96

// Weight returns the sum of the weights of the entries.
func (w *List) Weight() int { return w.upTo[len(w.upTo)-1] }

// At returns an entry: of the numbers n from 0 to Weight()-1 each entry has as
// many as its weight.
func (w *List) At(n int) Template {
	i, found := slices.BinarySearch(w.upTo, n)
	if found {
		i++
	}
	return w.entries[i]
}

// Vocabulary holds the word lists of a scope, within an outer one.
type Vocabulary struct {
	lists map[string]*List
	order []*List // by first use, so that errors are deterministic
	outer *Vocabulary
}

func newVocabulary(outer *Vocabulary) *Vocabulary {
	return &Vocabulary{lists: map[string]*List{}, outer: outer}
}

// Lookup returns the list of that name in this scope, or nil.
func (v *Vocabulary) Lookup(name string) *List { return v.lists[name] }

// list returns the list of that name in this or an outer scope, or else adds
// one that is defined later.
func (v *Vocabulary) list(d directive, name string) *List {
	for scope := v; scope != nil; scope = scope.outer {
		if w, ok := scope.lists[name]; ok {
			return w
		}
	}
	return v.add(d, name)
}

func (v *Vocabulary) add(d directive, name string) *List {
	w := &List{Name: name, Clear: defaultClear, used: d}
	v.lists[name] = w
	v.order = append(v.order, w)
	return w
}

func (v *Vocabulary) resolve(d directive, name string) (Piece, error) {
	return Piece{Kind: PieceEntry, List: v.list(d, name)}, nil
}

// ReadVocabulary reads all *.txt files of a folder of each layer. Lists may use
// those of other files. A list of a later layer replaces one of the same name of
// an earlier layer, wherever it is used.
func ReadVocabulary(folder string, layers ...fs.FS) (*Vocabulary, error) {
	v := newVocabulary(nil)
	for _, files := range layers {
		for _, w := range v.order {
			w.replaceable = w.defined
		}
		if err := v.readLayer(files, folder); err != nil {
			return nil, err
		}
	}
	return v, v.check()
}

// readLayer reads the files of a layer.
func (v *Vocabulary) readLayer(files fs.FS, folder string) error {
	names, err := fs.Glob(files, folder+"/*.txt")
	if err != nil {
		return err
	}
	for _, name := range names {
		lines, err := readDirectives(files, name)
		if err != nil {
			return err
		}
		var current *List
		for _, d := range lines {
			switch d.key {
			case "list":
				current, err = v.define(d)
			case "-":
				err = current.addEntry(d, v)
			case "words":
				err = current.addWords(d, v)
			default:
				err = d.errorf("unknown directive %q: want a list or an entry", d.key)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// define begins the list named by "list yes mood=willing clear=98".
func (v *Vocabulary) define(d directive) (*List, error) {
	names, set := settings(d.rest)
	if len(names) != 1 {
		return nil, d.errorf("invalid list: want one name")
	}
	w, ok := v.lists[names[0]]
	if !ok {
		w = v.add(d, names[0])
	}
	switch {
	case w.replaceable:
		*w = List{Name: w.Name, Clear: defaultClear, used: d}
	case w.defined:
		return nil, d.errorf("duplicate list %q", w.Name)
	}
	w.defined = true
	for _, s := range set {
		switch s.Key {
		case "mood":
			m, ok := moodNames[s.Value]
			if !ok {
				return nil, d.errorf("unknown mood %q", s.Value)
			}
			w.Mood = m
		case "clear":
			clear, err := strconv.Atoi(s.Value)
			if err != nil || clear < 0 || clear > 100 {
				return nil, d.errorf("invalid clear=%s: want a percentage", s.Value)
			}
			w.Clear = clear
		case "span":
			if !slices.Contains(identity.Kinds, s.Value) {
				return nil, d.errorf("unknown kind of personal data %q: want one of %s", s.Value, strings.Join(identity.Kinds, ", "))
			}
			w.Span = s.Value
		case "of":
			if err := checkOf(d, s.Value); err != nil {
				return nil, err
			}
			w.Of = s.Value
		case "act":
			if err := checkAct(d, s.Value); err != nil {
				return nil, err
			}
			w.Act = s.Value
		case "ranked":
			w.ranked = s.Value == "yes"
		default:
			return nil, d.errorf("unknown setting %q of a list", s.Key)
		}
	}
	return w, nil
}

// addEntry adds "-text", or "-30 text" with a weight. In a ranked list weights
// fall with the rank, like the frequency of words (Zipf).
func (w *List) addEntry(d directive, names scope) error {
	if w == nil {
		return d.errorf("entry outside a list")
	}
	text, weight := d.rest, 10
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < 6 && digits < len(text) && text[digits] == ' ' {
		weight, _ = strconv.Atoi(text[:digits])
		text = text[digits+1:]
	}
	if text == "" || weight == 0 {
		return d.errorf("entry without text or weight")
	}
	if w.ranked {
		weight = 100_000 / (len(w.entries) + 3)
	}
	t, err := parseTemplate(d, text, names)
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

// addWords adds each word of a directive as an entry.
func (w *List) addWords(d directive, names scope) error {
	for _, word := range strings.Fields(d.rest) {
		entry := d
		entry.rest = word
		if err := w.addEntry(entry, names); err != nil {
			return err
		}
	}
	return nil
}

// check returns an error for a list that is undefined, empty or recursive.
func (v *Vocabulary) check() error {
	if len(v.order) > maxNames {
		return v.order[maxNames].used.errorf("more than %d lists", maxNames)
	}
	for _, w := range v.order {
		switch {
		case !w.defined:
			return w.used.errorf("unknown list or parameter %q", w.Name)
		case len(w.entries) == 0:
			return w.used.errorf("list %s is empty", w.Name)
		case w.reaches(w, map[*List]bool{}):
			return w.used.errorf("list %s contains itself", w.Name)
		}
	}
	longest := map[*List]int{}
	for _, w := range v.order {
		if w.longest(longest) > maxPieces {
			return w.used.errorf("an entry of list %s is made of more than %d pieces", w.Name, maxPieces)
		}
	}
	return nil
}

// maxPieces is how many pieces a line may be made of. Lists of lists grow fast.
const maxPieces = 10_000

// longest returns of how many pieces an entry is made at most, up to a bound
// beyond maxPieces. known holds what was computed. No list contains itself.
func (w *List) longest(known map[*List]int) int {
	if n, ok := known[w]; ok {
		return n
	}
	most := 0
	for _, t := range w.entries {
		most = max(most, t.longest(known))
	}
	known[w] = most
	return most
}

func (t Template) longest(known map[*List]int) int {
	n := len(t)
	for _, p := range t {
		if p.List != nil {
			n += p.List.longest(known)
		}
		most := 0
		for _, c := range p.Choices {
			most = max(most, c.longest(known))
		}
		n = min(n+most, maxPieces+1)
	}
	return n
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
		return p.List == target && target != nil ||
			p.List != nil && p.List.reaches(target, seen) ||
			slices.ContainsFunc(p.Choices, func(c Template) bool { return c.reaches(target, seen) })
	})
}

// Bare reports whether the entries are words without placeholders.
func (w *List) Bare() bool {
	return !slices.ContainsFunc(w.entries, func(t Template) bool { return len(t) != 1 || t[0].Kind != PieceLiteral })
}
