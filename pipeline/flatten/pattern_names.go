package flatten

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/schema"
)

// maxName is the length in bytes up to which a name is looked for. It bounds
// the work at each character of a line.
const maxName = 96

// titles are what a name may be followed by to address a person.
var titles = [...]string{"先生", "女士", "小姐"}

// callPerson is whom the robot calls: the task's contact; where the task names
// none, the job's contact if it has just one.
func callPerson(j *schema.Job, t *schema.Task) *schema.Contact {
	if t.Contact.Name == "" && t.Contact.Honorific == "" && len(j.Contacts) == 1 {
		return &j.Contacts[0]
	}
	return &t.Contact
}

// setCall takes the names of the person that is called.
func (p *patterns) setCall(c *schema.Contact) {
	if p.rules == (runeSet{}) {
		for _, r := range starts {
			p.rules.add(r)
		}
	}
	p.starts, p.short, p.lead = p.rules, [2]string{}, [3]rune{-1, -1, -1}
	name, honorific := strings.TrimSpace(c.Name), strings.TrimSpace(c.Honorific)
	if isName(name) {
		p.short[0], p.short[1] = beginnings(name)
	}
	p.names[0], p.names[1] = nameOrNone(name), nameOrNone(honorific)
	if len(p.names[0]) < len(p.names[1]) {
		p.names[0], p.names[1] = p.names[1], p.names[0]
	}
	for i, n := range [...]string{p.names[0], p.names[1], p.short[0]} {
		if n == "" {
			continue
		}
		// Name, form of address and surname mostly begin alike, and each lead
		// is looked for in each line.
		lead, _ := utf8.DecodeRuneInString(n)
		if !slices.Contains(p.lead[:i], lead) {
			p.lead[i] = lead
			p.starts.add(lead)
		}
	}
}

// nameOrNone is the name where it can be told from other text: at least two
// characters.
func nameOrNone(name string) string {
	if !isName(name) || utf8.RuneCountInString(name) < 2 {
		return ""
	}
	return name
}

// isName reports whether text can be a name. A number in the field is none; a
// brace would meet those of the slots, half a character cut one in two.
func isName(text string) bool {
	return len(text) <= maxName && utf8.ValidString(text) &&
		!strings.ContainsAny(text, "{}") && strings.ContainsFunc(text, unicode.IsLetter)
}

// beginnings are the first character of a name and its first two: one of them
// is the surname, 张 or 欧阳.
func beginnings(name string) (one, two string) {
	_, n := utf8.DecodeRuneInString(name)
	_, m := utf8.DecodeRuneInString(name[n:])
	return name[:n], name[:n+m]
}

// name gives the end of the contact's name at s[i:], i where there is none.
func (p *patterns) name(s string, i int) int {
	for _, name := range p.names {
		if name != "" && strings.HasPrefix(s[i:], name) {
			return title(s, i+len(name))
		}
	}
	for _, short := range p.short {
		if short == "" || !strings.HasPrefix(s[i:], short) {
			continue
		}
		if end := title(s, i+len(short)); end > i+len(short) {
			return end
		}
	}
	return i
}

// title gives the end of the title at s[i:], i where there is none.
func title(s string, i int) int {
	for _, t := range titles {
		if strings.HasPrefix(s[i:], t) {
			return i + len(t)
		}
	}
	return i
}

// follow tells what follows in a line, for the rules that look ahead. A slot
// stands for text that a rule has taken before, in whose place anything but an
// end may have stood; such a rule must then decide as it did: not to take.
func (p *patterns) follow(s string, i int) following {
	if i == len(s) {
		return phraseEnds
	}
	if slotLen(s[i:]) > 0 {
		return slotAhead
	}
	if p.name(s, i) > i {
		return phraseEnds
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r) {
		return phraseOn
	}
	return phraseEnds
}
