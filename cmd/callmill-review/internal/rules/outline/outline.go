// Package outline reads a YAML file as a tree of values that know their lines, for
// files that people write and that must be told what is wrong where. It reads what such
// files need: mappings, lists and scalars in one document. Anchors, aliases and tags are
// refused.
package outline

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxSize is the size of the largest file that is read.
const MaxSize = 1 << 20

// maxDepth is how deep values may lie in each other. The parser under this package
// calls itself for each level.
const maxDepth = 100

// Kind says what a value is.
type Kind uint8

// Kinds of values.
const (
	Scalar Kind = iota // Text has it, as it is written
	List
	Mapping
	Empty
)

func (k Kind) String() string {
	return [...]string{"a single value", "a list", "a mapping", "empty"}[k]
}

// Value is a value of a file.
type Value struct {
	Kind   Kind
	Line   int // from 1
	Text   string
	Items  []Value // of a List
	Fields []Field // of a Mapping, in the order of the file; no key is there twice
}

// Field is an entry of a mapping.
type Field struct {
	Key   string
	Line  int
	Value Value
}

// Error is what is wrong at a line of a file.
type Error struct {
	File   string
	Line   int
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason) }

// Read returns the value of a document. An error is an *Error that names file and line.
func Read(file string, text []byte) (Value, error) {
	fail := func(line int, format string, args ...any) (Value, error) {
		return Value{}, &Error{file, max(line, 1), fmt.Sprintf(format, args...)}
	}
	if len(text) > MaxSize {
		return fail(1, "%d bytes: want at most %d", len(text), MaxSize)
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF")) // some editors write it
	if line := tooDeep(text); line > 0 {
		return fail(line, "values lie in more than %d others", maxDepth)
	}
	tree, err := parse(text)
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return fail(at.GetToken().Position.Line, "invalid YAML: %s", at.GetMessage())
		}
		return fail(1, "invalid YAML: %v", err)
	}
	docs := slices.DeleteFunc(tree.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil || d.Body.Type() == ast.CommentType })
	switch len(docs) {
	case 0:
		return Value{Kind: Empty, Line: 1}, nil
	case 1:
	default:
		return fail(lineOf(docs[1].Body), "several documents (---): want one")
	}
	value, err := valueOf(docs[0].Body)
	if at := (*Error)(nil); errors.As(err, &at) {
		at.File = file
	}
	return value, err
}

// parse is the parser, whose panics, of which none is known, become errors: what people
// write must not end the program.
func parse(text []byte) (tree *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	return parser.ParseBytes(text, 0)
}

// tooDeep returns a line where brackets or indents are nested too deep, 0 if none are.
func tooDeep(text []byte) int {
	line, depth, indent, begins := 1, 0, 0, true
	for _, b := range text {
		switch b {
		case '\n':
			line, indent, begins = line+1, 0, true
			continue
		case ' ', '-', '?':
			if begins {
				indent++
			}
		case '[', '{':
			depth++
			begins = false
		case ']', '}':
			depth--
			begins = false
		default:
			begins = false
		}
		if depth > maxDepth || indent > 2*maxDepth {
			return line
		}
	}
	return 0
}

func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

func valueOf(n ast.Node) (Value, error) {
	v := Value{Line: lineOf(n)}
	switch n := n.(type) {
	case *ast.NullNode:
		v.Kind = Empty
	case *ast.StringNode:
		v.Text = n.Value
	case *ast.LiteralNode:
		v.Text = strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		v.Text = n.GetToken().Value
	case *ast.SequenceNode:
		v.Kind = List
		for _, item := range n.Values {
			got, err := valueOf(item)
			if err != nil {
				return v, err
			}
			v.Items = append(v.Items, got)
		}
	case *ast.MappingNode:
		v.Kind = Mapping
		for _, pair := range n.Values {
			if err := v.addField(pair); err != nil {
				return v, err
			}
		}
		if len(v.Fields) > 0 {
			v.Line = v.Fields[0].Line
		}
	case *ast.MappingValueNode:
		v.Kind = Mapping
		if err := v.addField(n); err != nil {
			return v, err
		}
		v.Line = v.Fields[0].Line
	default:
		return v, &Error{Line: v.Line, Reason: fmt.Sprintf("invalid YAML: %s is not used here", n.Type())}
	}
	return v, nil
}

func (v *Value) addField(pair *ast.MappingValueNode) error {
	key, err := valueOf(pair.Key)
	if err != nil {
		return err
	}
	if key.Kind != Scalar || key.Text == "" {
		return &Error{Line: key.Line, Reason: fmt.Sprintf("the key of a mapping is %v: want a name", key.Kind)}
	}
	if slices.ContainsFunc(v.Fields, func(f Field) bool { return f.Key == key.Text }) {
		return &Error{Line: key.Line, Reason: fmt.Sprintf("%s is there twice", key.Text)}
	}
	value, err := valueOf(pair.Value)
	if err != nil {
		return err
	}
	v.Fields = append(v.Fields, Field{key.Text, key.Line, value})
	return nil
}
