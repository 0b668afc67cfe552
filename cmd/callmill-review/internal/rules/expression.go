package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Expr joins conditions.
type Expr struct {
	Op        Op
	Condition int // of Is
	Subs      []Expr
}

// Op is how an expression joins others.
type Op uint8

// The operators. Is joins none: it is a condition.
const (
	Is Op = iota
	Not
	And
	Or
)

// maxExpression is how long an expression may be. Its parser calls itself for each
// bracket.
const maxExpression = 4096

// parseExpr parses names of conditions that are joined by and, or, not and brackets;
// not binds strongest, or least.
func parseExpr(text string, resolve func(name string) (int, error)) (Expr, error) {
	if len(text) > maxExpression {
		return Expr{}, fmt.Errorf("expression of %d bytes: want at most %d", len(text), maxExpression)
	}
	p := exprParser{rest: text, resolve: resolve}
	p.next()
	e, err := p.or()
	if err == nil && p.token != "" {
		err = fmt.Errorf("unexpected %q", p.token)
	}
	if err != nil {
		return Expr{}, fmt.Errorf("invalid expression %q: %w", text, err)
	}
	return e, nil
}

type exprParser struct {
	rest, token string
	resolve     func(name string) (int, error)
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-'
}

func isName(s string) bool {
	switch strings.ToLower(s) {
	case "", "and", "or", "not":
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) }) < 0
}

func (p *exprParser) next() {
	p.rest = strings.TrimSpace(p.rest)
	n := strings.IndexFunc(p.rest, func(r rune) bool { return !isNameRune(r) })
	switch {
	case n < 0:
		n = len(p.rest)
	case n == 0 && (strings.HasPrefix(p.rest, "&&") || strings.HasPrefix(p.rest, "||")):
		n = 2
	case n == 0:
		_, n = utf8.DecodeRuneInString(p.rest)
	}
	p.token, p.rest = p.rest[:n], p.rest[n:]
}

func (p *exprParser) takes(spellings ...string) bool {
	for _, s := range spellings {
		if strings.EqualFold(p.token, s) {
			p.next()
			return true
		}
	}
	return false
}

func (p *exprParser) or() (Expr, error)  { return p.list(Or, p.and, "or", "||", "|") }
func (p *exprParser) and() (Expr, error) { return p.list(And, p.not, "and", "&&", "&") }

func (p *exprParser) list(join Op, part func() (Expr, error), spellings ...string) (Expr, error) {
	first, err := part()
	if err != nil {
		return Expr{}, err
	}
	Subs := []Expr{first}
	for p.takes(spellings...) {
		sub, err := part()
		if err != nil {
			return Expr{}, err
		}
		Subs = append(Subs, sub)
	}
	if len(Subs) == 1 {
		return first, nil
	}
	return Expr{Op: join, Subs: Subs}, nil
}

func (p *exprParser) not() (Expr, error) {
	negative := false
	for p.takes("not", "!", "！") {
		negative = !negative
	}
	e, err := p.operand()
	if err == nil && negative {
		e = Expr{Op: Not, Subs: []Expr{e}}
	}
	return e, err
}

func (p *exprParser) operand() (Expr, error) {
	if p.takes("(", "（") {
		e, err := p.or()
		if err == nil && !p.takes(")", "）") {
			err = fmt.Errorf("no ) for a (")
		}
		return e, err
	}
	name := p.token
	if name == "" {
		return Expr{}, fmt.Errorf("it ends where a condition is expected")
	}
	if !isName(name) {
		return Expr{}, fmt.Errorf("%q where a condition is expected", name)
	}
	p.next()
	condition, err := p.resolve(name)
	return Expr{Op: Is, Condition: condition}, err
}
