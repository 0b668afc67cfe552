package spoken_test

import (
	"testing"

	"callmill/pipeline/simulate/spoken"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "零", 2: "二", 10: "十", 12: "十二", 20: "二十", 100: "一百", 101: "一百零一", 110: "一百一十", 119: "一百一十九",
		200: "两百", 222: "两百二十二", 1001: "一千零一", 1010: "一千零一十", 1100: "一千一百", 2008: "两千零八",
		10_000: "一万", 10_001: "一万零一", 10_010: "一万零一十", 12_345: "一万两千三百四十五", 100_000: "十万", 101_000: "十万一千",
		105_060: "十万五千零六十", 99_999_999: "九千九百九十九万九千九百九十九",
	} {
		if got := spoken.Number(n); got != want {
			t.Errorf("spoken.Number(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	for cents, want := range map[int]string{
		32_000: "三百二十块钱", 32_050: "三百二十块五", 32_005: "三百二十块零五分", 128_656: "一千两百八十六块五毛六",
	} {
		if got := spoken.Money(cents); got != want {
			t.Errorf("spoken.Money(%d) = %s, want %s", cents, got, want)
		}
	}
	if got := spoken.Count(2) + spoken.Count(12); got != "两十二" {
		t.Errorf("counts: %s", got)
	}
}
