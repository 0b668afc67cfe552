package pattern

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkPattern(b *testing.B) {
	r := NewReplacer(Call{Name: "张三", Honorific: "张先生"})
	for name, script := range map[string]string{
		"plain": "推荐您去北京新世界酒店或者北京贵州大厦住宿。",
		"slots": "您2020年1月15日的订单共1200元，电话010-58109988。",
	} {
		b.Run(name, func(b *testing.B) {
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = r.Append(dst[:0], script)
			}
		})
	}
}

// Lines made to be read again and again by a rule that looks ahead. Time is
// linear in their length: ns/byte is about equal for both lengths.
func BenchmarkPatternHostile(b *testing.B) {
	r := NewReplacer(Call{Name: strings.Repeat("一", 31) + "人", Honorific: strings.Repeat("三", 32)})
	for _, piece := range []string{"一", "1", "三点", "1-", "1:", "百", "1块", "一元", "周三", "百分之", "一点一", "2020-", "三点一二三四五"} {
		for _, n := range []int{1000, 4000} {
			line := strings.Repeat(piece, n)
			b.Run(fmt.Sprintf("%s/%d", piece, n), func(b *testing.B) {
				var dst []byte
				for b.Loop() {
					dst = r.Append(dst[:0], line)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(line)), "ns/byte")
			})
		}
	}
}
