package simulate_test

import (
	"maps"
	"math"
	"slices"
	"testing"
	"unicode/utf8"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

// stats describe a large world. Jobs are visited in scattered order, so that growth
// is that of the whole world and not of one campaign after the other.
type stats struct {
	jobs, tasks                     int
	status, jobStatus               map[string]int
	dialled, connected, calls       int
	byHour                          [24]share
	byAttempt                       map[int]*share
	turns                           []int // of each answered call
	robotChars, contactChars        []int // of each line
	robotLines, nodes, contactLines map[string]bool
	bigrams                         map[string]bool // of contacts
	grown                           []growth
	backwards, ties                 int
	seconds                         []int
	campaignsOf                     map[string]map[string]bool // by number
}

type share struct{ n, of int }

func (s share) rate() float64 { return float64(s.n) / float64(s.of) }

type growth struct{ calls, bigrams, seen, lines int }

func measure(t *testing.T, jobs int) *stats {
	w := newWorld(t, simulate.Options{People: jobs})
	s := &stats{
		status: map[string]int{}, jobStatus: map[string]int{}, byAttempt: map[int]*share{},
		robotLines: map[string]bool{}, nodes: map[string]bool{}, contactLines: map[string]bool{},
		bigrams: map[string]bool{}, campaignsOf: map[string]map[string]bool{},
	}
	const step = 7919 // a prime that divides no number of jobs used here
	seen := 0
	for i := range w.Len() {
		job, truth := w.Job(i * step % w.Len())
		s.jobs++
		s.jobStatus[job.Status]++
		number := job.Contacts[0].PhoneNumber
		if s.campaignsOf[number] == nil {
			s.campaignsOf[number] = map[string]bool{}
		}
		s.campaignsOf[number][job.JobGroupID] = true
		attempt := 0
		for k := range job.Tasks {
			task := &job.Tasks[k]
			s.tasks++
			s.status[task.Status]++
			o := schema.OutcomeOf(task.Status)
			if !o.Dialed() {
				continue
			}
			attempt++
			s.countDial(task, *o.Connected(), attempt)
			if *o.Answered() {
				seen = s.countCall(task, truth, k, seen)
			}
		}
	}
	return s
}

func (s *stats) countDial(task *schema.Task, connected bool, attempt int) {
	hour := int((task.ActualTime/3_600_000 + 8) % 24)
	if s.byAttempt[attempt] == nil {
		s.byAttempt[attempt] = &share{}
	}
	s.dialled++
	s.byHour[hour].of++
	s.byAttempt[attempt].of++
	if connected {
		s.connected++
		s.byHour[hour].n++
		s.byAttempt[attempt].n++
	}
}

func (s *stats) countCall(task *schema.Task, truth *simulate.Truth, k, seen int) int {
	s.calls++
	s.turns = append(s.turns, len(task.Turns))
	s.seconds = append(s.seconds, int(*task.Duration))
	for n, turn := range task.Turns {
		if n > 0 {
			switch gap := turn.Timestamp - task.Turns[n-1].Timestamp; {
			case gap < 0:
				s.backwards++
			case gap == 0:
				s.ties++
			}
		}
		chars := utf8.RuneCountInString(turn.Script)
		if turn.Speaker == schema.SpeakerRobot {
			s.robotChars = append(s.robotChars, chars)
			s.robotLines[turn.Script] = true
			s.nodes[truth.Campaign+truth.Version+truth.Tasks[k].Turns[n].Node+truth.Tasks[k].Turns[n].Said] = true
			continue
		}
		s.contactChars = append(s.contactChars, chars)
		s.contactLines[turn.Script] = true
		runes := []rune(turn.Script)
		for i := 1; i < len(runes); i++ {
			s.bigrams[string(runes[i-1:i+1])] = true
			seen++
		}
	}
	if s.calls == 1000 || s.calls == 2000 || s.calls == 4000 || s.calls == 8000 {
		s.grown = append(s.grown, growth{s.calls, len(s.bigrams), seen, len(s.contactLines)})
	}
	return seen
}

func quantile(values []int, percent int) float64 {
	slices.Sort(values)
	return float64(values[(len(values)-1)*percent/100])
}

func mean(values []int) float64 {
	sum := 0
	for _, v := range values {
		sum += v
	}
	return float64(sum) / float64(len(values))
}

// Calls have realistic statistics. Sources of the ranges:
//
//   - Connected calls: 18.7 % is reported for a robot calling from numbers of
//     which most are marked as nuisance (yunthe.com/news/585787), 28 % for
//     agents calling cold lists (yunthe.com/news/587691). These are notices to
//     a business's own customers, who answer more readily; a marked number
//     comes down to the reported figures (see TestPlantedCausesSurface).
//   - Evenings are best and middays worst, and each further attempt at the same
//     person yields less: Weeks, Kulka and Pierson, Optimal Call Scheduling for
//     a Telephone Survey, Public Opinion Quarterly 51 (1987), 540–549.
//   - Turns: CrossWOZ (Zhu et al., TACL 2020) has 16.9 per dialogue between
//     people who both want to get to the end. Here many do not: a quarter hang
//     up, so the mean is lower, with a short lower quarter.
//   - Lines: a synthetic voice says four to five characters a second and is
//     listened to for some five seconds; people answer with two or three words.
//   - Growth: speech follows Heaps' law, with fewer new words than print
//     (Scaling laws in human speech, decreasing emergence of new words and a
//     generalized model, arXiv 1412.4846). Pairs of characters stand for
//     words here.
func TestCallsLookLikeCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	s := measure(t, 20_000)
	between := func(what string, got, low, high float64) {
		t.Helper()
		t.Logf("%-52s %10.3f  (%g to %g)", what, got, low, high)
		if got < low || got > high {
			t.Errorf("%s: %.3f, want %g to %g", what, got, low, high)
		}
	}
	of := func(n, all int) float64 { return float64(n) / float64(all) }

	between("connected of dialled calls", of(s.connected, s.dialled), 0.35, 0.55)
	between("answered by a person, of dialled calls", of(s.calls, s.dialled), 0.33, 0.50)
	between("tasks per job", of(s.tasks, s.jobs), 1.3, 2.2)
	between("evening (18–19 h) over midday (12–13 h)", (s.byHour[18].rate()+s.byHour[19].rate())/(s.byHour[12].rate()+s.byHour[13].rate()), 1.3, 2.6)
	between("first attempt connected", s.byAttempt[1].rate(), 0.38, 0.56)
	between("second over first attempt", s.byAttempt[2].rate()/s.byAttempt[1].rate(), 0.6, 0.9)
	between("third over second attempt", s.byAttempt[3].rate()/s.byAttempt[2].rate(), 0.6, 0.95)

	between("turns per answered call, mean", mean(s.turns), 12, 16)
	between("turns per answered call, lower quarter", quantile(s.turns, 25), 3, 9)
	between("turns per answered call, 99 of 100", quantile(s.turns, 99), 25, 60)
	between("seconds per answered call, median", quantile(s.seconds, 50), 30, 75)
	between("characters of robot lines, median", quantile(s.robotChars, 50), 16, 32)
	between("characters of robot lines, longest", quantile(s.robotChars, 100), 90, 200)
	between("characters of contact lines, median", quantile(s.contactChars, 50), 2, 6)
	between("characters of contact lines, nine of ten", quantile(s.contactChars, 90), 7, 16)
	between("lines stored before their predecessor, of all", of(s.backwards, len(s.robotChars)+len(s.contactChars)), 0.002, 0.02)
	between("lines stored with their predecessor, of all", of(s.ties, len(s.robotChars)+len(s.contactChars)), 0.002, 0.02)

	between("robot lines by node, version and prompt", float64(len(s.nodes)), 500, 2500)
	between("distinct robot lines, of all", of(len(s.robotLines), len(s.robotChars)), 0.05, 0.35)
	between("distinct contact lines in 10,000 calls or so", float64(len(s.contactLines)), 8_000, 40_000)
	between("distinct contact lines, of all", of(len(s.contactLines), len(s.contactChars)), 0.12, 0.5)
	for i := 1; i < len(s.grown); i++ {
		a, b := s.grown[i-1], s.grown[i]
		pairs := math.Log(of(b.bigrams, a.bigrams)) / math.Log(of(b.seen, a.seen))
		between("Heaps exponent of character pairs", pairs, 0.35, 0.75)
		lines := math.Log(of(b.lines, a.lines)) / math.Log(of(b.calls, a.calls))
		between("growth exponent of distinct lines", lines, 0.6, 0.95)
	}

	answered := float64(s.calls)
	between("finished, of answered", float64(s.status["SucceededFinish"])/answered, 0.40, 0.62)
	between("hung up, of answered", float64(s.status["SucceededClientHangUp"]+s.status["SucceededClientHangUpAfterNoAnswer"])/answered, 0.20, 0.42)
	between("given up by the robot, of answered", float64(s.status["SucceededChatbotHangUpAfterNoAnswer"])/answered, 0.005, 0.08)
	between("transferred, of answered", float64(s.status["SucceededTransferByIntent"]+s.status["SucceededTransferAfterNoAnswer"])/answered, 0.03, 0.15)
	between("silent or without interaction, of answered", float64(s.status["SucceededChatbotHangUpAfterSilence"]+s.status["SucceededInoInterAction"])/answered, 0.02, 0.09)
	between("no answer, of not connected", of(s.status["NoAnswer"], s.dialled-s.connected), 0.45, 0.70)
	between("jobs succeeded", of(s.jobStatus["Succeeded"], s.jobs), 0.45, 0.75)
	between("jobs still to be called or called again", of(s.jobStatus["Scheduling"], s.jobs), 0.01, 0.25)

	several := 0
	for _, groups := range s.campaignsOf {
		if len(groups) > 1 {
			several++
		}
	}
	between("people of several campaigns", of(several, len(s.campaignsOf)), 0.2, 0.7)
}

