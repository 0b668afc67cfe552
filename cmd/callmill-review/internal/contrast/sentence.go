package contrast

import (
	"fmt"
	"math"
	"strings"

	"callmill/schema"
)

// Sentence says a finding in one sentence; verb is what is said of calls with Yes.
func (f *Finding) Sentence(lang schema.Language, verb schema.Text) string {
	expected := int(math.Round(f.Expected))
	excess, low, high := math.Round(f.Excess), math.Round(f.Low), math.Round(f.High)
	if lang == schema.English {
		direction := "more"
		if f.Excess < 0 {
			direction, excess, low, high = "fewer", -excess, -high, -low
		}
		return fmt.Sprintf("%d of %d calls %s %s; of calls like them %d %s: %.0f %s [%.0f–%.0f]", f.Observed, f.Calls, f.which(), verb.EN, expected, would(verb.EN), excess, direction, low, high)
	}
	direction := "多"
	if f.Excess < 0 {
		direction, excess, low, high = "少", -excess, -high, -low
	}
	return fmt.Sprintf("%s %d 通中%s %d，同类应 %d，%s %.0f [%.0f–%.0f]", f.subject(), f.Calls, verb.ZH, f.Observed, expected, direction, excess, low, high)
}

// would returns how an English verb is taken up again of calls that are only expected.
func would(verb string) string {
	switch first, _, _ := strings.Cut(verb, " "); first {
	case "were":
		return "would have been"
	case "are":
		return "would be"
	case "have":
		return "would"
	}
	return "would have"
}

// subject returns whose calls they are, in Chinese.
func (f *Finding) subject() string {
	switch f.Dimension {
	case Phrase:
		return "客户说“" + f.Value + "”的"
	case Wording:
		return "该句"
	case Version:
		return "版本 " + f.Value + " 的"
	case Number:
		return "主叫 " + f.Value + " 的"
	case Hour:
		return f.Value + " 点的"
	case Attempt:
		return "第 " + f.Value + " 次呼叫的"
	case Batch:
		return "批次“" + f.Value + "”的"
	default:
		return "该话术的"
	}
}

// which returns the same in English, after the word calls.
func (f *Finding) which() string {
	switch f.Dimension {
	case Phrase:
		return "in which the contact says “" + f.Value + "”"
	case Wording:
		return "with this line"
	case Version:
		return "of version " + f.Value
	case Number:
		return "from " + f.Value
	case Hour:
		return "at " + f.Value + ":00"
	case Attempt:
		return "that are attempt " + f.Value
	case Batch:
		return "of batch “" + f.Value + "”"
	default:
		return "of this script"
	}
}

var dimensions = map[Dimension]string{
	Phrase: "客户的话", Wording: "机器人的句子", Script: "话术", Version: "版本", Number: "主叫", Hour: "钟点", Attempt: "第几次", Batch: "批次",
}

// In returns what a dimension is called.
func (d Dimension) In(lang schema.Language) string {
	if lang == schema.English {
		return string(d)
	}
	return dimensions[d]
}

// In returns a name with its dimension.
func (n Name) In(lang schema.Language) string { return n.Dimension.In(lang) + " " + n.Value }

var symptoms = map[string]string{"goodbye": "结束语", "reprompt": "重问", "silence_prompt": "静默提示"}

// SymptomIn returns what a line of the robot is that is said because of what went before.
func (f *Finding) SymptomIn(lang schema.Language) string {
	if lang == schema.English {
		return strings.ReplaceAll(f.Symptom, "_", " ")
	}
	return symptoms[f.Symptom]
}

var reasons = map[Reason]schema.Text{
	NoCalls:      {EN: "nothing is known of this measure in any of the calls", ZH: "这些通话都没有该指标的记录"},
	NoLines:      {EN: "none of the calls has a line: nothing was said", ZH: "这些通话都没有对话内容"},
	NeverTrue:    {EN: "it is true of no call: there is nothing to be explained", ZH: "没有一通属于这种情况，无可对比"},
	AlwaysTrue:   {EN: "it is true of every call: there is nothing to compare them with", ZH: "每一通都属于这种情况，无可对比"},
	Incomparable: {EN: "no script has calls of both sides: calls of different scripts cannot be compared line by line", ZH: "没有一个话术同时有两边的通话，不同话术之间无法逐句对比"},
	TooFew:       {EN: "there are too few calls: nothing is in enough of them", ZH: "通话太少，没有任何特征出现得足够多"},
	Chance:       {EN: "nothing is beyond chance", ZH: "没有超出偶然范围的差异"},
	NoBefore:     {EN: "there are no calls before to compare with", ZH: "之前没有通话，无可对比"},
	NoAfter:      {EN: "there are no calls after to compare", ZH: "之后没有通话，无可对比"},
}

// In says a reason in words, "" of none.
func (r Reason) In(lang schema.Language) string { return reasons[r].In(lang) }
