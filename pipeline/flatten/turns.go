package flatten

import (
	"slices"
	"unicode/utf8"

	"callmill/schema"
)

// addTurns appends the rows of the task's conversation and fills in what the
// task's row says of it.
func (f *Flattener) addTurns(j *schema.Job, t *schema.Task, task *schema.TaskRow) {
	if len(t.Turns) == 0 {
		return
	}
	if !j.Redacted {
		if f.patternsOf != j {
			f.patternsOf = j
			addValues(f.patterns, j)
		}
		f.patterns.Reset(callOf(j, t))
	}
	// What the rows of a call share is put together once.
	call := schema.TurnRow{
		InstanceID:     j.InstanceID,
		JobID:          j.JobID,
		TaskID:         t.TaskID,
		JobGroupID:     j.JobGroupID,
		Outcome:        task.Outcome,
		Answered:       task.Answered,
		FailedDialogue: task.FailedDialogue,
		CallDate:       task.CallDate,
	}
	var robotTurns, contactTurns, robotChars, contactChars int
	var lastTime int64 // of the last earlier turn that has one
	f.rows.Turns = slices.Grow(f.rows.Turns, len(t.Turns))
	for i := range t.Turns {
		turn := &t.Turns[i]
		f.rows.Turns = append(f.rows.Turns, call)
		row := &f.rows.Turns[len(f.rows.Turns)-1]
		row.TurnIndex, row.TurnsLeft = count(i), count(len(t.Turns)-1-i)
		row.Speaker = turn.Speaker
		row.StoredTime, row.Timing = turn.Timestamp, timing(lastTime, turn.Timestamp)
		f.setWords(row, turn.Script)
		if turn.Timestamp != 0 {
			if lastTime != 0 {
				row.GapMS = f.gap(turn.Timestamp - lastTime)
			}
			lastTime = turn.Timestamp
		}
		switch turn.Speaker {
		case schema.SpeakerRobot:
			robotTurns++
			robotChars += int(row.Chars)
			if row.Pattern = turn.Pattern; !j.Redacted {
				f.setPattern(row)
			}
		case schema.SpeakerContact:
			contactTurns++
			contactChars += int(row.Chars)
			task.Spoke = task.Spoke || says(row.Script)
		}
		task.FirstTurnTime, task.LastTurnTime = widen(task.FirstTurnTime, task.LastTurnTime, turn.Timestamp)

		if len(turn.Summaries) > 0 {
			f.indexes = append(withRoom(f.indexes, 1), count(i))
			f.addSummaries(j, t.TaskID, &f.indexes[len(f.indexes)-1], turn.Summaries)
		}
	}
	task.TurnCount = count(len(t.Turns))
	task.RobotTurns, task.ContactTurns = count(robotTurns), count(contactTurns)
	task.RobotChars, task.ContactChars = count(robotChars), count(contactChars)
}

// timing says what the gap between two stored times is worth; 0 is no time.
func timing(earlier, ms int64) string {
	switch {
	case ms == 0:
		return schema.TimingMissing
	case earlier == 0:
		return schema.TimingFirst
	case ms > earlier:
		return schema.TimingOK
	case ms == earlier:
		return schema.TimingTie
	}
	return schema.TimingBackwards
}

// setWords fills in what a turn says, and its words, which share the bytes of
// the script.
func (f *Flattener) setWords(row *schema.TurnRow, script string) {
	f.words = f.words[:0]
	if script != "" {
		f.words = f.segment.Cut(f.words, script)
	}
	f.texts = withRoom(f.texts, len(f.words))
	start := len(f.texts)
	f.texts = appendWords(f.texts, script, f.words)
	row.Script, row.Tokens = script, f.texts[start:len(f.texts):len(f.texts)]
	row.Chars = count(utf8.RuneCountInString(script))
}

// appendWords appends the words of a script that have these lengths.
func appendWords(dst []string, script string, lengths []int32) []string {
	start := len(dst)
	dst = slices.Grow(dst, len(lengths))[:start+len(lengths)]
	for i, n := range lengths {
		dst[start+i], script = script[:n], script[n:]
	}
	return dst
}

func (f *Flattener) gap(ms int64) *int64 {
	f.gaps = append(withRoom(f.gaps, 1), ms)
	return &f.gaps[len(f.gaps)-1]
}

// setPattern fills in the pattern of the last row. One that differs from its
// script is kept aside for setPatterns.
func (f *Flattener) setPattern(row *schema.TurnRow) {
	start := len(f.slots)
	if f.slots = f.patterns.Append(f.slots, row.Script); len(f.slots) == start {
		row.Pattern = row.Script
		return
	}
	f.spans = append(f.spans, span{len(f.rows.Turns) - 1, start, len(f.slots)})
}

// setPatterns makes one string of all the patterns kept aside: one allocation
// for a job instead of one for each line.
func (f *Flattener) setPatterns() {
	all := string(f.slots)
	for _, s := range f.spans {
		f.rows.Turns[s.turn].Pattern = all[s.start:s.end]
	}
}

func (f *Flattener) addContacts(j *schema.Job) {
	for i := range j.Contacts {
		c := &j.Contacts[i]
		f.rows.Contacts = append(f.rows.Contacts, schema.ContactRow{
			InstanceID:         j.InstanceID,
			JobID:              j.JobID,
			ContactIndex:       count(i),
			ContactKey:         c.Key,
			ContactID:          c.ContactID,
			ContactName:        c.Name,
			ContactHonorific:   c.Honorific,
			ContactPhoneNumber: c.PhoneNumber,
			ContactReferenceID: c.ReferenceID,
			ContactRole:        c.Role,
			ContactState:       c.State,
			ContactJobID:       c.JobID,
		})
	}
}

func (f *Flattener) addExtras(j *schema.Job) {
	for i := range j.Extras {
		f.rows.Extras = append(f.rows.Extras, schema.ExtraRow{
			InstanceID: j.InstanceID,
			JobID:      j.JobID,
			ExtraIndex: count(i),
			Key:        j.Extras[i].Key,
			Value:      j.Extras[i].Value,
		})
	}
}

// addSummaries appends the summaries of a turn, or of the job if taskID is "" and
// turn nil.
func (f *Flattener) addSummaries(j *schema.Job, taskID string, turn *int32, list []schema.Summary) {
	for i := range list {
		f.rows.Summaries = append(f.rows.Summaries, schema.SummaryRow{
			InstanceID:   j.InstanceID,
			JobID:        j.JobID,
			TaskID:       taskID,
			TurnIndex:    turn,
			SummaryIndex: count(i),
			Category:     list[i].Category,
			SummaryName:  list[i].Name,
			Content:      list[i].Content,
		})
	}
}
