// Package own finds in the conversations of a job what the job itself says of its
// person: names, numbers, ids, and those of its parameters that are personal, by
// their keys.
//
// What is known need not be guessed, so every spelling of it counts: full width,
// digits said one by one, groups, hesitations within, parts over consecutive lines;
// an address with its numbers in words; and whatever sounds like the name, since a
// recognizer writes names by their sound. A finding by sound that is an ordinary
// word, 高兴 for somebody called 高星, is none unless what is around it says so.
package own

import (
	_ "embed"
	"slices"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/own/glance"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/sound"
	"callmill/pipeline/redact/span"
	"callmill/schema"
)

//go:embed lists/unnamed.txt
var unnamedList string

//go:embed lists/cues.txt
var cueList string

// Finder finds what a job says of its own person. It reuses its memory: it is not
// safe for concurrent use.
type Finder struct {
	keys    *Keys
	people  *people.Lists
	unnamed map[string]bool
	before  map[rune][][]rune // cues by their last character
	after   map[rune][][]rune // by their first
	glance  *glance.Table

	told    []value        // by the job, to be learned before the next search
	known   map[value]bool // of told, where they are many
	learned bool
	extras  int // how many of told, the last ones, are extras
	names   []name
	titled  []surname
	spelled []spelled
	places  []place
	latin   bool             // one of names is in Latin letters
	whole   bySound          // names, by their first character
	titles  bySound          // titled, the same
	given   bySound          // names with a surname, by the characters that givenAt begins with
	foreign []int            // names in Latin letters
	starts  glance.Sounds    // classes of sounds that a name begins with
	fronts  glance.Sounds    // that a part of an address begins with
	dated   bool             // a birthday is among places
	room    []glance.Reading // memory of names and surnames
	letters []rune           // of spelled and names
	bits    []uint64         // the same
	written []byte           // of the text at hand, see maySpellWritten
	tokens  []token          // of places
	firsts  []int            // of places
	text    []rune           // of the value at hand

	line  line
	spans []span.Span
	open  []begun
	work  int // what may still be compared before the search is made short
}

// New returns a Finder that knows of no job yet.
func New() *Finder {
	f := &Finder{keys: NewKeys(), known: map[value]bool{}, people: people.New(), unnamed: map[string]bool{}, before: map[rune][][]rune{}, after: map[rune][][]rune{}}
	f.glance = glance.New(f.people)
	for _, words := range people.Sections(unnamedList) {
		for _, w := range words {
			f.unnamed[w] = true
		}
	}
	for section, words := range people.Sections(cueList) {
		for _, w := range words {
			text := []rune(w)
			if section == "before" {
				last := text[len(text)-1]
				f.before[last] = append(f.before[last], text)
			} else {
				f.after[text[0]] = append(f.after[text[0]], text)
			}
		}
	}
	return f
}

// Kind returns the kind of personal data that the value of an extra is, going by its
// key, and whether it is any.
func (f *Finder) Kind(key string) (span.Kind, bool) { return f.keys.Kind(key) }

// Company reports whether the key of an extra names an id of a company.
func (f *Finder) Company(key string) bool { return f.keys.Company(key) }

// value is what a field of a job says, of some kind.
type value struct {
	text string
	kind span.Kind
}

// Job has what is found from now on be that of a job, as it was delivered. What a
// label or a hash stands for, in a job that was redacted before, is not known.
//
// What it costs to search for the values is spent at the next Find: most jobs have no
// conversation.
func (f *Finder) Job(j *schema.Job) {
	f.told, f.learned, f.work = f.told[:0], false, leastWork
	clear(f.known)
	if j.Redacted {
		return
	}
	f.tell(j.ReferenceID, span.ID)
	for i := range j.Contacts {
		f.tellContact(&j.Contacts[i])
	}
	for i := range j.Tasks {
		f.tell(j.Tasks[i].CalledNumber, span.Phone)
		f.tellContact(&j.Tasks[i].Contact)
	}
	contacts := len(f.told)
	for _, e := range j.Extras {
		if kind, ok := f.keys.Kind(e.Key); ok {
			f.tell(e.Value, kind)
		}
	}
	f.extras = len(f.told) - contacts
}

func (f *Finder) tellContact(c *schema.Contact) {
	f.tell(c.Name, span.Name)
	f.tell(c.Honorific, span.Name)
	f.tell(c.PhoneNumber, span.Phone)
	f.tell(c.ReferenceID, span.ID)
	f.tell(c.ContactID, span.ID)
}

