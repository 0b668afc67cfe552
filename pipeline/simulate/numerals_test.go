package simulate

import "testing"

func TestSpokenNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "零", 2: "二", 10: "十", 12: "十二", 20: "二十", 100: "一百", 101: "一百零一", 110: "一百一十", 119: "一百一十九",
		200: "两百", 222: "两百二十二", 1001: "一千零一", 1010: "一千零一十", 1100: "一千一百", 2008: "两千零八",
		10_000: "一万", 10_001: "一万零一", 10_010: "一万零一十", 12_345: "一万两千三百四十五", 100_000: "十万", 101_000: "十万一千",
		105_060: "十万五千零六十", 99_999_999: "九千九百九十九万九千九百九十九",
	} {
		if got := spokenNumber(n); got != want {
			t.Errorf("spokenNumber(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestSpokenMoney(t *testing.T) {
	for cents, want := range map[int]string{
		32_000: "三百二十块钱", 32_050: "三百二十块五", 32_005: "三百二十块零五分", 128_656: "一千两百八十六块五毛六",
	} {
		if got := spokenMoney(cents); got != want {
			t.Errorf("spokenMoney(%d) = %s, want %s", cents, got, want)
		}
	}
	if got := spokenCount(2) + spokenCount(12) + spokenDigitRow("1002-31"); got != "两十二幺零零二三幺" {
		t.Errorf("counts and digits: %s", got)
	}
}

// Numbers below 2^48 and ids map to each other.
func TestIDsAreInvertible(t *testing.T) {
	w := &World{seed: 99}
	for _, n := range []uint64{0, 1, 255, 256, 1 << 24, 1<<48 - 1} {
		id := w.id(jobIDs, n)
		if back, ok := w.number(jobIDs, id); !ok || back != n {
			t.Errorf("number(%s) = %d, %t; want %d", id, back, ok, n)
		}
		if _, ok := w.number(taskIDs, id); ok {
			t.Errorf("the job id %s passes as that of a task", id)
		}
	}
}
