package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/outboundbot/discover"
	"callmill/schema"
)

// Pull is what a pull adds to the report.
type Pull struct {
	Fetched []Fetched `json:"fetched,omitempty"` // days, or parts of them
	Again   []Fetched `json:"again,omitempty"`   // searched once more
	Calls   int64     `json:"calls"`             // jobs that came and were called on the days fetched, or later
	discover.Counters
	Pending    int64     `json:"pending"`               // jobs to ask for again
	Failures   []Failure `json:"failures,omitempty"`    // what could not be searched or read
	Doubted    []string  `json:"doubted,omitempty"`     // days without a call, by instance
	Gaps       []string  `json:"gaps,omitempty"`        // commands that fetch what is left uncovered
	ResumedRun string    `json:"resumed_run,omitempty"` // the killed run
}

// Fetched is a span of time of which the calls were fetched.
type Fetched struct {
	InstanceID string    `json:"instance_id"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
}

// Failure is a window, a campaign or an instance that was left out.
type Failure struct {
	What      string `json:"what"`
	Reason    string `json:"reason"`
	RequestID string `json:"request_id,omitempty"`
	Command   string `json:"command"` // fetches it
}

// line is the part of the last line that only a pull has.
func (p *Pull) line() string {
	line := fmt.Sprintf("; %d asked, %d missing, %d failed, %d pending", p.Asked, p.Missing, p.Failed, p.Pending)
	if p.ResumedRun != "" {
		line += fmt.Sprintf("; resumed %s, which had %d of them", p.ResumedRun, p.Resumed)
	}
	if p.Unlisted > 0 {
		line += fmt.Sprintf("; %d entries of lists were counted but never shown", p.Unlisted)
	}
	if n := len(p.Failures); n > 0 {
		line += fmt.Sprintf("; left out: %s", p.Failures[0].What)
		if n > 1 {
			line += fmt.Sprintf(" and %d more", n-1)
		}
	}
	if len(p.Doubted) > 0 {
		line += "; without a call, not covered yet: " + strings.Join(p.Doubted, ", ")
	}
	if len(p.Gaps) > 0 {
		line += "; not covered: `" + strings.Join(p.Gaps, "`, `") + "`"
	}
	return line
}

// pendingLine is the part of the last line that says what is not in the tables
// whole, by reason; "" where nothing is. What takes its time is not in it.
func pendingLine(byReason map[string]int64) string {
	inOrder := []string{schema.PendingNotFinal, schema.PendingSettling, schema.PendingConfirmed}
	var parts []string
	for _, reason := range reconcile.Reasons() {
		if n := byReason[reason]; n > 0 && !slices.Contains(inOrder, reason) {
			parts = append(parts, fmt.Sprintf("%d %s", n, reason))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; awaited: " + strings.Join(parts, ", ")
}