// All 33 statuses of tasks, all of jobs and most reasons occur.
func TestEveryStatusOccurs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 30_000})
	tasks, jobs, reasons, states := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	never := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		jobs[job.Status]++
		reasons[job.FailureReason]++
		states[job.Contacts[0].State]++
		if len(job.Tasks) == 0 {
			never++
		}
		for k := range job.Tasks {
			tasks[job.Tasks[k].Status]++
		}
	}
	for _, o := range schema.Outcomes() {
		if tasks[o.Status] == 0 {
			t.Errorf("no task is %s", o.Status)
		}
	}
	for _, status := range []string{"Scheduling", "Executing", "Succeeded", "Paused", "Failed", "Cancelled", "Drafted"} {
		if jobs[status] == 0 {
			t.Errorf("no job is %s", status)
		}
	}
	for _, reason := range failureReasons {
		if reasons[reason] == 0 {
			t.Errorf("no job failed with %s", reason)
		}
	}
	for _, state := range []string{"Available", "WrongNumber", "DoesNotExist", "Suspended"} {
		if states[state] == 0 {
			t.Errorf("no contact is %s", state)
		}
	}
	if never == 0 || never > w.Len()/5 {
		t.Errorf("%d of %d jobs were never called", never, w.Len())
	}
}

