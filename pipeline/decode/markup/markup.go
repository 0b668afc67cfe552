// Package markup reads ListJobs responses that are written as XML, with a root
// element or, as in the example of the API's page, without one, and spells them
// as JSON for others to decode: an element with elements in it as an object,
// any other as a string, repeated elements as repeated members. It knows no
// names but those that make up the frame of a response.
//
// Where a job is damaged, that is noted and the reading goes on behind its end
// tag or at the next job, whichever comes first.
package markup

import (
	"bytes"

	"callmill/pipeline/decode/jsonscan"
)

// A Document is a response as JSON.
type Document struct {
	JSON       []byte    // an object
	Root       string    // name of the root element, "" if there is none
	BareJob    bool      // the root is a job, spelled as the only one of a response
	Attributes int       // how many elements have some, which are ignored
	Damaged    []Damaged // a job spelled [i] is the one with index i

	// End is where the document ends: behind its root, or where another one
	// begins. Bad is damage outside of the jobs, which ends it, too.
	End int
	Bad jsonscan.Damage

	text  []byte
	spans map[int]span // of elements that may be jobs, by the offset of their value in JSON
}

// Damaged is a job that cannot be read.
type Damaged struct {
	Bad jsonscan.Damage
	Raw []byte
}

// span is where an element is in the input.
type span struct{ start, end int }

// MixedText is a member that no element can be: text between elements. Its
// value is the text, if known.
const MixedText = "#text"

// Raw returns the job whose value begins at offset at of JSON as it was received.
func (d *Document) Raw(at int) []byte {
	s := d.spans[at]
	return d.text[s.start:s.end]
}

// Names are what Read has to know of names.
type Names struct {
	Field func(name string) bool // of a member of the response
	Wraps func(name string) bool // of an element that wraps jobs
}

// headBytes is how many bytes distinguish HTML from XML.
const headBytes = 16

// isHTML reports whether text is a page for people, as proxies answer.
func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), headBytes)])
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// htmlEnd is where the page that text begins with ends, -1 where it does not.
func htmlEnd(text []byte) int {
	const end = "</html>"
	for i := 0; len(text)-i >= len(end); i++ {
		if text[i] == '<' && bytes.EqualFold(text[i:i+len(end)], []byte(end)) {
			return i + len(end)
		}
	}
	return -1
}

// nextDocument is the index from from on of what can only begin another
// document, -1 where nothing does.
func nextDocument(text []byte, from int) int {
	first := -1
	for _, tag := range []string{"<?xml ", "<ListJobsResponse"} {
		if i := bytes.Index(text[min(from, len(text)):], []byte(tag)); i >= 0 && (first < 0 || from+i < first) {
			first = from + i
		}
	}
	return first
}
