// Package markup reads ListJobs responses that are written as XML: with a root
// element or, as in the example of the API's page, without one. It spells each
// member of a response, and each job, as JSON for others to decode, and knows
// no names but those that make up the frame of a response.
//
// Where a job is damaged, it is reported and the reading goes on behind its end
// tag or at the next job, whichever comes first.
package markup

import (
	"bytes"

	"callmill/pipeline/decode/jsonscan"
)

// A Handler receives what is in a document. Values are JSON, valid until the
// method returns; raw is the input as received.
type Handler interface {
	// Field is a member of the response other than its jobs.
	Field(name string, value []byte)
	// Unknown is a member that is not documented.
	Unknown(name string, raw []byte)
	// Job is one job.
	Job(value, raw []byte)
	// Damaged is a job that cannot be read.
	Damaged(bad jsonscan.Damage, raw []byte)
	// Refused says that text stands where elements belong.
	Refused(where, what string)
	// Note is something else that was met.
	Note(n Note)
	// Root is the name of the root element.
	Root(name string)
}

// Note is something that is met beside the values of a document.
type Note int

// Notes.
const (
	Attribute Note = iota // an element has attributes, which are ignored
	Wrapped               // jobs stand inside an element that wraps them
	Paged                 // the wrapper has page numbers
	BareJob               // the root is a job
	HasJobs               // the document has jobs, be they none
)

// MixedText is the member that spells text between the elements of an object.
// No element can have this name.
const MixedText = "#text"

// Names are what a Reader has to know of names.
type Names struct {
	Field func(name string) bool // of a member of the response other than Jobs
	Wraps func(name string) bool // of an element that wraps jobs
}

// headBytes is how many bytes distinguish HTML from XML.
const headBytes = 16

// IsHTML reports whether text is a page for people, as proxies answer.
func IsHTML(text []byte) bool {
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
