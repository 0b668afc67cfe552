package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"iter"
	"path/filepath"
	"strconv"
)

// model is how probable each character is in each state, as logarithms.
type model map[string]map[rune]float64

// states in the order of zh.Data.Emit: the first, a middle and the last
// character of a word, and a word of one character.
var states = [4]string{"B", "M", "E", "S"}

// never is the logarithm that gse uses for an unlisted character.
const never = -3.14e100

// of returns the probabilities of r in the four states.
func (m model) of(r rune) (emit [4]float64) {
	for i, state := range states {
		p, ok := m[state][r]
		if !ok {
			p = never
		}
		emit[i] = p
	}
	return emit
}

// runes yields every listed character, some of them repeatedly.
func (m model) runes() iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for _, state := range m {
			for r := range state {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// readModel reads the tables from gse's source: they are variables of its
// package hmm that nothing exports.
func readModel() (model, error) {
	pkg, err := build.Import("github.com/go-ego/gse/hmm", ".", build.FindOnly)
	if err != nil {
		return nil, fmt.Errorf("find gse's model: %w", err)
	}
	path := filepath.Join(pkg.Dir, "prob_emit.go")
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read gse's model: %w", err)
	}
	m := model{}
	for node := range ast.Preorder(file) {
		if err := m.add(node); err != nil {
			return nil, fmt.Errorf("read gse's model: %w", err)
		}
	}
	for _, state := range states {
		if len(m[state]) == 0 {
			return nil, fmt.Errorf("read gse's model: no state %s", state)
		}
	}
	return m, nil
}

// add takes in node if it is probEmit['B'] = map[rune]float64{…}.
func (m model) add(node ast.Node) error {
	set, ok := node.(*ast.AssignStmt)
	if !ok || len(set.Lhs) != 1 || len(set.Rhs) != 1 {
		return nil
	}
	index, ok := set.Lhs[0].(*ast.IndexExpr)
	if !ok {
		return nil
	}
	table, ok := set.Rhs[0].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	state, err := char(index.Index)
	if err != nil {
		return err
	}
	probs := make(map[rune]float64, len(table.Elts))
	for _, e := range table.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return fmt.Errorf("state %c: an entry without key", state)
		}
		r, err := char(kv.Key)
		if err != nil {
			return fmt.Errorf("state %c: %w", state, err)
		}
		if probs[r], err = number(kv.Value); err != nil {
			return fmt.Errorf("state %c: %q: %w", state, r, err)
		}
	}
	m[string(state)] = probs
	return nil
}

func char(e ast.Expr) (rune, error) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.CHAR {
		return 0, fmt.Errorf("%T is not a character", e)
	}
	r, _, _, err := strconv.UnquoteChar(lit.Value[1:len(lit.Value)-1], '\'')
	return r, err
}

func number(e ast.Expr) (float64, error) {
	sign := 1.0
	if neg, ok := e.(*ast.UnaryExpr); ok && neg.Op == token.SUB {
		sign, e = -1, neg.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return 0, fmt.Errorf("%T is not a number", e)
	}
	f, err := strconv.ParseFloat(lit.Value, 64)
	return sign * f, err
}
