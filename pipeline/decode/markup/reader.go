package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"callmill/pipeline/decode/jsonscan"
)

// Read reads the document that text begins with and reports what is in it to h.
// It returns where the document ends: behind its root, or where another one
// begins. Damage outside of the jobs is returned; it is the end of the document,
// too.
func Read(text []byte, names Names, maxDepth int, h Handler) (end int, bad jsonscan.Damage) {
	r := reader{text: text, names: names, maxDepth: maxDepth, h: h, final: true}
	r.read()
	return r.pos, r.bad
}

// End returns how long the document is that text begins with. final says that
// the input ends where text does; else whole is false where the document may go
// on behind it. A damaged document reaches to the next one that is certain.
func End(text []byte, final bool, names Names, maxDepth int) (end int, whole bool) {
	r := reader{text: text, names: names, maxDepth: maxDepth, h: ignore{}, final: final}
	r.read()
	if r.runsOff {
		return 0, false
	}
	if r.bad.Code != "" {
		return len(r.text), true
	}
	return r.pos, true
}

// reader walks over one document.
type reader struct {
	text     []byte
	names    Names
	maxDepth int
	h        Handler
	final    bool

	tokens  *xml.Decoder
	base    int      // offset in text of the tokens' offset 0
	open    []string // the elements around the one being read
	any     bool     // an element was read
	pos     int
	good    int // up to where the document is whole
	bad     jsonscan.Damage
	runsOff bool // the text ends before it is clear how the document goes on
	request string
	spelled []byte
}

func (r *reader) read() {
	switch {
	case !r.final && len(r.text) < headBytes:
		r.runsOff = true
	case IsHTML(r.text):
		r.html()
	default:
		r.restart(0)
		r.document()
	}
}

func (r *reader) html() {
	end, behind := htmlEnd(r.text), len(r.text)
	if end < 0 {
		end = len(r.text)
	} else if rest := bytes.TrimLeft(r.text[end:], " \t\r\n"); len(rest) > 0 {
		behind = len(r.text) - len(rest)
	}
	r.runsOff = behind == len(r.text) && !r.final
	r.text, r.pos = r.text[:behind], end
	r.fail("not_jobs", "an HTML page")
}

func (r *reader) fail(code, what string) bool {
	if r.bad.Code == "" {
		r.bad = jsonscan.Damage{Code: code, At: r.pos, What: what}
	}
	return false
}

func (r *reader) ends() bool { return r.fail(jsonscan.Truncated, "the input ends in the middle") }

// limit ends the text at the next document, if there is one: damage never
// reaches beyond it. It returns false where that is not clear yet.
func (r *reader) limit() bool {
	if r.bad.Code == jsonscan.Truncated && !r.final {
		r.runsOff = true // more text may make it whole
		return false
	}
	if next := nextDocument(r.text, r.good+1); next >= 0 {
		r.text, r.final = r.text[:next], true
		if r.bad.At > next {
			r.bad.At = next
		}
	}
	r.runsOff = !r.final
	return r.final
}

// restart makes the text from at on the next to be read, within the elements
// that are open.
func (r *reader) restart(at int) {
	var around strings.Builder
	for _, name := range r.open {
		around.WriteString("<" + name + ">")
	}
	r.base = at - around.Len()
	r.tokens = xml.NewDecoder(&spliced{head: around.String(), rest: r.text[at:]})
	r.tokens.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for range r.open {
		_, _ = r.tokens.Token() // the head is well-formed
	}
}

// spliced reads head, then rest, byte by byte, so that the XML parser does not
// read ahead.
type spliced struct {
	head string
	rest []byte
}

func (s *spliced) ReadByte() (byte, error) {
	if s.head != "" {
		c := s.head[0]
		s.head = s.head[1:]
		return c, nil
	}
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, nil
}

// Read is never called, for ReadByte is there.
func (s *spliced) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

// at is the offset in text of the next token.
func (r *reader) at() int { return r.base + int(r.tokens.InputOffset()) }

// token reads the next token. false is damage, or the end of the text outside
// of all elements.
func (r *reader) token() (xml.Token, bool) {
	t, err := r.tokens.Token()
	if err == nil {
		return t, true
	}
	r.pos = min(r.at(), len(r.text))
	if errors.Is(err, io.EOF) {
		return nil, false
	}
	if broken, is := errors.AsType[*xml.SyntaxError](err); is && broken.Msg == "unexpected EOF" {
		r.pos = len(r.text)
		return nil, r.ends()
	} else if is {
		return nil, r.fail(jsonscan.Syntax, "XML: "+broken.Msg)
	}
	return nil, r.fail(jsonscan.Syntax, err.Error())
}

