package script

import "slices"

// campaign is what one business has people called for: the script's graph and
// the way its jobs are called. It is read from a file of campaigns/ (see
// campaigns/README.md) and not changed after that.
type Campaign struct {
	ID          string // of the file; in truth
	Name        string // of its job groups
	Script      string
	Company     string
	Description string
	Share       int // of all jobs, relative to those of the other campaigns
	Attempts    int
	Hours       []Range // of the day in which it calls
	weekdays    [7]bool
	Spread      int   // days over which the jobs of a group are called for the first time
	Numbers     []int // calling numbers it uses, from 1
	Reach       int   // percent of the usual readiness to answer
	Versions    []Version
	Parameters  []Parameter

	First    *Node
	Nodes    []*Node
	GiveUp   *Node // said after not understanding too often
	Hushed   *Node // said after too long a silence
	Unheard  []Template
	Silence  []Template
	anywhere []Reply
	Plants   []Plant
}

// span holds whole numbers from low to high; both ends belong to it.
type Range struct{ Low, High int }

// version is a published state of a script.
type Version struct {
	Name, note string
	from       int // percent of the world's days after which groups are made with it
}

// node is a step of a script: what the robot says, and where it goes on.
type Node struct {
	ID, title string
	Ends      NodeEnd
	says      []Wording // by version
	Again     Template  // said when it asks once more; nil: the wording itself
	Replies   []Reply   // the own ones, then those understood anywhere
	Next      *Node
	Sets      []Setting // results noted on reaching the node
	where     directive
}

type NodeEnd uint8

const (
	nodeWaits     NodeEnd = iota // for the contact
	NodeGoesOn                   // to the next node, without waiting
	NodeGoesBack                 // to the node that was left for this one
	NodeFinishes                 // the robot hangs up, the flow has reached its end
	NodeTransfers                // to an agent
)

type Wording struct {
	from int // index of the first version that says it
	text Template
}

// say is the wording of a version.
func (n *Node) Say(version int) Template {
	text := n.says[0].text
	for _, w := range n.says[1:] {
		if w.from <= version {
			text = w.text
		}
	}
	return text
}

// reply is something a contact may say, and what it leads to.
type Reply struct {
	Intent *List
	Weight int
	To     *Node
	toName string
	Sets   []Setting // results noted on hearing it
	Aside  bool      // said anywhere, not an answer to the question
	where  directive
}

// parameter is a business value a job carries (Extras), and scripts say.
type Parameter struct {
	Key       string
	Kind      parameterKind
	Low, High int
	List      *List
}

type parameterKind uint8

const (
	ParameterMoney   parameterKind = iota // low to high yuan, with cents
	ParameterNumber                       // low to high
	ParameterDigits                       // low digits
	ParameterDate                         // low to high days after the campaign begins
	ParameterClock                        // low to high o'clock, full and half hours
	ParameterPick                         // of a list
	ParameterAddress                      // the contact's
)

// plant is a cause of failure put into the world on purpose, with its
// conditions and its strength. Zero conditions hold always.
type Plant struct {
	Kind, Note string

	Node    *Node
	Version int // index; -1 any
	Hours   *Range
	Batch   int // ordinal of the campaign's group, from 1; 0 any

	HangUp, Unheard, Silence int // percentage points added where the node waits
	Gap                      int // ms before the node's line
	Answer                   int // percent of the usual readiness to answer; 100 none
	Divert                   *Node
	Diverted                 int // percent of calls that go to divert instead of node
	Favoured                 *List
	Favour                   int // weight added to that reply
	SlipFrom, SlipTo         string
}

func (c *Campaign) VersionAt(percent int) int {
	at := 0
	for i, v := range c.Versions {
		if v.from <= percent {
			at = i
		}
	}
	return at
}

// calls reports whether the campaign calls at an hour of a weekday; Monday is 0.
func (c *Campaign) Calls(weekday, hour int) bool {
	return c.weekdays[weekday] && slices.ContainsFunc(c.Hours, func(h Range) bool { return h.Low <= hour && hour < h.High })
}
