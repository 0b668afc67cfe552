package flatten

import "testing"

// The cost of a call of which SearchTask says nothing, and that has no formula.
func BenchmarkFlowEnded(b *testing.B) {
	t := hungUp(opening, "您尾号一二三四的账户本期应还两千一百八十元，最后还款日是二月三日，请您按时还款，可以吗？",
		"抱歉，没有听清，您尾号一二三四的账户本期应还两千一百八十元，最后还款日是二月三日。").Tasks[0]
	var ended *bool
	for b.Loop() {
		ended, _ = flowEnded(&t)
	}
	if ended == nil || *ended {
		b.Fatal("the call ended")
	}
}
