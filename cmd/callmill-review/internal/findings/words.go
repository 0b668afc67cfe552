package findings

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/schema"
)

// Words put findings in words, in a language. What they show of calls goes through their
// functions, which may hide it; nil ones show it as it is.
type Words struct {
	Lang   schema.Language
	Count  func(n int) string       // of calls
	Text   func(said string) string // what was said
	Number func(number string) string
}

func (w *Words) count(n int) string {
	if w.Count != nil {
		return w.Count(n)
	}
	return strconv.Itoa(n)
}

func (w *Words) text(said string) string {
	if w.Text != nil {
		return w.Text(said)
	}
	return said
}

func (w *Words) say(t schema.Text) string { return t.In(w.Lang) }

// Names of groups, and of kinds.
var (
	groupNames = map[Group]schema.Text{
		Changes: {EN: "Changed", ZH: "变化"}, Always: {EN: "Always", ZH: "一直"}, Compliance: {EN: "Compliance", ZH: "合规"}, NotHeard: {EN: "Not understood", ZH: "听不懂"},
	}
	groupAbouts = map[Group]schema.Text{
		Changes:    {EN: "the day against the seven days before, and lines against the wording before", ZH: "当天对比前 7 天；新说法对比旧说法"},
		Always:     {EN: "all days: calls against others of the same script, attempt and hour", ZH: "全部日期：与同一话术、同一拨打次数、同一时段的呼叫相比"},
		Compliance: {EN: "opt-outs that were called again, and rules that hit more than in the seven days before", ZH: "要求免打扰后又被呼叫；规则命中比前 7 天多"},
		NotHeard:   {EN: "the day and the seven before: what contacts say and the robot does not understand", ZH: "当天与前 7 天：客户说了而机器人听不懂的话"},
	}
	measureNames = map[string]schema.Text{
		"answered": {EN: "answered", ZH: "接听"}, "failed": {EN: "failed", ZH: "失败"}, "hung_up": {EN: "hung up", ZH: "挂断"},
		"not_understood": {EN: "not understood", ZH: "拒识"}, "transferred": {EN: "transferred", ZH: "转人工"},
	}
	lostNames = map[effect.Event]schema.Text{
		effect.HungUp: {EN: "hung up there", ZH: "当场挂断"}, effect.NotUnderstood: {EN: "not understood next", ZH: "没听懂"},
	}

	newText       = schema.Text{EN: "new ", ZH: "新 "}
	lineText      = schema.Text{EN: "line", ZH: "句子"}
	misheardText  = schema.Text{EN: "misheard", ZH: "误识"}
	noIntentText  = schema.Text{EN: "no intent for it", ZH: "没有对应意图"}
	ruleText      = schema.Text{EN: "rule", ZH: "规则"}
	optOutsText   = schema.Text{EN: "called after asking not to be called", ZH: "要求不再来电之后又被呼叫"}
	optOutsSay    = schema.Text{EN: "%s numbers, %s calls after it; by words and business results, across campaigns", ZH: "%s 个号码，其后 %s 通；由原话和业务结果得知，跨活动"}
	rewordedSays  = schema.Text{EN: "%s: %s of %s calls that heard it (%.1f%%); the wording before %s of %s (%.1f%%)", ZH: "%s：%s/%s 通（%.1f%%），旧说法 %s/%s（%.1f%%）"}
	misheardSays  = schema.Text{EN: "written so, %s of %s are not understood; written %s, %s of %s", ZH: "写成这样，%s/%s 听不懂；写成“%s”，%s/%s"}
	noIntentSays  = schema.Text{EN: "%s of %s replies with it are not understood; expected %.1f", ZH: "说了它的 %[2]s 句里 %[1]s 句听不懂，应为 %.1[3]f"}
	risenSays     = schema.Text{EN: "it hits %s of %s calls; by the seven days before it would be %.0f: %.0f more [%.0f–%.0f]", ZH: "适用的 %[2]s 通中命中 %[1]s，按前 7 天应 %.0[3]f，多 %.0[4]f [%.0[5]f–%.0[6]f]"}
	chanceSays    = schema.Text{EN: "not beyond chance on this day: %s of %s calls", ZH: "这一天不超出偶然：%[2]s 通中 %[1]s"}
	askedChanged  = schema.Text{EN: "what changed: %s", ZH: "变化：%s"}
	askedStandout = schema.Text{EN: "what stands out: %s", ZH: "一直：%s"}

	questionReworded = schema.Text{EN: "lines that were reworded", ZH: "改过的句子"}
	questionRules    = schema.Text{EN: "rules that hit more than before", ZH: "规则命中上升"}
	questionOptOuts  = schema.Text{EN: "opt-outs that were called again", ZH: "免打扰后又呼叫"}
	questionNotHeard = schema.Text{EN: "what is not understood", ZH: "听不懂"}
)

// In returns what a group is called.
func (g Group) In(lang schema.Language) string { return groupNames[g].In(lang) }

// About says what is compared with what in a group.
func (g Group) About(lang schema.Language) string { return groupAbouts[g].In(lang) }

// MeasureName returns what a measure is called in headings.
func MeasureName(of measure.Measure) schema.Text {
	if name, ok := measureNames[of.String()]; ok {
		return name
	}
	return of.Verb()
}

func questionOf(t schema.Text, of measure.Measure) schema.Text {
	name := MeasureName(of)
	return schema.Text{EN: fmt.Sprintf(t.EN, name.EN), ZH: fmt.Sprintf(t.ZH, name.ZH)}
}

