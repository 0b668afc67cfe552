package decode

// opening is a bracket or an element that stands open around the jobs of a
// document, with what comes before it.
type opening struct{ open, close string }

// push, pop and mark keep the way from the beginning of the text to p, so that
// a large input can be cut there: see Cut.

func (d *Decoder) push(open, close string) {
	if d.dry && !d.doc.inner {
		d.path = append(d.path, opening{open, close})
		d.mark()
	}
}

func (d *Decoder) pop() {
	if d.dry && !d.doc.inner {
		d.path = d.path[:len(d.path)-1]
	}
}

// mark notes that the text may be cut at p.
func (d *Decoder) mark() {
	if !d.doc.inner {
		d.marked = d.p
	}
}
