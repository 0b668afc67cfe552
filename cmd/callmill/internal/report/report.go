// Package report records the result of a run and writes it in three forms: the
// last line on stdout, runs/<run>.json, and the metrics file. It decides only
// whether a failure came before or after the run published.
package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/status"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/source"
	"callmill/schema"
)

// Report is the result of a run, and its JSON the content of runs/<run>.json:
// all keys are in snake case; the content of the snapshot is in its manifest and
// not repeated.
type Report struct {
	Run      string        `json:"run"` // empty where the run ended before it had the dataset
	Command  string        `json:"command"`
	Version  string        `json:"version"`
	Started  time.Time     `json:"started"`
	Finished time.Time     `json:"finished"`
	ExitCode int           `json:"exit_code"`
	Snapshot string        `json:"snapshot,omitempty"` // published by this run
	Error    string        `json:"error,omitempty"`    // why nothing was published
	Reasons  []exit.Reason `json:"reasons,omitempty"`  // of exit code 3, all of them

	Read            *Read              `json:"read,omitempty"`
	FilesPassedOver *source.PassedOver `json:"files_passed_over,omitempty"` // in folders given to convert
	Published       *Published         `json:"published,omitempty"`         // nil: nothing
	Pull            *Pull              `json:"pull,omitempty"`              // nil: the command is not pull, or failed before it began to fetch
	Pruned          []string           `json:"pruned,omitempty"`            // snapshots that went

	// Retain is for how long jobs are kept, nil where it is for good.
	Retain *Retain `json:"retain,omitempty"`
	// Swept is how many kept snapshots were replaced, as they held what was overdue.
	Swept int `json:"swept,omitempty"`
	// SweptLines of kept input changed or went for the same reason, and SweptRaw runs of
	// which some was kept went whole.
	SweptLines int `json:"swept_raw_lines,omitempty"`
	SweptRaw   int `json:"swept_raw_runs,omitempty"`

	// Dropped is how many entries of what is pending were given up by the operator; nil
	// where the command is not about that.
	Dropped *int64 `json:"dropped,omitempty"`

	// WordsPassedOver is how many words of the dataset's dictionaries are not used, as
	// they hold a blank.
	WordsPassedOver int `json:"words_passed_over,omitempty"`

	Warnings []Warning `json:"warnings,omitempty"` // that do not change the exit code

	now     func() time.Time
	failure error // Error
}

// Read is what a run read.
type Read struct {
	Bytes     int64         `json:"bytes"` // decompressed
	Jobs      int64         `json:"jobs"`  // versions of jobs
	Turns     int64         `json:"turns"`
	Rejects   int64         `json:"rejects"`
	Coercions schema.Counts `json:"coercions,omitempty"` // values not as documented, and raw lines, by kind

	Impossible schema.Counts  `json:"impossible,omitempty"`     // values that are NULL, as they cannot be what they should, by field
	Seconds    schema.Counts  `json:"in_seconds,omitempty"`     // timestamps in seconds, by field
	Damaged    schema.Counts  `json:"damaged_text,omitempty"`   // texts in which bytes became U+FFFD, by field
	Unknown    *UnknownFields `json:"unknown_fields,omitempty"` // that are not documented, and not read
}

// UnknownFields are fields that are not documented.
type UnknownFields struct {
	Distinct int           `json:"distinct"` // how many of them; at least, where that is schema.MaxUnknown
	Met      schema.Counts `json:"met"`      // how often each, of those met most often
}

// mostNamed is how many unknown fields a report names.
const mostNamed = 50

// readOf sums up what was read.
func readOf(p *pipeline.Report) *Read {
	f := &p.Findings
	r := &Read{
		Bytes: p.Bytes, Jobs: p.Jobs, Turns: p.Turns, Rejects: p.Rejects,
		Coercions: f.Coercions, Impossible: f.Impossible, Seconds: f.Seconds, Damaged: f.Damaged,
	}
	if len(f.Unknown) == 0 {
		return r
	}
	names := slices.SortedFunc(maps.Keys(f.Unknown), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.Unknown[b], f.Unknown[a]), cmp.Compare(a, b))
	})
	r.Unknown = &UnknownFields{Distinct: len(names), Met: schema.Counts{}}
	for _, name := range names[:min(len(names), mostNamed)] {
		r.Unknown.Met[name] = f.Unknown[name]
	}
	return r
}

// Published is what is published since the run.
type Published struct {
	Snapshot string           `json:"snapshot"` // the latest one
	Changed  bool             `json:"changed"`  // false: it was the latest one before
	Counts   dataset.Counts   `json:"counts"`
	Rows     map[string]int64 `json:"rows"` // of each table
	Unlisted []string         `json:"unlisted_statuses,omitempty"`
	// Pending is what became of what was pending.
	Pending reconcile.Summary `json:"pending"`
	// WithoutFacts are the connected calls of the last 30 days without SearchTask's
	// columns.
	WithoutFacts int64 `json:"without_facts,omitempty"`
	// Rederived is why all rows were derived again; nil where they were not, or
	// other settings were given.
	Rederived *Rederived `json:"rederived,omitempty"`
}

