package rules

import (
	"callmill/cmd/callmill-review/internal/rules/scan"
	"callmill/schema"
)

// Book is the rules of a file. It must not be changed once it is read, and is then safe
// for concurrent use.
type Book struct {
	File  string
	Rules []Rule // in the order of the file

	// What package match evaluates. Conditions are numbered by their place, operators by
	// the bit of their condition, patterns by their place in Patterns.
	Conditions []Condition
	Operators  []Operators
	Patterns   *scan.Patterns
	Wanted     [3][]uint64 // by speaker: the bits of patterns that matter in its lines

	text string // of the file
	refs []string
}

// Rule is something that is looked for in calls.
type Rule struct {
	Name  string      // as commands name it
	Label schema.Text // as readers see it; the name where the file has none
	Note  string
	Line  int // of the file

	// Scripts are those that it holds for, as "name" or "name@version"; none: all.
	Scripts []string
	// Absent is true of a rule that is hit where its condition does not hold.
	Absent bool
	// OptOut is true of a rule by whose hits a contact asks not to be called again.
	OptOut bool

	Reached Reached
	When    Expr
	Own     []int // its conditions, in the order of the file
}

// Reached is how far a call must have come.
type Reached struct {
	Exchanges int // the robot has said as many lines
	Condition int // that holds in it; -1: none need
}

// Find returns the place of a rule in Rules by its name, or -1.
func (b *Book) Find(name string) int {
	for i := range b.Rules {
		if b.Rules[i].Name == name {
			return i
		}
	}
	return -1
}

// AnyRole is the role of a condition for lines of all speakers of package corpus.
const AnyRole = -1

// Condition is something that holds at lines of a call, or of the call as a whole. One
// that is the When of a rule has no other fields, nor has one with Results.
type Condition struct {
	Name string // when or reached of one that has no name but the key it stands under
	Line int    // of the file

	Rule    int      // of which it is the When; -1: of none
	Results []string // "name=content", one of which the call has; "name=*": any content

	Role        int
	Bit         int // of the operators of its lines; -1: it has none
	Across      *Across
	First, Last int // 0: all
	Times       int
	Anchors     []Anchor
	Repeat      *Repeat
	Silence     *Silence
}

// Across are operators for all lines of a condition together: bits of which each, none,
// or some hold at one of the lines at least.
type Across struct {
	All, None []int
	Some      []Some
}

// Some are bits of which a number must hold.
type Some struct {
	Bits []int
	Min  int
}

// Anchor says where a line lies, seen from a line at which another condition holds.
type Anchor struct {
	Where     Where
	Condition int
	Hit       int // n-th, from the end where it is negative; 0: any
	Lines     int // at most as far away; 0: anywhere
}

// Where is on which side of another line a line is.
type Where uint8

// The sides.
const (
	Before Where = iota
	After
	Around
	Same
)

// Hits returns the lines that are meant of those where the other condition holds.
func (a *Anchor) Hits(lines []int32) []int32 {
	n := a.Hit - 1
	if a.Hit < 0 {
		n = len(lines) + a.Hit
	}
	switch {
	case a.Hit == 0:
		return lines
	case n < 0 || n >= len(lines):
		return nil
	}
	return lines[n : n+1]
}

// IsNear reports whether a line lies as the anchor says, seen from one of the hits.
func (a *Anchor) IsNear(line int32, hits []int32) bool {
	for _, hit := range hits {
		away := line - hit
		var right bool
		switch a.Where {
		case Before:
			right, away = away < 0, -away
		case After:
			right = away > 0
		case Around:
			right, away = away != 0, max(away, -away)
		case Same:
			right = away == 0
		}
		if right && (a.Lines == 0 || away <= int32(a.Lines)) {
			return true
		}
	}
	return false
}

// Repeat says that a line says what one before said.
type Repeat struct {
	Within   int     // lines of the speaker
	Like     float64 // similarity, from 0 to 1
	MinChars int     // shorter lines are not compared
	Except   int     // bit of operators of lines that are not compared; -1: none
}

// Silence is a time before a line, in ms.
type Silence struct {
	Min, Max int32 // Max 0: no limit
	Between  Between
}

// Between is whose line the silence follows.
type Between uint8

// The speakers of the line before.
const (
	AnyBefore Between = iota
	SameBefore
	OtherBefore
)

// wanted returns, by speaker, which patterns the conditions for its lines look at.
func (b *Book) wanted() (wanted [3][]uint64) {
	for speaker := range wanted {
		wanted[speaker] = make([]uint64, b.Patterns.Words())
	}
	for i := range b.Conditions {
		c := &b.Conditions[i]
		for speaker := range wanted {
			if c.Role != AnyRole && c.Role != speaker {
				continue
			}
			for _, bit := range c.bits() {
				b.Operators[bit].each(func(pattern int) { scan.Set(wanted[speaker], pattern) })
			}
		}
	}
	return wanted
}

// bits returns all bits that a condition looks at.
func (c *Condition) bits() []int {
	var bits []int
	if c.Rule >= 0 || len(c.Results) > 0 {
		return nil
	}
	if c.Bit >= 0 {
		bits = append(bits, c.Bit)
	}
	if c.Repeat != nil && c.Repeat.Except >= 0 {
		bits = append(bits, c.Repeat.Except)
	}
	if c.Across == nil {
		return bits
	}
	bits = append(append(bits, c.Across.All...), c.Across.None...)
	for _, s := range c.Across.Some {
		bits = append(bits, s.Bits...)
	}
	return bits
}
