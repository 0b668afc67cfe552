package simulate

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"sync"

	"callmill/pipeline/simulate/dialogue"
	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
	"callmill/schema"
)

//go:embed campaigns/*.txt words/*.txt slips/*.txt
var data embed.FS

// World is a world of calls at an instant. It is immutable and safe for concurrent
// use.
type World struct {
	options   Options
	seed      uint64
	begin     int64 // midnight before the first campaigns, in ms
	now       int64 // the instant at which the world stands, in ms
	persons   int   // how many different ones there are to call
	campaigns []*script.Campaign
	words     *speech.Words
	machines  dialogue.Machines
	groups    []*group       // by time of creation
	flagged   []script.Plant // calling numbers
	calls     func() []Call  // see Calls
}

// New reads the campaigns and lays out the world, without simulating a call. It
// returns an error for invalid options, and for files that are no campaigns: it
// names file, line and reason.
func New(o Options) (*World, error) { return newWorld(o, data) }

func newWorld(o Options, files fs.FS) (*World, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &World{options: o, seed: o.Seed, now: o.Until.UnixMilli(), flagged: flagged()}
	w.begin = localDay(w.now) - int64(o.Days-1)*dayMS
	// On average a person is called by one or two campaigns.
	w.persons = min(max(o.People*5/8, 50), identity.Phones)
	if w.words, err = speech.ReadWords(files, o.Campaigns); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	if w.machines, err = dialogue.ReadMachines(w.words.Vocabulary); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	pattern := "campaigns/*.txt"
	if o.Campaigns != nil {
		files, pattern = o.Campaigns, "*.txt"
	}
	names, err := fs.Glob(files, pattern)
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("simulate: no campaigns, want files %s: %w", pattern, cmp.Or(err, fs.ErrNotExist))
	}
	for _, name := range names {
		c, err := script.ReadCampaign(files, name, w.words.Vocabulary, len(callingNumbers))
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

// InstanceID returns the robot deployment of the jobs.
func (w *World) InstanceID() string { return w.options.InstanceID }

// Job returns job i and its truth, which the caller owns. i must be in [0, Len()).
func (w *World) Job(i int) (*schema.Job, *Truth) { return w.newMaker().job(i) }

// JobID returns the id of job i.
func (w *World) JobID(i int) string { return w.id(jobIDs, uint64(i)) }

// FindJob returns the index of the job with an id; false if there is none.
func (w *World) FindJob(id string) (int, bool) {
	n, ok := w.number(jobIDs, id)
	return int(n), ok && n < uint64(w.Len())
}

// FindTask returns the index of the job of the task with an id, and the index of
// the task in it; false if there is none.
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

// groupOf returns the group of job i.
func (w *World) groupOf(i int) *group {
	n := sort.Search(len(w.groups), func(k int) bool { return w.groups[k].first > i })
	return w.groups[n-1]
}
