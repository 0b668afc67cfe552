package simulate

import (
	"strconv"
	"strings"
)

// template is a line of text with places to fill:
//
//	{list}     an entry of a word list, chosen by weight
//	{name}     the contact's; also {surname} {honorific} {company} {phone}
//	{amount}   a parameter of the job, as written; {amount:spoken} as spoken
//	{n:3-28}   a number of things, spoken (两个); {o:3-28} one of a date or an
//	           address (二号); {d:3-28} in digits
//	[a|b|]     one of the alternatives, each as likely
type template []piece

type piece struct {
	kind      pieceKind
	text      string     // literal
	list      *wordList  // entry
	index     int        // parameter
	low, high int        // number
	choices   []template // choice
}

type pieceKind uint8

const (
	pieceLiteral pieceKind = iota
	pieceEntry
	pieceChoice
	pieceParameter
	pieceSpokenParameter
	pieceSpokenCount
	pieceSpokenOrdinal
	pieceDigits
	pieceName
	pieceSurname
	pieceHonorific
	pieceCompany
	piecePhone
)

var ownPieces = map[string]pieceKind{
	"name": pieceName, "surname": pieceSurname, "honorific": pieceHonorific,
	"company": pieceCompany, "phone": piecePhone,
}

var numberPieces = map[string]pieceKind{"n": pieceSpokenCount, "o": pieceSpokenOrdinal, "d": pieceDigits}

// scope says what a name in braces stands for.
type scope interface {
	resolve(l line, name string) (piece, error)
}

// parseTemplate reads text of line l; names are resolved by the scope.
func parseTemplate(l line, text string, names scope) (template, error) {
	t, rest, err := parsePieces(l, text, names, false)
	if err == nil && rest != "" {
		err = l.errorf("%q: ] without [", text)
	}
	return t, err
}

// parsePieces reads up to the end or, inside brackets, up to | or ].
func parsePieces(l line, text string, names scope, inside bool) (template, string, error) {
	var t template
	for text != "" {
		end := strings.IndexAny(text, "{[|]}")
		if end < 0 {
			return append(t, piece{text: text}), "", nil
		}
		if end > 0 {
			t = append(t, piece{text: text[:end]})
			text = text[end:]
		}
		switch text[0] {
		case '{':
			name, rest, closed := strings.Cut(text[1:], "}")
			if !closed {
				return nil, "", l.errorf("{ without }")
			}
			p, err := parsePlace(l, name, names)
			if err != nil {
				return nil, "", err
			}
			t, text = append(t, p), rest
		case '[':
			choice, rest, err := parseChoice(l, text[1:], names)
			if err != nil {
				return nil, "", err
			}
			t, text = append(t, choice), rest
		case '}':
			return nil, "", l.errorf("} without {")
		default:
			if !inside {
				return nil, "", l.errorf("%c outside of [ ]", text[0])
			}
			return t, text, nil
		}
	}
	return t, "", nil
}

func parseChoice(l line, text string, names scope) (piece, string, error) {
	choice := piece{kind: pieceChoice}
	for {
		t, rest, err := parsePieces(l, text, names, true)
		if err != nil {
			return piece{}, "", err
		}
		if rest == "" {
			return piece{}, "", l.errorf("[ without ]")
		}
		choice.choices = append(choice.choices, t)
		text = rest[1:]
		if rest[0] == ']' {
			return choice, text, nil
		}
	}
}

func parsePlace(l line, name string, names scope) (piece, error) {
	if kind, ok := ownPieces[name]; ok {
		return piece{kind: kind}, nil
	}
	form, span, isNumber := strings.Cut(name, ":")
	kind, known := numberPieces[form]
	if !isNumber || !known {
		return names.resolve(l, name)
	}
	low, high, err := parseRange(l, span)
	if err != nil {
		return piece{}, err
	}
	return piece{kind: kind, low: low, high: high}, nil
}

// parseRange reads "3-28", or one number for both ends.
func parseRange(l line, text string) (low, high int, err error) {
	first, second, two := strings.Cut(text, "-")
	if !two {
		second = first
	}
	if low, err = strconv.Atoi(first); err == nil {
		high, err = strconv.Atoi(second)
	}
	if err != nil || low > high || low < 0 || high >= 100_000_000 {
		return 0, 0, l.errorf("%q is not a range like 3-28", text)
	}
	return low, high, nil
}

// fixed reports whether the template reads the same in every call but for the
// contact and the parameters: what a robot's line must be.
func (t template) fixed() bool {
	for _, p := range t {
		switch p.kind {
		case pieceEntry, pieceChoice, pieceSpokenCount, pieceSpokenOrdinal, pieceDigits, piecePhone:
			return false
		}
	}
	return true
}
