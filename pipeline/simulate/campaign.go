package simulate

import "slices"

// campaign is what one business has people called for: the script's graph and
// the way its jobs are called. It is read from a file of campaigns/ (see
// campaigns/README.md) and not changed after that.
type campaign struct {
	id          string // of the file; in truth
	name        string // of its job groups
	script      string
	company     string
	description string
	share       int // of all jobs, relative to those of the other campaigns
	attempts    int
	hours       []span // of the day in which it calls
	weekdays    [7]bool
	spread      int   // days over which the jobs of a group are called for the first time
	numbers     []int // calling numbers it uses, from 1
	reach       int   // percent of the usual readiness to answer
	versions    []version
	parameters  []parameter

	first    *node
	nodes    []*node
	giveUp   *node // said after not understanding too often
	hushed   *node // said after too long a silence
	unheard  []template
	silence  []template
	anywhere []reply
	plants   []plant
}

// span holds whole numbers from low to high; both ends belong to it.
type span struct{ low, high int }

// version is a published state of a script.
type version struct {
	name, note string
	from       int // percent of the world's days after which groups are made with it
}

// node is a step of a script: what the robot says, and where it goes on.
type node struct {
	id, title string
	ends      nodeEnd
	says      []wording // by version
	again     template  // said when it asks once more; nil: the wording itself
	replies   []reply   // the own ones, then those understood anywhere
	next      *node
	sets      []setting // results noted on reaching the node
	where     line
}

type nodeEnd uint8

const (
	nodeWaits     nodeEnd = iota // for the contact
	nodeGoesOn                   // to the next node, without waiting
	nodeGoesBack                 // to the node that was left for this one
	nodeFinishes                 // the robot hangs up, the flow has reached its end
	nodeTransfers                // to an agent
)

type wording struct {
	from int // index of the first version that says it
	text template
}

// say is the wording of a version.
func (n *node) say(version int) template {
	text := n.says[0].text
	for _, w := range n.says[1:] {
		if w.from <= version {
			text = w.text
		}
	}
	return text
}

// reply is something a contact may say, and what it leads to.
type reply struct {
	intent *wordList
	weight int
	to     *node
	toName string
	sets   []setting // results noted on hearing it
	aside  bool      // said anywhere, not an answer to the question
	where  line
}

// parameter is a business value a job carries (Extras), and scripts say.
type parameter struct {
	key       string
	kind      parameterKind
	low, high int
	list      *wordList
}

type parameterKind uint8

const (
	parameterMoney   parameterKind = iota // low to high yuan, with cents
	parameterNumber                       // low to high
	parameterDigits                       // low digits
	parameterDate                         // low to high days after the campaign begins
	parameterClock                        // low to high o'clock, full and half hours
	parameterPick                         // of a list
	parameterAddress                      // the contact's
)

// plant is a cause of failure put into the world on purpose, with its
// conditions and its strength. Zero conditions hold always.
type plant struct {
	kind, note string

	node    *node
	version int // index; -1 any
	hours   *span
	batch   int // ordinal of the campaign's group, from 1; 0 any

	hangUp, unheard, silence int // percentage points added where the node waits
	gap                      int // ms before the node's line
	answer                   int // percent of the usual readiness to answer; 100 none
	divert                   *node
	diverted                 int // percent of calls that go to divert instead of node
	favoured                 *wordList
	favour                   int // weight added to that reply
	slipFrom, slipTo         string
}

func (c *campaign) versionAt(percent int) int {
	at := 0
	for i, v := range c.versions {
		if v.from <= percent {
			at = i
		}
	}
	return at
}

// calls reports whether the campaign calls at an hour of a weekday; Monday is 0.
func (c *campaign) calls(weekday, hour int) bool {
	return c.weekdays[weekday] && slices.ContainsFunc(c.hours, func(h span) bool { return h.low <= hour && hour < h.high })
}
