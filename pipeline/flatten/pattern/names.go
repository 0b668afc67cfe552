package pattern

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name that is matched, in bytes. It bounds the work at
// each character of a line.
const maxName = 96

// titles address a person after a name.
var titles = [...]string{"先生", "女士", "小姐"}

// Reset makes r replace what belongs to another call.
func (r *Replacer) Reset(call Call) {
	r.first, r.short, r.lead = r.rules, [2]string{}, [3]rune{-1, -1, -1}
	name, honorific := strings.TrimSpace(call.Name), strings.TrimSpace(call.Honorific)
	if isName(name) {
		r.short[0], r.short[1] = beginnings(name)
	}
	r.names[0], r.names[1] = nameOrNone(name), nameOrNone(honorific)
	if len(r.names[0]) < len(r.names[1]) {
		r.names[0], r.names[1] = r.names[1], r.names[0]
	}
	for i, n := range [...]string{r.names[0], r.names[1], r.short[0]} {
		if n == "" {
			continue
		}
		// Name, honorific and surname mostly begin alike, and each lead is
		// compared at each candidate.
		lead, _ := utf8.DecodeRuneInString(n)
		if !slices.Contains(r.lead[:i], lead) {
			r.lead[i] = lead
			r.first.add(lead)
		}
	}
}

// nameOrNone returns the name if it is long enough to be told from other text:
// at least two characters.
func nameOrNone(name string) string {
	if !isName(name) || utf8.RuneCountInString(name) < 2 {
		return ""
	}
	return name
}

// isName reports whether text can be a name. A number in the field is not one; a
// brace would meet those of the slots, and half a character would split one.
func isName(text string) bool {
	return len(text) <= maxName && utf8.ValidString(text) &&
		!strings.ContainsAny(text, "{}") && strings.ContainsFunc(text, unicode.IsLetter)
}

// beginnings returns the first character of a name and its first two: one of
// them is the surname, 张 or 欧阳.
func beginnings(name string) (one, two string) {
	_, n := utf8.DecodeRuneInString(name)
	_, m := utf8.DecodeRuneInString(name[n:])
	return name[:n], name[:n+m]
}

// name returns the end of the contact's name at s[i:], i if there is none.
func (r *Replacer) name(s string, i int) int {
	for _, name := range r.names {
		if name != "" && strings.HasPrefix(s[i:], name) {
			return title(s, i+len(name))
		}
	}
	for _, short := range r.short {
		if short == "" || !strings.HasPrefix(s[i:], short) {
			continue
		}
		if end := title(s, i+len(short)); end > i+len(short) {
			return end
		}
	}
	return i
}

// following is the kind of text that follows a position in a line.
type following int

const (
	phraseEnds following = iota // the end, punctuation, white space, the contact's name
	phraseOn                    // a letter or a digit
	slotAhead                   // a slot, which may stand for anything
)

// follow returns what follows in a line, for the rules that look ahead. A slot
// stands for text that a rule has taken before, which may have been anything but
// the end of a phrase; such a rule must decide as it did then, against a match.
func (r *Replacer) follow(s string, i int) following {
	if i == len(s) {
		return phraseEnds
	}
	if slotLen(s[i:]) > 0 {
		return slotAhead
	}
	if r.name(s, i) > i {
		return phraseEnds
	}
	c, _ := utf8.DecodeRuneInString(s[i:])
	if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Nl, c) {
		return phraseOn
	}
	return phraseEnds
}

// title returns the end of the title at s[i:], i if there is none.
func title(s string, i int) int { return skip(s, i, titles[:]...) }
