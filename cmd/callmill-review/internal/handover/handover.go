// Package handover makes the workbook (.xlsx) that a quality desk hands over to those who
// write scripts: the wordings of a node with what became of the calls that heard them, ten
// calls, and what was said after each wording.
//
// Every text is written as a string, whatever it begins with, so that none is a formula.
// The same book makes the same bytes.
package handover

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/schema"
)

// Book is what is handed over.
type Book struct {
	Lang             schema.Language
	Snapshot, Filter string // where it is from
	By               string
	Made             time.Time
	Title            string // the finding in a sentence, or the node
	Notes            []string

	Wordings []Wording
	Calls    []Call
	Replies  []Reply
}

// Wording is one way to say a line, in the order in which they were first said.
type Wording struct {
	Index            int32 // of the wording in the graph
	Script, Versions string
	// Parts is what is said, against the wording that it replaced.
	Parts                 []effect.Part
	Calls                 int // that heard it
	HungUp, NotUnderstood Share
	FirstDay, LastDay     string
	Marked                bool // the one that is handed over
}

// Share is how many of the calls that heard a wording, with the 95 % interval of the share.
type Share struct {
	K                int
	Share, Low, High float64
	Z                float64 // against the wording before, 0 where there is none
	Compared         bool
}

// Call is an example.
type Call struct {
	When, Script, Version, Attempt, Outcome string
	Instance, Job, Task                     string
	Lines                                   []Line
}

// Line is a line of a call.
type Line struct {
	Speaker, Pause, Text, Node string
	Marked                     bool // it says what is handed over
}

// Reply is what contacts said after a wording.
type Reply struct {
	Wording string
	Text    string
	N       int
	Of      int // calls that heard it
}

// Rows returns how many rows of data the book has.
func (b *Book) Rows() int {
	n := len(b.Wordings) + len(b.Replies)
	for i := range b.Calls {
		n += max(1, len(b.Calls[i].Lines))
	}
	return n
}

// headRows are above the data: where the book is from, what it is about, the columns.
const headRows = 3

// Write writes the workbook.
func (b *Book) Write(w io.Writer) error {
	file := excelize.NewFile()
	defer file.Close() // of memory only
	s := &sheets{Book: b, file: file}
	for i, sheet := range []struct {
		name    schema.Text
		columns []column
		fill    func(*sheet) error
	}{
		{wordingsSheet, wordingColumns, s.wordings},
		{callsSheet, callColumns, s.calls},
		{repliesSheet, replyColumns, s.replies},
	} {
		if err := s.add(i, sheet.name.In(b.Lang), sheet.columns, sheet.fill); err != nil {
			return fmt.Errorf("write the sheet %s: %w", sheet.name.In(b.Lang), err)
		}
	}
	made := b.Made.UTC().Format(time.RFC3339)
	if err := file.SetDocProps(&excelize.DocProperties{Creator: b.By, LastModifiedBy: b.By, Title: b.Title, Created: made, Modified: made}); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	var packed bytes.Buffer
	if err := file.Write(&packed); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return repack(w, packed.Bytes())
}

// repack writes the parts of a workbook in the order of their names and without times:
// excelize has them in any order.
func repack(w io.Writer, packed []byte) error {
	from, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return fmt.Errorf("read the workbook: %w", err)
	}
	parts := slices.SortedFunc(slices.Values(from.File), func(x, y *zip.File) int {
		return cmp.Or(cmp.Compare(rank(x.Name), rank(y.Name)), cmp.Compare(x.Name, y.Name))
	})
	to := zip.NewWriter(w)
	for _, part := range parts {
		if err := repackPart(to, part); err != nil {
			return fmt.Errorf("write %s of the workbook: %w", part.Name, err)
		}
	}
	return to.Close()
}

// rank puts the list of parts first, where readers that stream expect it.
func rank(name string) int {
	if name == "[Content_Types].xml" {
		return 0
	}
	return 1
}

func repackPart(to *zip.Writer, part *zip.File) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close() // it was read
	w, err := to.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}
