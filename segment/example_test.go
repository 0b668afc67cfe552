package segment_test

import (
	"fmt"
	"strings"

	"callmill/segment"
)

// show prints the words of script between bars.
func show(s *segment.Segmenter, script string) {
	var words []string
	for _, n := range s.Cut(nil, script) {
		words = append(words, script[:n])
		script = script[n:]
	}
	fmt.Println(strings.Join(words, "|"))
}

func Example() {
	s, err := segment.New(segment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(s, "推荐您去北京新世界酒店住宿。")
	// Output: 推荐|您|去|北京|新世界|酒店|住宿|。
}

// Lengths are of bytes and add up to the script; dst is reused.
func ExampleSegmenter_Cut() {
	s, err := segment.New(segment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var lengths []int32
	for _, script := range []string{"你好，OK", "再见"} {
		lengths = s.Cut(lengths[:0], script)
		fmt.Println(lengths)
	}
	// Output:
	// [6 3 2]
	// [6]
}

// What the layer makes of characters that are in no dictionary word.
func ExampleSegmenter_Cut_layer() {
	s, err := segment.New(segment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(s, "型号ABC123、ＡＢＣ１２３和café")
	show(s, "电话是010-58109988。")
	show(s, "评分4.5分……真的！！")
	show(s, "好的  👍🏽🇨🇳")
	// Output:
	// 型号|ABC123|、|ＡＢＣ１２３|和|café
	// 电话|是|010|-|58109988|。
	// 评分|4|.|5|分|…|…|真的|！|！
	// 好|的|  |👍🏽|🇨🇳
}

func ExampleOptions_hMM() {
	s, err := segment.New(segment.Options{HMM: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(s, "他来到了网易杭研大厦，评分4.5。")
	// Output: 他|来到|了|网易|杭研|大厦|，|评分|4.5|。
}

func ExampleUserDict() {
	script := "王品牛排推荐什么菜？"
	for _, text := range []string{"", "王品牛排 10 nz\n"} {
		s, err := segment.New(segment.Options{
			Dicts: []segment.UserDict{{Name: "brands.txt", Text: []byte(text)}},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		show(s, script)
	}
	_, err := segment.New(segment.Options{
		Dicts: []segment.UserDict{{Name: "brands.txt", Text: []byte("王品牛排\n")}},
	})
	fmt.Println(err)
	// Output:
	// 王|品|牛排|推荐|什么|菜|？
	// 王品牛排|推荐|什么|菜|？
	// read dictionary brands.txt: line 1: its word has no frequency
}
