package flatten

import (
	"fmt"
	"testing"

	"callmill/schema"
)

// talk returns a job whose only call has n lines.
func talk(n int) *schema.Job {
	j := jobOf("Succeeded", "SucceededFinish")
	task := &j.Tasks[0]
	task.Contact = schema.Contact{Name: "张三", Honorific: "张先生"}
	robot := [...]string{
		"您好，请问是张三先生吗？", "营业时间是周一至周日 11:30-14:00 17:00-21:00。", "推荐您去北京新世界酒店或者北京贵州大厦住宿。",
		"您2020年1月15日的订单共1200元，电话010-58109988。",
	}
	for i := range n {
		turn := schema.Turn{Speaker: schema.SpeakerContact, Script: "嗯呢。休息好了就去吃饭。", Timestamp: int64(1579068424883 + 4000*i)}
		if i%2 == 0 {
			turn.Speaker, turn.Script = schema.SpeakerRobot, robot[i/2%len(robot)]
		}
		if i%20 == 0 {
			turn.Summaries = []schema.Summary{{Category: "{}", Name: "score", Content: "5"}}
		}
		task.Turns = append(task.Turns, turn)
	}
	return j
}

func TestRowsDoNotAllocatePerTurn(t *testing.T) {
	f := newFlattener(t)
	allocs := func(n int) float64 {
		j := talk(n)
		f.Rows(j, schema.ContentHash{})
		return testing.AllocsPerRun(20, func() { f.Rows(j, schema.ContentHash{}) })
	}
	if few, many := allocs(10), allocs(1000); many > few {
		t.Errorf("%v allocations for 1000 lines, %v for 10", many, few)
	}
}

// One huge job does not hold its memory for the rest of the run.
func TestLargeBuffersAreDropped(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures memory")
	}
	f := newFlattener(t)
	f.Rows(talk(4*maxKeptRows), schema.ContentHash{})
	f.Rows(talk(1), schema.ContentHash{})
	if got := cap(f.rows.Turns); got > maxKeptRows {
		t.Errorf("room for %d turns is kept", got)
	}
	if got := cap(f.texts); got > maxKeptTexts {
		t.Errorf("room for %d tokens is kept", got)
	}
}

func BenchmarkRows(b *testing.B) {
	for _, n := range []int{1, 17, 500} {
		b.Run(fmt.Sprintf("turns=%d", n), func(b *testing.B) {
			f, j := newFlattener(b), talk(n)
			b.ReportAllocs()
			for b.Loop() {
				f.Rows(j, schema.ContentHash{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/turn")
		})
	}
}

func BenchmarkJob(b *testing.B) {
	rows := newFlattener(b).Rows(talk(17), schema.ContentHash{})
	b.ReportAllocs()
	for b.Loop() {
		Job(rows)
	}
}
