package flatten

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

// hungUp is a job of one call that the contact hung up, with these lines of the
// robot and a reply between any two.
func hungUp(lines ...string) *schema.Job {
	task := schema.Task{TaskID: "t", Status: "SucceededClientHangUp"}
	for i, line := range lines {
		if i > 0 {
			task.Turns = append(task.Turns, schema.Turn{Speaker: schema.SpeakerContact, Script: "嗯，再见。"})
		}
		task.Turns = append(task.Turns, schema.Turn{Speaker: schema.SpeakerRobot, Script: line})
	}
	return &schema.Job{JobID: "j", Tasks: []schema.Task{task}}
}

const (
	opening  = "您好，我是小安，请问是王先生吗？"
	question = "请问您方便参加吗？"
)

func TestFlowEnded(t *testing.T) {
	tests := []struct {
		lines []string // after the opening
		want  bool
	}{
		// Formulas, in the last line.
		{[]string{"好的，再见。"}, true},
		{[]string{"好的再见"}, true},
		{[]string{"好的，打擾了，再見。"}, true},
		{[]string{"下次再見面時給您。"}, false},
		{[]string{"請問您還有問題嗎？"}, false},
		{[]string{"好的，再見！請問還有嗎？"}, false},
		{[]string{"感謝您的接聽，祝您生活愉快，謝謝。"}, true},
		{[]string{"稍後再與您聯繫。"}, true},
		{[]string{"那就这样，再见啦！"}, true},
		{[]string{"再见，王先生。"}, true},
		{[]string{"再见，稍后您会收到一条短信。"}, true},
		{[]string{"拜拜～"}, true},
		{[]string{"祝您生活愉快！"}, true},
		{[]string{"祝您生活愉快，谢谢。"}, true},
		{[]string{"好的，祝您早日康复，王女士！"}, true},
		{[]string{"感谢您的接听。"}, true},
		{[]string{"非常感谢您对我们工作的支持！"}, true},
		{[]string{"那先不打扰您了，有需要再联系。"}, true},
		{[]string{"好的，打扰了。"}, true},
		{[]string{"那您先忙。"}, true},
		{[]string{"不客气。"}, true},
		{[]string{"欢迎您再次来电。"}, true},
		{[]string{"好的，以后不再打扰您。"}, true},
		{[]string{"请问还有其他问题吗？没有的话祝您一切顺利。"}, true},

		// In the last line but one.
		{[]string{"好的，再见。", "再见"}, true},
		{[]string{"感谢您的接听，祝您生活愉快。", "请不要挂机，稍后对本次服务做出评价。"}, true},
		{[]string{"再见。", "喂，您还在吗？"}, true},
		{[]string{"感谢您的配合。", "好的。"}, true},
		{[]string{"好的，打扰了。", "。"}, true},
		{[]string{"再见。", "您说。", "您说。"}, false},

		// The same words in another sense or place.
		{[]string{"那我们什么时候能再见面呢"}, false},
		{[]string{"很高兴再见到您。"}, false},
		{[]string{"那我们明天再见，可以吗？"}, false},
		{[]string{"今晚安排师傅上门。"}, false},
		{[]string{"您再会员中心点一下领取。"}, false},
		{[]string{"感谢您的耐心，坐席仍在忙碌中，请问还要继续等待吗？"}, false},
		{[]string{"感谢您的耐心等待。"}, false},
		{[]string{"抱歉打扰了，请问您是他的家人吗？"}, false},
		{[]string{"感谢您的支持，现在为您介绍一下活动。"}, false},
		{[]string{"祝您节日快乐，这次来电是想提醒您续保。"}, false},
		{[]string{"感谢您的配合。", question}, false},
		{[]string{"感谢您的配合。", "您的保单三月到期。"}, false},
		{[]string{"祝您生活愉快。", question}, false},
		{[]string{"好的，谢谢您。"}, false},
		{[]string{question}, false},
		{[]string{""}, false},
		{[]string{"。。。"}, false},
	}
	for _, tt := range tests {
		rows := newFlattener(t).Rows(hungUp(append([]string{opening}, tt.lines...)...), schema.ContentHash{})
		task := &rows.Tasks[0]
		if *task.FlowEnded != tt.want || task.FlowEndedSource != schema.FlowEndedInferred {
			t.Errorf("%q: flow_ended %v (%s), want %v", tt.lines, *task.FlowEnded, task.FlowEndedSource, tt.want)
		}
		if *task.FailedDialogue == tt.want || *rows.Turns[0].FailedDialogue == tt.want {
			t.Errorf("%q: failed_dialogue %v, of its turns %v", tt.lines, *task.FailedDialogue, *rows.Turns[0].FailedDialogue)
		}
	}
}