// mostTold is how many values of a job are searched for. One that names more people is a
// list, and no job: every line would be compared with all of them. The others are
// masked in their fields, and in texts as far as they can be told for what they are.
const mostTold = 1000

// tell notes a value once.
func (f *Finder) tell(text string, k span.Kind) {
	v := value{text, k}
	if text == "" || len(f.told) == mostTold || f.knows(v) {
		return
	}
	f.told = append(f.told, v)
}

// fewTold is how many values are compared one by one.
const fewTold = 16

// knows reports whether a value was told, and notes it.
func (f *Finder) knows(v value) bool {
	if len(f.told) < fewTold {
		return slices.Contains(f.told, v)
	}
	if len(f.known) == 0 {
		for _, t := range f.told {
			f.known[t] = true
		}
	}
	known := f.known[v]
	f.known[v] = true
	return known
}

// How much is compared in the conversations of a job at some length, of what it is
// told and of what is said; see shortened. A call needs a twentieth of it.
const (
	leastWork   = 5000
	workPerByte = 32
)

// shortened says whether so much was compared that of many values only the first are
// searched for: a job with a few never gets there, one with hundreds and with long
// conversations does.
func (f *Finder) shortened() bool { return f.work < 0 }

// Find appends to dst what it finds in a conversation of the job.
func (f *Finder) Find(dst []span.Span, call []span.Line) []span.Span {
	looks := make([]*Look, len(call))
	for i := range call {
		look := f.Look(call[i].Text)
		looks[i] = &look
	}
	return f.FindLooked(dst, call, looks)
}

// FindLooked is Find for a caller that has the Look of each line.
func (f *Finder) FindLooked(dst []span.Span, call []span.Line, looks []*Look) []span.Span {
	if len(call) == 0 {
		return dst
	}
	f.learn()
	if len(f.names)+len(f.titled)+len(f.spelled)+len(f.places) == 0 {
		return dst
	}
	f.open = f.open[:0]
	for i := range call {
		look := looks[i]
		name, place := f.mayName(look), f.mayPlace(look)
		spelled := f.maySpell(look) && (look.Ideographs || f.maySpellWritten(call[i].Text)) || len(f.open) > 0 && look.Numerals+look.Letters > 0
		if !name && !place && !spelled {
			continue
		}
		f.work += workPerByte * len(call[i].Text)
		f.spans = f.spans[:0]
		f.line.read(f, call[i].Text, look)
		if name {
			f.findNames()
		}
		if spelled {
			dst = f.findSpelled(dst, call, i)
		}
		if place {
			f.findPlaces()
		}
		for _, s := range f.spans {
			s.Line, s.Start, s.End, s.Layer = i, f.line.at[s.Start], f.line.at[s.End], span.Own
			dst = append(dst, s)
		}
	}
	return dst
}

// mayName reports whether a name may be in a text, going by its sounds.
func (f *Finder) mayName(look *Look) bool {
	if f.latin && look.Letters > 0 {
		return true
	}
	if !look.Sounds.Meets(&f.starts) {
		return false
	}
	if len(f.names)+len(f.titled) > fewNames {
		return true // it takes as long as the search
	}
	for i := range f.names {
		n := &f.names[i]
		if look.MayHear(n.chars) {
			return true
		}
		if n.surname == 0 {
			continue
		}
		given := n.chars[n.surname:]
		if len(given) >= 2 && look.MayHear(given) || look.Pet && look.MayHear(given[len(given)-1:]) {
			return true
		}
	}
	for i := range f.titled {
		if look.MayTitle(f.titled[i].chars) {
			return true
		}
	}
	return false
}

func (f *Finder) add(k span.Kind, start, end int) {
	f.spans = append(f.spans, span.Span{Start: start, End: end, Kind: k})
}

// learn takes in what the job told.
func (f *Finder) learn() {
	if f.learned {
		return
	}
	f.learned = true
	f.names, f.titled, f.spelled, f.places = f.names[:0], f.titled[:0], f.spelled[:0], f.places[:0]
	f.starts, f.fronts, f.latin, f.dated = glance.Sounds{}, glance.Sounds{}, false, false
	f.whole.reset()
	f.titles.reset()
	f.given.reset()
	f.foreign = f.foreign[:0]
	f.room, f.letters, f.bits, f.tokens, f.firsts = f.room[:0], f.letters[:0], f.bits[:0], f.tokens[:0], f.firsts[:0]
	for i, v := range f.told {
		f.work += workPerByte * len(v.text)
		switch v.kind {
		case span.Name:
			f.learnName(v.text, i >= len(f.told)-f.extras)
		case span.Address:
			f.learnPlace(v.text)
		case span.Birthday:
			f.learnDate(v.text)
		default:
			f.learnSpelled(v.text, v.kind)
		}
	}
	f.told = f.told[:0]
}

