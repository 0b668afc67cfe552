package decode

// opening is a bracket or an element that stands open around the jobs of a
// document, with the name before it. The document itself, in XML, is one
// without text.
type opening struct{ open, close string }

// window is what a Decoder keeps for Cut, which lets it walk over a part of a
// larger text.
type window struct {
	cutting bool      // the walk is to stop at damage, and say so in hurt
	more    bool      // text follows
	need    bool      // the walk stopped for want of it
	single  bool      // the walk is to stop behind the first document
	marked  int       // where the text may be cut
	level   int       // how much of path is open there
	path    []opening // what is open at p
	hurt    *hurt

	// What is known of the first document from windows before; nil where it
	// begins in this one.
	carried *surroundings

	// The first document that came to its end: what was around its jobs, and
	// where that end is.
	first *settled
}

// surroundings are a document without its jobs.
type surroundings struct {
	env     envelope
	refused refusal
}

// settled is the end of a document in a window.
type settled struct {
	surroundings
	end  int
	n    int64     // position of the next item
	path []opening // what is open around the document
}

// hurt is damage the walk stopped at.
type hurt struct {
	code, reason string
	start, end   int  // what is rejected
	lost         bool // the document does not go on at end
}

// stopAt ends the walk at damage.
func (d *Decoder) stopAt(h hurt) bool {
	d.window.hurt = &h
	return false
}

// cutting reports whether the walk stops at damage. Within a body given as
// text it does not: that is in one piece anyway.
func (d *Decoder) cutting() bool { return d.window.cutting && !d.doc.inner }

// ends reports whether the walk is over before the end of the window.
func (w *window) ends() bool {
	return w.need || w.hurt != nil || w.single && w.first != nil
}

// push, pop and mark keep the way from the beginning of the text to p.

func (d *Decoder) push(open, close string) {
	if d.dry && !d.doc.inner {
		d.window.path = append(d.window.path, opening{open, close})
		d.markHere()
	}
}

func (d *Decoder) pop() {
	if d.dry && !d.doc.inner {
		d.window.path = d.window.path[:len(d.window.path)-1]
	}
}

// mark notes that the text may be cut at p, behind a value: not before the
// text shows that it is followed as it should be.
func (d *Decoder) mark() {
	if !d.dry || d.doc.inner {
		return
	}
	ahead := scanner{b: d.b, p: d.p}
	switch ahead.next() {
	case ']', '}':
		d.markHere()
	case ',':
		ahead.p++
		if c := ahead.next(); c != ']' && c != '}' && (ahead.p < len(d.b) || !d.window.more) {
			d.markHere()
		}
	case 0:
		if !d.window.more {
			d.markHere()
		}
	}
}

// markHere is mark where nothing has to follow: behind an opening bracket,
// between documents and between elements of XML.
func (d *Decoder) markHere() {
	if !d.doc.inner {
		d.window.marked, d.window.level = d.p, len(d.window.path)
	}
}

// markedPath is what is open where the text may be cut. What was left since
// then still lies behind the end of path.
func (w *window) markedPath() []opening { return w.path[:w.level] }

// runsOut reports whether a text that ends too early goes on in the next
// window.
func (d *Decoder) runsOut() bool { return d.window.more && !d.doc.inner }

// noteSettled remembers the end of the window's first document.
func (d *Decoder) noteSettled() {
	if !d.dry || d.window.first != nil {
		return
	}
	d.window.first = &settled{
		surroundings: surroundings{d.env, d.refused},
		end:          d.p, n: d.n,
		path: append([]opening(nil), d.window.path[:d.doc.pathLen]...),
	}
}
