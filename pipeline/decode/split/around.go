package split

import (
	"bytes"
	"slices"

	"callmill/schema"
)

// around is a document without its jobs, as the survey found it: text with
// holes where lists of jobs were.
type around struct {
	text  []byte
	holes []int // offsets in text
	jobs  bool  // it has an element that is not null
	calls bool  // an element mentions calls
	lost  bool  // it has no end, or none that was found
	hurt  bool  // a job in it is damaged
	whole bool  // it cannot be sliced
	bare  bool  // it is a job itself

	verdict Verdict
}

// fill appends the text with jobs in one of its holes to dst.
func (a *around) fill(dst []byte, hole int, jobs []byte) []byte {
	at := a.holes[hole]
	dst = append(dst, a.text[:at]...)
	dst = append(dst, jobs...)
	return append(dst, a.text[at:]...)
}

// judge asks what the jobs of the document come to.
func (a *around) judge(g Grammar) {
	if a.whole || a.bare {
		return
	}
	if !a.jobs && !a.lost && !a.hurt {
		a.whole = true
		return
	}
	if len(a.holes) == 0 {
		a.dig()
	}
	job := probe
	if a.calls {
		job = probeCalls
	}
	a.verdict = g.Judge(a.fill(nil, 0, []byte(job)))
	if a.verdict.Outcome == Published && a.calls && g.Judge(a.fill(nil, 0, []byte(probe))).Outcome != Published {
		a.text = slices.Insert(a.text, 1, []byte(pin)...)
		for i := range a.holes {
			a.holes[i] += len(pin)
		}
	}
	mixed := a.verdict.Outcome == Mixed
	switch {
	case (mixed || a.verdict.Outcome == Unread) && !a.lost && !a.hurt:
		a.whole = true
	case mixed:
		r := &schema.Reject{Code: schema.RejectSyntax, Reason: "damaged, and with jobs in more than one place"}
		a.verdict.Outcome, a.verdict.Reject = Refused, sourced(r, a.verdict.Source)
	}
}

// dig makes a hole in a document that was lost before its jobs.
func (a *around) dig() {
	end := bytes.TrimSuffix(a.text, []byte("}"))
	list := `"Jobs":[`
	if rest := bytes.TrimRight(end, " \t\r\n"); rest[len(rest)-1] != '{' {
		list = "," + list
	}
	a.holes = []int{len(end) + len(list)}
	a.text = slices.Concat(end, []byte(list+"]}"))
}
