package split_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// toy is a grammar in which a document has Jobs, and fails with Failed.
type toy struct{}

func (toy) Step(text []byte, depth int, final bool) split.Step {
	s := jsonscan.Scanner{Text: text, Depth: depth, MaxDepth: 20}
	if !s.Skip() || s.Pos == len(text) && !final && text[0] != '{' {
		return split.Step{}
	}
	return split.Step{Length: s.Pos, Items: int64(max(bytes.Count(text[:s.Pos], []byte("JobId")), 0))}
}

func (toy) Name(name []byte) split.Name {
	switch string(name) {
	case "Jobs":
		return split.Jobs
	case "body":
		return split.Body
	case "Success":
		return split.Response
	case "JobId":
		return split.JobID
	case "List":
		return split.Wrapper
	case "Tasks":
		return split.JobField
	case "TaskId":
		return split.Inner
	}
	return split.Other
}

func (toy) HasTasks(job []byte) bool  { return bytes.Contains(job, []byte(`"Tasks"`)) }
func (toy) JobID(piece []byte) string { return "" }

func (toy) Judge(before, after []byte, _ bool) split.Verdict {
	around := string(before) + string(after)
	switch {
	case strings.Contains(around, `"Failed"`):
		return split.Verdict{Outcome: split.Refused, Reject: &schema.Reject{Code: "failed"}}
	case strings.Contains(around, `"Other"`):
		return split.Verdict{Outcome: split.Unread}
	}
	return split.Verdict{Head: []byte(`{"of":` + around + `,"Jobs":[`)}
}

