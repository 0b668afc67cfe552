package parquetio

import (
	"fmt"
	"io"
	"testing"

	"callmill/schema"
)

// BenchmarkWriteTurns writes files of turns as calls have them: ids for every
// call, few different robot lines, contacts who say what they like.
func BenchmarkWriteTurns(b *testing.B) {
	rows := make([]schema.TurnRow, 50_000)
	for i := range rows {
		call, index := i/8, i%8
		rows[i] = schema.TurnRow{
			InstanceID: "instance", JobID: fmt.Sprintf("%08x-job", uint32(call)*2654435761), TaskID: fmt.Sprintf("%08x-task", uint32(call)*40503),
			TurnIndex: int32(index), TurnsLeft: int32(7 - index), JobGroupID: "group",
			Speaker: schema.SpeakerRobot, Pattern: "您本期账单还有{num}元没有还清，请问什么时候方便处理呢？",
			Tokens:     []string{"您", "本期", "账单", "还有", fmt.Sprint(i % 997), "元", "没有", "还清", "，", "请问", "什么", "时候", "方便", "处理", "呢", "？"},
			Chars:      26,
			StoredTime: 1769000000000 + int64(call)*60_000 + int64(index)*4000, GapMS: new(int64(4000 + i%100)),
			Timing: schema.TimingOK, Outcome: schema.Completed, Answered: new(true), FailedDialogue: new(false), CallDate: new(int32(20474)),
		}
		if index%2 == 1 {
			rows[i].Speaker, rows[i].Pattern = schema.SpeakerContact, ""
			rows[i].Tokens = []string{"我", "已经", "还", "过", "了", "，", fmt.Sprint(i % 31), "号"}
		}
		for _, token := range rows[i].Tokens {
			rows[i].Script += token
		}
	}
	benchmarkWrite(b, rows)
}

func benchmarkWrite(b *testing.B, rows []schema.TurnRow) {
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		writeFile(b, w, io.Discard, rows, 0)
	}
	b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
}
