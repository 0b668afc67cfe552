package script

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
type Template []Piece

type Piece struct {
	Kind      pieceKind
	Text      string     // literal
	List      *List      // entry
	Index     int        // parameter
	Low, High int        // number
	Choices   []Template // choice
}

type pieceKind uint8

const (
	PieceLiteral pieceKind = iota
	PieceEntry
	PieceChoice
	PieceParameter
	PieceSpokenParameter
	PieceSpokenCount
	PieceSpokenOrdinal
	PieceDigits
	PieceName
	PieceSurname
	PieceHonorific
	PieceCompany
	PiecePhone
)

var ownPieces = map[string]pieceKind{
	"name": PieceName, "surname": PieceSurname, "honorific": PieceHonorific,
	"company": PieceCompany, "phone": PiecePhone,
}

var numberPieces = map[string]pieceKind{"n": PieceSpokenCount, "o": PieceSpokenOrdinal, "d": PieceDigits}

// scope says what a name in braces stands for.
type scope interface {
	resolve(l directive, name string) (Piece, error)
}

// parseTemplate reads text of line l; names are resolved by the scope.
func parseTemplate(l directive, text string, names scope) (Template, error) {
	t, rest, err := parsePieces(l, text, names, false)
	if err == nil && rest != "" {
		err = l.errorf("%q: ] without [", text)
	}
	return t, err
}

// parsePieces reads up to the end or, inside brackets, up to | or ].
func parsePieces(l directive, text string, names scope, inside bool) (Template, string, error) {
	var t Template
	for text != "" {
		end := strings.IndexAny(text, "{[|]}")
		if end < 0 {
			return append(t, Piece{Text: text}), "", nil
		}
		if end > 0 {
			t = append(t, Piece{Text: text[:end]})
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

func parseChoice(l directive, text string, names scope) (Piece, string, error) {
	choice := Piece{Kind: PieceChoice}
	for {
		t, rest, err := parsePieces(l, text, names, true)
		if err != nil {
			return Piece{}, "", err
		}
		if rest == "" {
			return Piece{}, "", l.errorf("[ without ]")
		}
		choice.Choices = append(choice.Choices, t)
		text = rest[1:]
		if rest[0] == ']' {
			return choice, text, nil
		}
	}
}

func parsePlace(l directive, name string, names scope) (Piece, error) {
	if kind, ok := ownPieces[name]; ok {
		return Piece{Kind: kind}, nil
	}
	form, span, isNumber := strings.Cut(name, ":")
	kind, known := numberPieces[form]
	if !isNumber || !known {
		return names.resolve(l, name)
	}
	low, high, err := parseRange(l, span)
	if err != nil {
		return Piece{}, err
	}
	return Piece{Kind: kind, Low: low, High: high}, nil
}

// parseRange reads "3-28", or one number for both ends.
func parseRange(l directive, text string) (low, high int, err error) {
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
func (t Template) fixed() bool {
	for _, p := range t {
		switch p.Kind {
		case PieceEntry, PieceChoice, PieceSpokenCount, PieceSpokenOrdinal, PieceDigits, PiecePhone:
			return false
		}
	}
	return true
}
