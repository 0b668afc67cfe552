package script

import "slices"

// Campaign is what a business calls people for: the graph of its script, and
// how its jobs are dialled. It must not be changed after [ReadCampaign].
type Campaign struct {
	ID          string // the name of its file, without extension
	Name        string // of its job groups
	Script      string // name of the script
	Company     string
	Description string
	Share       int     // of all jobs, relative to the other campaigns
	Attempts    int     // at most, per job
	Hours       []Range // of the day in which it calls, the ends excluded
	weekdays    [7]bool // on which it calls, Monday first
	Spread      int     // days over which the first attempts of a group are spread
	Numbers     []int   // calling numbers, from 1
	Reach       int     // how readily its calls are answered, in percent of the usual
	Versions    []Version
	Parameters  []Parameter

	First    *Node
	Nodes    []*Node
	GiveUp   *Node // after misunderstanding too often
	Hushed   *Node // after too long a silence
	Unheard  []Template
	Silence  []Template
	anywhere []Reply
	Plants   []Plant

	Adds     *List // what contacts add to a reply of their own accord, or nil
	AddsTo   int   // to how many of a hundred replies
	Misheard int   // how many of a hundred spoken digits the recogniser gets wrong
}

// VersionAt returns the index of the script's version once percent of the
// world's days have passed.
func (c *Campaign) VersionAt(percent int) int {
	at := 0
	for i, v := range c.Versions {
		if v.from <= percent {
			at = i
		}
	}
	return at
}

// Calls reports whether the campaign calls at an hour of a weekday; Monday is 0.
func (c *Campaign) Calls(weekday, hour int) bool {
	return c.weekdays[weekday] && slices.ContainsFunc(c.Hours, func(h Range) bool { return h.Low <= hour && hour < h.High })
}

// Range is a range of whole numbers.
type Range struct{ Low, High int }

// Version is a published version of a script.
type Version struct {
	Name string
	note string
	from int // percent of the world's days from which on groups use it
}

// Node is a step of a script: what the robot says, and what follows.
type Node struct {
	ID, title string
	Ends      NodeEnd
	says      []wording // by version
	Again     Template  // said when the question is repeated; nil: what Say returns
	Replies   []Reply   // its own, then those understood anywhere
	Next      *Node     // of NodeGoesOn
	Sets      []Setting // results recorded on reaching the node
	where     directive
}

// Say returns the node's line in a version of the script.
func (n *Node) Say(version int) Template {
	text := n.says[0].text
	for _, w := range n.says[1:] {
		if w.from <= version {
			text = w.text
		}
	}
	return text
}

// wording is the text of a node from a version on.
type wording struct {
	from int // index of the version
	text Template
}

// NodeEnd is what follows a node's line.
type NodeEnd uint8

// The ends of a node.
const (
	NodeWaits     NodeEnd = iota // waits for a reply of the contact
	NodeGoesOn                   // continues with Next, without waiting
	NodeGoesBack                 // returns to the node that was left for this one
	NodeFinishes                 // hangs up: the flow has reached its end
	NodeTransfers                // transfers to an agent
)

// Reply is something a contact may say, and where it leads.
type Reply struct {
	Intent *List
	Weight int // relative to the other replies of the node
	To     *Node
	toName string
	Sets   []Setting // results recorded on hearing it
	Aside  bool      // understood at any node; does not answer its question
	where  directive
}

// Parameter is a business value that a job carries (Extras) and scripts mention.
type Parameter struct {
	Key       string
	Kind      ParameterKind
	Low, High int
	List      *List  // of ParameterPick and ParameterAddress
	Personal  string // what kind of personal data it is (identity.Kinds), or ""
	Unlisted  bool   // the robot says it, but the job's Extras do not have it
}

// ParameterKind is the kind of value of a parameter.
type ParameterKind uint8

// The kinds of parameters.
const (
	ParameterMoney   ParameterKind = iota // Low to High yuan, with cents
	ParameterNumber                       // Low to High
	ParameterDigits                       // Low digits
	ParameterDate                         // Low to High days after the campaign begins
	ParameterClock                        // Low to High o'clock, full and half hours
	ParameterPick                         // an entry of List
	ParameterAddress                      // the address of the contact
	ParameterMade                         // a made-up value of the kind Personal
)

// Plant is something that is put into the world on purpose, to be found: a cause of
// failure, or a breach of rules, with its conditions and its strength. A condition
// with its zero value always holds.
type Plant struct {
	Kind, Note string

	// Node is where it works; nil: at the first line that waits, or wherever Said
	// holds.
	Node    *Node
	Version int // index; -1: any
	Hours   *Range
	Batch   int   // ordinal of the campaign's group, from 1; 0: any
	Number  int   // the calling number, from 1; 0: any
	From    int   // percent of the world's days from which on it holds
	Said    *List // what the contact said last; nil: anything

	HangUp, Unheard, Silence int // percentage points added where the node waits
	Gap                      int // ms before the node's line
	Answer                   int // how readily calls are answered, in percent of the usual
	Divert                   *Node
	Diverted                 int // percent of calls that go to Divert instead of Node
	Favoured                 *List
	Favour                   int // weight added to the reply Favoured
	SlipFrom, SlipTo         string
	Says                     *List // what the contact says besides a reply, without effect on the call
	SaysTo                   int   // to how many of a hundred replies
	Breach                   bool  // the robot's line itself is what is planted
}