func questionChanged(of measure.Measure) schema.Text  { return questionOf(askedChanged, of) }
func questionStandout(of measure.Measure) schema.Text { return questionOf(askedStandout, of) }

// Lost returns what an event at a line is called: hung up there, not understood next.
func (w *Words) Lost(event effect.Event) string { return w.say(lostNames[event]) }

// Reworded says what became of calls at a line that was reworded.
func (w *Words) Reworded(r *Reworded) string {
	return fmt.Sprintf(w.say(rewordedSays), w.Lost(r.Measure), w.count(r.K), w.count(r.Now.Calls), 100*ratio(r.K, r.Now.Calls), w.count(r.KBefore), w.count(r.Was.Calls), 100*r.Share())
}

// Misheard says how often a recognizer's error is not understood.
func (w *Words) Misheard(e *unclear.Misheard) string {
	return fmt.Sprintf(w.say(misheardSays), w.count(e.AsHeard.NotUnderstood), w.count(e.AsHeard.Said), w.text(e.Meant), w.count(e.AsMeant.NotUnderstood), w.count(e.AsMeant.Said))
}

// NoIntent says how often a phrase is not understood.
func (w *Words) NoIntent(p *unclear.Phrase) string {
	return fmt.Sprintf(w.say(noIntentSays), w.count(p.NotUnderstood), w.count(p.Said), p.Expected)
}

// OptOuts says how many contacts were called after they had asked not to be, and how often.
func (w *Words) OptOuts(contacts, calls int) string {
	return fmt.Sprintf(w.say(optOutsSay), w.count(contacts), w.count(calls))
}

// OptOutsTitle returns what such calls are called.
func (w *Words) OptOutsTitle() string { return w.say(optOutsText) }

// Contrast says what package contrast found.
func (w *Words) Contrast(f *contrast.Finding, verb schema.Text) string {
	shown := *f
	shown.Value = w.value(f.Dimension, f.Value)
	return shown.Sentence(w.Lang, verb)
}

// Name returns a name as it may be shown, with its dimension.
func (w *Words) Name(n contrast.Name) string {
	n.Value = w.value(n.Dimension, n.Value)
	return n.In(w.Lang)
}

// Value returns the value of a name as it may be shown.
func (w *Words) Value(n contrast.Name) string { return w.value(n.Dimension, n.Value) }

func (w *Words) value(d contrast.Dimension, value string) string {
	switch d {
	case contrast.Number:
		if w.Number != nil {
			return w.Number(value)
		}
	case contrast.Phrase, contrast.Wording:
		return w.text(value)
	}
	return value
}

// Kind returns what kind of thing a finding is of.
func (w *Words) Kind(f *Finding) string {
	switch f.Kind {
	case RewordedLine:
		return w.say(lineText)
	case MisheardWord:
		return w.say(misheardText)
	case NoIntent:
		return w.say(noIntentText)
	case OptOuts:
		return ""
	case Risen:
		return w.say(ruleText)
	}
	kind := f.Dimension.In(w.Lang)
	if f.Contrast != nil && f.Contrast.New {
		kind = w.say(newText) + kind
	}
	return kind
}

// Title returns what a finding is of.
func (w *Words) Title(f *Finding) string {
	switch f.Kind {
	case OptOuts:
		return w.OptOutsTitle()
	case Risen:
		if f.Rule != nil {
			return f.Rule.Label.In(w.Lang)
		}
	case MisheardWord:
		heard, meant, _ := strings.Cut(f.Value, ">")
		return w.text(heard) + " → " + w.text(meant)
	}
	return w.value(f.Dimension, f.Value)
}

// Where returns the scripts of a finding.
func (w *Words) Where(f *Finding) string {
	if f.Script != "" && f.Dimension != contrast.Script {
		return f.Script
	}
	if f.Contrast != nil && f.Dimension != contrast.Script {
		return strings.Join(f.Contrast.Scripts, w.say(schema.Text{EN: "; ", ZH: "；"}))
	}
	return ""
}

// Measure returns what is counted.
func (w *Words) Measure(f *Finding) string {
	if f.Kind == RewordedLine {
		return w.Lost(effect.Event(f.Subject.Measure))
	}
	return w.say(measureNames[f.Subject.Measure])
}

// Says says a finding in a sentence.
func (w *Words) Says(f *Finding) string {
	switch {
	case f.Contrast != nil:
		of, err := measure.Parse(f.Subject.Measure)
		if err != nil {
			return ""
		}
		return w.Contrast(f.Contrast, of.Verb())
	case f.Reworded != nil:
		return w.Reworded(f.Reworded)
	case f.Misheard != nil:
		return w.Misheard(f.Misheard)
	case f.Missing != nil:
		return w.NoIntent(f.Missing)
	case f.Rule != nil:
		return fmt.Sprintf(w.say(risenSays), w.count(f.Observed), w.count(f.Calls), f.Expected, f.Excess, f.Low, f.High)
	case f.Kind == OptOuts && f.Asked > 0:
		return w.OptOuts(f.Asked, f.Calls)
	}
	return fmt.Sprintf(w.say(chanceSays), w.count(f.Observed), w.count(f.Calls))
}

// Signed returns a difference in whole calls; what is nearly none is ±0, and what is not
// known is "".
func Signed(calls float64) string {
	if math.IsNaN(calls) {
		return ""
	}
	rounded := math.Round(calls)
	if rounded == 0 {
		return "±0"
	}
	return fmt.Sprintf("%+.0f", rounded)
}
