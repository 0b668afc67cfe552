package decode

import (
	"strconv"
	"strings"

	"callmill/pipeline/decode/split"
	"callmill/schema"
)

// asked are the jobs that a raw line asked for, and what became of each.
type asked struct {
	ids     []string       // each once
	trouble []string       // of each: one of schema.Pending…, "" for a job that came
	index   map[string]int // of each id; never assigned twice, which would replace the memory of the key
	// unread: some of the answer could not be read, and has no id or that of another
	// job. It may be any job that did not come.
	unread bool
}

// ask begins with a list of ids.
func (a *asked) ask(ids []string) {
	a.ids, a.trouble, a.unread = a.ids[:0], a.trouble[:0], false
	if a.index == nil {
		a.index = make(map[string]int, len(ids))
	}
	clear(a.index)
	for _, id := range ids {
		if _, twice := a.index[id]; id != "" && !twice {
			a.index[id] = len(a.ids)
			a.ids, a.trouble = append(a.ids, id), append(a.trouble, schema.PendingMissing)
		}
	}
}

// meet notes an item of the answer. It reports false for a job that was not
// asked for.
func (a *asked) meet(item *schema.Decoded) bool {
	switch {
	case item.Job != nil:
		i, known := a.index[item.Job.JobID]
		if known {
			a.trouble[i] = ""
		}
		return known
	case item.Reject != nil:
		a.refuse(item.Reject)
	}
	return true
}

func (a *asked) refuse(r *schema.Reject) {
	trouble := schema.PendingRejected
	if r.Code == schema.RejectUnfetched {
		trouble = schema.PendingUnfetched
	}
	switch i, known := a.index[r.JobID]; {
	case !known:
		a.unread = true
	case a.trouble[i] != "":
		a.trouble[i] = trouble
	}
}

// rest yields the jobs that did not come, and why.
func (a *asked) rest(yield func(id, trouble string)) {
	for i, id := range a.ids {
		trouble := a.trouble[i]
		if trouble == schema.PendingMissing && a.unread {
			trouble = schema.PendingRejected
		}
		if trouble != "" {
			yield(id, trouble)
		}
	}
}

// reconcile compares the items of a document with what its raw line asked for:
// jobs that were not are refused, those that did not come are expected. Of a
// slice of a document it is told whether they came: see answer.
func (d *decoder) reconcile() {
	if len(d.env.asked) == 0 || d.Dry || d.judging || d.env.otherAction() != "" {
		return
	}
	d.asked.ask(d.env.asked)
	if len(d.asked.ids) == 0 {
		return
	}
	for i := range d.items {
		item := &d.items[i]
		known := d.asked.meet(&item.Decoded)
		switch {
		case !known:
			*item = d.notAsked(item)
		case item.Job != nil:
			item.Job.Asked = true
		}
	}
	if d.slice {
		return
	}
	d.asked.rest(func(id, trouble string) { d.items = append(d.items, d.expected(id, trouble)) })
}

// notAsked is the reject of a job that was not asked for.
func (d *decoder) notAsked(item *waiting) waiting {
	return d.rejectAt(item.Position, &schema.Reject{
		JobID: item.Job.JobID, Code: schema.RejectNotAsked, Raw: item.piece,
		Reason: "not one of the jobs that were asked for, of which there are " + strconv.Itoa(len(d.asked.ids)),
	})
}

// expected is the item that a job is expected.
func (d *decoder) expected(id, trouble string) waiting {
	x := schema.Expected{JobID: id, Trouble: trouble}
	return waiting{Decoded: schema.Decoded{Position: d.n, Expected: d.KeepExpected(&x)}}
}

// expect yields what split or the source found to be expected.
func (d *decoder) expect(list []schema.Expected) {
	for _, x := range list {
		if d.stopped {
			return
		}
		d.stopped = !d.yield(schema.Decoded{Position: d.n, Expected: &x})
	}
}

// answer implements [split.Answer].
type answer struct {
	g     *grammar
	from  split.Source
	asked asked
}

// answerOf returns the answer that a document is to its raw line; nil where that
// asked for no jobs.
func (g *grammar) answerOf(from split.Source) split.Answer {
	env := &g.judge.env
	if len(env.asked) == 0 || env.otherAction() != "" {
		return nil
	}
	a := &answer{g: g, from: from}
	ids := make([]string, 0, len(env.asked))
	for _, id := range env.asked {
		ids = append(ids, strings.Clone(id))
	}
	a.asked.ask(ids)
	if len(a.asked.ids) == 0 {
		return nil
	}
	return a
}

// Part implements [split.Answer].
func (a *answer) Part(p split.Part) {
	if p.Reject != nil {
		a.asked.refuse(p.Reject)
		return
	}
	raw := a.g.base
	raw.Body = p.Text
	for item := range a.g.judge.all(&raw) {
		a.asked.meet(&item)
	}
}

// Rest implements [split.Answer].
func (a *answer) Rest() (list []schema.Expected) {
	a.asked.rest(func(id, trouble string) {
		list = append(list, schema.Expected{
			InstanceID: a.from.InstanceID, JobID: id, Trouble: trouble, ObservedAt: a.from.ObservedAt,
		})
	})
	return list
}
