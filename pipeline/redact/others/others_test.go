package others_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/internal/growth"
	"callmill/pipeline/redact/internal/settle"
	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/span"
)

// masked returns what is left of a conversation.
func masked(f *others.Finder, lines ...string) string {
	call := make([]span.Line, len(lines))
	for i, l := range lines {
		call[i] = span.Line{Speaker: "Contact", Text: l}
	}
	spans := span.Merge(f.Find(nil, call))
	var out []string
	for i, l := range lines {
		var own []span.Span
		for _, s := range spans {
			if s.Line == i {
				own = append(own, s)
			}
		}
		out = append(out, span.Mask(l, own))
	}
	return strings.Join(out, " | ")
}

func TestAddresses(t *testing.T) {
	f := others.New()
	for line, want := range map[string]string{
		// Written and spoken.
		"地址是青州市河东区安泰路88号3栋2单元1201室，对吗": "地址是[地址]，对吗",
		"住河东区安泰西路十七号院六号楼三单元五零二":        "住[地址]",
		"送到丰泽花园九栋幺八零三，放门卫":             "送到[地址]，放门卫",
		"安泰路２００８弄１５号６０２":               "[地址]",
		"安泰路九十八号之二":                    "[地址]",
		"丰泽镇上湾村四组十二号":                  "[地址]",
		// Parts of one.
		"我家在安泰北路369楼上": "我家在[地址]楼上",
		"五栋三零二":        "[地址]",
		"就在七号楼二单元":     "就在[地址]",
		"丰泽家园二十三幢":     "[地址]",
		"大学城求知路33号":    "[地址]",
		// In the middle of hesitations.
		"安泰北路，呃，三百六，不对，三百八十号": "[地址]",
		"我们家安泰路是十吧号":          "我们家[地址]",
		// By a crossing.
		"放安泰路和民乐街交叉口丰泽家园门口": "放[地址]门口",
		"安泰路路口": "安泰路路口",
		// No addresses.
		"我知道18号到":           "我知道18号到",
		"12月28号和29号":        "12月28号和29号",
		"坐23路到底":            "坐23路到底",
		"在8号口出来，地铁3号线":      "在8号口出来，地铁3号线",
		"体检在三楼，三号窗口":        "体检在三楼，三号窗口",
		"就在安泰路上，没有号":        "就在安泰路上，没有号",
		"沿安泰路500米":          "沿安泰路500米",
		"这楼一共三十三层，买了三栋":     "这楼一共三十三层，买了三栋",
		"三号楼":               "三号楼",
		"我们小区三栋":            "我们小区三栋",
		"安泰[地址]88号":         "安泰[地址]88号",
		"建了五栋三百平的":          "建了五栋三百平的",
		"第三单元第五课":           "第三单元第五课",
		"丰泽广场三楼":            "丰泽广场三楼",
		"今天上午十点，两点，一共三个人十号": "今天上午十点，两点，一共三个人十号",
	} {
		if got := masked(f, line); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", line, got, want)
		}
	}
}

func TestAddressesOverLines(t *testing.T) {
	f := others.New()
	got := masked(f, "地址是河东区安泰路。", "八十号五栋", "三楼")
	if want := "地址是[地址]。 | [地址] | [地址]"; got != want {
		t.Errorf("becomes %s, want %s", got, want)
	}
	got = masked(f, "我在安泰路上班", "八十号吧")
	if want := "我在安泰路上班 | 八十号吧"; got != want {
		t.Errorf("becomes %s, want %s", got, want)
	}
	got = masked(f, "青州市", "河东区安泰路那边", "是八十八号", "三栋", "四零一", "四零二")
	if want := "[地址] | [地址]那边 | 是[地址] | [地址] | [地址] | [地址]"; got != want {
		t.Errorf("becomes %s, want %s", got, want)
	}
	call := []span.Line{{Speaker: "Contact", Text: "寄安泰路"}, {Speaker: "Robot", Text: "门牌号呢"}, {Speaker: "Contact", Text: "八十号"}}
	if got := span.Merge(f.Find(nil, call)); len(got) != 2 || got[0].Line != 0 || got[1].Line != 2 {
		t.Errorf("over the other speaker's line: %v, want a span in lines 0 and 2", got)
	}
}

