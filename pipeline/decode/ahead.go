package decode

// readAhead is for documents with more jobs than should wait for its end: it
// reads the rest of it only for what stands around the jobs, and hands out the
// items found so far. It returns false when yield wanted no more.
func (d *Decoder) readAhead() bool {
	if !d.doc.ahead {
		if d.scout == nil {
			d.scout = New(d.o)
			d.scout.dry = true
		}
		d.scout.readEnvelope(d.doc.text, d.doc.start)
		d.doc.ahead = true
	}
	d.env, d.refused = d.scout.env, d.scout.refused
	if d.env.publishesNone(d.refused) {
		d.items = d.items[:0]
		return true
	}
	d.flush()
	return !d.stopped
}

// readEnvelope walks over the document at start, decoding no job.
func (d *Decoder) readEnvelope(text []byte, start int) {
	d.begin(text)
	d.p = start
	if text[start] == '<' {
		d.xmlDocument()
	} else {
		d.document()
	}
}

// publishesNone reports whether the jobs of the document are not published.
func (e *envelope) publishesNone(refused refusal) bool {
	return e.otherAction() != "" || e.toldSo && !e.success || refused.code != ""
}
