package verify

import "callmill/pipeline/dataset/verify/consistency"

// prepareDerived prepares to derive rows again, or says why that is left out.
func (p *plan) prepareDerived() {
	const checks = "derived columns"
	switch {
	case p.o.Quick:
		p.leaveOut("rows", "quick")
	case p.o.Job == nil:
		p.leaveOut("content hashes and "+checks, "nothing was given to make jobs of rows")
	case !p.sameOutcomes:
		p.leaveOut(checks+" and statuses", "statuses meant something else when the snapshot was made")
	case p.o.Rows == nil:
		p.leaveOut(checks, "nothing was given to compute them")
	default:
		if rows, err := p.o.Rows(p.manifest.Settings); err != nil {
			p.leaveOut(checks, err.Error())
		} else {
			p.rows = rows
		}
	}
}

// rules returns what a worker checks jobs against.
func (p *plan) rules() consistency.Rules {
	r := consistency.Rules{NoDay: p.noDay, Location: p.location, Job: p.o.Job}
	if p.manifest != nil {
		r.Format = p.manifest.Format
	}
	if p.rows != nil {
		r.Derive = p.rows()
	}
	if p.contactKey != nil {
		r.ContactKey = p.contactKey(p.manifest.Settings.Derivation)
	}
	return r
}
