package decode

import (
	"callmill/schema"
)

func (d *Decoder) task() bool {
	l := &d.lists
	d.at.task = len(l.tasks)
	l.tasks = append(l.tasks, schema.Task{})
	t := &l.tasks[len(l.tasks)-1]
	l.turns = l.turns[:0]
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			break
		}
		if !d.taskField(t, name) {
			return false
		}
	}
	t.Turns = d.turns.keep(l.turns)
	return d.bad.code == ""
}

func (d *Decoder) taskField(t *schema.Task, name []byte) bool {
	switch string(name) {
	case "TaskId":
		return d.token(&t.TaskID, "TaskId")
	case "JobId":
		return d.token(&t.JobID, "JobId")
	case "CallId":
		return d.token(&t.CallID, "CallId")
	case "ChatbotId":
		return d.token(&t.ChatbotID, "ChatbotId")
	case "ScenarioId":
		return d.token(&t.ScenarioID, "ScenarioId")
	case "Status":
		return d.taskStatus(&t.Status)
	case "Brief":
		return d.content(&t.Brief, "Brief")
	case "PlanedTime": // the API's spelling
		return d.instant(&t.PlannedTime, "PlanedTime")
	case "ActualTime":
		return d.instant(&t.ActualTime, "ActualTime")
	case "Duration":
		return d.int64(&t.Duration, "Duration")
	case "CallingNumber":
		return d.token(&t.CallingNumber, "CallingNumber")
	case "CalledNumber":
		return d.token(&t.CalledNumber, "CalledNumber")
	case "Contact":
		return d.taskContact(&t.Contact)
	case "Conversation":
		d.lists.turns = again(d, d.lists.turns)
		ok := d.list(conversation, d.turn)
		d.at.turn = -1
		return ok
	}
	if upper := d.capital(name); upper != nil {
		return d.taskField(t, upper)
	}
	return d.unknown(name)
}

func (d *Decoder) turn() bool {
	l := &d.lists
	d.at.turn = len(l.turns)
	l.turns = append(l.turns, schema.Turn{})
	t := &l.turns[len(l.turns)-1]
	l.results = l.results[:0]
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			break
		}
		if !d.turnField(t, name) {
			return false
		}
	}
	if t.Speaker == "" {
		t.Speaker = schema.SpeakerUnknown
		d.count(noSpeaker)
	}
	t.Summaries = d.results.keep(l.results)
	return d.bad.code == ""
}

func (d *Decoder) turnField(t *schema.Turn, name []byte) bool {
	switch string(name) {
	case "Script":
		return d.content(&t.Script, "Script")
	case "Speaker":
		return d.speaker(&t.Speaker)
	case "Timestamp":
		return d.instant(&t.Timestamp, "Timestamp")
	case "Summary":
		d.lists.results = again(d, d.lists.results)
		return d.summaries(&d.lists.results)
	}
	if upper := d.capital(name); upper != nil {
		return d.turnField(t, upper)
	}
	return d.unknown(name)
}

// speaker gives the two speakers one string each, so that millions of turns
// do not keep their bodies alive.
func (d *Decoder) speaker(dst *string) bool {
	ok := d.token(dst, "Speaker")
	switch *dst {
	case schema.SpeakerRobot:
		*dst = schema.SpeakerRobot
	case schema.SpeakerContact:
		*dst = schema.SpeakerContact
	}
	return ok
}
