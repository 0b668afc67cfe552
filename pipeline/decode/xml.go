package decode

import (
	"strconv"
	"strings"

	"callmill/pipeline/decode/fields"
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
		Field: func(name string) bool { return d.responses.Has([]byte(name)) },
		Wraps: func(name string) bool { return fields.Jobs.Wraps([]byte(name)) },
	}, d.o.MaxDepth)
}

func (d *Decoder) settleXML(doc *markup.Document) {
	d.open()
	piece := d.Text[d.Pos : d.Pos+doc.End]
	d.Count(fields.XMLDocument)
	d.decodeXML(doc)
	if doc.Bad.Code != "" {
		d.Count(fields.Damaged)
		d.reject(doc.Bad.Code, "", reasonOf(doc.Bad), piece)
		d.env.lost = true
	}
	d.Pos += doc.End
	d.settle(piece)
}

// decodeXML decodes the response in an XML document.
func (d *Decoder) decodeXML(doc *markup.Document) {
	outer := d.EnterText(doc.JSON)
	d.Depth, d.MaxDepth = 0, len(doc.JSON) // markup has counted
	d.xml, d.XML = doc, true
	d.env.page = pageOfRoot(doc.Root)
	if doc.BareJob {
		d.Count(fields.BareJob)
	}
	for range doc.Attributes {
		d.Count(fields.XMLAttribute)
	}
	fields.ReadObject(d.Reader, d.responses, d, suspectJobs)
	d.xml, d.XML = nil, false
	d.LeaveText(outer)
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
	if d.XML {
		return d.xml.Raw(start)
	}
	return d.Text[start:d.Pos]
}

// damagedXML reads the number of a job that could not be spelled as JSON.
func (d *Decoder) damagedXML() bool {
	i, _, ok := d.Integer()
	job := &d.xml.Damaged[i]
	d.Count(fields.Damaged)
	d.reject(job.Bad.Code, "", reasonOf(job.Bad), job.Raw)
	return ok
}

func reasonOf(bad jsonscan.Damage) string { return bad.What + ", at byte " + strconv.Itoa(bad.At) }
