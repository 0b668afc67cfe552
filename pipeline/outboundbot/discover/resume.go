package discover

import (
	"context"
	"maps"
	"slices"
	"time"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// resumeFor is how long the answers that a killed run kept are good for.
const resumeFor = 24 * time.Hour

// handOnLists hands the kept pages of lists to the run: all of them, also
// those that are too old to tell what there is to ask for. They are in raw/, and
// converting it must produce the same tables.
func (s *Source) handOnLists(ctx context.Context) error {
	for _, action := range []string{searchTask, listJobGroups, listJobsByGroup} {
		for _, n := range s.log.Lines(action) {
			kept, err := s.readKept(n)
			if err != nil {
				return err
			}
			if kept == nil {
				continue
			}
			if err := s.send(ctx, delivery{raw: kept.raw}); err != nil {
				return err
			}
		}
	}
	return nil
}

// keptList finds the kept answer to a request for a page that is made for the
// nth time; nil where there is none that is good.
func (d *discovery) keptList(action string, asked schema.RawAsked, nth int) (*client.Answer, error) {
	n, at, ok := d.log.Request(d.plan.InstanceID, action, asked, nth)
	if !ok || at < d.freshLists {
		return nil, nil
	}
	kept, err := d.readKept(n)
	if err != nil || kept == nil {
		return nil, err
	}
	a := kept.answer()
	if a == nil || lists.Lacks(action)(a) != "" {
		return nil, nil
	}
	return a, nil
}

// resumeJobs hands on the kept answers for jobs, and returns the ids without
// one. An answer from before a job's last call is not good.
func (d *discovery) resumeJobs(ctx context.Context) (ids []string, err error) {
	lines := map[int][]string{}
	for _, id := range d.found.ids() {
		n, at, ok := d.log.Job(d.plan.InstanceID, id)
		if !ok || at < d.found.lastCalls[id] || at < d.freshJobs {
			ids = append(ids, id)
			continue
		}
		lines[n] = append(lines[n], id)
	}
	for _, n := range slices.Sorted(maps.Keys(lines)) {
		kept, err := d.readKept(n)
		if err != nil {
			return nil, err
		}
		if kept == nil {
			ids = append(ids, lines[n]...)
			continue
		}
		if err := d.handOnJobs(ctx, kept, n, lines[n]); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// handOnJobs hands kept line n to the run, as the answer for some jobs.
func (d *discovery) handOnJobs(ctx context.Context, kept *keptLine, n int, ids []string) error {
	others := d.alsoAnswered(kept, n)
	ids = append(ids, others...)
	d.count(func(n *Counters) {
		n.Found += int64(len(others))
		n.Resumed += int64(len(ids))
	})
	d.fetched.Store(true)
	return d.send(ctx, delivery{kept.raw, d.sightings(kept.raw, ids)})
}

// alsoAnswered are the jobs in kept line n that this run did not find, as where
// the killed run asked for other days. The run reads the whole line, so they are
// seen as well.
func (d *discovery) alsoAnswered(kept *keptLine, n int) (ids []string) {
	for _, id := range kept.Asked.JobIDs {
		if _, wanted := d.found.lastCalls[id]; wanted {
			continue
		}
		if latest, _, ok := d.log.Job(kept.InstanceID, id); ok && latest == n {
			ids = append(ids, id)
		}
	}
	return ids
}
