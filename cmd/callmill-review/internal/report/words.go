package report

import "callmill/schema"

// What a report says, in both languages.
var (
	title = schema.Text{EN: "Call quality report", ZH: "外呼质检报告"}

	snapshotFact = schema.Text{EN: "snapshot", ZH: "快照"}
	daysFact     = schema.Text{EN: "days", ZH: "日期"}
	filterFact   = schema.Text{EN: "filter", ZH: "筛选"}
	madeFact     = schema.Text{EN: "made", ZH: "生成时间"}
	callsFact    = schema.Text{EN: "calls", ZH: "拨出"}
	answeredFact = schema.Text{EN: "answered by a person", ZH: "由人接听"}
	everyCall    = schema.Text{EN: "all calls", ZH: "全部"}

	endsNote       = schema.Text{EN: "Whether a call reached its end is read from the robot's last lines: there is no SearchTask data. Failed calls are inferred.", ZH: "没有 SearchTask 的记录：流程是否走完由机器人最后的话推断，“失败”也是推断的。"}
	scriptsNote    = schema.Text{EN: "Scripts have no names and versions here; robots stand for them.", ZH: "没有话术名称和版本，以机器人代替话术。"}
	unscriptedNote = schema.Text{EN: "Most lines of the robot side follow no fixed script: there are no nodes and wordings to be compared.", ZH: "机器人一方的话大多不出自固定话术：没有可比较的节点和句子。"}
	partlyNote     = schema.Text{EN: "Without a fixed script, and so without nodes: %s.", ZH: "以下话术不固定，没有节点：%s。"}
	shareNote      = schema.Text{
		EN: "For passing on: what was said is masked by rules, which may miss names: it is not anonymous. Ids, numbers and times are shortened. Counts under 5 are shown as <5, and what a table would give them away by as –; findings that are about the same calls are not protected against each other.",
		ZH: "供转发：原话已按规则打码，人名可能有遗漏，并非匿名；编号、号码和时间已缩短。小于 5 的计数显示为 <5，表中能反推出它的数显示为 –；涉及同一批通话的多条发现之间没有做此保护。",
	}

	askedNote = schema.Text{
		EN: "%d such questions are asked at once: what changed, stands out or is said must be surer here than where changed, standout or phrases ask one.",
		ZH: "报告一次问 %d 个这样的问题，门槛比单独运行 changed、standout、phrases 高，因此发现可能少些。",
	}

	changedTitle  = schema.Text{EN: "What changed: %s", ZH: "变化：%s"}
	changedAbout  = schema.Text{EN: "%s against %s; %d of %d calls before, %d of %d after; %s calls by another mix of scripts, %s within scripts", ZH: "%s 对比 %s；之前 %[4]d 通中 %[3]d，之后 %[6]d 通中 %[5]d；话术构成 %[7]s 通，话术内部 %[8]s 通"}
	noDays        = schema.Text{EN: "none of the calls has a day", ZH: "这些通话都没有日期"}
	standoutTitle = schema.Text{EN: "What stands out: %s", ZH: "一直：%s"}
	standoutAbout = schema.Text{EN: "calls against others of the same script, attempt and hour", ZH: "与同一话术、同一拨打次数、同一时段的呼叫相比"}
	phrasesTitle  = schema.Text{EN: "What is said in calls that fail", ZH: "失败的通话里说了什么"}
	phrasesAbout  = schema.Text{EN: "calls that have it against calls of the same script that came as far", ZH: "有这句话的通话，与同一话术走到同一处的通话相比"}
	wordingsTitle = schema.Text{EN: "Lines that were reworded", ZH: "改过的句子"}
	wordingsAbout = schema.Text{EN: "each wording against the one it replaced, at the same place of the script", ZH: "同一处的新说法与被它替换的旧说法相比"}
	misheardTitle = schema.Text{EN: "Misheard words", ZH: "误识：建议加热词"}
	misheardAbout = schema.Text{EN: "what is not understood, where a word that sounds the same is", ZH: "听不懂的写法，而同音的另一种写法听得懂"}
	noIntentTitle = schema.Text{EN: "No intent for it", ZH: "没有对应意图"}
	noIntentAbout = schema.Text{EN: "what is not understood at places that otherwise understand", ZH: "别的话听得懂，这些话听不懂"}
	rulesTitle    = schema.Text{EN: "Compliance", ZH: "合规"}
	rulesAbout    = schema.Text{EN: "hits of rules among the calls they could hit, with 95 % intervals", ZH: "规则命中数与适用通数，及 95% 区间"}

	wordingKind  = schema.Text{EN: "line", ZH: "句子"}
	misheardKind = schema.Text{EN: "misheard", ZH: "误识"}
	phraseKind   = schema.Text{EN: "phrase", ZH: "短语"}
	ruleKind     = schema.Text{EN: "rule", ZH: "规则"}

	wordingFew = schema.Text{EN: "%s: %s than the wording before", ZH: "%s：比旧说法%s"}
	more       = schema.Text{EN: "more", ZH: "多"}
	fewer      = schema.Text{EN: "fewer", ZH: "少"}
	hitsSay    = schema.Text{EN: "%s of %s calls, %.1f%% [%.1f–%.1f]", ZH: "%[2]s 通中 %[1]s 通，%.1[3]f%% [%.1[4]f–%.1[5]f]"}
	hitsFew    = schema.Text{EN: "%s of %s calls", ZH: "%[2]s 通中 %[1]s 通"}
	noFinding  = schema.Text{EN: "nothing beyond chance", ZH: "没有超出偶然的"}
	everywhere = schema.Text{EN: "nearly every call, and the rule names no scripts: say in scripts: where it must hold", ZH: "几乎每通都命中，而规则没有写明适用的话术（scripts:）"}
	noRuleHit  = schema.Text{EN: "no rule hits any call", ZH: "没有规则命中"}
	alsoText   = schema.Text{EN: "also", ZH: "又名"}
	newText    = schema.Text{EN: "new ", ZH: "新 "}
	listEnd    = schema.Text{EN: "; ", ZH: "；"}

	observedFact = schema.Text{EN: "observed", ZH: "实际"}
	expectedFact = schema.Text{EN: "expected", ZH: "应有"}
	ofFact       = schema.Text{EN: "of calls", ZH: "涉及"}
	excessFact   = schema.Text{EN: "excess", ZH: "多出"}
	intervalFact = schema.Text{EN: "95 %", ZH: "95% 区间"}

	trendsTitle  = schema.Text{EN: "Trends", ZH: "趋势"}
	byDay        = schema.Text{EN: "by day", ZH: "按日"}
	byCampaign   = schema.Text{EN: "by campaign", ZH: "按活动"}
	dayHead      = schema.Text{EN: "day", ZH: "日期"}
	campaignHead = schema.Text{EN: "campaign", ZH: "活动"}
	shareHead    = schema.Text{EN: "share", ZH: "占比"}
	callsHead    = schema.Text{EN: "of calls", ZH: "通数"}
	countHead    = schema.Text{EN: "calls", ZH: "其中"}
	examplesText = schema.Text{EN: "examples", ZH: "例"}
	robotText    = schema.Text{EN: "R", ZH: "机"}
	contactText  = schema.Text{EN: "C", ZH: "客"}
	otherText    = schema.Text{EN: "other", ZH: "其他"}
)

// outcomes are what the outcomes of calls are called.
var outcomes = map[string]schema.Text{
	schema.Completed:     {EN: "completed", ZH: "完结"},
	schema.HungUp:        {EN: "hung up", ZH: "挂断"},
	schema.NotUnderstood: {EN: "not understood", ZH: "拒识"},
	schema.Silent:        {EN: "silent", ZH: "静默"},
	schema.NoInteraction: {EN: "no interaction", ZH: "无交互"},
	schema.Transferred:   {EN: "transferred", ZH: "转人工"},
	schema.Broken:        {EN: "broken off", ZH: "异常中断"},
	schema.Intercepted:   {EN: "taken by a machine", ZH: "机器接听"},
	schema.EndedUnknown:  {EN: "ended", ZH: "已结束"},
	schema.NoAnswer:      {EN: "no answer", ZH: "无人接听"},
	schema.Busy:          {EN: "busy", ZH: "占线"},
	schema.Unreachable:   {EN: "unreachable", ZH: "无法接通"},
	schema.Suspended:     {EN: "suspended", ZH: "停机"},
	schema.InvalidNumber: {EN: "invalid number", ZH: "空号"},
}