// The number that is flagged inside the window is answered as readily as others
// until then, and drops on that very day to what is planted. The one that is flagged
// from the first day, and those that are not, show no such day.
func TestOnset(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 40_000, Seed: 9})
	var later simulate.Planted
	for _, p := range w.Planted() {
		if p.Kind == "flagged_later" {
			later = p
		}
	}
	if later.From <= w.Planted()[0].From || later.From != "2026-01-25" {
		t.Errorf("planted from %q, want the middle of the window", later.From)
	}
	days := map[string]map[string]*share{} // by number, by day
	for i := range w.Len() {
		job, _ := w.Job(i)
		for k := range job.Tasks {
			task := &job.Tasks[k]
			o := schema.OutcomeOf(task.Status)
			if !o.Dialed() {
				continue
			}
			of := days[task.CallingNumber]
			if of == nil {
				of = map[string]*share{}
				days[task.CallingNumber] = of
			}
			if of[dayOf(task.ActualTime)] == nil {
				of[dayOf(task.ActualTime)] = &share{}
			}
			of[dayOf(task.ActualTime)].count(*o.Connected())
		}
	}
	for number, of := range days {
		day, z, drop := steepest(of)
		t.Logf("%s: %s, z = %.1f, %.2f of before", number, day, z, drop)
		if number == later.Number {
			if day != later.From || z < 12 || math.Abs(drop-float64(later.Size["answer"])/100) > 0.06 {
				t.Errorf("%s: answered %.2f of before from %s on (z = %.1f), want %d%% from %s on", number, drop, day, z, later.Size["answer"], later.From)
			}
			continue
		}
		if z > 6 { // weekdays and hours differ as well
			t.Errorf("%s: answered %.2f of before from %s on, z = %.1f, and nothing is planted", number, drop, day, z)
		}
	}
}

// steepest returns the day that best divides the days into a better and a worse part,
// the statistic of that, and the share answered after it relative to before.
func steepest(days map[string]*share) (day string, z, drop float64) {
	for _, at := range slices.Sorted(maps.Keys(days)) {
		var c contrast
		for d, s := range days {
			to := &c.with
			if d < at {
				to = &c.without
			}
			to.n, to.of = to.n+s.n, to.of+s.of
		}
		if c.without.of == 0 {
			continue
		}
		if got := -c.z(); got > z {
			day, z, drop = at, got, c.with.rate()/c.without.rate()
		}
	}
	return day, z, drop
}

// How large campaigns are depends on the seed, within a quarter of their share or so.
func TestSizesOfCampaigns(t *testing.T) {
	sizes := map[string][]float64{}
	for seed := range uint64(12) {
		w := newWorld(t, simulate.Options{People: 20_000, Seed: seed + 1})
		jobs := map[string]int{}
		for _, g := range w.Groups() {
			jobs[g.ScriptName] += g.Jobs
		}
		for name, n := range jobs {
			sizes[name] = append(sizes[name], float64(n))
		}
	}
	for name, of := range sizes {
		if low, high := slices.Min(of), slices.Max(of); high < 1.2*low || high > 2.2*low {
			t.Errorf("%s has %.0f to %.0f jobs", name, low, high)
		}
	}
}
