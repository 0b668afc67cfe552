package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode"

	"callmill/pipeline/decode/jsonscan"
)

// Read reads the document that text begins with. final says that the input ends
// where text does; else whole is false where the document may go on behind it.
// A damaged document reaches to the next one that is certain.
func Read(text []byte, final bool, names Names, maxDepth int) (doc *Document, whole bool) {
	r := reader{Document: Document{text: text, JSON: []byte{'{'}, spans: map[int]span{}}, names: names, maxDepth: maxDepth, final: final}
	switch {
	case !final && len(text) < headBytes:
		return nil, false
	case isHTML(text):
		r.html()
	default:
		r.restart(0)
		r.document()
	}
	if r.next > 0 {
		return Read(text[:r.next], true, names, maxDepth)
	}
	r.JSON = append(r.JSON, '}')
	return &r.Document, !r.runsOff
}

// reader walks over one document.
type reader struct {
	Document
	names    Names
	maxDepth int
	final    bool

	tokens  *xml.Decoder
	base    int       // offset in text of the tokens' offset 0
	good    int       // up to where the document is whole
	lost    bool      // damage ends the document, also where it is a job's
	next    int       // where the next document begins, behind damage
	last    bool      // no document follows: it is looked for once, not at each damaged job
	runsOff bool      // the text ends before it is clear how the document goes on
	root    *xml.Name // is open
	any     bool      // an element was read
	request string    // value of RequestId
}

func (r *reader) html() {
	end := htmlEnd(r.text)
	if end < 0 {
		end = len(r.text)
	}
	r.End = len(r.text) - len(bytes.TrimLeft(r.text[end:], " \t\r\n"))
	r.runsOff = !r.final && r.End == len(r.text)
	r.Bad = jsonscan.Damage{Code: "not_jobs", At: end, What: "an HTML page"}
}

// fail notes damage, unless there is some.
func (r *reader) fail(code, what string) bool {
	if r.Bad.Code == "" {
		r.Bad = jsonscan.Damage{Code: code, At: min(r.at(), len(r.text)), What: what}
	}
	return false
}

// ends fails where the text ends inside the document.
func (r *reader) ends() bool {
	if r.Bad.Code == "" {
		r.Bad = jsonscan.Damage{Code: jsonscan.Truncated, At: len(r.text), What: "the input ends in the middle"}
	}
	return false
}

// bounded reports whether the text that is damaged ends where it should. Else
// it ends at the next document, for damage never reaches beyond that, or it is
// not clear yet where.
func (r *reader) bounded() bool {
	if r.Bad.Code == jsonscan.Truncated && !r.final {
		r.runsOff = true // more text may make it whole
		return false
	}
	if !r.last {
		r.next = nextDocument(r.text, r.good+1)
		r.last = r.next < 0
	}
	r.runsOff = r.last && !r.final
	return r.last && r.final
}

// restart makes the text from at on the next to be read.
func (r *reader) restart(at int) {
	r.base = at
	r.tokens = xml.NewDecoder(bytes.NewReader(r.text[at:])) // which is not read ahead
	r.tokens.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
}

// at is the offset in text of the next token.
func (r *reader) at() int { return r.base + int(r.tokens.InputOffset()) }

// token reads the next token; inside says that the text cannot end here. false
// is damage, or the end of the text.
func (r *reader) token(inside bool) (xml.Token, bool) {
	t, err := r.tokens.RawToken()
	if err == nil {
		if start, is := t.(xml.StartElement); is && len(start.Attr) > 0 {
			r.Attributes++
		}
		return t, true
	}
	broken, isSyntax := errors.AsType[*xml.SyntaxError](err)
	switch {
	case errors.Is(err, io.EOF):
		return nil, inside && r.ends()
	case isSyntax && broken.Msg == "unexpected EOF":
		return nil, r.ends()
	case isSyntax:
		return nil, r.fail(jsonscan.Syntax, "XML: "+broken.Msg)
	}
	return nil, r.fail(jsonscan.Syntax, err.Error())
}