// document reads to the end of the document: behind its root, or where the
// next one begins.
func (r *reader) document() {
	for {
		at := r.at()
		t, ok := r.token()
		if !ok {
			if r.bad.Code != "" {
				r.limit()
			} else {
				r.runsOff = !r.final // a document without root may go on
			}
			return
		}
		switch t := t.(type) {
		case xml.StartElement:
			if r.begins(t, at) {
				r.pos = at
				return
			}
			if !r.element(t, at) {
				return
			}
		case xml.EndElement: // of the root
			r.pos = r.at()
			return
		case xml.ProcInst:
			if r.any && len(r.open) == 0 && t.Target == "xml" {
				r.pos = at
				return
			}
		case xml.CharData:
			if !r.final && r.at() >= len(r.text) {
				r.runsOff = true // more text may be part of it
				return
			}
			if !r.between(t, at) {
				return
			}
		}
		r.good = r.at()
	}
}

// between reads text between elements. It returns false where that ends the
// document.
func (r *reader) between(t xml.CharData, at int) bool {
	text := bytes.TrimSpace(t)
	if len(text) == 0 {
		return true
	}
	if len(r.open) > 0 {
		r.h.Refused("the response", string(text))
		return true
	}
	r.pos = at + max(0, bytes.IndexByte(r.text[at:], text[0]))
	return false
}

// begins reports whether the element is the first of another document: a
// second request id outside a root element.
func (r *reader) begins(t xml.StartElement, at int) bool {
	if len(r.open) > 0 || r.request == "" || t.Name.Local != "RequestId" {
		return false
	}
	_, text, _ := bytes.Cut(r.text[at:], []byte(">"))
	id, _, whole := bytes.Cut(text, []byte("<"))
	r.runsOff = !whole && !r.final
	return r.runsOff || string(bytes.TrimSpace(id)) != r.request
}

// element reads one element of the document, which begins at at.
func (r *reader) element(t xml.StartElement, at int) bool {
	name := t.Name.Local
	r.attributes(t)
	root := len(r.open) == 0 && !r.any
	r.any = true
	switch {
	case name == "Jobs" || name == "jobs":
		return r.jobs(name, at)
	case root && name == "Job":
		r.h.Note(BareJob)
		return r.job(name, at, nil)
	case r.names.Field(name):
		return r.field(name)
	case root:
		r.h.Root(name)
		r.enter(at)
		return true
	}
	return r.unknown(name, at)
}

func (r *reader) unknown(name string, at int) bool {
	if !r.skip() {
		return false
	}
	r.h.Unknown(name, r.text[at:min(r.at(), len(r.text))])
	return true
}

// enter notes that the element at at stays open around those that follow.
func (r *reader) enter(at int) { r.open = append(r.open, tagName(r.text[at+1:])) }

// tagName is the name that begins text, as it is spelled, with its prefix.
func tagName(text []byte) string {
	if i := bytes.IndexAny(text, " \t\r\n/>"); i >= 0 {
		text = text[:i]
	}
	return string(text)
}

func (r *reader) attributes(t xml.StartElement) {
	if len(t.Attr) > 0 {
		r.h.Note(Attribute)
	}
}

// skip steps over the content of the element that was entered.
func (r *reader) skip() bool {
	for depth := 1; depth > 0; {
		t, ok := r.token()
		if !ok {
			return r.lost()
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > r.maxDepth {
				r.tooDeep()
				return r.lost()
			}
		case xml.EndElement:
			depth--
		}
	}
	return true
}

// lost ends the document at damage.
func (r *reader) lost() bool {
	r.ends() // unless there is another reason
	r.limit()
	return false
}

func (r *reader) tooDeep() bool {
	r.pos = r.at()
	return r.fail(jsonscan.TooDeep, "nested deeper than any response")
}

// field reads an element of the response other than Jobs.
func (r *reader) field(name string) bool {
	text, ok := r.spell(r.spelled[:0], nil, 1)
	r.spelled = text
	if !ok {
		return r.lost()
	}
	if name == "RequestId" && len(text) > 2 && text[0] == '"' {
		r.request = string(bytes.TrimSpace(text[1 : len(text)-1]))
	}
	r.h.Field(name, text)
	return true
}

// ignore is a Handler for which only the end of a document matters.
type ignore struct{}

func (ignore) Field(string, []byte)            {}
func (ignore) Unknown(string, []byte)          {}
func (ignore) Job(_, _ []byte)                 {}
func (ignore) Damaged(jsonscan.Damage, []byte) {}
func (ignore) Refused(string, string)          {}
func (ignore) Note(Note)                       {}
func (ignore) Root(string)                     {}
