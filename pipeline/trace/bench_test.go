package trace_test

import (
	"strings"
	"testing"
)

// BenchmarkIn looks through a response that holds nothing of the person.
func BenchmarkIn(b *testing.B) {
	text := []byte(strings.Repeat(`{"JobId":"3b84cc43-5c12-4005-b162-c4e44fbd1e48","Tasks":[{"CalledNumber":"10058500539","ActualTime":1769397668526,`+
		`"Conversation":[{"Speaker":"Robot","Script":"您好，我是云栈速运的派件助手，请问是陈女士吗？","Timestamp":1769397668526}]}]},`, 2000))
	tr := tracer(person)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if tr.In(text) {
			b.Fatal("found")
		}
	}
}
