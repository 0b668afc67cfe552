// Package balance is the arithmetic of a run: what it saw, and what became of it.
package balance

import "fmt"

// Counts balance: seen = new + changed + unchanged + superseded + rejected + expired +
// erased; and the jobs are those of the parent + new - left - lost. The zero value is
// that of a run that saw nothing.
type Counts struct {
	Seen       int64 `json:"seen"`
	New        int64 `json:"new"`
	Changed    int64 `json:"changed"`
	Unchanged  int64 `json:"unchanged"`
	Superseded int64 `json:"superseded"`
	Rejected   int64 `json:"rejected"`
	// Held of the superseded lack something of a published version that is final:
	// see package verdict.
	Held int64 `json:"held,omitempty"`
	// Undated of the superseded came from files without a timestamp of their own.
	Undated int64 `json:"undated,omitempty"`
	// Shrunk of the changed lack a task or a turn of before.
	Shrunk int64 `json:"shrunk,omitempty"`
	// Expired of those seen, versions of jobs and rejects, lie before the edge.
	Expired int64 `json:"expired,omitempty"`
	// Erased of those seen are of persons who were erased.
	Erased int64 `json:"erased,omitempty"`
	// Left are the jobs of the parent that lie before the edge now.
	Left int64 `json:"left,omitempty"`
	// Lost are the jobs of the parent that were in damaged files and could not be had
	// back.
	Lost int64 `json:"lost,omitempty"`
}

// Balanced reports whether everything seen is accounted for.
func (c Counts) Balanced() bool {
	return c.Seen == c.New+c.Changed+c.Unchanged+c.Superseded+c.Rejected+c.Expired+c.Erased
}

// Wrong returns what cannot be of the counts alone, in words.
func (c Counts) Wrong() (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !c.Balanced() {
		add("%d seen, but %d new + %d changed + %d unchanged + %d superseded + %d rejected + %d expired + %d erased",
			c.Seen, c.New, c.Changed, c.Unchanged, c.Superseded, c.Rejected, c.Expired, c.Erased)
	}
	for _, n := range []int64{
		c.Seen, c.New, c.Changed, c.Unchanged, c.Superseded, c.Rejected, c.Held, c.Undated, c.Shrunk, c.Expired, c.Erased, c.Left, c.Lost,
	} {
		if n < 0 {
			add("a count is %d", n)
		}
	}
	if c.Undated+c.Held > c.Superseded || c.Shrunk > c.Changed {
		add("%d undated and %d held of %d superseded, %d shrunk of %d changed", c.Undated, c.Held, c.Superseded, c.Shrunk, c.Changed)
	}
	return wrong
}

// WrongJobs returns what is wrong where a snapshot has so many jobs and its parent had so
// many; "" where nothing is.
func (c Counts) WrongJobs(jobs, parent int64) string {
	if jobs == parent+c.New-c.Left-c.Lost {
		return ""
	}
	return fmt.Sprintf("%d jobs, but %d of the parent + %d new - %d left - %d lost", jobs, parent, c.New, c.Left, c.Lost)
}
