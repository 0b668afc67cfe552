package decode

import (
	"strconv"
	"strings"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
	"callmill/schema"
)

// xmlDocument reads the XML document at Pos and yields its items. Damage ends
// where the document does.
func (d *Decoder) xmlDocument() {
	doc, _ := d.readMarkup(true)
	d.settleXML(doc)
}

// readMarkup reads the XML document at Pos as JSON; final says that it goes no
// further than the text.
func (d *Decoder) readMarkup(final bool) (doc *markup.Document, whole bool) {
	return markup.Read(d.Text[d.Pos:], final, markup.Names{
		Field: func(name string) bool { return d.objects.response.has([]byte(name)) },
		Wraps: func(name string) bool { return jobs.wraps([]byte(name)) },
	}, d.o.MaxDepth)
}

func (d *Decoder) settleXML(doc *markup.Document) {
	d.open()
	piece := d.Text[d.Pos : d.Pos+doc.End]
	d.count(xmlDocument)
	d.decodeXML(doc)
	if doc.Bad.Code != "" {
		d.count(damaged)
		d.reject(doc.Bad.Code, "", reasonOf(doc.Bad), piece)
		d.env.lost = true
	}
	d.Pos += doc.End
	d.settle(piece)
}

// decodeXML decodes the response in an XML document.
func (d *Decoder) decodeXML(doc *markup.Document) {
	outer := d.enterText(doc.JSON)
	d.Depth, d.MaxDepth = 0, len(doc.JSON) // markup has counted
	d.xml = doc
	d.env.page = pageOfRoot(doc.Root)
	if doc.BareJob {
		d.count(bareJob)
	}
	for range doc.Attributes {
		d.count(xmlAttribute)
	}
	readObject(d, d.objects.response, &d.env, (*Decoder).strayOfResponse)
	d.xml = nil
	d.leaveText(outer)
}

// pageOfRoot returns the action that a root element names, where that is not
// ListJobs.
func pageOfRoot(root string) string {
	switch action := strings.TrimSuffix(root, "Response"); action {
	case schema.ActionSearchTask, schema.ActionListJobGroups, schema.ActionListJobsByGroup:
		return action
	}
	return ""
}

// received returns the value of the text from start to Pos as it was received.
func (d *Decoder) received(start int) []byte {
	if d.xml != nil {
		return d.xml.Raw(start)
	}
	return d.Text[start:d.Pos]
}

// damagedXML reads the number of a job that could not be spelled as JSON.
func (d *Decoder) damagedXML() bool {
	i, _, ok := d.integer()
	job := &d.xml.Damaged[i]
	d.count(damaged)
	d.reject(job.Bad.Code, "", reasonOf(job.Bad), job.Raw)
	return ok
}

// enterText makes text what is being read, until leaveText.
func (d *Decoder) enterText(text []byte) (outer jsonscan.Scanner) {
	outer = d.Scanner
	d.Scanner = jsonscan.Scanner{Text: text, Depth: outer.Depth, MaxDepth: outer.MaxDepth}
	return outer
}

func (d *Decoder) leaveText(outer jsonscan.Scanner) { d.Scanner = outer }

func reasonOf(bad jsonscan.Damage) string { return bad.What + ", at byte " + strconv.Itoa(bad.At) }
