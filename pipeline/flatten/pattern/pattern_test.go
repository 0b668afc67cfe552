package pattern

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func Example() {
	r := NewReplacer(Call{Name: "张三", Honorific: "张先生"})
	fmt.Printf("%s\n", r.Append(nil, "张先生您好，您1月15号前应还1200元"))
	r.Reset(Call{Name: "李四"})
	fmt.Printf("%s\n", r.Append(nil, "李女士您好，您2月3号前应还八百块"))
	// Output:
	// {name}您好，您{date}前应还{amount}
	// {name}您好，您{date}前应还{amount}
}

func patternOf(line, name, honorific string) string {
	if out := NewReplacer(Call{Name: name, Honorific: honorific}).Append(nil, line); len(out) > 0 {
		return string(out)
	}
	return line
}

// slotsOf applies the rules to a line whose braces are those of slots.
func slotsOf(line, name, honorific string) string {
	if out := NewReplacer(Call{Name: name, Honorific: honorific}).appendSlots(nil, line); len(out) > 0 {
		return string(out)
	}
	return line
}

// Slots are found one by one, with the text they replace. Slots that the line
// already has are text.
func TestNext(t *testing.T) {
	r, line := NewReplacer(Call{Name: "张三"}), "张三您好，{num}，下午3点见，共12元"
	var got []string
	for slot, start, end := r.next(line, 0); slot != ""; slot, start, end = r.next(line, end) {
		got = append(got, slot+line[start:end])
	}
	if want := []string{"{name}张三", "{time}下午3点", "{amount}12元"}; !slices.Equal(got, want) {
		t.Errorf("slots %q, want %q", got, want)
	}
}

// A line without a slot appends nothing, and a Replacer keeps no name of the
// call before.
func TestReset(t *testing.T) {
	r := NewReplacer(Call{Name: "张三", Honorific: "李女士"})
	r.Reset(Call{})
	if got := r.Append([]byte("kept"), "张三您好，李女士"); string(got) != "kept" {
		t.Errorf("after Reset: %q", got)
	}
}

