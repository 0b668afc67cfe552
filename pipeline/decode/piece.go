package decode

import (
	"bytes"
	"strconv"
	"strings"

	"callmill/schema"
)

// send yields a piece, whose items take the positions up to n.
func (c *cutter) send(body []byte, n int64) error {
	raw := c.base
	raw.Position, raw.Body = c.n, body
	raw.Release = func() { c.pool.Put(&body) }
	c.any = true
	if c.yield == nil {
		c.n = n
		return nil
	}
	c.n = n
	return c.yield(&raw)
}

// sendNone says of a long document that none of its jobs is published.
func (c *cutter) sendNone() error {
	env, refused := &c.within.env, c.within.refused
	if action := env.otherAction(); action != "" {
		body := append(appendEscaped([]byte(`{"action":"`), []byte(action)), `"}`...)
		return c.send(body, c.n)
	}
	code, reason := refused.code, refused.reason
	if env.toldSo && !env.success {
		code, reason = schema.RejectAPIError, env.errorText()
	}
	start := pieceStart{raw: c.text[c.head:]}
	return c.reject(code, reason, start)
}

// piece is the window up to end with what is open there closed. In the window
// a document begins in, behind is its envelope, written behind its jobs; in
// those that follow, it is written before them.
func (c *cutter) piece(end int, path []opening, behind *envelope) []byte {
	if c.yield == nil {
		return nil
	}
	body := (*c.pool.Get().(*[]byte))[:0]
	around := ""
	if c.within != nil && behind == nil {
		around = c.within.env.members(isXML(c.path))
	}
	body = append(body, opened(c.path, around, c.text[c.head:end])...)
	text := ""
	if behind != nil {
		text = behind.members(isXML(path))
	}
	return append(body, closed(path, text)...)
}

// filled is the text that opens path in a window.
func filled(path []opening) string {
	var b strings.Builder
	for i, o := range path {
		if i > 0 && !isXML(path) {
			b.WriteByte(',')
		}
		b.WriteString(o.open + o.fill)
	}
	return b.String()
}

// opened is the text that opens path in a piece, with members in the document,
// and what follows there.
func opened(path []opening, members string, rest []byte) string {
	if len(path) == 0 || isXML(path) {
		return openedXML(path, members) + string(rest)
	}
	var b strings.Builder
	level, comma := memberLevel(path), false
	for i, o := range path {
		if comma {
			b.WriteByte(',')
		}
		b.WriteString(o.open)
		comma = true
		switch {
		case i == level && members != "":
			b.WriteString(members)
		case o.keep:
			b.WriteString(o.fill)
		default:
			comma = false
		}
	}
	// The rest begins with the comma that followed on the fill.
	if rest = bytes.TrimLeft(rest, " \t\r\n"); !comma {
		rest = bytes.TrimPrefix(rest, []byte(","))
	}
	b.Write(rest)
	return b.String()
}

func openedXML(path []opening, members string) string {
	var b strings.Builder
	level := memberLevel(path)
	for i, o := range path {
		b.WriteString(o.open)
		if i == level {
			b.WriteString(members)
		}
	}
	return b.String()
}

// closed is the text that closes path, with members in the document.
func closed(path []opening, members string) string {
	var b strings.Builder
	level := memberLevel(path)
	for i := len(path) - 1; i >= 0; i-- {
		if i == level && members != "" {
			if !isXML(path) {
				b.WriteByte(',')
			}
			b.WriteString(members)
		}
		b.WriteString(path[i].close)
	}
	return b.String()
}

// memberLevel is the index in path of what holds the members of the document:
// its outermost object, its root element, or the document itself.
func memberLevel(path []opening) int {
	for i, o := range path {
		if strings.HasSuffix(o.open, "{") {
			return i
		}
	}
	if len(path) > 1 && isXML(path) && !isJobsTag(path[1].open) {
		return 1
	}
	return 0
}

// isJobsTag tells the element of the jobs from the root of a document.
func isJobsTag(tag string) bool {
	_, name, prefixed := strings.Cut(tag, ":")
	if !prefixed {
		name = strings.TrimPrefix(tag, "<")
	}
	return name == "Jobs>" || name == "jobs>"
}

func isXML(path []opening) bool { return len(path) > 0 && path[0].open == "" }

// members spells the envelope again.
func (e *envelope) members(asXML bool) string {
	var b strings.Builder
	add := func(name, value string, isText bool) {
		switch {
		case asXML:
			b.WriteString("<" + name + ">" + xmlText(value) + "</" + name + ">")
			return
		case isText:
			value = `"` + string(appendEscaped(nil, []byte(value))) + `"`
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":` + value)
	}
	text := func(name, value string) {
		if value != "" {
			add(name, value, true)
		}
	}
	text("RequestId", e.requestID)
	text("Code", e.code)
	text("Message", e.message)
	if e.toldSo {
		add("Success", strconv.FormatBool(e.success), false)
	}
	if e.status != 0 {
		add("HttpStatusCode", strconv.FormatInt(e.status, 10), false)
	}
	if asXML {
		return b.String()
	}
	text("instance_id", e.instanceID)
	text("action", e.action)
	text("request_id", e.lineRequestID)
	if e.dated {
		add("observed_at", strconv.FormatInt(e.observedAt, 10), false)
	}
	if e.asked != "" {
		add("asked", e.asked, false)
	}
	if e.httpStatus != 0 {
		add("status", strconv.FormatInt(e.httpStatus, 10), false)
	}
	return b.String()
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;").Replace(s)
}

// clone is e with strings that do not lie in a window.
func (e *envelope) clone() envelope {
	c := *e
	for _, s := range []*string{&c.code, &c.message, &c.requestID, &c.page, &c.instanceID, &c.action, &c.lineRequestID, &c.asked} {
		*s = strings.Clone(*s)
	}
	return c
}
