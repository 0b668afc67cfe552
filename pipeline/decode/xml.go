package decode

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"callmill/schema"
)

// xmlReader walks over one XML document: a response with its root element or,
// as in the API page's example, without one. It spells each job again as JSON
// and hands it to the reader of JSON.
type xmlReader struct {
	d      *Decoder
	tokens *xml.Decoder
	base   int      // offset in d.b of the tokens' offset 0
	open   []string // the elements around the one being read
	any    bool     // an element was read
}

// xmlDocument reads the XML document at p.
func (d *Decoder) xmlDocument() {
	d.open()
	d.count(xmlDocument)
	ok := d.xmlResponse()
	d.settle(ok)
}

func (d *Decoder) xmlResponse() bool {
	d.markup = true
	if page := d.b[d.p:]; isHTML(page) {
		if end := bytes.Index(bytes.ToLower(page), []byte("</html>")); end >= 0 {
			page = page[:end+len("</html>")]
		}
		d.p += len(page)
		return d.fail(schema.RejectNotJobs, "an HTML page")
	}
	x := xmlReader{d: d}
	x.restart(d.p)
	return x.document()
}

func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 16)])
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// restart makes the text at at the next to be read, within the elements that
// are open.
func (x *xmlReader) restart(at int) {
	var around strings.Builder
	for _, name := range x.open {
		around.WriteString("<" + name + ">")
	}
	x.base = at - around.Len()
	x.tokens = xml.NewDecoder(&spliced{head: around.String(), rest: x.d.b[at:]})
	x.tokens.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for range x.open {
		x.tokens.Token() // the head is well-formed
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

func (s *spliced) Read([]byte) (int, error) { return 0, io.ErrNoProgress } // never called: ReadByte is there

// at is the offset in d.b of the next token.
func (x *xmlReader) at() int { return x.base + int(x.tokens.InputOffset()) }

// token reads the next token. false is damage, or, with the io.EOF that is not
// passed on, the end of the text outside of all elements.
func (x *xmlReader) token() (t xml.Token, ok bool) {
	t, err := x.tokens.Token()
	if err == nil {
		return t, true
	}
	x.d.p = min(x.at(), len(x.d.b))
	if errors.Is(err, io.EOF) {
		return nil, false
	}
	if broken, is := errors.AsType[*xml.SyntaxError](err); is && broken.Msg == "unexpected EOF" {
		x.d.p = len(x.d.b)
		return nil, x.d.ends()
	} else if is {
		return nil, x.d.fail(schema.RejectSyntax, "XML: "+broken.Msg)
	}
	return nil, x.d.fail(schema.RejectSyntax, err.Error())
}

// document reads to the end of the document: behind its root, or where the
// next one begins.
func (x *xmlReader) document() bool {
	d := x.d
	d.push(opening{})
	for {
		at := x.at()
		t, ok := x.token()
		if !ok {
			if d.bad.code == "" && d.runsOut() {
				d.ends() // a document without root may go on
			}
			return d.bad.code == ""
		}
		switch t := t.(type) {
		case xml.StartElement:
			if x.begins(t, at) {
				d.p = at
				d.pop()
				return true
			}
			if !x.element(t, at) {
				return false
			}
			d.p = x.at()
			d.mark()
		case xml.EndElement: // of the root
			d.p = x.at()
			x.leave()
			d.pop()
			return true
		case xml.ProcInst:
			if x.any && len(x.open) == 0 && t.Target == "xml" {
				d.p = at
				d.pop()
				return true
			}
		case xml.CharData:
			text := bytes.TrimSpace(t)
			if len(text) == 0 {
				continue
			}
			if len(x.open) > 0 {
				d.refuse(schema.RejectShape, "the response", "text: "+quoted(string(text)))
				continue
			}
			d.p = at + bytes.IndexByte(d.b[at:], text[0])
			d.pop()
			return true
		}
	}
}

// begins reports whether the element is the first of another document: a
// second request id where there is no root that could end.
func (x *xmlReader) begins(t xml.StartElement, at int) bool {
	d := x.d
	if len(x.open) > 0 || d.env.requestID == "" || t.Name.Local != "RequestId" {
		return false
	}
	tag := d.b[at:]
	_, text, _ := bytes.Cut(tag, []byte(">"))
	id, _, _ := bytes.Cut(text, []byte("<"))
	return string(bytes.TrimSpace(id)) != d.env.requestID
}

// element reads one element of the document, which begins at at.
func (x *xmlReader) element(t xml.StartElement, at int) bool {
	d, name := x.d, t.Name.Local
	x.attributes(t)
	root := len(x.open) == 0 && !x.any
	x.any = true
	switch {
	case name == "Jobs" || name == "jobs":
		return x.jobs(name, at)
	case root && name == "Job":
		d.count(bareJob)
		return x.job(name, at, nil)
	case isResponseField(name):
		return x.field(name)
	case root:
		d.env.page = xmlPageOf(name)
		x.enter(at)
		return true
	}
	d.count(unknownField)
	return x.skip()
}

// enter notes that the element at at stays open around those that follow.
func (x *xmlReader) enter(at int) {
	name := tagName(x.d.b[at+1:])
	x.open = append(x.open, name)
	x.d.push(opening{open: "<" + name + ">", close: "</" + name + ">"})
}

// tagName is the name that begins text, as it is spelled, with its prefix.
func tagName(text []byte) string {
	if i := bytes.IndexAny(text, " \t\r\n/>"); i >= 0 {
		text = text[:i]
	}
	return string(text)
}

func (x *xmlReader) leave() {
	x.open = x.open[:len(x.open)-1]
	x.d.pop()
}

func (x *xmlReader) attributes(t xml.StartElement) {
	if len(t.Attr) > 0 {
		x.d.count(xmlAttribute)
	}
}

// isResponseField reports whether an element is a member of a response, and so
// no root.
func isResponseField(name string) bool {
	switch name {
	case "Success", "Code", "Message", "RequestId", "HttpStatusCode",
		"success", "code", "message", "requestId", "httpStatusCode":
		return true
	}
	return pageOf([]byte(name)) != ""
}

// xmlPageOf names the action a root element tells, where it is not ListJobs.
func xmlPageOf(root string) string {
	switch action := strings.TrimSuffix(root, "Response"); action {
	case "SearchTask", "ListJobGroups", "ListJobsByGroup":
		return action
	}
	return ""
}

// skip steps over the content of the element that was entered.
func (x *xmlReader) skip() bool {
	for depth := 1; depth > 0; {
		t, ok := x.token()
		if !ok {
			return false
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > x.d.maxDepth {
				return x.tooDeep()
			}
		case xml.EndElement:
			depth--
		}
	}
	return true
}

func (x *xmlReader) tooDeep() bool {
	x.d.p = x.at()
	return x.d.fail(schema.RejectTooDeep, "nested deeper than any response")
}

// field reads an element of the response other than Jobs.
func (x *xmlReader) field(name string) bool {
	d := x.d
	text, ok := x.spell(d.spelled[:0], nil, 1)
	d.spelled = text
	if !ok {
		return false
	}
	outer := d.enterText(d.texts.keep(text))
	d.repeats = true
	d.envelopeField([]byte(name)) // the text is well-formed
	d.repeats = false
	d.leaveText(outer)
	return true
}