// Lines of the robot to 张三, addressed as 张先生.
func TestPattern(t *testing.T) {
	tests := []struct{ line, want string }{
		// Nothing of one call.
		{"", ""},
		{"您好，请问有什么可以帮您？", "您好，请问有什么可以帮您？"},
		{"这里是一下子、一个、一些、一起、一直、第一、万一、十分、三星、唯一、统一。", "这里是一下子、一个、一些、一起、一直、第一、万一、十分、三星、唯一、统一。"},
		{"千万别忘了，万一忘了就一一说明，百分百满意，四季酒店。", "千万别忘了，万一忘了就一一说明，百分百满意，四季酒店。"},
		{"推荐您去三元梅园、大三元酒家，或者十渡镇九渡村。", "推荐您去三元梅园、大三元酒家，或者十渡镇九渡村。"},
		{"请再说一遍，慢一点，一会儿一块去。", "请再说一遍，慢一点，一会儿一块去。"},
		{"一日游，三日内，千里马，百元店，几十个。", "一日游，{date}内，千里马，百元店，几十个。"},

		// A brace is one of a slot: a parameter that was not filled in is not.
		{"{name}您好，{num}", "｛name｝您好，｛num｝"},
		{"${name}您好，{=fee}元，{12}元，}{", "$｛name｝您好，｛=fee｝元，｛{num}｝元，｝｛"},

		// Names.
		{"请问是张三吗？", "请问是{name}吗？"},
		{"张先生您好", "{name}您好"},
		{"张三先生您好，张女士，张小姐", "{name}您好，{name}，{name}"},
		{"李先生、张经理、姓张的", "李先生、张经理、姓张的"},
		{"张三三点到", "{name}{time}到"},

		// Dates.
		{"您在2020年1月15日的订单", "您在{date}的订单"},
		{"２０２０年１月１５日", "{date}"},
		{"2020年1月", "{date}"},
		{"2020年", "{date}"},
		{"20年1月15日", "{date}"},
		{"100年纪念讲堂，20年，3个月", "{num}年纪念讲堂，{num}年，{num}个月"},
		{"1月15号前还款，15日到期", "{date}前还款，{date}到期"},
		{"一月十五号，十二月，二零二零年十二月三十一日", "{date}，{date}，{date}"},
		{"两月两日", "两月两日"},
		{"非营业时段 2018-02-15至2018-02-16 全天", "非营业时段 {date}至{date} 全天"},
		{"2018/2/5，2018.02.05", "{date}，{date}"},
		{"2018-13-05，2018-02-32，8888-12-12", "{num}，{num}，{num}"},
		{"增光路55号，15号楼，32日，13月", "增光路{num}号，{num}号楼，{num}日，{num}月"},
		{"周一至周日，星期三，礼拜天", "{date}至{date}，{date}，{date}"},
		{"每周三次，一周一次，每周一", "每周{num}次，{num}周一次，每{date}"},

		// Times.
		{"营业时间是周一 至 周日 11:30-14:00 17:00-21:00。", "营业时间是{date} 至 {date} {time}-{time} {time}-{time}。"},
		{"2019-08-21 09:49:59.0", "{date} {time}"},
		{"下午3点半", "{time}"},
		{"今晚八点，明早9点，晚上一点", "今{time}，明{time}，{time}"},
		{"15：30，３：３０", "{time}，{time}"},
		{"三点，三点钟，三点半，三点一刻，三点零五，三点二十，三点五分", "{time}，{time}，{time}，{time}，{time}，{time}，{time}"},
		{"一点半，一点钟，早一点，一点都不，早一点三十", "{time}，{time}，早一点，一点都不，{time}"},
		{"下午三点一起去", "{time}一起去"},
		{"三点一起去", "{time}一起去"},
		{"八时，8时30分，十二时三十分，一时没想起", "{time}，{time}，{time}，一时没想起"},
		{"25点，12:345，3:2", "{num}点，{num}:{num}，{num}:{num}"},
		{"3小时 - 6小时，15分钟，三点五小时", "{num}小时 - {num}小时，{num}分钟，{num}小时"},
		{"两点到四点五十", "{time}到{time}"},
		{"三点四点都行，一点一点来", "{time}{time}都行，一点一点来"},

		// Amounts.
		{"价格是1354元，3.5万元，1,200元，１２００元", "价格是{amount}，{amount}，{amount}，{amount}"},
		{"￥99，¥ 99，$99.5，￥99元", "{amount}，¥ {num}，{amount}，{amount}"},
		{"一千二百块，十二元，两百块钱，一万元整", "{amount}，{amount}，{amount}，{amount}"},
		{"三元，三块钱，余额三元的，一块钱，一块。", "{amount}，{amount}，余额{amount}的，{amount}，一块。"},
		{"九十九块九，99块9，5元3角，三块五。", "{amount}，{amount}，{amount}，{amount}。"},
		{"三百块一个月，九块九包邮，三元起", "{amount}{num}个月，{amount}包邮，{amount}起"},
		{"900-1000元", "{amount}"},
		{"2020元旦，100美元", "{num}元旦，{amount}"},
		{"三点五万元", "{amount}"},

		// Numbers.
		{"电话是010-58109988，01059056235,01059056237。", "电话是{num}，{num},{num}。"},
		{"电话：８９９９４７６８、4006662000;13126919465", "电话：{num}、{num};{num}"},
		{"评分是4.5分", "评分是{num}分"},
		{"3万，3.5万，5百", "{num}，{num}，{num}"},
		{"20%，３０％，百分之二十，百分之20.5，百分之三点五，百分之五", "{num}，{num}，{num}，{num}，{num}，{num}"},
		{"一百二十，幺三八，两千零一，三万五，十五，一二三四五六七八九", "{num}，{num}，{num}，{num}，{num}，{num}"},
		{"三点五，零点八，两点五倍，三十五点六", "{num}，{num}，{num}倍，{num}"},
		{"一一九，一一对应，两两成组", "{num}，一一对应，两两成组"},
		{"798艺术区，A1口，4S店，7天连锁酒店", "{num}艺术区，A{num}口，{num}S店，{num}天连锁酒店"},
		{"139****0000", "{num}****{num}"},
		{"尾号一二三四", "尾号{num}"},
		{"三天，十天，两次，八点，五分钟，十个工作日，两个半月，三年，两周，三期，九折", "{num}天，{num}天，{num}次，{time}，{num}分钟，{num}个工作日，{num}个半月，{num}年，{num}周，{num}期，{num}折"},
		{"一天，一年，一个月，一小时，第一期，三号楼二单元五层", "{num}天，{num}年，{num}个月，{num}小时，第{num}期，{num}号楼{num}单元{num}层"},
		{"三个问题，两个包裹，三位，两笔，第三次，第三天，我们三天后", "{num}个问题，{num}个包裹，{num}位，{num}笔，第{num}次，第{num}天，我们{num}天后"},
		{"一个人，两个人，一次，一位，再说一遍，一次性，第一次，第一天，第二天，这一天，有一年，统一天线", "一个人，两个人，一次，一位，再说一遍，一次性，第一次，第一天，第二天，这一天，有一年，统一天线"},
		{"三亚，四川，五金，六安，七夕，八卦，九江，二手，二条，五台山，一年四季，一年级，酒店四周，二次元，几十天", "三亚，四川，五金，六安，七夕，八卦，九江，二手，二条，五台山，一年四季，一年级，酒店四周，二次元，几十天"},
		{"一共一样一定一切一旦一律一般一方面一边一会儿", "一共一样一定一切一旦一律一般一方面一边一会儿"},
		{"第一天", "第一天"},
		{"第二天", "第二天"},
		{"下午三点第一天", "{time}第一天"},
		{"千万一百元都别付，万一三点有事", "千万{amount}都别付，万一{time}有事"},
		{"1-", "{num}-"},
		{"1,23", "{num},{num}"},
		{"\xff3\xe4", "\xff{num}\xe4"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := patternOf(tt.line, "张三", "张先生")
			if got != tt.want {
				t.Errorf("pattern of %q\n got %q\nwant %q", tt.line, got, tt.want)
			}
			if again := slotsOf(got, "张三", "张先生"); again != got {
				t.Errorf("pattern of %q is %q, not itself", got, again)
			}
		})
	}
}