// document reads to the end of the document: behind its root, or where the
// next one begins.
func (r *reader) document() {
	for {
		r.End = r.at()
		t, ok := r.token(r.root != nil)
		switch t := t.(type) {
		case nil:
			if r.Bad.Code == "" {
				r.runsOff = !r.final // a document without root may go on
				return
			}
		case xml.StartElement:
			if r.root == nil && r.begins(t.Name.Local, r.End) {
				return
			}
			ok = r.top(t)
		case xml.EndElement:
			if r.root != nil && t.Name == *r.root {
				r.End = r.at()
				return
			}
			ok = r.wrongEnd(r.root, t.Name)
		case xml.ProcInst:
			if r.any && r.root == nil && t.Target == "xml" {
				return
			}
		case xml.CharData:
			if !r.between(t) {
				return
			}
		}
		if !ok {
			r.bounded()
			r.End = len(r.text)
			return
		}
		r.good = r.at()
	}
}

// top reads an element that stands outside of all others, or inside the root
// alone.
func (r *reader) top(t xml.StartElement) bool {
	name, first := t.Name.Local, !r.any
	r.any = true
	if first && name == "Job" {
		r.BareJob, name = true, "Jobs"
	}
	if !first || name == "Jobs" || name == "jobs" || r.names.Field(name) {
		return r.member(name, t.Name, 1)
	}
	r.Root, r.root = name, &t.Name
	return true
}

// between reads text between such elements. It returns false where that ends
// the document, or may go on behind the text.
func (r *reader) between(t xml.CharData) bool {
	text := bytes.TrimSpace(t)
	switch {
	case !r.final && r.at() >= len(r.text):
		r.runsOff = true
		return false
	case len(text) > 0 && r.root != nil:
		r.mixed(text)
	case len(text) > 0:
		raw := bytes.TrimLeftFunc(r.text[r.End:r.at()], unicode.IsSpace)
		if r.End = r.at() - len(raw); r.End == 0 {
			r.End = r.at() // CDATA, which only this document can be of
		}
		return false
	}
	return true
}

// begins reports whether the element at at is the first of another document, or
// may be when there is more text: a second request id outside a root element.
func (r *reader) begins(name string, at int) bool {
	if r.request == "" || name != "RequestId" {
		return false
	}
	_, text, _ := bytes.Cut(r.text[at:], []byte(">"))
	id, _, closed := bytes.Cut(text, []byte("<"))
	r.runsOff = !closed && !r.final
	return r.runsOff || string(bytes.TrimSpace(id)) != r.request
}

func (r *reader) wrongEnd(open *xml.Name, closed xml.Name) bool {
	if open == nil {
		return r.fail(jsonscan.Syntax, "XML: unexpected end element </"+closed.Local+">")
	}
	return r.fail(jsonscan.Syntax, fmt.Sprintf("XML: element <%s> closed by </%s>", open.Local, closed.Local))
}

// name begins a member.
func (r *reader) name(name string) {
	if last := r.JSON[len(r.JSON)-1]; last != '{' {
		r.JSON = append(r.JSON, ',')
	}
	r.JSON = append(r.JSON, '"')
	r.JSON = appendEscaped(r.JSON, []byte(name))
	r.JSON = append(r.JSON, '"', ':')
}

// mixed spells text between elements.
func (r *reader) mixed(text []byte) {
	r.name(MixedText)
	r.JSON = append(r.JSON, '"')
	r.JSON = appendEscaped(r.JSON, text)
	r.JSON = append(r.JSON, '"')
}

// member spells an element of the response, or of what wraps its jobs, whose
// start tag was read. A damaged job is noted instead.
func (r *reader) member(name string, tag xml.Name, depth int) bool {
	start, length := r.tagStart(), len(r.JSON)
	r.name(name)
	value := len(r.JSON)
	isJob := name == "Jobs" || name == "jobs" || depth > 1 && r.names.Wraps(name)
	if !r.spell(tag, depth, isJob, false) {
		if r.lost {
			return false
		}
		r.JSON = r.JSON[:length]
		return isJob && r.damaged(name, start)
	}
	if isJob {
		r.spans[value] = span{start, r.at()}
	}
	if name == "RequestId" && r.JSON[value] == '"' {
		r.request = string(bytes.TrimSpace(r.JSON[value+1 : len(r.JSON)-1]))
	}
	return true
}

