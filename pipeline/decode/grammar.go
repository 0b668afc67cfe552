package decode

import (
	"bytes"
	"io"
	"strings"

	"callmill/pipeline/decode/markup"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// grammar implements [split.Grammar]. It learns what a document comes to by
// decoding it, so that there is a single reading of documents.
type grammar struct {
	base  schema.Raw // whose documents are split, without body
	dry   *Decoder   // counts
	judge *Decoder
	raw   schema.Raw // reused
}

func newGrammar(o Options, base *schema.Raw) *grammar {
	g := &grammar{dry: New(o), judge: New(o)}
	g.dry.dry, g.dry.raw, g.dry.yield = true, &g.raw, func(schema.Decoded) bool { return true }
	g.reset(base)
	return g
}

func (g *grammar) reset(base *schema.Raw) {
	g.base = schema.Raw{
		Origin: base.Origin, InstanceID: base.InstanceID, ObservedAt: base.ObservedAt, Undated: base.Undated, Part: true,
	}
}

func (g *grammar) Step(text []byte, depth int, final bool) split.Step {
	d := g.dry
	d.memory.reset()
	d.Reset(text)
	d.Depth, d.n, d.parts = depth, 0, false
	d.MaxDepth = d.o.MaxDepth
	if len(text) > 0 && text[0] == '<' {
		end, whole := markup.End(text, final, d.xmlNames(), d.o.MaxDepth)
		if !whole {
			return split.Step{}
		}
		d.Text = text[:end]
		d.xmlDocument()
		return split.Step{Length: end, Items: d.n}
	}
	if !d.document() {
		return split.Step{}
	}
	return split.Step{Length: d.Pos, Items: d.n}
}

func (g *grammar) Name(name []byte) split.Name {
	o := &g.dry.objects
	switch string(name) {
	case "":
		return split.Other
	case "Jobs", "jobs":
		return split.Jobs
	case "body":
		return split.Body
	case "observed_at", "instance_id", "statusCode", "Success", "success":
		return split.Response
	case "JobId", "jobId":
		return split.JobID
	}
	switch {
	case isJobField(o, name):
		return split.JobField
	case o.inside(name):
		return split.Inner
	}
	return split.Other
}

func (g *grammar) Wraps(name []byte) bool { return jobs.wraps(name) }

func (g *grammar) Mentions(job []byte) bool { return mentionsTasks(job) }

// mentionsTasks reports whether a job may have calls, which one of
// ListJobsByGroup never has.
func mentionsTasks(job []byte) bool {
	return bytes.Contains(job, []byte(`"Tasks"`)) || bytes.Contains(job, []byte(`"tasks"`))
}

// JobID is the id of the job that piece begins with, where it stands before the
// damage.
func (g *grammar) JobID(piece []byte) string {
	d := g.judge
	d.Reset(piece)
	d.MaxDepth = d.o.MaxDepth
	id := ""
	if len(piece) == 0 || piece[0] != '{' || !d.Enter() {
		return ""
	}
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			break
		}
		if is(name, "JobId", "jobId") {
			if !d.token(&id) {
				break
			}
		} else if !d.Skip() {
			break
		}
	}
	id = strings.Clone(id)
	d.memory.reset()
	return id
}

func (g *grammar) Judge(document []byte) split.Verdict {
	raw := g.base
	raw.Body = document
	v := split.Verdict{Outcome: split.Unread, Source: split.Source{InstanceID: raw.InstanceID, ObservedAt: raw.ObservedAt, Undated: raw.Undated}}
	for item := range g.judge.Items(&raw) {
		r := item.Reject
		switch {
		case item.Facts != nil || item.Group != nil:
		case v.Outcome != split.Unread:
			v.Outcome = split.Mixed
		case item.Job != nil && item.Job.JobID == split.ProbeID:
			v.Outcome = split.Published
			v.Source = split.Source{InstanceID: strings.Clone(item.Job.InstanceID), ObservedAt: item.Job.ObservedAt, Undated: item.Job.Undated}
		case r != nil && bytes.Equal(r.Raw, document):
			r.Raw = nil
			v.Outcome, v.Reject = split.Refused, r
		case r != nil && r.Code == schema.RejectUnfetched:
			v.Outcome, v.Reject = split.Refused, r
		default:
			v.Outcome = split.Mixed
		}
	}
	return v
}

// split cuts text, in which the decoder met damage, into parts without any; array
// and markup are those of [split.Options].
func (d *Decoder) split(text []byte, array, markup bool, yield func(split.Part) error) error {
	g := d.grammarOf()
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	return split.Run(splitOptions(d.o, d.raw, array, markup), g, open, yield)
}

// grammarOf returns the grammar for the body being read.
func (d *Decoder) grammarOf() *grammar {
	if d.grammar == nil {
		d.grammar = newGrammar(d.o, d.raw)
	}
	d.grammar.reset(d.raw)
	return d.grammar
}

func splitOptions(o Options, base *schema.Raw, array, markup bool) split.Options {
	return split.Options{
		MaxDepth: o.MaxDepth, MaxJobBytes: o.MaxJobBytes, PieceBytes: o.PieceBytes, Array: array, Markup: markup,
		Source: split.Source{InstanceID: base.InstanceID, ObservedAt: base.ObservedAt, Undated: base.Undated},
	}
}

// isJobField reports whether an object with this member, and without Jobs
// before it, is a job itself. status with a small letter is a raw line's.
func isJobField(o *objects, name []byte) bool {
	return len(name) > 0 && o.job.has(name) && string(name) != "status"
}

// inside reports whether name is a field of what lies inside a job, and not
// one of a job.
func (o *objects) inside(name []byte) bool {
	return len(name) > 0 && !o.job.has(name) &&
		(o.task.has(name) || o.turn.has(name) || o.contact.has(name) || o.extra.has(name) || o.summary.has(name))
}

var _ split.Grammar = (*grammar)(nil)
