package trace

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// node is a value of a JSON text.
type node struct {
	kind       byte // '{', '[', '"' or another scalar's first byte
	start, end int  // of the value
	from       int  // where the member or element begins: at its key, if it has one
	key        string
	children   []*node
	jobID      string // of an object that has one: the job it is of

	gone  bool   // it was cut out
	by    []byte // what stands in its place: a text of which something was cut out
	inner int    // how much
}

// errSyntax means that a text is no JSON value.
var errSyntax = errors.New("not JSON")

// maxDepth bounds what the parser descends into.
const maxDepth = 200

type parser struct {
	text []byte
	at   int
}

func parse(text []byte) (*node, error) {
	if !json.Valid(text) {
		return nil, errSyntax
	}
	p := &parser{text: text}
	return p.value(0)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// value parses a value of a text that is known to be valid.
func (p *parser) value(depth int) (*node, error) {
	p.space()
	if p.at >= len(p.text) || depth > maxDepth {
		return nil, errSyntax
	}
	n := &node{kind: p.text[p.at], start: p.at, from: p.at}
	switch n.kind {
	case '{', '[':
		p.at++
		for {
			p.space()
			if c := p.text[p.at]; c == '}' || c == ']' {
				p.at++
				n.end = p.at
				return n, nil
			} else if c == ',' {
				p.at++
				continue
			}
			from, key := p.at, ""
			if n.kind == '{' {
				p.string()
				if err := json.Unmarshal(p.text[from:p.at], &key); err != nil {
					return nil, err
				}
				p.space()
				p.at++ // the colon
			}
			child, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			child.from, child.key = from, key
			n.children = append(n.children, child)
			if n.kind == '{' && isJobID(key) && child.kind == '"' {
				n.jobID = text(p.text, child)
			}
		}
	case '"':
		p.string()
	default:
		for p.at < len(p.text) && strings.IndexByte(",]} \t\r\n", p.text[p.at]) < 0 {
			p.at++
		}
	}
	n.end = p.at
	return n, nil
}

func (p *parser) string() {
	for p.at++; p.text[p.at] != '"'; p.at++ {
		if p.text[p.at] == '\\' {
			p.at++
		}
	}
	p.at++
}

// text returns the value of a scalar as text.
func text(doc []byte, n *node) string {
	if n.kind != '"' {
		return string(doc[n.start:n.end])
	}
	var s string
	_ = json.Unmarshal(doc[n.start:n.end], &s) // the text is valid
	return s
}

// plainKey returns a key without case and underscores: the same in every spelling.
func plainKey(key string) string { return strings.ReplaceAll(strings.ToLower(key), "_", "") }

func isJobID(key string) bool { return plainKey(key) == "jobid" }

// Cut takes what belongs to somebody out of a JSON text: of a response with many jobs
// theirs, of a list their rows, of a list of ids theirs. A text within it, a body kept
// as a string, is cut in the same way; one that is no JSON and holds a value cannot be
// cut. ok is false where nothing of the text may stay: it is no JSON, or what belongs to
// them cannot be told from the rest.
func (t *Tracer) Cut(doc []byte) (rest []byte, cut int, ok bool) {
	root, err := parse(doc)
	if err != nil {
		return nil, 0, false
	}
	c := &cutter{t: t, doc: doc}
	if c.visit(root, nil, false) {
		return nil, 0, false
	}
	if cut = c.count(root); cut == 0 {
		return doc, 0, true
	}
	return c.append(nil, root), cut, true
}

type cutter struct {
	t   *Tracer
	doc []byte
}

// visit looks at a value below parent. It marks what can be cut out, and reports whether
// the value belongs to somebody as a whole, so that its parent has to see to it. inJob
// says that an object around it is of a job: that goes as a whole.
func (c *cutter) visit(n, parent *node, inJob bool) (theirs bool) {
	if c.t.isInput(c.doc[n.start:n.end]) {
		return true
	}
	if n.kind != '{' && n.kind != '[' {
		return c.scalar(n, parent)
	}
	if n.jobID != "" && !inJob {
		if c.t.jobs[n.jobID] {
			return true
		}
		if c.t.others[n.jobID] {
			return false
		}
		if c.t.match != nil {
			o := &Object{Job: n.jobID}
			c.collect(n, o)
			if c.t.match(o) {
				return true
			}
		}
		inJob = true
	}
	for _, child := range n.children {
		if !c.visit(child, n, inJob) {
			continue
		}
		if inJob || n.kind == '{' && child.jobID == "" {
			return true
		}
		child.gone = true
	}
	return false
}

// collect notes what an object says of a job, in what is below it, too.
func (c *cutter) collect(n *node, o *Object) {
	var actual, planned int64
	for _, child := range n.children {
		if child.kind == '{' || child.kind == '[' {
			c.collect(child, o)
			continue
		}
		key, value := plainKey(child.key), text(c.doc, child)
		switch {
		case value == "":
		case key == "actualtime":
			actual, _ = strconv.ParseInt(value, 10, 64)
		case key == "plannedtime" || key == "planedtime":
			planned, _ = strconv.ParseInt(value, 10, 64)
		case isNumberKey(key):
			o.Numbers = append(o.Numbers, value)
		case strings.Contains(key, "reference"):
			o.References = append(o.References, value)
		}
	}
	o.Last = max(o.Last, cmp.Or(actual, planned))
}

// isNumberKey reports whether a plain key names the number of somebody who is called.
func isNumberKey(key string) bool {
	return strings.Contains(key, "phone") || strings.Contains(key, "called") || strings.Contains(key, "mobile")
}

// count counts what was cut out.
func (c *cutter) count(n *node) int {
	if n.gone {
		return 1
	}
	count := n.inner
	for _, child := range n.children {
		count += c.count(child)
	}
	return count
}

// append appends what is left of a value: of one that nothing was cut out of its very
// bytes.
func (c *cutter) append(out []byte, n *node) []byte {
	switch {
	case n.by != nil:
		return append(out, n.by...)
	case c.count(n) == 0:
		return append(out, c.doc[n.start:n.end]...)
	}
	out = append(out, n.kind)
	first := true
	for _, child := range n.children {
		if child.gone {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(out, c.doc[child.from:child.start]...) // the key
		out = c.append(out, child)
	}
	return append(out, n.kind+2) // '[' and ']', '{' and '}' are two apart
}

// scalar reports whether a value is somebody's.
func (c *cutter) scalar(n, parent *node) bool {
	if n.kind == 't' || n.kind == 'f' || n.kind == 'n' {
		return false
	}
	value, key := text(c.doc, n), plainKey(n.key)
	if key == "" && parent != nil && parent.kind == '[' {
		key = plainKey(parent.key)
	}
	switch {
	case value == "":
		return false
	case key == "body" && n.kind == '"':
		return c.body(n, value)
	case key == "raw" || key == "bytes":
		if raw, ok := fromBase64(value); ok {
			return c.t.isInput(raw) || c.t.In(raw)
		}
		return c.t.In([]byte(value))
	case key == "origin" || key == "reason" || key == "fault":
		return c.t.In([]byte(value))
	case strings.HasPrefix(key, "jobid"):
		return c.t.jobs[value] || c.t.match != nil && !c.t.others[value] && c.t.match(&Object{Job: value})
	case isNumberKey(key):
		return c.isNumber(value)
	case strings.Contains(key, "reference"):
		for _, r := range c.t.references {
			if value == r {
				return true
			}
		}
	case n.kind == '"' && (value[0] == '{' || value[0] == '['):
		return c.inner([]byte(value))
	}
	return false
}

func (c *cutter) isNumber(value string) bool {
	if len(c.t.numbers) == 0 {
		return false
	}
	digits := []byte(c.t.number(value))
	for _, n := range c.t.numbers {
		if bytes.Equal(digits, n) {
			return true
		}
	}
	return false
}

// inner reports whether JSON in a string holds something of somebody's.
func (c *cutter) inner(doc []byte) bool {
	_, cut, ok := c.t.Cut(doc)
	return ok && cut > 0 || !ok && json.Valid(doc)
}

// body cuts a text that is kept as a string: a response, a file.
func (c *cutter) body(n *node, value string) (theirs bool) {
	if c.t.isInput([]byte(value)) {
		return true
	}
	rest, cut, ok := c.t.Cut([]byte(value))
	switch {
	case !ok:
		return json.Valid([]byte(value)) || c.t.In([]byte(value))
	case cut == 0:
		return false
	}
	quoted, err := json.Marshal(string(rest))
	n.by, n.inner = quoted, cut
	return err != nil
}
