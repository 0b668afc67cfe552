package decode

import "callmill/schema"

func (d *Decoder) xmlDocument() {
	d.open()
	d.fail(schema.RejectNotJobs, "not JSON")
	d.p = len(d.b)
	d.settle(false)
}

func (d *Decoder) xmlResponse() bool { return d.fail(schema.RejectNotJobs, "not JSON") }
