// Package corpus holds the calls of a snapshot in memory, small enough for all of
// them: what is known of a call as codes of dictionaries, what was said as numbers of
// distinct texts. Questions are asked of it in plain Go; package query fills it.
//
// A corpus is not changed after it was built, and is safe for concurrent use.
package corpus

import (
	"time"
	"unicode"

	"callmill/pipeline/calendar"
)

// Corpus is dialled call attempts with their lines.
type Corpus struct {
	Snapshot string         // name of the snapshot
	Zone     *time.Location // of days and hours

	Calls []Call // by (Day, Start, Instance, Job, Task); calls without a day come last
	Lines []Line // of all calls, one after another
	Texts []Text // what lines say, each once

	Instances Dict
	Campaigns Dict // names of campaigns (job groups), else their ids
	Scripts   Dict // of the robot: their names, else ids of chatbot or scenario
	Versions  Dict // of scripts
	Numbers   Dict // that called
	Contacts  Dict // contact keys
	Outcomes  Dict // as in the table statuses
	Patterns  Dict // of robot lines, as in the column pattern
	Words     Dict // of what contacts say; words of marks only are not among them
	Results   Dict // "name=content" of business results
	Groups    Dict // ids of campaigns

	// ScriptsInferred is true where no script has a name, so that chatbots or
	// scenarios stand for scripts; versions are unknown then.
	ScriptsInferred bool
	// EndsInferred is true where it was not asked of most calls whether they reached their
	// end, so that FlowEnded, and Failed with it, are read from the robot's last lines.
	EndsInferred bool
}

// Call is one dialled attempt.
type Call struct {
	Job, Task string
	Instance  Code
	Campaign  Code
	Script    Code
	Version   Code
	Number    Code
	Contact   Code
	Outcome   Code
	Group     Code   // the id of its campaign, in its instance
	Results   []Code // business results of its job and of itself, in order, each once
	JobDate   calendar.Day
	Day       calendar.Day // of the call; NoDay without a time
	Start     int64        // ms since 1970; 0 without a time
	Hour      int8         // of Day, -1 without a time
	Origin    Origin
	Attempt   int16 // from 1
	Facts     Facts

	FirstLine, LineCount int32 // its part of Corpus.Lines; answered calls only have some
}

// NoDay is the day of a call without a time.
const NoDay = calendar.Day(1<<31 - 1)

// Facts are what is true of a call.
type Facts uint16

// The facts of calls.
const (
	Connected     Facts = 1 << iota
	Answered            // by a person
	Failed              // the dialogue; only where FailureKnown
	FailureKnown        // whether the dialogue failed
	HungUp              // by the contact
	NotUnderstood       // the robot gave up
	Transferred         // to a person
	FlowEnded           // the robot's script was at its end
	Spoke               // the contact said something
	LastTask            // of its job
)

// Origin is where what is known of a call is from, which a later snapshot may say anew:
// names that are not its own are those of its campaign then.
type Origin uint8

// The origins of calls.
const (
	OwnCampaign Origin = 1 << iota // the name of its campaign is the call's own
	OwnScript                      // so is that of its script
	EndAsked                       // it was asked for whether the flow ended
	EndInferred                    // whether it ended was read from the robot's last lines
)

// Is reports whether all of these are origins.
func (o Origin) Is(these Origin) bool { return o&these == these }

// Is reports whether all of these facts are true.
func (f Facts) Is(these Facts) bool { return f&these == these }

// Line is a line of a call.
type Line struct {
	Text int32 // index in Corpus.Texts
	Turn int32 // turn_index
	Gap  int32 // ms since the line before, where its time can be trusted; else -1
	// Exchange counts the robot's lines up to here: 0 before its first, and the lines
	// of the contact after the robot's n-th line have n, as that line has.
	Exchange int32
}

// Speakers of lines.
const (
	Robot = iota
	Contact
	Other // an agent, or unknown
)

// Text is what lines say, once for all that say it.
type Text struct {
	Speaker uint8
	// Pattern is the code of a robot line's pattern. A text of the robot is one
	// pattern, unless the corpus was loaded whole: then it is one script of it.
	Pattern Code
	// Script is what was said; "" of the robot unless the corpus was loaded whole.
	Script string
	Words  []Code // of the contact, in order, without words of marks only
}

// IsWord reports whether a token is a word: it has more than marks, spaces and controls.
func IsWord(token string) bool {
	for _, r := range token {
		if r >= '一' && r <= '鿿' || !unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.C) {
			return true
		}
	}
	return false
}

// Of returns the lines of a call. They belong to the corpus.
func (c *Corpus) Of(call *Call) []Line {
	return c.Lines[call.FirstLine : call.FirstLine+call.LineCount]
}

// Code stands for a string in a Dict; the zero Code is "", which is what is unknown.
type Code int32

// Dict numbers distinct strings.
type Dict struct {
	strings []string
	codes   map[string]Code
}

// Add returns the code of s, a new one if it has none.
func (d *Dict) Add(s string) Code {
	if s == "" {
		return 0
	}
	if d.codes == nil {
		d.codes, d.strings = map[string]Code{"": 0}, []string{""}
	}
	if code, ok := d.codes[s]; ok {
		return code
	}
	code := Code(len(d.strings))
	d.strings = append(d.strings, s)
	d.codes[s] = code
	return code
}

// Find returns the code of s, if it has one.
func (d *Dict) Find(s string) (Code, bool) {
	if s == "" {
		return 0, true
	}
	code, ok := d.codes[s]
	return code, ok
}

// String returns what a code stands for; it panics where the code is not of the Dict.
func (d *Dict) String(code Code) string {
	if code == 0 {
		return ""
	}
	return d.strings[code]
}

// Len returns the number of codes, that of "" included: codes are below it.
func (d *Dict) Len() int { return max(1, len(d.strings)) }
