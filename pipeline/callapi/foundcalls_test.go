package callapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/schema"
)

// What is packed is read again, whatever SearchTask said.
func TestPackedCalls(t *testing.T) {
	maybe := func(r *rapid.T, name string) *bool {
		return rapid.Ptr(rapid.Bool(), true).Draw(r, name)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "回访", "通知"}))
		var n names
		var packed []byte
		var want []foundCall
		for range rapid.IntRange(0, 5).Draw(r, "calls") {
			c := foundCall{text.Draw(r, "task"), schema.Facts{
				JobGroupName: text.Draw(r, "campaign"), ScriptName: text.Draw(r, "script"),
				CallMS:   rapid.Ptr(rapid.Int64(), true).Draw(r, "duration"),
				RingingS: rapid.Ptr(rapid.Int32(), true).Draw(r, "ringing"), EndReason: rapid.Ptr(rapid.Int32(), true).Draw(r, "reason"),
				ReachedEnd: maybe(r, "end"), LastPlaybackCompleted: maybe(r, "playback"), HungUpByRejection: maybe(r, "rejection"),
			}}
			for range rapid.IntRange(0, 3).Draw(r, "exceptions") {
				c.facts.DialExceptions = append(c.facts.DialExceptions, text.Draw(r, "exception"))
			}
			packed, want = n.appendCall(packed, c), append(want, c)
		}
		for _, c := range want {
			var got foundCall
			if got, packed = n.readCall(packed); !cmp.Equal(c, got, cmp.AllowUnexported(foundCall{})) {
				r.Fatalf("packed %+v, read %+v", c, got)
			}
		}
		if len(packed) > 0 {
			r.Fatalf("%d bytes are left", len(packed))
		}
	})
}

// Of a call that is listed again the later row counts.
func TestCallsListedAgain(t *testing.T) {
	f := newFound()
	row := func(task string, ms int64) *searchRow {
		return &searchRow{JobID: "j", TaskID: text(task), ActualTime: integer{ms, true}, CallDuration: integer{ms, true}}
	}
	for _, r := range []*searchRow{row("a", 1), row("b", 2), row("a", 3), row("", 9)} {
		f.addCall(r)
	}
	facts := f.facts([]string{"j", "unknown"})["j"]
	if len(facts) != 2 || *facts["a"].CallMS != 3 || *facts["b"].CallMS != 2 || f.calls != 2 || f.jobs["j"].lastCall != 9 {
		t.Errorf("%+v, %d calls, last %d", facts, f.calls, f.jobs["j"].lastCall)
	}
}