func TestTitles(t *testing.T) {
	f := others.New()
	for line, want := range map[string]string{
		"我看的是陈医生，她今天出诊吗":    "我看的是[姓名]，她今天出诊吗",
		"接下来由顾永康医生面诊":       "接下来由[姓名]面诊",
		"挂诸葛教授的号":           "挂[姓名]的号",
		"找王总经理":             "找[姓名]",
		"老赵跟我一个车间的":         "[姓名]跟我一个车间的",
		"彭工、小范，还有钟姐都在":      "[姓名]、[姓名]，还有[姓名]都在",
		"金经理在吗，马师傅呢":        "[姓名]在吗，[姓名]呢",
		"欧阳女士您好":            "[姓名]您好",
		"老张师傅来过":            "[姓名]来过",
		"谢老师在吗":             "[姓名]在吗",
		"谢谢老师":              "谢谢老师",
		"谢老板，回头再说":          "谢老板，回头再说",
		"我和同学在外面":           "我和同学在外面",
		"任何老师都可以，也许医生知道":    "任何老师都可以，也许医生知道",
		"先生，女士，经理在开会":       "先生，女士，经理在开会",
		"孩子的班主任说的":          "孩子的班主任说的",
		"马上总是这样，施工的来了":      "马上总是这样，施工的来了",
		"一小时后，小区门口小心":       "一小时后，小区门口小心",
		"周围范围都是小范围":         "周围范围都是小范围",
		"李先生纪念馆":            "李先生纪念馆",
		"王[姓名]先生":           "王[姓名]先生",
		"王" + "\xff" + "先生": "王\xff先生",
	} {
		if got := masked(f, line); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", line, got, want)
		}
	}
}

func TestBareNames(t *testing.T) {
	f := others.New()
	for line, want := range map[string]string{
		"我老公刘强去处理的":       "我老公[姓名]去处理的",
		"我儿子叫陈小明，上初一":     "我儿子叫[姓名]，上初一",
		"联系人是蒋悦":          "联系人是[姓名]",
		"这车是罗海燕的":         "这车是[姓名]的",
		"找魏国庆，归他管":        "找[姓名]，归他管",
		"邓磊和宋佳都是担保人":      "[姓名]和[姓名]都是担保人",
		"我叫欧阳雪":           "我叫[姓名]",
		"我叫王伟明天来":         "我叫[姓名]明天来",
		"这里没有邱建华":         "这里没有[姓名]",
		"很高兴，马上叫车上门":      "很高兴，马上叫车上门",
		"找方便的时间，给全部金额":    "找方便的时间，给全部金额",
		"叫李白的那首，王老吉":      "叫李白的那首，王老吉",
		"我是白天上班，有安全问题":    "我是白天上班，有安全问题",
		"周边有郭守敬纪念馆":       "周边有郭守敬纪念馆",
		"叫" + "王\xe4\xbc": "叫王\xe4\xbc",
	} {
		if got := masked(f, line); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", line, got, want)
		}
	}
}

// pieces are what rules look at, in any order.
var pieces = []string{
	"王", "李", "和", "欧阳", "伟", "国庆", "先生", "老师", "总", "老", "小", "叫", "是", "我老公", "谢", "[姓名]", "[", "]",
	"安泰", "路", "街", "花园", "小区", "知道", "12", "十", "幺八零三", "Ｂ", "A", "号", "栋", "单元", "楼", "室", "口", "，", "呃", "不对",
	"路口", "那个", "吧", "月", "\xff", "\xe7", "x", " ", "甲", "-",
}

// TestFound holds what every finding must be, for any text: it lies in its line on
// the bounds of characters, outside labels, and is not found again once masked.
func TestFound(t *testing.T) {
	f := others.New()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(t, "text"), "")
		}), 1, 3).Draw(t, "lines")
		settle.Check(t, f.Find, span.Others, lines)
	})
}

// A line takes time in proportion to its length.
func TestLongLines(t *testing.T) {
	f := others.New()
	for _, piece := range []string{"1", "1，", "路1", "王伟", "王伟和", "老王", "安泰路88号", "和路路口", "号栋", "叫王", "A1", "安泰", "，"} {
		growth.CheckLinear(t, piece, 100_000, func(size int) {
			f.Find(nil, []span.Line{{Text: strings.Repeat(piece, size/len(piece))}})
		})
	}
}

func FuzzFind(f *testing.F) {
	f.Add("我老公刘强，住安泰路88号3栋2单元1201室", "八十号")
	f.Add("安泰路和民乐街交叉口丰泽家园", "甲六号[地址]")
	f.Add("地址是河东区安泰路。", "八十号五栋\xff")
	finder := others.New()
	f.Fuzz(func(t *testing.T, first, second string) {
		settle.Check(t, finder.Find, span.Others, []string{first, second})
	})
}
