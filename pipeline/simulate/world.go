package simulate

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"sync"

	"callmill/schema"

	"callmill/pipeline/simulate/script"
)

//go:embed campaigns/*.txt words/*.txt slips/*.txt
var data embed.FS

// World is a world of calls, as it stood at an instant. It is immutable and
// safe for concurrent use.
type World struct {
	options   Options
	seed      uint64
	begin     int64 // midnight before the first campaigns, ms
	now       int64 // what happens later is not seen, ms
	people    int
	campaigns []*script.Campaign
	words     commonWords
	dialects  []*dialect
	groups    []*group // by creation
	flagged   *script.Plant
	calls     func() []Call // see Calls
}

// New reads the campaigns and lays the world out; it makes no call yet. It
// fails on options out of range and on campaigns that do not make sense,
// naming file and line.
func New(o Options) (*World, error) { return newWorld(o, data) }

func newWorld(o Options, files fs.FS) (*World, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &World{options: o, seed: o.Seed, now: o.Until.UnixMilli()}
	w.begin = localDay(w.now) - int64(o.Days-1)*dayMS
	// A person is called by one or two campaigns, on average.
	w.people = min(max(o.Jobs*5/8, 50), phoneRange)
	w.flagged = &script.Plant{Kind: "flagged_number", Note: "被多人标记为骚扰电话的主叫号码", Version: -1}
	if w.words, w.dialects, err = readWords(files); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	names, err := fs.Glob(files, "campaigns/*.txt")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("simulate: no campaigns: %w", cmp.Or(err, fs.ErrNotExist))
	}
	for _, name := range names {
		c, err := script.ReadCampaign(files, name, w.words.vocabulary, len(callingNumbers))
		if err != nil {
			return nil, fmt.Errorf("simulate: %w", err)
		}
		if i := slices.IndexFunc(w.campaigns, func(o *script.Campaign) bool { return o.ID == c.ID }); i >= 0 {
			return nil, fmt.Errorf("simulate: %s: duplicate campaign %s", name, c.ID)
		}
		w.campaigns = append(w.campaigns, c)
	}
	w.layOut()
	w.calls = sync.OnceValue(w.findCalls)
	return w, nil
}

// InstanceID is the robot deployment the jobs belong to.
func (w *World) InstanceID() string { return w.options.InstanceID }

// Job makes job i and its truth; the caller owns both. i must be in range.
func (w *World) Job(i int) (*schema.Job, *Truth) { return w.newMaker().job(i) }

// JobID is the id of job i.
func (w *World) JobID(i int) string { return w.id(jobIDs, uint64(i)) }

// FindJob gives the index of a job from its id; false where there is none.
func (w *World) FindJob(id string) (int, bool) {
	n, ok := w.number(jobIDs, id)
	return int(n), ok && n < uint64(w.Len())
}

// FindTask gives the index of the job a task belongs to, and its place among
// the job's tasks, from its id; false where there is none by now.
func (w *World) FindTask(id string) (job, task int, ok bool) {
	n, ok := w.number(taskIDs, id)
	job, task = int(n>>8), int(n&0xff)
	if !ok || job >= w.Len() {
		return 0, 0, false
	}
	var p plan
	w.plan(job, &p)
	return job, task, task < w.begun(&p)
}

// groupOf is the group job i belongs to.
func (w *World) groupOf(i int) *group {
	n := sort.Search(len(w.groups), func(k int) bool { return w.groups[k].first > i })
	return w.groups[n-1]
}
