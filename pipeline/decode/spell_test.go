package decode_test

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf16"

	"callmill/schema"
)

// A member is a field of an object; a member's value is a string, a number
// (int64), nil, an object or a list.
type (
	member struct {
		name  string
		value any
	}
	object []member
	list   []any
)

// MarshalJSON spells an object as documented.
func (o object) MarshalJSON() ([]byte, error) {
	return []byte((&speller{}).json(o)), nil
}

// documented is the job as ListJobs documents it.
func documented(j *schema.Job) object {
	numbers := list{}
	for _, n := range j.CallingNumbers {
		numbers = append(numbers, n)
	}
	tasks := list{}
	for i := range j.Tasks {
		tasks = append(tasks, documentedTask(j, &j.Tasks[i]))
	}
	contacts := list{}
	for i := range j.Contacts {
		contacts = append(contacts, documentedContact(&j.Contacts[i]))
	}
	extras := list{}
	for _, e := range j.Extras {
		extras = append(extras, object{{"Key", e.Key}, {"Value", e.Value}})
	}
	return object{
		{"JobId", j.JobID}, {"JobGroupId", j.JobGroupID}, {"ReferenceId", j.ReferenceID}, {"ScenarioId", j.ScenarioID},
		{"StrategyId", j.StrategyID}, {"Status", j.Status}, {"FailureReason", j.FailureReason},
		{"Priority", number32(j.Priority)}, {"SystemPriority", number32(j.SystemPriority)},
		{"CallingNumbers", numbers}, {"Contacts", contacts}, {"Extras", extras},
		{"Summary", documentedSummaries(j.Summaries)}, {"Tasks", tasks},
	}
}

func documentedTask(j *schema.Job, t *schema.Task) object {
	turns := list{}
	for _, turn := range t.Turns {
		turns = append(turns, object{
			{"Script", turn.Script}, {"Speaker", turn.Speaker}, {"Timestamp", turn.Timestamp},
			{"Summary", documentedSummaries(turn.Summaries)},
		})
	}
	jobID := t.JobID
	if jobID == "" {
		jobID = j.JobID
	}
	var duration any
	if t.Duration != nil {
		duration = *t.Duration
	}
	return object{
		{"TaskId", t.TaskID}, {"JobId", jobID}, {"CallId", t.CallID}, {"ChatbotId", t.ChatbotID}, {"ScenarioId", t.ScenarioID},
		{"Status", t.Status}, {"Brief", t.Brief}, {"PlanedTime", t.PlannedTime}, {"ActualTime", t.ActualTime}, {"Duration", duration},
		{"CallingNumber", t.CallingNumber}, {"CalledNumber", t.CalledNumber},
		{"Contact", documentedContact(&t.Contact)}, {"Conversation", turns},
	}
}

func documentedContact(c *schema.Contact) object {
	return object{
		{"ContactId", c.ContactID}, {"ContactName", c.Name}, {"Honorific", c.Honorific}, {"PhoneNumber", c.PhoneNumber},
		{"ReferenceId", c.ReferenceID}, {"Role", c.Role}, {"State", c.State}, {"JobId", c.JobID},
	}
}

func documentedSummaries(summaries []schema.Summary) list {
	l := list{}
	for _, s := range summaries {
		l = append(l, object{{"Category", s.Category}, {"SummaryName", s.Name}, {"Content", s.Content}})
	}
	return l
}

func number32(p *int32) any {
	if p == nil {
		return nil
	}
	return int64(*p)
}

// contentFields are those whose values stay byte for byte.
var contentFields = map[string]bool{"Script": true, "ContactName": true, "Honorific": true, "SummaryName": true, "Category": true, "Content": true, "Key": true, "Value": true, "Brief": true}

var wrapperOf = map[string]string{"Jobs": "Job", "Tasks": "Task", "Contacts": "Contact", "Extras": "KeyValuePair", "Summary": "Summary", "Conversation": "ConversationDetail", "CallingNumbers": "CallingNumber"}

// A speller writes values as JSON or XML in ways that are on the list of
// shapes, chosen by chance; without chance, as documented.
type speller struct{ *rand.Rand }

// perhaps is true once in n times.
func (s *speller) perhaps(n int) bool { return s.Rand != nil && s.IntN(n) == 0 }

func (s *speller) space() string {
	if s.perhaps(4) {
		return []string{" ", "\n", "\t", "\r\n  "}[s.IntN(4)]
	}
	return ""
}

// shuffled is o in another order, with members that say nothing left out or
// added.
func (s *speller) shuffled(o object) object {
	if s.Rand == nil {
		return o
	}
	out := make(object, 0, len(o)+1)
	for _, i := range s.Perm(len(o)) {
		if !(isNothing(o[i]) && s.perhaps(2)) {
			out = append(out, o[i])
		}
	}
	if s.perhaps(5) {
		out = append(out, member{"NewField", object{{"a", list{int64(1), nil}}}})
	}
	return out
}

// zeroCounts are the numbers of which 0 is not nothing.
var zeroCounts = map[string]bool{"Duration": true, "Priority": true, "SystemPriority": true}

var instantFields = map[string]bool{"PlanedTime": true, "ActualTime": true, "Timestamp": true}

func isNothing(m member) bool {
	l, isList := m.value.(list)
	return m.value == nil || m.value == "" || m.value == int64(0) && !zeroCounts[m.name] || isList && len(l) == 0
}

func (s *speller) json(v any) string { return s.space() + s.jsonValue(v, "") + s.space() }

