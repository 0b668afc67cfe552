package consistency

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/dataset/verify/finding"
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
	check, why := finding.References, "which the job does not have"
	if _, ok := taskAt[turns[0].TaskID]; ok {
		check, why = finding.Order, "not in the order of tasks"
	}
	j.add(schema.TableTurns, check, "turn %d of task %s, %s", turns[0].TurnIndex, turns[0].TaskID, why)
}

// talk is what a task's row says of its conversation.
type talk struct{ turns, robotTurns, robotChars, contactTurns, contactChars int32 }

func (t talk) String() string {
	return fmt.Sprintf("%d turns, robot %d with %d chars, contact %d with %d chars",
		t.turns, t.robotTurns, t.robotChars, t.contactTurns, t.contactChars)
}

// checkConversation checks the turns of one task.
func (j *jobCheck) checkConversation(t *schema.TaskRow, turns []schema.TurnRow) {
	counted := talk{turns: int32(len(turns))}
	for i := range turns {
		turn := &turns[i]
		if int(turn.TurnIndex) != i || int(turn.TurnsLeft) != len(turns)-1-i {
			j.add(schema.TableTurns, finding.Indexes, "task %s: turn_index %d and turns_left %d, not %d and %d",
				t.TaskID, turn.TurnIndex, turn.TurnsLeft, i, len(turns)-1-i)
		}
		if !joins(turn.Tokens, turn.Script) {
			j.add(schema.TableTurns, finding.Tokens, "turn %d of task %s: the tokens %q are not the script %q", i, t.TaskID, turn.Tokens, turn.Script)
		}
		chars := int32(utf8.RuneCountInString(turn.Script))
		if turn.Chars != chars {
			j.add(schema.TableTurns, finding.Counts, "turn %d of task %s: chars is %d, the script has %d", i, t.TaskID, turn.Chars, chars)
		}
		switch turn.Speaker {
		case schema.SpeakerRobot:
			counted.robotTurns++
			counted.robotChars += chars
		case schema.SpeakerContact:
			counted.contactTurns++
			counted.contactChars += chars
		case "":
			j.add(schema.TableTurns, finding.Values, "turn %d of task %s: speaker is empty", i, t.TaskID)
		}
	}
	if said := (talk{t.TurnCount, t.RobotTurns, t.RobotChars, t.ContactTurns, t.ContactChars}); said != counted {
		j.add(schema.TableTasks, finding.Counts, "task %s says %s; there are %s", t.TaskID, said, counted)
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

// checkLists checks the indexes of contacts and extras.
func (j *jobCheck) checkLists(contacts []schema.ContactRow, extras []schema.ExtraRow) {
	for i := range contacts {
		if got := contacts[i].ContactIndex; int(got) != i {
			j.add(schema.TableContacts, finding.Indexes, "contact_index %d, not %d", got, i)
		}
	}
	for i := range extras {
		if got := extras[i].ExtraIndex; int(got) != i {
			j.add(schema.TableExtras, finding.Indexes, "extra_index %d, not %d", got, i)
		}
	}
}

// turnKey identifies a turn of the job.
type turnKey struct {
	taskID string
	index  int32
}

// checkSummaries checks that the job's own summaries come first, then those of
// the turns in the turns' order, each list numbered from 0.
func (j *jobCheck) checkSummaries(turns []schema.TurnRow, summaries []schema.SummaryRow) {
	if len(summaries) == 0 {
		return
	}
	turnAt := emptied(&j.turnAt, len(turns))
	for i := range turns {
		turnAt[turnKey{turns[i].TaskID, turns[i].TurnIndex}] = i
	}
	current, want := -1, int32(0) // turn of the list at hand, -1 for the job's, and its next index
	for i := range summaries {
		s := &summaries[i]
		turn, ok := -1, s.TaskID == "" && s.TurnIndex == nil
		if s.TurnIndex != nil {
			turn, ok = turnAt[turnKey{s.TaskID, *s.TurnIndex}]
		}
		if !ok {
			j.add(schema.TableSummaries, finding.References, "a summary of turn %s of task %q, which the job does not have", number(s.TurnIndex), s.TaskID)
			continue
		}
		if turn < current {
			j.add(schema.TableSummaries, finding.Order, "a summary of turn %s of task %q: not in the order of turns", number(s.TurnIndex), s.TaskID)
		}
		if turn != current {
			current, want = turn, 0
		}
		if s.SummaryIndex != want {
			j.add(schema.TableSummaries, finding.Indexes, "turn %s of task %q: summary_index %d, not %d", number(s.TurnIndex), s.TaskID, s.SummaryIndex, want)
		}
		want++
	}
}