// A call may consist of one line of the robot, which begins it and may end it.
func TestFlowEndedInOneLine(t *testing.T) {
	for line, want := range map[string]bool{
		opening:       false,
		"您好，感谢您的接听。":  false,
		"您好，打扰您了。":    false,
		"您好，祝您新年快乐！":  false,
		"您好，很高兴为您服务。": false,
		"喂，您好，再见。":    true,
		"您好，再见到您很高兴。": false,
		"您好，您的快递放在驿站了，取件码是八零一，祝您生活愉快。": true,
		"您好，这边听不到您的声音，稍后再联系您，再见。":      true,
	} {
		rows := newFlattener(t).Rows(hungUp(line), schema.ContentHash{})
		if got := *rows.Tasks[0].FlowEnded; got != want {
			t.Errorf("%q: flow_ended %v, want %v", line, got, want)
		}
	}
}

// SearchTask decides where it says something; where nothing is known, nothing is
// said, also of failure.
func TestFlowEndedSource(t *testing.T) {
	silent := hungUp("喂？")
	silent.Tasks[0].Turns[0].Speaker = schema.SpeakerContact
	told := hungUp(opening, "再见。")
	told.Tasks[0].Facts.ReachedEnd = new(false)
	toldSilent := hungUp()
	toldSilent.Tasks[0].Facts.ReachedEnd = new(true)
	unheard := hungUp()
	unheard.Tasks[0].Status = "SucceededClientHangUpAfterNoAnswer"
	busy := hungUp()
	busy.Tasks[0].Status = "Busy"

	tests := []struct {
		name   string
		job    *schema.Job
		ended  *bool
		source string
		failed *bool
	}{
		{"no line", hungUp(), nil, "", nil},
		{"no line of the robot", silent, nil, "", nil},
		{"no line, and not understood", unheard, nil, "", new(true)},
		{"not connected", busy, nil, "", new(false)},
		{"SearchTask against the lines", told, new(false), schema.FlowEndedAPI, new(true)},
		{"SearchTask without lines", toldSilent, new(true), schema.FlowEndedAPI, new(false)},
	}
	for _, tt := range tests {
		row := &newFlattener(t).Rows(tt.job, schema.ContentHash{}).Tasks[0]
		if !cmp.Equal(row.FlowEnded, tt.ended) || row.FlowEndedSource != tt.source || !cmp.Equal(row.FailedDialogue, tt.failed) {
			t.Errorf("%s: flow_ended %v %q, failed_dialogue %v; want %v %q, %v", tt.name,
				row.FlowEnded, row.FlowEndedSource, row.FailedDialogue, tt.ended, tt.source, tt.failed)
		}
	}
}

func TestSpoke(t *testing.T) {
	for script, want := range map[string]bool{
		"": false, "。": false, " ……？！": false, "\ufffd": false, "嗯": true, "。喂": true, "ok": true, "1": true, "①": true,
	} {
		j := hungUp(opening, question)
		j.Tasks[0].Turns[1].Script = script
		if row := &newFlattener(t).Rows(j, schema.ContentHash{}).Tasks[0]; row.Spoke != want {
			t.Errorf("%q: spoke %v, want %v", script, row.Spoke, want)
		}
	}
	if row := &newFlattener(t).Rows(hungUp(opening), schema.ContentHash{}).Tasks[0]; row.Spoke {
		t.Error("only the robot said something, and spoke is true")
	}
}

// The same hang-ups fail whether SearchTask was asked or not, but for one in a
// hundred. The formulas were written without these worlds.
func TestHangUpsWithoutSearchTask(t *testing.T) {
	hangUps, differ := 0, 0
	for seed := uint64(21); seed <= 24; seed++ {
		w, err := simulate.New(simulate.Options{People: 1500, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		f := newFlattener(t)
		for i := range w.Len() {
			job, _ := w.Job(i)
			asked := append([]schema.TaskRow(nil), f.Rows(job, schema.ContentHash{}).Tasks...)
			for k := range job.Tasks {
				job.Tasks[k].Facts = schema.Facts{}
			}
			for k, row := range f.Rows(job, schema.ContentHash{}).Tasks {
				if row.Outcome != schema.HungUp {
					if !cmp.Equal(row.FailedDialogue, asked[k].FailedDialogue) {
						t.Errorf("task %s, %s: failed_dialogue depends on SearchTask", row.TaskID, row.Outcome)
					}
					continue
				}
				hangUps++
				if row.FailedDialogue == nil || *row.FailedDialogue != *asked[k].FailedDialogue {
					differ++
				}
			}
		}
	}
	if hangUps < 500 || differ*100 > hangUps {
		t.Errorf("%d of %d hang-ups differ", differ, hangUps)
	}
	t.Logf("%d of %d hang-ups differ", differ, hangUps)
}
