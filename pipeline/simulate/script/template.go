package script

import (
	"strconv"
	"strings"
)

// Template is a line of text with placeholders:
//
//	{list}     an entry of a word list, drawn by weight
//	{name}     of the contact; also {surname} {honorific} {company} {phone}
//	{amount}   a parameter of the job, as written; {amount:spoken} as spoken
//	{n:3-28}   a count, spoken (两个); {o:3-28} an ordinal of a date or an
//	           address, spoken (二号); {d:3-28} a number in digits
//	[a|b|]     one of the alternatives, each as likely
type Template []Piece

// Piece is a literal part of a [Template] or a placeholder.
type Piece struct {
	Kind      PieceKind
	Text      string     // literal
	List      *List      // entry
	Index     int        // parameter
	Low, High int        // number
	Choices   []Template // choice
}

// PieceKind is the kind of a [Piece].
type PieceKind uint8

// The kinds of pieces.
const (
	PieceLiteral PieceKind = iota
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

var contactPieces = map[string]PieceKind{
	"name": PieceName, "surname": PieceSurname, "honorific": PieceHonorific,
	"company": PieceCompany, "phone": PiecePhone,
}

var numberPieces = map[string]PieceKind{"n": PieceSpokenCount, "o": PieceSpokenOrdinal, "d": PieceDigits}

// scope resolves names in braces.
type scope interface {
	resolve(d directive, name string) (Piece, error)
}

// parseTemplate parses text of a directive.
func parseTemplate(d directive, text string, names scope) (Template, error) {
	t, rest, err := parsePieces(d, text, names, false)
	if err == nil && rest != "" {
		err = d.errorf("unmatched ] in %q", text)
	}
	return t, err
}

// parsePieces parses to the end or, inside brackets, to | or ].
func parsePieces(d directive, text string, names scope, inside bool) (Template, string, error) {
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
				return nil, "", d.errorf("unmatched {")
			}
			p, err := parsePlaceholder(d, name, names)
			if err != nil {
				return nil, "", err
			}
			t, text = append(t, p), rest
		case '[':
			choice, rest, err := parseChoice(d, text[1:], names)
			if err != nil {
				return nil, "", err
			}
			t, text = append(t, choice), rest
		case '}':
			return nil, "", d.errorf("unmatched }")
		default:
			if !inside {
				return nil, "", d.errorf("%c outside [ ]", text[0])
			}
			return t, text, nil
		}
	}
	return t, "", nil
}

func parseChoice(d directive, text string, names scope) (Piece, string, error) {
	choice := Piece{Kind: PieceChoice}
	for {
		t, rest, err := parsePieces(d, text, names, true)
		if err != nil {
			return Piece{}, "", err
		}
		if rest == "" {
			return Piece{}, "", d.errorf("unmatched [")
		}
		choice.Choices = append(choice.Choices, t)
		text = rest[1:]
		if rest[0] == ']' {
			return choice, text, nil
		}
	}
}

func parsePlaceholder(d directive, name string, names scope) (Piece, error) {
	if kind, ok := contactPieces[name]; ok {
		return Piece{Kind: kind}, nil
	}
	form, bounds, isNumber := strings.Cut(name, ":")
	kind, known := numberPieces[form]
	if !isNumber || !known {
		return names.resolve(d, name)
	}
	low, high, err := parseRange(d, bounds)
	if err != nil {
		return Piece{}, err
	}
	return Piece{Kind: kind, Low: low, High: high}, nil
}

// parseRange parses "3-28", or one number for both ends.
func parseRange(d directive, text string) (low, high int, err error) {
	first, second, two := strings.Cut(text, "-")
	if !two {
		second = first
	}
	if low, err = strconv.Atoi(first); err == nil {
		high, err = strconv.Atoi(second)
	}
	if err != nil || low > high || low < 0 || high >= 100_000_000 {
		return 0, 0, d.errorf("invalid range %q: want one such as 3-28", text)
	}
	return low, high, nil
}

// fixed reports whether the template varies only by contact and parameters.
func (t Template) fixed() bool {
	for _, p := range t {
		switch p.Kind {
		case PieceEntry, PieceChoice, PieceSpokenCount, PieceSpokenOrdinal, PieceDigits, PiecePhone:
			return false
		}
	}
	return true
}
