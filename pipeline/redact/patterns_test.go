package redact

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMaskPattern(t *testing.T) {
	for _, test := range []struct{ script, masked, pattern, want string }{
		{"地址是文三路478号华星广场A座10楼", "地址是[地址]", "地址是文三路{num}号华星广场A座{num}楼", "地址是[地址]{num}{num}"},
		{"我微信是 wxid_abc123", "我微信是 [微信]", "我微信是 wxid_abc{num}", "我微信是 [微信]{num}"},
		{"张三您好，文三路4号的3件到了", "[姓名]您好，[地址]的3件到了", "{name}您好，文三路{num}号的{num}件到了", "{name}您好，[地址]{num}的{num}件到了"},
		{"还有7天，请拨打10020000001", "还有7天，请拨打[电话]", "还有{num}天，请拨打1002{num}", "还有{num}天，请拨打[电话]{num}"},
		{"张三在吗", "[姓名]在吗", "{name}在吗", "{name}在吗"},
		{"是文三路4号", "是[地址]", "是文三路4号", "是[地址]"},
		{"文三路4号，文一路5号", "[地址]，[地址]", "文三路{num}号，文一路{num}号", "[地址]{num}，[地址]{num}"},
		{"一二", "[号码]", "{num}{num}", "{num}{num}"},
		{"什么都没有", "什么都没有", "什么都没有", "什么都没有"},
		// A pattern of another script.
		{"是文三路4号", "是[地址]", "在{num}楼", "是[地址]"},
	} {
		if got := maskPattern(test.pattern, test.script, test.masked); got != test.want {
			t.Errorf("pattern %q of %q, masked %q\nbecomes %q\nwant    %q", test.pattern, test.script, test.masked, got, test.want)
		}
	}
}

// Whatever it is given, a pattern comes back, and one whose script lost nothing as it was.
func TestMaskPatternOfAnything(t *testing.T) {
	piece := rapid.StringOfN(rapid.SampledFrom([]rune("路号4{}[地址]num")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		pattern, script, masked := piece.Draw(t, "pattern"), piece.Draw(t, "script"), piece.Draw(t, "masked")
		maskPattern(pattern, script, masked)
		if got := maskPattern(script, script, script); got != script {
			t.Errorf("%q becomes %q", script, got)
		}
	})
}
