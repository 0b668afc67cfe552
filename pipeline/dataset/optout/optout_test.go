package optout_test

import (
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/optout"
	"callmill/schema"
)

func TestWish(t *testing.T) {
	for script, want := range map[string]string{
		"别再打了":        "not_again",
		"以后别给我打电话":    "not_again",
		"不用再打了":       "no_need",
		"再打我就投诉你们骚扰":  "or_else",
		"把我拉黑吧":       "take_off",
		"把我的号码从名单里删了": "take_off",
		"烦不烦啊":        "annoyed",
		"要不要打电话给他":    "",
		"先别打，我在开会":    "",
		"特别打动我":       "",
		"会不会被拉黑":      "",
		"好的":          "",
		"":            "",
		"你们还要不要打了，先别打，别再打了": "not_again",
	} {
		if got, ok := optout.Wish(script); got != want || ok != (want != "") {
			t.Errorf("%q is a wish by %q, want %q", script, got, want)
		}
	}
}

func TestResult(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"意向", "客户要求加入黑名单", "黑名单"},
		{"意向", "不在黑名单", ""},
		{"意向", "取消免打扰", ""},
		{"免打扰", "是", "免打扰"},
		{"免打扰", " 否 ", ""},
		{"免打扰", "", ""},
		{"", "不再联系", "不再联系"},
		{"DNC", "yes", "dnc"},
		{"dnc", "No", ""},
		{"意向", "高", ""},
	} {
		if got, ok := optout.Result(c.name, c.content); got != c.want || ok != (c.want != "") {
			t.Errorf("%q=%q says %q, want %q", c.name, c.content, got, c.want)
		}
	}
}

// A result of the job is one of its last answered call; of each call the first line that
// is a wish counts; nobody else's lines do.
func TestFind(t *testing.T) {
	said := func(status string, lines ...schema.Turn) schema.Task {
		return schema.Task{Status: status, Turns: lines}
	}
	contact := func(script string) schema.Turn { return schema.Turn{Speaker: schema.SpeakerContact, Script: script} }
	job := &schema.Job{
		Summaries: []schema.Summary{{Name: "免打扰", Content: "是"}},
		Tasks: []schema.Task{
			said("SucceededClientHangUp", schema.Turn{Speaker: schema.SpeakerRobot, Script: "如需免打扰请说"}, contact("别再打了"), contact("不用再打了")),
			said("SucceededFinish", contact("好"), schema.Turn{Speaker: schema.SpeakerRobot, Summaries: []schema.Summary{{Name: "意向", Content: "退订"}}}),
			said("NoAnswer"),
			said("Cancelled"),
		},
	}
	want := []optout.Found{{0, optout.SourceRule, "not_again"}, {1, optout.SourceResult, "退订"}, {1, optout.SourceResult, "免打扰"}}
	if diff := cmp.Diff(want, optout.Find(job)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	job.Tasks = job.Tasks[2:]
	if got := optout.Find(job); len(got) != 1 || got[0].Task != 0 {
		t.Errorf("of a job that nobody answered: %+v, want the dialled call", got)
	}
	job.Tasks = nil
	if got := optout.Find(job); got != nil {
		t.Errorf("of a job without calls: %+v", got)
	}
}

// What is kept of a result holds nothing of a person.
func TestRulesOfResultsAreWordsAlone(t *testing.T) {
	for _, list := range []string{"result", "result_name"} {
		for _, r := range optout.List(list) {
			for _, word := range []string{"张三10020000001", "拒绝 张三 来电", "停止张三外呼", "不再给张三联系"} {
				if got, ok := optout.Result("意向", word); ok {
					t.Errorf("%s: of %q %q would be kept", r.Name, word, got)
				}
			}
		}
	}
}

func TestMerge(t *testing.T) {
	day := func(n int32) *int32 { return &n }
	rows := []optout.Row{
		{NumberDigest: "b", CallDate: day(1), Source: optout.SourceRule, Value: "annoyed"},
		{NumberDigest: "a", Source: optout.SourceRule, Value: "annoyed"},
		{NumberDigest: "a", CallDate: day(2), Source: optout.SourceRule, Value: "annoyed"},
		{NumberDigest: "b", CallDate: day(1), Source: optout.SourceRule, Value: "annoyed"},
	}
	got := optout.Merge(slices.Clone(rows))
	if diff := cmp.Diff([]optout.Row{rows[2], rows[1], rows[0]}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLists(t *testing.T) {
	for _, name := range []string{"wish", "unlike", "result", "result_name", "result_not", "result_no"} {
		if len(optout.List(name)) == 0 || optout.Pattern(name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
}

// TestFindSharesNothing: what was found stays as it is when the memory of the job is used
// for other input.
func TestFindSharesNothing(t *testing.T) {
	text := []byte("客户要求免打扰")
	job := &schema.Job{
		Tasks:     []schema.Task{{TaskID: "t", Status: "SucceededFinish"}},
		Summaries: []schema.Summary{{Name: "结果", Content: unsafe.String(&text[0], len(text))}},
	}
	found := optout.Find(job)
	copy(text, strings.Repeat("x", len(text)))
	if len(found) != 1 || found[0].Value != "免打扰" {
		t.Errorf("found %v", found)
	}
}
