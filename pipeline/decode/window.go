package decode

// opening is a bracket or an element that stands open around the jobs of a
// document, with the name before it. The document itself, in XML, is one
// without text.
type opening struct {
	open, close string
	// fill stands, in a window, for what came before in an object or array, so
	// that the comma that follows is where it belongs.
	fill string
	// keep says that pieces need the fill, too, to be understood.
	keep bool
}

// window is what a Decoder keeps for Cut, which lets it walk over a part of a
// larger text.
type window struct {
	cutting bool      // the walk is to stop at damage, and say so in hurt
	more    bool      // text follows
	need    bool      // the walk stopped for want of it
	marked  mark      // up to where the text is whole
	path    []opening // what is open at p
	hurt    *hurt

	// What is known of the first document from windows before; nil where it
	// begins in this one.
	carried *surroundings

	// The first document that came to its end: what was around its jobs, and
	// where that end is.
	first *settled
}

// mark is a place between two values.
type mark struct {
	at    int
	level int   // how much of path is open there
	n     int64 // position of the item that follows
	fresh bool  // it is behind an opening bracket
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
	start        int  // of what is rejected
	way          way  // where to go on
	lost         bool // the document does not go on there, nor does an array around it
	ends         bool // the document, a bare job, ends there
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
	return w.need || w.hurt != nil
}

// push, pop and mark keep the way from the beginning of the text to p.

func (d *Decoder) push(o opening) {
	if d.dry && !d.doc.inner {
		d.window.path = append(d.window.path, o)
		d.mark()
		d.window.marked.fresh = true
	}
}

func (d *Decoder) pop() {
	if d.dry && !d.doc.inner {
		d.window.path = d.window.path[:len(d.window.path)-1]
	}
}

// mark notes that the text is whole up to p, where a value ended.
func (d *Decoder) mark() {
	if d.dry && !d.doc.inner {
		d.window.marked = mark{d.p, len(d.window.path), d.n, false}
	}
}

// openAt is what is open at m. What was left since then still lies behind the
// end of path.
func (w *window) openAt(m mark) []opening { return append([]opening(nil), w.path[:m.level]...) }

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
		path: d.window.openAt(mark{level: d.doc.level}),
	}
}
