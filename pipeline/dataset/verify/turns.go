package verify

import (
	"strings"
	"unicode/utf8"

	"callmill/schema"
)

// checkTurns checks that the turns follow the order of the tasks, each task's
// numbered from 0, and what the tasks' rows say of them. taskAt is the index of
// each task, by task_id.
func (j *jobCheck) checkTurns(tasks []schema.TaskRow, turns []schema.TurnRow, taskAt map[string]int) {
	for i := range tasks {
		t := &tasks[i]
		n := 0
		for n < len(turns) && turns[n].TaskID == t.TaskID {
			n++
		}
		j.checkConversation(t, turns[:n])
		turns = turns[n:]
		if len(turns) == 0 {
			continue
		}
		if next, ok := taskAt[turns[0].TaskID]; !ok || next <= i {
			break
		}
	}
	if len(turns) == 0 {
		return
	}
	check, why := CheckReferences, "which the job does not have"
	if _, ok := taskAt[turns[0].TaskID]; ok {
		check, why = CheckOrder, "not in the order of tasks"
	}
	j.add(schema.TableTurns, check, "turn %d of task %s, %s", turns[0].TurnIndex, turns[0].TaskID, why)
}

// checkConversation checks the turns of one task.
func (j *jobCheck) checkConversation(t *schema.TaskRow, turns []schema.TurnRow) {
	var robotTurns, contactTurns, robotChars, contactChars int
	for i := range turns {
		turn := &turns[i]
		if int(turn.TurnIndex) != i || int(turn.TurnsLeft) != len(turns)-1-i {
			j.add(schema.TableTurns, CheckIndexes, "task %s: turn_index %d and turns_left %d, not %d and %d",
				t.TaskID, turn.TurnIndex, turn.TurnsLeft, i, len(turns)-1-i)
		}
		if !joins(turn.Tokens, turn.Script) {
			j.add(schema.TableTurns, CheckTokens, "turn %d of task %s: the tokens %q are not the script %q", i, t.TaskID, turn.Tokens, turn.Script)
		}
		chars := utf8.RuneCountInString(turn.Script)
		if int(turn.Chars) != chars {
			j.add(schema.TableTurns, CheckCounts, "turn %d of task %s: chars is %d, the script has %d", i, t.TaskID, turn.Chars, chars)
		}
		switch turn.Speaker {
		case schema.SpeakerRobot:
			robotTurns, robotChars = robotTurns+1, robotChars+chars
		case schema.SpeakerContact:
			contactTurns, contactChars = contactTurns+1, contactChars+chars
		case "":
			j.add(schema.TableTurns, CheckValues, "turn %d of task %s: speaker is empty", i, t.TaskID)
		}
	}
	if int(t.TurnCount) != len(turns) || int(t.RobotTurns) != robotTurns || int(t.ContactTurns) != contactTurns ||
		int(t.RobotChars) != robotChars || int(t.ContactChars) != contactChars {
		j.add(schema.TableTasks, CheckCounts, "task %s says %d turns, robot %d with %d chars, contact %d with %d chars; there are %d, %d with %d, %d with %d",
			t.TaskID, t.TurnCount, t.RobotTurns, t.RobotChars, t.ContactTurns, t.ContactChars,
			len(turns), robotTurns, robotChars, contactTurns, contactChars)
	}
}

// joins reports whether the tokens, none of them empty, are the script.
func joins(tokens []string, script string) bool {
	for _, token := range tokens {
		if token == "" || !strings.HasPrefix(script, token) {
			return false
		}
		script = script[len(token):]
	}
	return script == ""
}