// masked reports whether a value is no value but what a redaction left of one.
func masked(value string) bool {
	start, _ := span.NextLabel(value, 0)
	return start < len(value)
}

// line is a text, character by character, those in full width as the ASCII they stand
// for. A label is one character 0, across which nothing is found.
type line struct {
	runes    []rune
	at       []int
	sounds   []sound.Syllable // the class of each character's commonest reading
	digits   []int8           // the value of each digit, written or spoken; -1 for others
	numerals int              // how many characters are digits
	letters  int              // how many are Latin letters
	spots    []int            // where digits and Latin letters are
	spoken   bool             // there are ideographs, which may be misheard digits
	named    int              // the last character of a name that was found, an edge to the next; -1
}

// Look is what one look at a text finds, whatever the job.
type Look = glance.Look

// Look looks at each character of a text once.
func (f *Finder) Look(text string) Look { return f.glance.Look(text) }

// read makes the line that of a text.
func (l *line) read(f *Finder, text string, look *Look) {
	l.runes, l.at, l.sounds, l.digits = l.runes[:0], l.at[:0], l.sounds[:0], l.digits[:0]
	l.numerals, l.letters, l.spots = int(look.Numerals), int(look.Letters), l.spots[:0]
	l.spoken, l.named = look.Ideographs, -1
	for i := 0; i < len(text); {
		r, size := char.Decode(text, i)
		if r == '[' {
			if n := span.LabelAt(text, i); n > 0 {
				r, size = 0, n
			}
		}
		s, digit := f.glance.Character(r)
		l.runes, l.at = append(l.runes, r), append(l.at, i)
		l.sounds, l.digits = append(l.sounds, s), append(l.digits, digit)
		if digit >= 0 || char.Letter(r) {
			l.spots = append(l.spots, len(l.runes)-1)
		}
		i += size
	}
	l.at = append(l.at, len(text))
}

func (l *line) within(i int) bool { return 0 <= i && i < len(l.runes) }

func (l *line) rune(i int) rune {
	if !l.within(i) {
		return 0
	}
	return l.runes[i]
}

// edge reports whether nothing of a phrase is at i: a mark, or what says as little.
func (l *line) edge(i int) bool {
	r := l.rune(i)
	if i == l.named && i >= 0 {
		return true
	}
	return char.Sigh(r) || !char.Ideograph(r) && !char.Letter(r) && !('0' <= r && r <= '9')
}

// digit returns the value of the digit at i, -1 if there is none.
func (l *line) digit(i int) int8 {
	if !l.within(i) {
		return -1
	}
	return l.digits[i]
}

// filler returns how many characters at i say nothing within a number or a name: marks,
// white space, 呃, 那个.
func (l *line) filler(i int) int {
	r := l.rune(i)
	if glance.Fills(r) {
		return 1
	}
	switch r {
	case '呃', '嗯', '啊', '哦', '额', '唉':
		return 1
	case '那', '这':
		if l.rune(i+1) == '个' {
			return 2
		}
	case '然':
		if l.rune(i+1) == '后' {
			return 2
		}
	case '就':
		if l.rune(i+1) == '是' {
			return 2
		}
	}
	return 0
}

// cued reports whether what is before the characters [start, end), or after them, says
// that they are a name.
func (f *Finder) cued(start, end int) bool {
	l := &f.line
	for start > 0 && (l.runes[start-1] == ' ' || l.runes[start-1] == ':' || l.runes[start-1] == '：') {
		start--
	}
	if start > 0 {
		for _, w := range f.before[l.runes[start-1]] {
			if start >= len(w) && slices.Equal(l.runes[start-len(w):start], w) {
				return true
			}
		}
	}
	for l.rune(end) == ' ' {
		end++
	}
	for _, w := range f.after[l.rune(end)] {
		if len(l.runes)-end >= len(w) && slices.Equal(l.runes[end:end+len(w)], w) {
			return true
		}
	}
	return false
}