// tagStart is where the tag that was read begins.
func (r *reader) tagStart() int { return bytes.LastIndexByte(r.text[:r.at()], '<') }

// damaged notes the job that begins at start and goes on behind its end or at
// the next one, whichever comes first.
func (r *reader) damaged(name string, start int) bool {
	r.lost = true
	if !r.bounded() {
		return false
	}
	bad := r.Bad
	tag := r.text[start : start+max(1, bytes.IndexAny(r.text[start:], " \t\r\n/>"))]
	end := r.jobEnd(start+1, string(tag[1:]))
	r.lost = end < 0
	if r.lost {
		end = len(r.text)
	} else if bad.Code == jsonscan.Truncated {
		bad.Code = jsonscan.Syntax // only what nothing whole follows is truncated
	}
	bad.At -= start
	r.name(name)
	r.JSON = append(r.JSON, "["+strconv.Itoa(len(r.Damaged))+"]"...)
	r.Damaged = append(r.Damaged, Damaged{bad, r.text[start:end]})
	r.Bad = jsonscan.Damage{}
	r.good = end
	r.restart(end)
	return !r.lost
}

// jobEnd is where a damaged job that is going on at from ends, -1 where nothing
// tells.
func (r *reader) jobEnd(from int, name string) int {
	next := from + indexTag(r.text[from:], "<"+name)
	until := r.text[from:]
	if next >= from {
		until = r.text[from:next]
	}
	closing := "</" + name + ">"
	if i := bytes.Index(until, []byte(closing)); i >= 0 {
		return from + i + len(closing)
	} else if next < from {
		return -1
	}
	return next
}

// indexTag is the index in text of a start tag.
func indexTag(text []byte, tag string) int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(tag))
		if i < 0 {
			return -1
		}
		i += from
		from = i + len(tag)
		if from < len(text) && bytes.IndexByte([]byte(" \t\r\n/>"), text[from]) >= 0 {
			return i
		}
	}
}

// spell spells the content of the element tag, up to its end. list says that it
// holds a job, or what wraps jobs, which its first element tells; inJob that it
// lies inside a job.
func (r *reader) spell(tag xml.Name, depth int, list, inJob bool) bool {
	if depth > r.maxDepth {
		return r.fail(jsonscan.TooDeep, "nested deeper than any response")
	}
	start, members, mixed, wraps := len(r.JSON), 0, false, false
	r.JSON = append(r.JSON, '"')
	for {
		t, ok := r.token(true)
		switch t := t.(type) {
		case nil:
		case xml.CharData:
			mixed = mixed || len(bytes.TrimSpace(t)) > 0
			if members == 0 {
				r.JSON = appendEscaped(r.JSON, t)
			}
		case xml.StartElement:
			name := t.Name.Local
			if members++; members == 1 {
				r.JSON = append(r.JSON[:start], '{')
				wraps = list && r.names.Wraps(name)
				inJob = inJob || list && !wraps
			}
			switch {
			case wraps:
				ok = r.member(name, t.Name, depth+1)
				r.lost = r.lost || !ok
				r.good = r.at()
			case inJob && (name == "Jobs" || name == "Job"):
				ok = r.fail(jsonscan.Syntax, "XML: a job within a job")
			default:
				r.name(name)
				ok = r.spell(t.Name, depth+1, false, inJob)
			}
		case xml.EndElement:
			if t.Name != tag {
				ok = r.wrongEnd(&tag, t.Name)
				break
			}
			if members == 0 {
				r.JSON = append(r.JSON, '"')
				return true
			}
			if mixed {
				r.mixed(nil)
			}
			r.JSON = append(r.JSON, '}')
			return true
		}
		if !ok {
			if wraps { // what was read of it stays
				r.JSON = append(r.JSON, '}')
			}
			return false
		}
	}
}

// appendEscaped appends text as the inside of a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