// Rederived is what wrote the snapshot before, and what writes now.
type Rederived struct {
	From dataset.Versions `json:"from"`
	To   dataset.Versions `json:"to"`
}

// New returns the report of a run that has not opened its dataset yet.
func New(command, version string, now func() time.Time) *Report {
	return &Report{Command: command, Version: version, now: now, Started: now().UTC().Truncate(time.Millisecond)}
}

// Begin records the run, which starts once it has the dataset.
func (r *Report) Begin(run dataset.Run) { r.Run, r.Started = run.ID, run.Started }

// Add records what the run read and published; nil for nothing.
func (r *Report) Add(read *pipeline.Report, p *commit.Published) {
	r.Read = readOf(read)
	if p == nil {
		return
	}
	r.Published = &Published{
		Snapshot: p.Snapshot, Changed: p.Changed, Counts: p.Counts, Rows: map[string]int64{}, Unlisted: p.Unlisted, Pending: p.Pending,
	}
	if v := p.Rederived; v != nil {
		r.Published.Rederived = &Rederived{v[0], v[1]}
	}
	for _, t := range p.Tables {
		r.Published.Rows[t.Name] = t.Rows
	}
	if p.Changed {
		r.Snapshot = p.Snapshot
	}
}

// Lacks records what the published snapshot lacks of SearchTask's columns.
func (r *Report) Lacks(m *dataset.Manifest) (err error) {
	if r.Published != nil {
		r.Published.WithoutFacts, err = status.WithoutFacts(m, r.Started)
	}
	return err
}

// Sweep records that n kept snapshots were replaced after the run published, and the name
// that the published one has then.
func (r *Report) Sweep(n int, latest string) {
	if r.Swept += n; n == 0 || r.Published == nil {
		return
	}
	if r.Published.Snapshot = latest; r.Published.Changed {
		r.Snapshot = latest
	}
}

// Because adds a reason for exit code 3, with the ids of the requests to the API
// that it is due to.
func (r *Report) Because(code exit.ReasonCode, says, hint string, requestIDs ...string) {
	r.Reasons = append(r.Reasons, exit.Reason{Code: code, Says: client.Mask(says), Hint: client.Mask(hint), RequestIDs: requestIDs})
}

// Warning is something to look at that does not change the exit code.
type Warning struct {
	Says string `json:"says"`
	Hint string `json:"hint,omitempty"`
}

// Warn adds a warning.
func (r *Report) Warn(says, hint string) {
	r.Warnings = append(r.Warnings, Warning{client.Mask(says), client.Mask(hint)})
}

// End records that the run ended, with an error or nil, and returns the error
// that the command ends with. It is called again for what fails after that; once
// a snapshot is published, a failure is a reason for exit code 3.
func (r *Report) End(ctx context.Context, err error) error {
	r.Finished = r.now().UTC().Truncate(time.Millisecond)
	switch {
	case r.Published == nil:
		r.failure = errors.Join(r.failure, err)
		if err = r.failure; err != nil {
			r.Error = client.Mask(err.Error())
		}
	case err != nil:
		r.Because(exit.Afterwards, err.Error(), exit.Hint(err))
		fallthrough
	case len(r.Reasons) > 0:
		err = exit.Unclean(r.Reasons)
	}
	r.ExitCode = exit.Code(ctx, err)
	return err
}

// Said returns what the command says when it ends with err: the last line, and its
// messages.
func (r *Report) Said(ctx context.Context, err error) string {
	var said strings.Builder
	if r.Published != nil {
		fmt.Fprintln(&said, r.LastLine())
	}
	log := exit.Log{Writer: &said, Mask: client.Mask}
	log.Complain(ctx, err)
	return said.String()
}

