package discover

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/lenient"
	"callmill/pipeline/outboundbot/lists"
	"callmill/schema"
)

// rawOf is an answer as the log keeps and a run reads it: a raw line.
func rawOf(r *client.Request, a *client.Answer) *schema.Raw {
	line := schema.RawLine{
		ObservedAt: schema.RawInstant(a.ObservedAt), InstanceID: r.InstanceID, Action: r.Action,
		Asked:  schema.RawAsked{JobIDs: r.JobIDs, Query: r.Query},
		Status: a.Status, RequestID: a.RequestID, Body: schema.RawBody(a.Body),
	}
	return &schema.Raw{
		Origin: origin(r.Action, a.RequestID), InstanceID: r.InstanceID, ObservedAt: a.ObservedAt, Body: line.Append(nil),
	}
}

// origin names a request among the origins of rejects.
func origin(action, requestID string) string {
	if requestID == "" {
		return action
	}
	return action + " request " + requestID
}

// keptLine is a line that the log had kept.
type keptLine struct {
	schema.RawLine
	raw *schema.Raw
}

// readKept reads a kept line; nil where it is damaged.
func (s *Source) readKept(n int) (*keptLine, error) {
	text, err := s.log.Line(n)
	if err != nil {
		return nil, err
	}
	return parseKept(text), nil
}

// parseKept parses a kept line; nil where it is damaged.
func parseKept(text []byte) *keptLine {
	var k keptLine
	if json.Unmarshal(text, &k.RawLine) != nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, k.ObservedAt)
	if err != nil {
		return nil
	}
	k.raw = &schema.Raw{
		Origin: origin(k.Action, k.RequestID), InstanceID: k.InstanceID, ObservedAt: at.UnixMilli(), Body: text,
	}
	return &k
}

// answer is the line as the answer it was; nil where its response is damaged.
func (k *keptLine) answer() *client.Answer {
	body := k.Response()
	members, err := lenient.Parse(body)
	if err != nil {
		return nil
	}
	return &client.Answer{ObservedAt: k.raw.ObservedAt, Status: k.Status, RequestID: k.RequestID, Body: body, Members: members}
}

// unfetched is the raw line of an id that is answered with errors only. Where the
// API does not say itself that it failed, or sent nothing, the line says it in our
// words.
func unfetched(r *client.Request, f *client.Failure, now time.Time) *schema.Raw {
	line := schema.RawLine{
		ObservedAt: schema.RawInstant(now.UnixMilli()), InstanceID: r.InstanceID, Action: r.Action,
		Asked: schema.RawAsked{JobIDs: r.JobIDs}, RequestID: f.Cause.RequestID, Status: f.Status,
	}
	if f.Status != 0 {
		line.Body = schema.RawBody(f.Body)
	}
	if line.Status == 0 || line.Unfetched() == nil {
		line.Status = 0
		line.Body, _ = json.Marshal(f.Cause.Reason) // strings can always be marshalled
	}
	return &schema.Raw{
		Origin: origin(r.Action, f.Cause.RequestID), InstanceID: r.InstanceID, ObservedAt: now.UnixMilli(), Body: line.Append(nil),
	}
}

// Groups reads the campaigns of a raw line of ListJobGroups, as a pull does;
// none where the line is not an answer.
func Groups(line *schema.RawLine) []schema.JobGroupRow {
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil || line.Status >= 400 {
		return nil
	}
	page, err := lenient.Parse(line.Response())
	if err != nil {
		return nil
	}
	rows, _ := lists.Groups(page, line.InstanceID, at.UnixMilli())
	return slices.DeleteFunc(rows, func(row schema.JobGroupRow) bool { return row.JobGroupID == "" })
}

// Listed reads the ids of a raw line of ListJobsByGroup, as a pull does; none where
// the line is not an answer.
func Listed(line *schema.RawLine) []string {
	if line.Status >= 400 {
		return nil
	}
	page, err := lenient.Parse(line.Response())
	if err != nil {
		return nil
	}
	ids, _ := lists.JobIDs(&client.Answer{Members: page})
	return ids
}

// sightings reads which of the jobs that were asked for a response holds, and why
// it does not hold the others, as the reader tells.
func (s *Source) sightings(raw *schema.Raw, ids []string) []schema.Sighting {
	if len(ids) == 0 || s.readers.New == nil {
		return nil
	}
	all, index := make([]schema.Sighting, len(ids)), make(map[string]int, len(ids))
	for i, id := range ids {
		all[i] = schema.Sighting{
			InstanceID: raw.InstanceID, JobID: id, Trouble: schema.PendingMissing, ObservedAt: time.UnixMilli(raw.ObservedAt),
		}
		index[strings.TrimSpace(id)] = i // which is how the reader knows it
	}
	reader := s.readers.Get().(Reader)
	defer s.readers.Put(reader)
	for item := range reader.Items(raw) {
		switch {
		case item.Job != nil:
			s.callsOf.note(item.Job)
			if i, asked := index[item.Job.JobID]; asked {
				all[i].Trouble, all[i].Final, all[i].LastCall = "", schema.FinalStatus(item.Job.Status), lastCall(item.Job)
			}
		case item.Expected != nil && item.Expected.Trouble != "":
			if i, asked := index[item.Expected.JobID]; asked {
				all[i].Trouble = item.Expected.Trouble
			}
		}
	}
	return all
}

// lastCall is when a job was called last; zero: never.
func lastCall(job *schema.Job) time.Time {
	var last int64
	for i := range job.Tasks {
		last = max(last, job.Tasks[i].CallTime())
	}
	if last == 0 {
		return time.Time{}
	}
	return time.UnixMilli(last)
}
