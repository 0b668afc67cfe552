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
	f.patterns.setCall(callPerson(j, t))
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
	hashes := f.lines.ahead(t.Turns)
	for i := range t.Turns {
		turn := &t.Turns[i]
		f.rows.Turns = append(f.rows.Turns, call)
		row := &f.rows.Turns[len(f.rows.Turns)-1]
		row.TurnIndex, row.TurnsLeft = count(i), count(len(t.Turns)-1-i)
		row.Speaker, row.Script = turn.Speaker, turn.Script
		row.StoredTime, row.Timing = turn.Timestamp, timing(lastTime, turn.Timestamp)
		known, ok := f.look(row, hashes[i])
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
			row.Pattern = f.pattern(turn.Script, known, ok)
		case schema.SpeakerContact:
			contactTurns++
			contactChars += int(row.Chars)
		}
		task.FirstTurnTime, task.LastTurnTime = widen(task.FirstTurnTime, task.LastTurnTime, turn.Timestamp)

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

// look fills in the words and the number of characters of a turn's script, and
// gives what is known of the line if it was kept before.
func (f *Flattener) look(row *schema.TurnRow, hash uint64) (known line, ok bool) {
	script := row.Script
	if known, ok = f.lines.find(hash, script); ok {
		row.Tokens, row.Chars = tokens(f, script, known.words), count(known.chars)
		return known, true
	}
	f.words = f.words[:0]
	if script != "" {
		f.words = f.segment.Cut(f.words, script)
	}
	chars := utf8.RuneCountInString(script)
	row.Tokens, row.Chars = tokens(f, script, f.words), count(chars)
	if len(script) <= maxLine && f.lines.again(hash) {
		f.kept = f.plain.append(f.kept[:0], script)
		f.lines.keep(hash, script, f.words, chars, f.kept)
	}
	return line{}, false
}

// tokens gives the words of a script by their lengths. They share its bytes.
func tokens[L byte | int32](f *Flattener, script string, lengths []L) []string {
	start := len(f.texts)
	f.texts = slices.Grow(f.texts, len(lengths))[:start+len(lengths)]
	words := f.texts[start:len(f.texts):len(f.texts)]
	for i, n := range lengths {
		words[i], script = script[:n], script[n:]
	}
	return words
}

func (f *Flattener) gap(ms int64) *int64 {
	f.gaps = append(f.gaps, ms)
	return &f.gaps[len(f.gaps)-1]
}

// pattern gives the pattern of the script of the turn that was added last.
// One that differs from its script is kept aside for setPatterns, and "" is
// given for now.
func (f *Flattener) pattern(script string, known line, ok bool) string {
	start := len(f.slots)
	if ok && !f.patterns.mayName(script) {
		f.slots = append(f.slots, known.pattern...)
	} else {
		f.slots = f.patterns.append(f.slots, script)
	}
	if len(f.slots) == start {
		return script
	}
	f.spans = append(f.spans, span{len(f.rows.Turns) - 1, start, len(f.slots)})
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