func TestPatternNames(t *testing.T) {
	tests := []struct{ name, honorific, line, want string }{
		{"", "", "张先生您好", "张先生您好"},
		{"李四", "", "李四，李先生，李四小姐", "{name}，{name}，{name}"},
		{"张", "", "张先生，张三", "{name}，张三"},
		{"张三", "李女士", "张三，李女士，张女士", "{name}，{name}，{name}"},
		{"欧阳锋", "欧阳先生", "欧阳锋您好，欧阳先生，欧阳小姐", "{name}您好，{name}，{name}"},
		{"", "先生", "先生您好", "{name}您好"},
		{"张三丰", "张三", "张三丰，张三，张三先生", "{name}，{name}，{name}"},
		{"John Smith", "", "Hello John Smith", "Hello {name}"},
		{" 张三 ", "", "张三您好", "{name}您好"},
		{"万一凡", "", "万一凡您好，万先生，万一有事", "{name}您好，{name}，万一有事"},
		{"周三", "", "周三您好，周四见，周先生", "{name}您好，{date}见，{name}"},
		{"钟先", "", "下午3点15分钟先您好，15分钟", "{time}{name}您好，{num}分钟"},
		{"次仁", "", "周三次仁您好，每周三次", "{date}{name}您好，每周{num}次"},
		{"123", "", "123元", "{amount}"},
		{"**", "", "我是**客服", "我是**客服"},
		{"{n", "", "{name}", "｛name｝"},
		{"name", "", "{name}，name", "｛{name}｝，{name}"},
		{"a}", "um}", "a}{num}", "a｝｛num｝"},
		{strings.Repeat("长", 40), "", strings.Repeat("长", 40), strings.Repeat("长", 40)},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			got := patternOf(tt.line, tt.name, tt.honorific)
			if got != tt.want {
				t.Errorf("pattern of %q to %q (%q)\n got %q\nwant %q", tt.line, tt.name, tt.honorific, got, tt.want)
			}
			if again := slotsOf(got, tt.name, tt.honorific); again != got {
				t.Errorf("pattern of %q is %q, not itself", got, again)
			}
		})
	}
}

// Every rule matches at each character it may begin with.
func TestPatternBeginnings(t *testing.T) {
	for _, r := range "0123456789０１２３４５６７８９零〇一二两三四五六七八九幺十" {
		if got := patternOf("在"+string(r)+"点三十分", "", ""); got != "在{time}" {
			t.Errorf("%q as an hour: %q", r, got)
		}
		if got := patternOf("约"+string(r)+"万个", "", ""); got != "约{num}个" {
			t.Errorf("%q as a number: %q", r, got)
		}
	}
	for _, part := range partsOfDay {
		if got := patternOf("请"+part+"3点来", "", ""); got != "请{time}来" {
			t.Errorf("%s: %q", part, got)
		}
	}
	for _, sign := range "$￥¥＄" {
		if got := patternOf("共"+string(sign)+"12。", "", ""); got != "共{amount}。" {
			t.Errorf("%q: %q", sign, got)
		}
	}
	for _, of := range []string{"百分之", "千分之", "万分之"} {
		if got := patternOf("约"+of+"三", "", ""); got != "约{num}" {
			t.Errorf("%s: %q", of, got)
		}
	}
}
