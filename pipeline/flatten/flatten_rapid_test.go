package flatten

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// Nothing the API said is lost, also where one Flattener did other jobs before.
func TestUnflattenGivesTheJob(t *testing.T) {
	f := newFlattener(t)
	rapid.Check(t, func(t *rapid.T) {
		j := drawJob(t)
		hash, _ := j.ContentHash(nil)
		got := Job(f.Rows(j, hash))

		if diff := cmp.Diff(j, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the job (-want +got):\n%s", diff)
		}
		if again, _ := got.ContentHash(nil); again != hash {
			t.Fatalf("content hash %v, want %v", again, hash)
		}
	})
}

func TestRowsAgreeWithTheJob(t *testing.T) {
	f := newFlattener(t)
	rapid.Check(t, func(t *rapid.T) {
		j := drawJob(t)
		rows := f.Rows(j, schema.ContentHash{1})
		checkJobRow(t, j, rows)
		turns := rows.Turns
		for i := range rows.Tasks {
			task := &rows.Tasks[i]
			checkTaskRow(t, j, i, task)
			if len(turns) < int(task.TurnCount) {
				t.Fatalf("task %d: %d turns left, want %d", i, len(turns), task.TurnCount)
			}
			checkTurnRows(t, task, turns[:task.TurnCount])
			turns = turns[task.TurnCount:]
		}
		if len(turns) != 0 {
			t.Fatalf("%d turns of no task", len(turns))
		}
	})
}

func checkJobRow(t *rapid.T, j *schema.Job, rows *schema.Rows) {
	row := &rows.Job
	dialed, hasTime := 0, false
	for i := range rows.Tasks {
		if rows.Tasks[i].Attempt != nil {
			dialed++
		}
		if ms := j.Tasks[i].CallTime(); ms != 0 {
			hasTime = true
			if ms < row.FirstCallTime || ms > row.LastCallTime {
				t.Fatalf("call time %d is outside %d–%d", ms, row.FirstCallTime, row.LastCallTime)
			}
		}
	}
	if int(row.TaskCount) != len(j.Tasks) || int(row.DialedCount) != dialed {
		t.Fatalf("counts %d and %d, want %d and %d", row.TaskCount, row.DialedCount, len(j.Tasks), dialed)
	}
	if hasTime == (rows.JobDate == schema.NoDate) {
		t.Fatalf("job date %d, has a call time: %v", rows.JobDate, hasTime)
	}
	if hasTime && rows.JobDate != *rows.Tasks[0].CallDate {
		t.Fatalf("job date %d, first call on %d", rows.JobDate, *rows.Tasks[0].CallDate)
	}
	if row.JobOutcome == "" || row.FirstSeen != firstSeen(j) || row.ObservedAt != j.ObservedAt {
		t.Fatalf("job row %+v", row)
	}
}

func checkTaskRow(t *rapid.T, j *schema.Job, i int, row *schema.TaskRow) {
	task := &j.Tasks[i]
	if int(row.TaskIndex) != i || row.IsLastTask != (i == len(j.Tasks)-1) || int(row.TurnCount) != len(task.Turns) {
		t.Fatalf("task row %d: %+v", i, row)
	}
	if (row.CallDate == nil) != (task.CallTime() == 0) || (row.CallHour == nil) != (row.CallDate == nil) {
		t.Fatalf("task row %d: date %v and hour %v of %d", i, row.CallDate, row.CallHour, task.CallTime())
	}
	if row.DialExceptions == nil {
		t.Fatalf("task row %d has a list that is nil", i)
	}
}

func checkTurnRows(t *rapid.T, task *schema.TaskRow, rows []schema.TurnRow) {
	var robotTurns, contactTurns, robotChars, contactChars int32
	for i := range rows {
		r := &rows[i]
		if r.TaskID != task.TaskID || int(r.TurnIndex) != i || int(r.TurnsLeft) != len(rows)-1-i {
			t.Fatalf("turn %d: %+v", i, r)
		}
		if r.Tokens == nil || strings.Join(r.Tokens, "") != r.Script {
			t.Fatalf("tokens %q of script %q", r.Tokens, r.Script)
		}
		if int(r.Chars) != utf8.RuneCountInString(r.Script) {
			t.Fatalf("%d characters in %q", r.Chars, r.Script)
		}
		if (r.GapMS != nil) != (r.Timing == schema.TimingOK || r.Timing == schema.TimingTie || r.Timing == schema.TimingBackwards) {
			t.Fatalf("timing %s, gap %v", r.Timing, r.GapMS)
		}
		if r.Outcome != task.Outcome || !cmp.Equal(r.Answered, task.Answered) ||
			!cmp.Equal(r.FailedDialogue, task.FailedDialogue) || !cmp.Equal(r.CallDate, task.CallDate) {
			t.Fatalf("turn %d says otherwise than its task: %+v", i, r)
		}
		if (r.Pattern != "") != (r.Speaker == schema.SpeakerRobot && r.Script != "") {
			t.Fatalf("pattern %q of %s %q", r.Pattern, r.Speaker, r.Script)
		}
		switch r.Speaker {
		case schema.SpeakerRobot:
			robotTurns++
			robotChars += r.Chars
		case schema.SpeakerContact:
			contactTurns++
			contactChars += r.Chars
		}
	}
	want := [...]int32{robotTurns, contactTurns, robotChars, contactChars}
	got := [...]int32{task.RobotTurns, task.ContactTurns, task.RobotChars, task.ContactChars}
	if got != want {
		t.Fatalf("counts of speakers %v, want %v", got, want)
	}
}

// The same rows come out whatever was flattened before.
func TestRowsDependOnTheJobAlone(t *testing.T) {
	used := newFlattener(t)
	rapid.Check(t, func(t *rapid.T) {
		j := drawJob(t)
		fresh := New(used.loc, used.segment)
		if diff := cmp.Diff(fresh.Rows(j, schema.ContentHash{}), used.Rows(j, schema.ContentHash{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("rows (-fresh +used):\n%s", diff)
		}
	})
}

func firstSeen(j *schema.Job) int64 {
	if j.FirstSeen != 0 {
		return j.FirstSeen
	}
	return j.ObservedAt
}
