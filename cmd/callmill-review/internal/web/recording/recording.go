// Package recording says where the recording of a call is, by a template of its URL:
//
//	https://recordings.example.com/{instance}/{call_id}.mp3
//
// The desk has no recordings: it links to them.
package recording

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Call is what a template may name of a call.
type Call struct {
	Instance, Job, Task, CallID string
	Number                      string // that called
	Date                        string // of the call, 2026-01-24; "" without a time
}

// places are the names in braces.
var places = []string{"instance", "job", "task", "call_id", "number", "date"}

// Template makes URLs. The zero value makes none.
type Template struct {
	parts  []string // text and names, in turn
	needed []string
}

// Parse parses a template. It is a URL of http or https, or a path of this host, and
// names at least a job, a task or a call id.
func Parse(text string) (Template, error) {
	var t Template
	rest := text
	for {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return Template{}, fmt.Errorf("invalid template %q: } without {", text)
		}
		t.parts = append(t.parts, before)
		if !found {
			break
		}
		name, more, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(places, name) {
			return Template{}, fmt.Errorf("invalid template %q: in braces stands one of %s", text, strings.Join(places, ", "))
		}
		t.parts, t.needed, rest = append(t.parts, name), append(t.needed, name), more
	}
	if err := checkURL(text, t.parts); err != nil {
		return Template{}, err
	}
	if !slices.ContainsFunc(t.needed, func(name string) bool { return name == "job" || name == "task" || name == "call_id" }) {
		return Template{}, fmt.Errorf("invalid template %q: every call would have the same recording; name {job}, {task} or {call_id}", text)
	}
	return t, nil
}

// checkURL refuses what is no URL of a page, and places in the name of the host: where a
// link leads must not depend on what is in a call.
func checkURL(text string, parts []string) error {
	example := strings.Builder{}
	for i, part := range parts {
		if i%2 == 1 {
			part = "x"
		}
		example.WriteString(part)
	}
	u, err := url.Parse(example.String())
	if err != nil {
		return fmt.Errorf("invalid template: %w", err)
	}
	first, err := url.Parse(parts[0]) // that far nothing depends on the call
	switch {
	case err != nil || first.Scheme != u.Scheme || first.Host != u.Host || u.User != nil:
		return fmt.Errorf("invalid template %q: nothing in braces may stand in the host", text)
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.Contains(text, `\`):
		return nil
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Opaque == "" && strings.HasPrefix(first.Path, "/"):
		return nil
	}
	return fmt.Errorf("invalid template %q: want a URL of http or https, or a path that begins with /", text)
}

// URL returns where the recording of a call is, "" where the template needs something
// that is not known of it.
func (t Template) URL(c Call) string {
	if len(t.parts) == 0 {
		return ""
	}
	values := map[string]string{
		"instance": c.Instance, "job": c.Job, "task": c.Task, "call_id": c.CallID, "number": c.Number, "date": c.Date,
	}
	var b strings.Builder
	query := false
	for i, part := range t.parts {
		if i%2 == 0 {
			query = query || strings.ContainsAny(part, "?#")
			b.WriteString(part)
			continue
		}
		v := values[part]
		switch {
		case v == "" || v == "." || v == "..":
			return ""
		case query:
			b.WriteString(url.QueryEscape(v))
		default:
			b.WriteString(url.PathEscape(v))
		}
	}
	return b.String()
}
