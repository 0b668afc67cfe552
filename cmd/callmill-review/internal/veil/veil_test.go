package veil_test

import (
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/veil"
)

func TestMask(t *testing.T) {
	m := veil.New()
	for said, gone := range map[string]string{
		"你打13812345678这个":       "13812345678",
		"我姓王，我叫王建国":             "王建国",
		"尾号四一八零":                "四一八零",
		"身份证11010519491231002X": "11010519491231002X",
		"验证码 ４１８":               "４１８",
	} {
		if got := m.Text(said); strings.Contains(got, gone) {
			t.Errorf("%q became %q", said, got)
		}
	}
	if got := m.Text("请您按时还款，可以吗？"); got != "请您按时还款，可以吗？" {
		t.Errorf("nothing personal became %q", got)
	}
}

// A number that is said in two lines is one.
func TestLines(t *testing.T) {
	lines := []string{"我的电话是138", "12345678", "好的"}
	veil.New().Lines(lines)
	if strings.ContainsAny(strings.Join(lines, ""), "0123456789") || lines[2] != "好的" {
		t.Errorf("%q", lines)
	}
}