// LastLine sums up a run that published.
func (r *Report) LastLine() string {
	p, c := r.Published, r.Published.Counts
	var parts []string
	for _, part := range []struct {
		n    int64
		what string
	}{{c.New, "new"}, {c.Changed, "changed"}, {c.Unchanged, "unchanged"}, {c.Superseded, "superseded"}, {c.Rejected, "rejected"}, {c.Expired, "expired"}, {c.Erased, "erased"}, {c.Lost, "lost"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	line := fmt.Sprintf("published %s: ", p.Snapshot)
	if !p.Changed {
		line = fmt.Sprintf("nothing new, %s stays: ", p.Snapshot)
	}
	noun := "job"
	if c.Rejected > 0 {
		noun = "record" // a reject may be anything
	}
	line += fmt.Sprintf("%s seen (%s) in %s", count(c.Seen, noun), strings.Join(parts, ", "), r.Finished.Sub(r.Started).Round(10*time.Millisecond))
	if n := r.Read.coerced(); n > 0 {
		line += fmt.Sprintf("; %s coerced", count(n, "value"))
	}
	if told := r.Read.told(); told != "" {
		line += fmt.Sprintf("; %s: see runs/%s.json", told, r.Run)
	}
	if r.Pull != nil {
		line += r.Pull.line()
	}
	line += pendingLine(p.Pending.ByReason)
	if n := p.Pending.GivenUp; n > 0 {
		line += fmt.Sprintf("; too old, asked for no more: %d", n)
	}
	if p.WithoutFacts > 0 && r.Pull != nil { // else nothing asks SearchTask
		line += fmt.Sprintf("; %s of the last 30 days without SearchTask's columns", count(p.WithoutFacts, "connected call"))
	}
	switch n := r.Dropped; {
	case n != nil && *n == 1:
		line += "; 1 entry given up"
	case n != nil:
		line += fmt.Sprintf("; %d entries given up", *n)
	}
	line += filesPassedOver(r.FilesPassedOver)
	line += p.Rederived.line()
	line += r.Retain.line(c.Left, c.Expired)
	if r.Swept > 0 {
		line += fmt.Sprintf("; %s rewritten without what was overdue", count(int64(r.Swept), "kept snapshot"))
	}
	if c.Shrunk > 0 {
		line += fmt.Sprintf("; %s shrunk: fewer tasks or turns than before", count(c.Shrunk, "job"))
	}
	if c.Undated > 0 {
		line += fmt.Sprintf("; %d superseded for lack of a timestamp; pass --observed-at", c.Undated)
	}
	if r.WordsPassedOver > 0 {
		line += fmt.Sprintf("; %s of the dictionary passed over for a blank in it", count(int64(r.WordsPassedOver), "word"))
	}
	separator := "; undocumented statuses: "
	for _, status := range p.Unlisted {
		line += separator + quote.Field(status)
		separator = ", "
	}
	return line
}

// Retain is for how long a dataset keeps jobs after their last call.
type Retain struct {
	Days int  `json:"days"`
	Set  bool `json:"set,omitempty"` // by this run; before it was longer, or for good
}

// Keep records that jobs are kept for so many days, 0 being for good, and for how many they
// were before the run.
func (r *Report) Keep(days, before int) {
	if days > 0 {
		r.Retain = &Retain{Days: days, Set: days != before}
	}
}

// line is the part of the last line about jobs that are kept no longer: left are those that
// were published, expired those that came in. What is gone does not come back by a longer
// time, so it is said when the time is set, and whenever something goes.
func (r *Retain) line(left, expired int64) string {
	if r == nil {
		return ""
	}
	var line string
	var parts []string
	if left > 0 {
		parts = append(parts, count(left, "job")+" removed")
	}
	if expired > 0 {
		parts = append(parts, fmt.Sprintf("%d expired left out", expired))
	}
	if len(parts) > 0 {
		line = fmt.Sprintf("; %s, past --retain %dd: gone for good", strings.Join(parts, " and "), r.Days)
	}
	if r.Set {
		line += fmt.Sprintf("; --retain %dd lasts: from now on every run removes jobs %d days after their last call, and can only shorten that", r.Days, r.Days)
	}
	return line
}

// filesPassedOver is the part of the last line about files that are no inputs.
func filesPassedOver(p *source.PassedOver) string {
	if p == nil || p.Files == 0 {
		return ""
	}
	const most = 3
	quoted := make([]string, 0, most)
	for _, path := range p.Paths[:min(len(p.Paths), most)] {
		quoted = append(quoted, quote.Field(path))
	}
	line := fmt.Sprintf("; %s passed over, not *.json, *.jsonl or *.xml: %s", count(int64(p.Files), "file"), strings.Join(quoted, ", "))
	if more := p.Files - len(quoted); more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return line
}

// line is the part of the last line that says what the dataset was brought to.
func (r *Rederived) line() string {
	switch {
	case r == nil:
		return ""
	case r.From.Format != r.To.Format:
		return fmt.Sprintf("; the dataset was brought from format %d to %d", r.From.Format, r.To.Format)
	}
	return "; all rows were derived again, since this version segments words or derives columns differently"
}

// count spells a number of things, such as "1 job" or "2 jobs".
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// told says what was not read, or not as it stands: what somebody should look
// at, which the report names.
func (r *Read) told() string {
	var parts []string
	add := func(n int64, one, more string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, more))
		}
	}
	if r.Unknown != nil {
		add(int64(r.Unknown.Distinct), "field is not known", "fields are not known")
	}
	add(sum(r.Impossible), "impossible value is NULL", "impossible values are NULL")
	add(sum(r.Seconds), "timestamp was in seconds", "timestamps were in seconds")
	add(sum(r.Damaged), "text is damaged", "texts are damaged")
	return strings.Join(parts, ", ")
}

func sum(c schema.Counts) (total int64) {
	for _, n := range c {
		total += n
	}
	return total
}

// coerced returns how many values were not spelled as documented. Raw lines and
// pages of other actions are counted with them, but are nothing unusual.
func (r *Read) coerced() (n int64) {
	for kind, count := range r.Coercions {
		if kind != "raw_line" && !strings.HasPrefix(kind, "action_") {
			n += count
		}
	}
	return n
}
