package script

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/spoken"
)

// Template is a line of text with placeholders:
//
//	{list}     an entry of a word list, drawn by weight
//	{name}     of the contact; also {surname} {honorific} {company}
//	{own:phone}  the contact's number
//	{amount}   a parameter of the job, as written; {amount:spoken} as spoken,
//	           {amount:split} and so on in one of the manners of package spoken
//	{made:id_card}  made-up personal data of a kind of package identity, in any
//	           manner; {made:id_card:split} in that one; {phone} is {made:phone}
//	{of:titled}  says of the entry it is in what a list's of=titled says of all
//	{act:promise}  says of the line it is in what a list's act=promise says of all
//	{heard:id_card}  what the contact told last of that kind, as written
//	{/}        the line ends, and the same speaker says another one
//	{/list}    the same, and between them the other speaker says an entry
//	{n:3-28}   a count, spoken (两个); {o:3-28} an ordinal of a date or an
//	           address, spoken (二号); {d:3-28} a number in digits
//	[a|b|]     one of the alternatives, each as likely
type Template []Piece

// Piece is a literal part of a [Template] or a placeholder.
type Piece struct {
	Kind      PieceKind
	Text      string     // literal; kind of personal data made up or heard; what PieceOf and PieceAct say
	Manner    string     // in which personal data or a parameter is told; "": any, or as written
	List      *List      // entry; of a break, what the other speaker says, or nil
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
	PieceMade
	PieceOwnPhone
	PieceHeard
	PieceBreak
	PieceOf
	PieceAct
)

var contactPieces = map[string]PieceKind{
	"name": PieceName, "surname": PieceSurname, "honorific": PieceHonorific, "company": PieceCompany,
}

var numberPieces = map[string]PieceKind{"n": PieceSpokenCount, "o": PieceSpokenOrdinal, "d": PieceDigits}

// scope resolves names in braces.
type scope interface {
	resolve(d directive, name string) (Piece, error)
}

// parseTemplate parses text of a directive.
func parseTemplate(d directive, text string, names scope) (Template, error) {
	t, rest, err := parsePieces(d, text, names, 0)
	if err == nil && rest != "" {
		err = d.errorf("unmatched ] in %q", text)
	}
	return t, err
}

// maxDepth is how deep brackets may be nested.
const maxDepth = 20

// parsePieces parses to the end or, inside brackets, to | or ]. depth is how many
// brackets are open.
func parsePieces(d directive, text string, names scope, depth int) (Template, string, error) {
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
			if depth == maxDepth {
				return nil, "", d.errorf("more than %d brackets are open", maxDepth)
			}
			choice, rest, err := parseChoice(d, text[1:], names, depth+1)
			if err != nil {
				return nil, "", err
			}
			t, text = append(t, choice), rest
		case '}':
			return nil, "", d.errorf("unmatched }")
		default:
			if depth == 0 {
				return nil, "", d.errorf("%c outside [ ]", text[0])
			}
			return t, text, nil
		}
	}
	return t, "", nil
}

func parseChoice(d directive, text string, names scope, depth int) (Piece, string, error) {
	choice := Piece{Kind: PieceChoice}
	for {
		t, rest, err := parsePieces(d, text, names, depth)
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
	if name == "phone" {
		name = "made:phone"
	}
	if between, ok := strings.CutPrefix(name, "/"); ok {
		return parseBreak(d, between, names)
	}
	form, bounds, isNumber := strings.Cut(name, ":")
	switch form {
	case "of":
		return Piece{Kind: PieceOf, Text: bounds}, checkOf(d, bounds)
	case "act":
		return Piece{Kind: PieceAct, Text: bounds}, checkAct(d, bounds)
	case "made", "own", "heard":
		return parsePersonal(d, form, bounds)
	}
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

// checkOf checks what person a name is of.
func checkOf(d directive, of string) error {
	if !slices.Contains([]string{"own", "titled", "bare", "surname"}, of) {
		return d.errorf("unknown person %q: want own, titled, bare or surname", of)
	}
	return nil
}

var actName = regexp.MustCompile(`^[a-z][a-z_]+$`)

// checkAct checks the name of what saying a line amounts to.
func checkAct(d directive, act string) error {
	if !actName.MatchString(act) {
		return d.errorf("invalid act %q: want at least two lower-case letters", act)
	}
	return nil
}

// parsePersonal parses what follows made, own and heard: "id_card", "id_card:split".
func parsePersonal(d directive, form, rest string) (Piece, error) {
	kind, manner, hasManner := strings.Cut(rest, ":")
	if hasManner && !slices.Contains(spoken.Manners, manner) {
		return Piece{}, d.errorf("unknown manner %q: want one of %s", manner, strings.Join(spoken.Manners, ", "))
	}
	p := Piece{Kind: PieceMade, Text: kind, Manner: manner}
	switch {
	case form == "own" && kind == "phone":
		p.Kind = PieceOwnPhone
	case form == "own":
		return Piece{}, d.errorf("unknown value {own:%s}: want own:phone", rest)
	case !identity.Made(kind):
		return Piece{}, d.errorf("no value of the kind %q can be made up: use a list with span=%[1]s, or one of %s", kind, strings.Join(made(), ", "))
	case form == "heard" && hasManner:
		return Piece{}, d.errorf("{heard:%s} is as written: it takes no manner", kind)
	case form == "heard":
		p.Kind = PieceHeard
	}
	return p, nil
}

// made returns the kinds that can be made up.
func made() []string {
	return slices.DeleteFunc(slices.Clone(identity.Kinds), func(kind string) bool { return !identity.Made(kind) })
}

// parseBreak parses what follows the slash of {/list}.
func parseBreak(d directive, between string, names scope) (Piece, error) {
	p := Piece{Kind: PieceBreak}
	if between == "" {
		return p, nil
	}
	entry, err := names.resolve(d, between)
	if err == nil && entry.Kind != PieceEntry {
		err = d.errorf("invalid break {/%s}: want a list", between)
	}
	p.List = entry.List
	return p, err
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
		case PieceEntry, PieceChoice, PieceSpokenCount, PieceSpokenOrdinal, PieceDigits, PieceMade, PieceOwnPhone, PieceBreak:
			return false
		case PieceParameter:
			if p.Manner != "" {
				return false
			}
		}
	}
	return true
}
