package simulate

import (
	"cmp"
	"fmt"
	"slices"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
)

// group is a campaign's batch of jobs as laid out by New: everything except the
// outcome of its calls.
type group struct {
	campaign *script.Campaign
	ordinal  int // of the campaign's groups, from 1
	version  int // index into campaign.versions
	first    int // index of its first job
	jobs     int
	created  int64 // ms
	people   int   // number of the person of its first job
	stride   int   // from the person of one job to that of the next
	fate     groupFate
	stopped  int64 // when it was paused or cancelled; 0: never
}

// groupFate is what happens to a group as a whole.
type groupFate uint8

const (
	groupRuns groupFate = iota
	groupIsDraft
	groupIsPaused
	groupIsCancelled
)

const (
	hourMS = int64(3_600_000)
	dayMS  = 24 * hourMS
	minute = int64(60_000)
)

// localDay returns the midnight in China at or before an instant.
func localDay(ms int64) int64 {
	const offset = 8 * hourMS
	local := ms + offset
	day := local / dayMS
	if local%dayMS < 0 {
		day--
	}
	return day*dayMS - offset
}

// weekday returns 0 for Monday; 1970-01-01 was a Thursday.
func weekday(ms int64) int { return int(((localDay(ms)+8*hourMS)/dayMS + 3) % 7) }

func localHour(ms int64) int { return int((ms - localDay(ms)) / hourMS) }

// layOut distributes the jobs over campaigns and their groups, in the order of the
// groups' creation, so that the jobs that exist at an instant are the first ones.
func (w *World) layOut() {
	total := 0
	size := make([]int, len(w.campaigns)) // relative
	for i, c := range w.campaigns {
		size[i] = c.Share * dice.New(w.seed, forShares, hashText(c.ID)).Between(75, 125)
		total += size[i]
	}
	dealt, shares := 0, 0
	for i, c := range w.campaigns {
		shares += size[i]
		upTo := int(int64(w.options.People) * int64(shares) / int64(total))
		w.addGroups(c, upTo-dealt)
		dealt = upTo
	}
	slices.SortStableFunc(w.groups, func(a, b *group) int { return cmp.Compare(a.created, b.created) })
	first := 0
	for _, g := range w.groups {
		g.first = first
		first += g.jobs
	}
	w.setFates()
}

// addGroups adds the groups of a campaign: enough for each version of the script
// to have some, and of a few hundred jobs each.
func (w *World) addGroups(c *script.Campaign, jobs int) {
	count := min(max(jobs/400, len(c.Versions)+1), max(w.options.Days*2/3, len(c.Versions)+1))
	d := dice.New(w.seed, forLayout, hashText(c.ID))
	sizes, sum := make([]int, count), 0
	for i := range sizes {
		sizes[i] = d.Between(70, 130)
		sum += sizes[i]
	}
	dealt, parts := 0, 0
	for i, size := range sizes {
		parts += size
		upTo := int(int64(jobs) * int64(parts) / int64(sum))
		n := upTo - dealt
		dealt = upTo
		day := i * (w.options.Days - 1) / max(count-1, 1)
		if i > 0 && i < count-1 {
			day += d.Below(3) - 1 // not all campaigns on the same days
		}
		day = min(max(day, 0), w.options.Days-1)
		g := &group{
			campaign: c, ordinal: i + 1, jobs: n,
			version: c.VersionAt(day * 100 / w.options.Days),
			created: w.begin + int64(day)*dayMS + 8*hourMS + int64(d.Between(0, 50*60_000)),
			people:  d.Below(w.persons),
			stride:  w.strideOf(d),
		}
		if n > 0 {
			w.groups = append(w.groups, g)
		}
	}
}

// strideOf draws a stride that is coprime with the number of people, so that a
// group calls no person twice.
func (w *World) strideOf(d *dice.Dice) int {
	for step := d.Between(1, w.persons); ; step++ {
		if gcd(step, w.persons) == 1 {
			return step
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// setFates pauses, cancels or drafts a few of the later groups, unless the world
// is small.
func (w *World) setFates() {
	if len(w.groups) < 12 {
		return
	}
	d := dice.New(w.seed, forLayout, 0)
	late := w.groups[len(w.groups)*2/3:]
	fates := []groupFate{groupIsPaused, groupIsCancelled, groupIsDraft}
	for i, fate := range fates {
		g := late[(i*len(late)+d.Below(len(late)))/len(fates)]
		// Only small ones: a large one would distort every rate.
		if g.jobs*50 > w.options.People || g.fate != groupRuns {
			continue
		}
		g.fate = fate
		g.stopped = g.created + int64(d.Between(3, 8))*hourMS
	}
}

func (g *group) nameOf() string {
	t := instant(g.created)
	return fmt.Sprintf("%s-%02d%02d批次", g.campaign.Name, t.Month(), t.Day())
}

func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
