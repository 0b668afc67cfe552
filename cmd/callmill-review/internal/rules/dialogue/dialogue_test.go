package dialogue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/rules/dialogue"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // speaker, exchange, gap, text
	}{
		{"short", "机: 您好\n客：喂\n坐席:我来\n", []string{"0 1 -1 您好", "1 1 -1 喂", "2 1 -1 我来"}},
		{"in words", "机器人：您好\n\n# 备注\n  用户: 喂\r\n", []string{"0 1 -1 您好", "1 1 -1 喂"}},
		{"in English", "Robot: hello\nCustomer: yes: who\n", []string{"0 1 -1 hello", "1 1 -1 yes: who"}},
		{"pauses", "机: 您好\n客 +1.9s: 嗯\n客 ＋3: 啊\n", []string{"0 1 -1 您好", "1 1 1900 嗯", "1 1 3000 啊"}},
		{"times", "机 10:02:04 ▎您好\n[10:02:07] 客: 嗯\n客 10:02:07: 啊\n", []string{"0 1 -1 您好", "1 1 3000 嗯", "1 1 -1 啊"}},
		{"empty line of a speaker", "机:\n客: 嗯", []string{"0 1 -1 ", "1 1 -1 嗯"}},
		{"byte order mark", "\uFEFF机: 您好", []string{"0 1 -1 您好"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := dialogue.Read("d", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, line := range c.Of(&c.Calls[0]) {
				text := c.Texts[line.Text]
				got = append(got, fmt.Sprintf("%d %d %d %s", text.Speaker, line.Exchange, line.Gap, text.Script))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "\n# x\n", "d:1: no line of a dialogue"},
		{"no speaker", "机: 您好\n你好\n", `d:2: no speaker in "你好"`},
		{"unknown speaker", "张三: 您好\n", `d:1: unknown speaker "张三"`},
		{"large", strings.Repeat("机: 好\n", dialogue.MaxSize/8), "d:1: more than 1048576 bytes"},
	} {
		if _, err := dialogue.Read("d", []byte(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s…", tt.name, err, tt.want)
		}
	}
}
