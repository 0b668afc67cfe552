package decode

import (
	"strconv"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
	"callmill/schema"
)

// xmlDocument reads the XML document at Pos and yields its items. Damage ends
// where the document does.
func (d *Decoder) xmlDocument() {
	d.open()
	d.markup = true
	end, _ := markup.End(d.Text[d.Pos:], true, d.xmlNames(), d.o.MaxDepth)
	piece := d.Text[d.Pos : d.Pos+end]
	d.count(xmlDocument)
	if len(piece) > 2*d.o.PieceBytes && !d.dry {
		d.ahead = d.readAround(piece)
		defer func() { d.ahead = nil }()
	}
	if bad := d.xml(piece); bad.Code != "" {
		d.count(damaged)
		d.reject(bad.Code, "", reasonOf(bad), piece)
		d.env.lost = true
	}
	d.Pos += end
	if d.ahead != nil {
		d.env, d.refused = d.ahead.env, d.ahead.refused
	}
	d.settle(piece)
}

// around is what a long document says around its jobs, read ahead of them.
type around struct {
	env     envelope
	refused refusal
}

// readAround reads the document piece for what stands around its jobs.
func (d *Decoder) readAround(piece []byte) *around {
	g := d.grammarOf()
	g.Step(piece, 0, true)
	return &around{g.dry.env, g.dry.refused}
}

// publishes reports whether the jobs of the document are items.
func (a *around) publishes() bool {
	return a.env.otherAction() == "" && !a.env.failed() && a.refused.code == ""
}

// handOut yields the items of a long document before its end.
func (d *Decoder) handOut() {
	if !d.ahead.publishes() {
		d.items = d.items[:0]
		return
	}
	d.env, d.refused = d.ahead.env, d.ahead.refused
	d.flush()
}

// xml reads a text that is one XML document.
func (d *Decoder) xml(text []byte) jsonscan.Damage {
	outer := d.enterText(text)
	defer d.leaveText(outer)
	_, bad := markup.Read(text, d.xmlNames(), d.o.MaxDepth, xmlHandler{d})
	return bad
}

func (d *Decoder) xmlNames() markup.Names {
	return markup.Names{
		Field: func(name string) bool { return d.objects.response.has([]byte(name)) },
		Wraps: func(name string) bool { return jobs.wraps([]byte(name)) },
	}
}

// xmlHandler decodes what a document holds.
type xmlHandler struct{ d *Decoder }

// Field implements [markup.Handler].
func (h xmlHandler) Field(name string, value []byte) {
	d := h.d
	outer := d.enterText(d.memory.texts.keep(value))
	d.repeats = true
	after := 0
	readMember(d, d.objects.envelope, &d.env, []byte(name), &after, (*Decoder).strayOfResponse)
	d.repeats = false
	d.leaveText(outer)
}

// Unknown implements [markup.Handler].
func (h xmlHandler) Unknown(name string, raw []byte) {
	h.d.count(unknownField)
	h.d.strayElement(name, raw)
}

// Job implements [markup.Handler].
func (h xmlHandler) Job(value, raw []byte) {
	d := h.d
	d.env.holdsJobs = true
	outer := d.enterText(d.memory.texts.keep(value))
	d.repeats = true
	d.readJob(raw) // the text is well-formed
	d.repeats = false
	d.leaveText(outer)
	if d.ahead != nil && len(d.items) >= maxWaiting {
		d.handOut()
	}
}

// Damaged implements [markup.Handler].
func (h xmlHandler) Damaged(bad jsonscan.Damage, raw []byte) {
	h.d.env.holdsJobs = true
	h.d.count(damaged)
	h.d.reject(bad.Code, "", reasonOf(bad), raw)
}

// Refused implements [markup.Handler].
func (h xmlHandler) Refused(where, text string) {
	what := "text, not a job"
	if text != "" {
		what = "text: " + quoted(text)
	}
	h.d.refuse(schema.RejectShape, where, what)
}

// Note implements [markup.Handler].
func (h xmlHandler) Note(n markup.Note) {
	d := h.d
	switch n {
	case markup.Attribute:
		d.count(xmlAttribute)
	case markup.Wrapped:
		d.count(wrapped)
		d.env.wrapped = true
	case markup.Paged:
		d.env.paged = true
	case markup.BareJob:
		d.count(bareJob)
	case markup.HasJobs:
		d.env.holdsJobs = true
	}
}

// Root implements [markup.Handler].
func (h xmlHandler) Root(name string) { h.d.env.page = pageOfRoot(name) }

// refuseMixed refuses a job with text where only elements can be.
func (d *Decoder) refuseMixed(name []byte) bool {
	if string(name) == markup.MixedText {
		d.refuse(schema.RejectShape, "an element", "text and elements mixed")
		return true
	}
	return false
}

// enterText makes text what is being read, until leaveText.
func (d *Decoder) enterText(text []byte) (outer jsonscan.Scanner) {
	outer = d.Scanner
	d.Scanner = jsonscan.Scanner{Text: text, Depth: outer.Depth, MaxDepth: outer.MaxDepth}
	return outer
}

func (d *Decoder) leaveText(outer jsonscan.Scanner) { d.Scanner = outer }

func reasonOf(bad jsonscan.Damage) string { return bad.What + ", at byte " + strconv.Itoa(bad.At) }