func (s *speller) jsonValue(v any, field string) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case int64:
		return s.jsonNumber(v, field)
	case string:
		return s.jsonText(v, field)
	case object:
		var parts []string
		for _, m := range s.shuffled(v) {
			parts = append(parts, s.space()+s.jsonString(s.fieldName(m.name))+s.space()+":"+s.space()+s.jsonValue(m.value, m.name)+s.space())
		}
		return "{" + strings.Join(parts, ",") + "}"
	case list:
		return s.jsonList(v, field)
	}
	panic(fmt.Sprintf("no spelling of %T", v))
}

func (s *speller) fieldName(name string) string {
	if s.perhaps(10) {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

func (s *speller) jsonNumber(v int64, field string) string {
	literal := strconv.FormatInt(v, 10)
	if v == 0 && !zeroCounts[field] && s.perhaps(3) {
		return []string{"null", `""`, "0.0"}[s.IntN(3)]
	}
	if seconds := v / 1000; instantFields[field] && v%1000 == 0 && seconds >= 1e9 && seconds < 1e10 && s.perhaps(4) {
		literal = strconv.FormatInt(seconds, 10)
	}
	switch {
	case s.perhaps(6):
		return s.jsonString(s.padded(literal))
	case s.perhaps(8):
		return literal + ".0"
	case s.perhaps(8) && v%1000 == 0 && !instantFields[field]:
		return strconv.FormatInt(v/1000, 10) + "e3"
	}
	return literal
}

func (s *speller) jsonText(v, field string) string {
	if v == "" && s.perhaps(2) {
		return "null"
	}
	if isCanonicalNumber(v) && s.perhaps(3) {
		if field != "" && !contentFields[field] && s.perhaps(3) {
			return v + ".0"
		}
		return v
	}
	if field != "" && !contentFields[field] {
		v = s.padded(v)
	}
	return s.jsonString(v)
}

func isCanonicalNumber(v string) bool {
	n, err := strconv.ParseInt(v, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == v
}

func (s *speller) padded(v string) string {
	if s.perhaps(5) {
		return []string{" ", "\t", "\u3000"}[s.IntN(3)] + v + []string{"", " ", "\n"}[s.IntN(3)]
	}
	return v
}

func (s *speller) jsonString(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '/' && s.perhaps(2):
			b.WriteString(`\/`)
		case r < ' ' || s.perhaps(8):
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (s *speller) jsonList(v list, field string) string {
	if field == "CallingNumbers" && s.perhaps(2) {
		return s.jsonCallingNumbers(v)
	}
	var parts []string
	for _, e := range v {
		parts = append(parts, s.space()+s.jsonValue(e, field)+s.space())
		if s.perhaps(12) {
			parts = append(parts, "null")
		}
	}
	array := "[" + strings.Join(parts, ",") + "]"
	switch {
	case len(v) == 0 && s.perhaps(3):
		return `""`
	case len(v) == 1 && field != "CallingNumbers" && s.perhaps(3):
		return s.jsonValue(v[0], field)
	case wrapperOf[field] != "" && s.perhaps(6):
		name := wrapperOf[field]
		if s.perhaps(2) {
			name = "List"
		}
		return "{" + s.jsonString(name) + ":" + array + "}"
	}
	return array
}

func (s *speller) jsonCallingNumbers(v list) string {
	plain := (&speller{}).jsonList(v, "CallingNumbers")
	if s.perhaps(2) {
		return "[" + s.jsonString(plain) + "]"
	}
	return s.jsonString(plain)
}

func (s *speller) xml(name string, v any) string {
	switch v := v.(type) {
	case nil:
		return s.xmlEmpty(name)
	case int64:
		return s.element(name, s.padded(strconv.FormatInt(v, 10)))
	case string:
		if !contentFields[name] {
			v = s.padded(v)
		}
		return s.element(name, s.xmlText(v))
	case object:
		var b strings.Builder
		for _, m := range s.shuffled(v) {
			b.WriteString(s.space() + s.xml(m.name, m.value))
		}
		if !strings.Contains(b.String(), "<") { // an element without any is no object
			b.WriteString(s.element(v[0].name, ""))
		}
		return s.element(name, b.String()+s.space())
	case list:
		return s.xmlList(name, v)
	}
	panic(fmt.Sprintf("no spelling of %T", v))
}

func (s *speller) xmlEmpty(name string) string {
	return []string{"", "<" + name + "/>", "<" + name + "></" + name + ">"}[s.IntN(3)]
}

func (s *speller) element(name, content string) string {
	attribute := ""
	if s.perhaps(10) {
		attribute = ` a="&lt;'"`
	}
	return "<" + name + attribute + ">" + content + "</" + name + ">"
}

func (s *speller) xmlList(name string, v list) string {
	inner, wrap := name, wrapperOf[name] != "" && len(v) > 0 && s.perhaps(4)
	if wrap {
		inner = wrapperOf[name]
	}
	var b strings.Builder
	for _, e := range v {
		b.WriteString(s.xml(inner, e))
		if s.perhaps(6) {
			b.WriteString("<!-- a comment -->")
		}
	}
	if wrap {
		return s.element(name, b.String())
	}
	return b.String()
}

func (s *speller) xmlText(v string) string {
	if s.perhaps(4) && !strings.Contains(v, "]]>") && !strings.Contains(v, "\r") {
		return "<![CDATA[" + v + "]]>"
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(v))
	return b.String()
}