// parts are the parts of text, in short.
func parts(t *testing.T, pieceBytes int, text string) []string {
	t.Helper()
	var got []string
	open := func() (io.ReadCloser, error) { return io.NopCloser(iotest.OneByteReader(strings.NewReader(text))), nil }
	o := split.Options{MaxDepth: 20, MaxJobBytes: 1 << 20, PieceBytes: pieceBytes}
	err := split.Run(o, toy{}, open, func(p split.Part) error {
		if r := p.Reject; r != nil {
			got = append(got, fmt.Sprintf("reject %s %s", r.Code, r.Raw))
		} else {
			got = append(got, strings.TrimSpace(string(p.Text)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestParts: documents are kept whole where they are small; jobs of a large
// one come with what is around them; damage is a reject of its own.
func TestParts(t *testing.T) {
	for name, c := range map[string]struct {
		text       string
		pieceBytes int
		want       []string
	}{
		"small documents": {`{"Jobs":[]} {"JobId":1}`, 100, []string{`{"Jobs":[]} {"JobId":1}`}},
		"lines":           {"{\"JobId\":1}\n{\"JobId\":2}\n", 8, []string{`{"JobId":1}`, `{"JobId":2}`}},
		"an array":        {`[{"JobId":1}, null, {"JobId":2}]`, 8, []string{`{"JobId":1}`, `null  {"JobId":2}`}},
		"a large document": {`{"a":1,"Jobs":[{"JobId":1},null,{"JobId":2}],"b":2}`, 8, []string{
			`{"of":{"a":1,"Jobs":[],"b":2},"Jobs":[{"JobId":1}]}`, `{"of":{"a":1,"Jobs":[],"b":2},"Jobs":[{"JobId":2}]}`}},
		"two lists": {`{"Jobs":[{"JobId":1}],"Jobs":{"List":[{"JobId":2}]}}`, 8, []string{
			`{"of":{"Jobs":[],"Jobs":{"List":[]}},"Jobs":[{"JobId":1}]}`, `{"of":{"Jobs":[],"Jobs":{"List":[]}},"Jobs":[{"JobId":2}]}`}},
		"a body":           {`{"body":{"Jobs":[{"JobId":1}]},"x":""}`, 8, []string{`{"of":{"body":{"Jobs":[]},"x":""},"Jobs":[{"JobId":1}]}`}},
		"none published":   {`{"Jobs":[{"JobId":1}],"Failed":1}`, 8, []string{`reject failed {"Jobs":[{"JobId":1}],"Failed":1}`}},
		"another action":   {`{"Jobs":[{"JobId":1}],"Other":1}`, 8, []string{`{"Jobs":[{"JobId":1}],"Other":1}`}},
		"a damaged job":    {`{"Jobs":[{"JobId":1},{"JobId":tru},{"JobId":2}],"b":2}`, 100, []string{`{"of":{"Jobs":[],"b":2},"Jobs":[{"JobId":1}]}`, `reject syntax {"JobId":tru}`, `{"of":{"Jobs":[],"b":2},"Jobs":[{"JobId":2}]}`}},
		"a missing comma":  {`{"Jobs":[{"JobId":1} {"JobId":2}]}`, 100, []string{`{"of":{"Jobs":[]},"Jobs":[{"JobId":1}]}`, `reject syntax {"JobId":1} {`, `{"of":{"Jobs":[]},"Jobs":[{"JobId":2}]}`}},
		"cut in a job":     {`{"Jobs":[{"JobId":1},{"JobId":`, 100, []string{`{"of":{"Jobs":[]},"Jobs":[{"JobId":1}]}`, `reject truncated {"JobId":`}},
		"cut behind a job": {`{"a":1,"Jobs":[{"JobId":1}],"b":`, 100, []string{`{"of":{"a":1,"Jobs":[]},"Jobs":[{"JobId":1}]}`, `reject truncated {"a":1,"Jobs":[{"JobId":1}],"b":`}},
		"garbage":          {"x {\"JobId\":1}", 100, []string{"reject syntax x ", `{"JobId":1}`}},
		"a lost line":      {"{\"JobId\":1,\"Tasks\":[{\"TaskId\":\n{\"JobId\":2}", 100, []string{"reject syntax {\"JobId\":1,\"Tasks\":[{\"TaskId\":\n", `{"JobId":2}`}},
		"NUL":              {"[  \x00", 100, []string{"reject syntax [  \x00"}},
	} {
		if got := parts(t, c.pieceBytes, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// TestEmpty: an input of nothing but white space has no parts, and says so.
func TestEmpty(t *testing.T) {
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(" \n")), nil }
	err := split.Run(split.Options{MaxDepth: 20, MaxJobBytes: 1 << 20, PieceBytes: 8}, toy{}, open, func(split.Part) error { return errors.New("a part") })
	if !errors.Is(err, split.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

// TestChanged: an input that is another one when it is read again is an error.
func TestChanged(t *testing.T) {
	texts := []string{`{"Jobs":[{"JobId":tru},{"JobId":1}]}`, `{"JobId":1}`}
	open := func() (io.ReadCloser, error) {
		text := texts[0]
		texts = texts[1:]
		return io.NopCloser(strings.NewReader(text)), nil
	}
	err := split.Run(split.Options{MaxDepth: 20, MaxJobBytes: 1 << 20, PieceBytes: 100}, toy{}, open, func(split.Part) error { return nil })
	if err == nil {
		t.Error("no error")
	}
}

// published is the toy in which every document is published.
type published struct{ toy }

func (published) Judge(_, _ []byte, _ bool) split.Verdict {
	return split.Verdict{Head: []byte(`{"Jobs":[`)}
}

// FuzzParts: every part is well-formed, and what is rejected is the same in
// parts of whatever size.
func FuzzParts(f *testing.F) {
	for _, text := range []string{`{"Jobs":[{"JobId":1},{"JobId":tru},{"JobId":2}],"b":2}`, `[{"JobId":1},5,{"JobId":2}`, "{\"JobId\":1,\"Tasks\":[{\"TaskId\":\n{\"JobId\":2}", `{"Jobs":{"List":[{"JobId":1}]}`} {
		f.Add([]byte(text), uint16(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint16) {
		if bytes.IndexByte(text, '<') >= 0 {
			return // XML is not for the toy
		}
		if got, want := rejects(t, int(size)+1, text), rejects(t, 1<<20, text); !slices.Equal(got, want) {
			t.Errorf("%q in parts of %d:\n got %q\nwant %q", text, size+1, got, want)
		}
	})
}

func rejects(t *testing.T, pieceBytes int, text []byte) []string {
	var got []string
	o := split.Options{MaxDepth: 20, MaxJobBytes: 1 << 20, PieceBytes: pieceBytes}
	err := split.Run(o, published{}, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, func(p split.Part) error {
		if r := p.Reject; r != nil {
			got = append(got, fmt.Sprintf("%s %q: %s", r.Code, r.Raw, r.Reason))
			return nil
		}
		s := jsonscan.Scanner{Text: p.Text, MaxDepth: 22}
		for s.Next() != jsonscan.End {
			if !s.Skip() {
				return fmt.Errorf("%q is damaged: %+v", p.Text, s.Bad)
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, split.ErrEmpty) {
		t.Fatal(err)
	}
	return got
}
