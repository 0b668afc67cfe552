package decode

import (
	"strconv"
	"strings"

	"callmill/schema"
)

// settle ends the document and hands out its items; ok says that it was read
// to its end.
func (d *Decoder) settle(ok bool) {
	if d.stopped || d.window.hurt != nil {
		return
	}
	end := d.p
	if !ok && !d.lost {
		bad := d.bad
		way := d.wayOnFrom(bad.at)
		if d.window.more && (bad.code == schema.RejectTruncated || way.kind == atEnd) {
			d.window.need = true
			return
		}
		end = way.at
		if d.cutting() {
			d.stopAt(hurt{d.codeOf(bad, way), reasonOf(bad, d.doc.start), d.doc.start, way, true, false})
			return
		}
		d.count(damaged)
		d.reject(d.codeOf(bad, way), "", reasonOf(bad, d.doc.start), d.b[d.doc.start:end])
		d.bad = damage{}
		d.p, d.depth = end, 0
		d.lost = true
	}
	if d.lost {
		d.depth, d.adrift = 0, true
		d.window.path, d.doc.level = d.window.path[:0], 0
	}
	d.classify(d.b[d.doc.start:end])
	d.noteSettled()
	d.flush()
}

// classify takes back the items of a document that publishes none.
func (d *Decoder) classify(piece []byte) {
	e := &d.env
	found := d.n - d.doc.first
	switch {
	case e.otherAction() != "":
		d.takeBack()
		if !d.dry {
			d.actions[shortened(e.otherAction())]++
		}
		if e.action == schema.ActionListJobGroups {
			d.groups(piece)
		}
	case (e.toldSo && !e.success || found == 0 && e.isError()) && d.unfetchedAlone(piece):
	case e.toldSo && !e.success:
		d.takeBack()
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case d.refused.code != "":
		d.takeBack()
		d.reject(d.refused.code, "", d.refused.reason, piece)
	case found > 0 || d.lost || e.carried:
	case e.isError():
		d.reject(schema.RejectAPIError, "", e.errorText(), piece)
	case !e.holdsJobs && !e.isSuccess():
		d.reject(schema.RejectNotJobs, "", "well-formed, but no response of ListJobs", piece)
	}
}

// takeBack drops the items of the document.
func (d *Decoder) takeBack() {
	d.items = d.items[:0]
	d.n = d.doc.first
}

// otherAction names the action of a document that is none of ListJobs.
func (e *envelope) otherAction() string {
	switch {
	case e.action != "" && e.action != "ListJobs":
		return strings.Clone(e.action)
	case e.action != "":
		return ""
	case e.page != "":
		return e.page
	case e.paged && !e.hasTasks:
		return "ListJobsByGroup"
	}
	return ""
}

// isError: a document without jobs that reports trouble other than by
// Success:false.
func (e *envelope) isError() bool {
	return !e.toldSo && e.code != "" && !e.codeIsOK() || e.status >= 400 || e.httpStatus >= 400
}

func (e *envelope) codeIsOK() bool { return e.code == "OK" || e.code == "200" || e.code == "Success" }

func (e *envelope) isSuccess() bool {
	return e.toldSo && e.success || e.codeIsOK() || e.status == 200
}

func (e *envelope) errorText() string {
	var b strings.Builder
	b.WriteString("the API answered")
	if e.toldSo && !e.success {
		b.WriteString(" Success:false")
	}
	for _, s := range []string{e.code, e.message} {
		if s != "" {
			b.WriteString(" " + quoted(s))
		}
	}
	if status := max(e.status, e.httpStatus); status != 0 {
		b.WriteString(" with status " + strconv.FormatInt(status, 10))
	}
	return b.String()
}
