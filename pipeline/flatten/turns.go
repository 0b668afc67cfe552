package flatten

import (
	"slices"

	"callmill/schema"
)

// addTurns appends the rows of the task's conversation and fills in what the
// task's row says of it.
func (f *Flattener) addTurns(j *schema.Job, t *schema.Task, task *schema.TaskRow) {
	if len(t.Turns) == 0 {
		return
	}
	f.patterns.setCall(callPerson(j, t))
	var robotTurns, contactTurns, robotChars, contactChars int
	var lastTime int64 // of the last earlier turn that has one
	for i := range t.Turns {
		turn := &t.Turns[i]
		known, words, chars := f.look(turn.Script)
		row := schema.TurnRow{
			InstanceID:     j.InstanceID,
			JobID:          j.JobID,
			TaskID:         t.TaskID,
			TurnIndex:      count(i),
			JobGroupID:     j.JobGroupID,
			TurnsLeft:      count(len(t.Turns) - 1 - i),
			Speaker:        turn.Speaker,
			Script:         turn.Script,
			Tokens:         f.tokens(turn.Script, words),
			Chars:          count(chars),
			StoredTime:     turn.Timestamp,
			Timing:         timing(lastTime, turn.Timestamp),
			Outcome:        task.Outcome,
			Answered:       task.Answered,
			FailedDialogue: task.FailedDialogue,
			CallDate:       task.CallDate,
		}
		if turn.Timestamp != 0 {
			if lastTime != 0 {
				row.GapMS = f.gap(turn.Timestamp - lastTime)
			}
			lastTime = turn.Timestamp
		}
		switch turn.Speaker {
		case schema.SpeakerRobot:
			robotTurns++
			robotChars += chars
			row.Pattern = f.pattern(turn.Script, known)
		case schema.SpeakerContact:
			contactTurns++
			contactChars += chars
		}
		task.FirstTurnTime, task.LastTurnTime = widen(task.FirstTurnTime, task.LastTurnTime, turn.Timestamp)

		f.rows.Turns = append(f.rows.Turns, row)
		if len(turn.Summaries) > 0 {
			f.indexes = append(f.indexes, count(i))
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

// tokens gives the words of a script, which share its bytes.
func (f *Flattener) tokens(script string, words []int32) []string {
	start := len(f.texts)
	f.texts = slices.Grow(f.texts, len(words))
	at := 0
	for _, n := range words {
		f.texts = append(f.texts, script[at:at+int(n)])
		at += int(n)
	}
	return f.texts[start:len(f.texts):len(f.texts)]
}

func (f *Flattener) gap(ms int64) *int64 {
	f.gaps = append(f.gaps, ms)
	return &f.gaps[len(f.gaps)-1]
}

// pattern gives the pattern of the script of the turn that is added next.
// One that differs from its script is kept aside for setPatterns, and "" is
// given for now.
func (f *Flattener) pattern(script string, known *line) string {
	start := len(f.slots)
	switch {
	case known == nil || f.patterns.mayName(script):
		f.slots = f.patterns.append(f.slots, script)
	case known.patterned:
		f.slots = append(f.slots, known.pattern...)
	default:
		f.slots = f.patterns.append(f.slots, script)
		known.pattern, known.patterned = append(known.pattern[:0], f.slots[start:]...), true
	}
	if len(f.slots) == start {
		return script
	}
	f.spans = append(f.spans, span{len(f.rows.Turns), start, len(f.slots)})
	return ""
}

// setPatterns makes one string of all the patterns kept aside: one allocation
// for a job instead of one for each line.
func (f *Flattener) setPatterns() {
	all := string(f.slots)
	for _, s := range f.spans {
		f.rows.Turns[s.turn].Pattern = all[s.start:s.end]
	}
}
