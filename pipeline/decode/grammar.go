package decode

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"callmill/pipeline/decode/fields"
	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// grammar implements [split.Grammar]. It learns what a document comes to by
// decoding it, so that there is a single reading of documents.
type grammar struct {
	base  schema.Raw // whose documents are split, without body
	dry   *decoder   // counts
	judge *decoder
	raw   schema.Raw // reused
}

func newGrammar(o Options, base *schema.Raw) *grammar {
	g := &grammar{dry: newDecoder(o), judge: newDecoder(o)}
	g.judge.judging = true
	g.dry.Dry, g.dry.raw, g.dry.yield = true, &g.raw, func(schema.Decoded) bool { return true }
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
	d.Free()
	d.Reset(text)
	d.Depth, d.n, d.parts = depth, 0, false
	d.MaxDepth = d.o.MaxDepth
	if len(text) > 0 && text[0] == '<' {
		doc, whole := d.readMarkup(final)
		if !whole {
			return split.Step{}
		}
		d.settleXML(doc)
		return split.Step{Length: doc.End, Items: d.n}
	}
	if !d.document() {
		return split.Step{}
	}
	return split.Step{Length: d.Pos, Items: d.n}
}

func (g *grammar) Name(name []byte) split.Name {
	switch string(name) {
	case "":
		return split.Other
	case "Jobs", "jobs":
		return split.Jobs
	case "Job", "job", "List", "list":
		return split.Wrapper
	case "SearchTaskInfoList", "searchTaskInfoList":
		return split.Rows
	case "body":
		return split.Body
	case "observed_at", "instance_id", "statusCode", "Success", "success":
		return split.Response
	case "JobId", "jobId":
		return split.JobID
	}
	switch {
	case g.dry.isJobField(name):
		return split.JobField
	case g.dry.Inside(name):
		return split.Inner
	}
	return split.Other
}

func (g *grammar) HasTasks(job []byte) bool { return mentionsTasks(job) }

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
		if fields.Spells(name, "JobId") {
			if !d.Token(&id) {
				break
			}
		} else if !d.Skip() {
			break
		}
	}
	id = strings.Clone(id)
	d.Free()
	return id
}

// probeID is the id of the job that Judge puts into a document.
const probeID = "callmill-probe"

func (g *grammar) Judge(before, after []byte, tasks bool) split.Verdict {
	probe := `{"JobId":"` + probeID + `"}`
	if tasks {
		probe = `{"JobId":"` + probeID + `","Tasks":[]}`
	}
	raw := g.base
	raw.Body = slices.Concat(before, []byte(probe), after)
	v := split.Verdict{Outcome: split.Unread}
	for item := range g.judge.all(&raw) {
		switch {
		case item.Reject != nil && v.Outcome == split.Unread:
			v.Outcome, v.Reject = split.Refused, item.Reject
			if bytes.Equal(item.Reject.Raw, raw.Body) {
				item.Reject.Raw = nil
			}
		case item.Job != nil && item.Job.JobID == probeID:
			v.Outcome, v.Head = split.Published, g.head(item.Job)
		case item.Job != nil:
			v.Others = true
		}
	}
	v.Source = g.judge.env.source(&raw)
	v.Source.InstanceID = strings.Clone(v.Source.InstanceID)
	if v.Outcome != split.Unread {
		v.Answer = g.answerOf(v.Source)
	}
	return v
}

// head begins a raw line that says of its jobs what the document of j does.
func (g *grammar) head(j *schema.Job) []byte {
	line := struct {
		Action     string          `json:"action"`
		InstanceID string          `json:"instance_id,omitempty"`
		RequestID  string          `json:"request_id,omitempty"`
		ObservedAt string          `json:"observed_at,omitempty"`
		Asked      schema.RawAsked `json:"asked,omitzero"`
	}{Action: schema.ActionListJobs, RequestID: j.RequestID, Asked: schema.RawAsked{JobIDs: g.judge.env.asked}}
	if j.InstanceID != g.base.InstanceID {
		line.InstanceID = j.InstanceID
	}
	if !j.Undated && (g.base.Undated || j.ObservedAt != g.base.ObservedAt) {
		line.ObservedAt = schema.RawInstant(j.ObservedAt)
	}
	text, _ := json.Marshal(line) // strings are never an error
	return append(text[:len(text)-1], `,"Jobs":[`...)
}

// split cuts text, in which the decoder met damage, into parts without any.
func (d *decoder) split(text []byte, yield func(split.Part) error) error {
	g := d.grammarOf()
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	return split.Run(splitOptions(d.o, d.raw), g, open, yield)
}

// grammarOf returns the grammar for the body being read.
func (d *decoder) grammarOf() *grammar {
	if d.grammar == nil {
		d.grammar = newGrammar(d.o, d.raw)
	}
	d.grammar.reset(d.raw)
	return d.grammar
}

func splitOptions(o Options, base *schema.Raw) split.Options {
	return split.Options{
		MaxDepth: o.MaxDepth, MaxJobBytes: o.MaxJobBytes, PieceBytes: o.PieceBytes,
		Source: new(envelope).source(base),
	}
}

// isJobField reports whether an object with this member, and without Jobs
// before it, is a job itself. status with a small letter is a raw line's.
func (d *decoder) isJobField(name []byte) bool {
	return string(name) != "status" && d.IsJobField(name)
}

var _ split.Grammar = (*grammar)(nil)
