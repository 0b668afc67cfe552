package optout

import (
	"strings"
	"unicode"

	"callmill/schema"
)

// Sources of an opt-out.
const (
	SourceRule   = "rule"   // the words of the contact: the value is the name of the rule
	SourceResult = "result" // a business result: the value is the words of it that say so
)

// Wish returns the name of the first rule by which a line asks not to be called again;
// ok is false where it does not.
func Wish(script string) (rule string, ok bool) {
	c := rules()
	if !c.wish.MatchString(script) {
		return "", false
	}
	left := c.unlike.ReplaceAllLiteralString(script, "、")
	for _, w := range c.wishes {
		if w.is.MatchString(left) {
			return w.name, true
		}
	}
	return "", false
}

// Result returns the words of a business result that say that the contact asked not to
// be called; ok is false where it does not say that. An empty name or content is one
// that is absent.
func Result(name, content string) (words string, ok bool) {
	if content == "" {
		return "", false
	}
	c := rules()
	if words = c.result.FindString(content); words != "" && !c.resultNot.MatchString(content) {
		return words, true
	}
	words = c.resultName.FindString(strings.ToLower(name))
	if words == "" || c.not.MatchString(strings.ToLower(strings.TrimFunc(content, isBlank))) {
		return "", false
	}
	return words, true
}

// isBlank reports whether a character is one that DuckDB's trim takes away.
func isBlank(r rune) bool { return unicode.Is(unicode.Zs, r) }

// Found is an opt-out of a job.
type Found struct {
	Task          int // its place in the job's tasks
	Source, Value string
}

// Find returns the opt-outs of a job, whose tasks are in order: of each of its calls the
// first line that is one, and each result. A result of the job is one of its last
// answered call, or else of its last dialled one, or else of its last. What it returns
// shares no memory with the job, whose strings may be those of a buffer that is reused.
func Find(job *schema.Job) []Found {
	var all []Found
	add := func(task int, summaries []schema.Summary) {
		for i := range summaries {
			if words, ok := Result(summaries[i].Name, summaries[i].Content); ok {
				all = append(all, Found{task, SourceResult, strings.Clone(words)})
			}
		}
	}
	for i := range job.Tasks {
		said := false
		for n := range job.Tasks[i].Turns {
			turn := &job.Tasks[i].Turns[n]
			if turn.Speaker == schema.SpeakerContact && !said {
				var rule string
				if rule, said = Wish(turn.Script); said {
					all = append(all, Found{i, SourceRule, rule})
				}
			}
			add(i, turn.Summaries)
		}
	}
	if last := concluded(job.Tasks); last >= 0 {
		add(last, job.Summaries)
	}
	return all
}

// concluded returns the place of the call that the results of a job are of; -1: there is
// none.
func concluded(tasks []schema.Task) int {
	answered, dialed := -1, -1
	for i := range tasks {
		outcome := schema.OutcomeOf(tasks[i].Status)
		if is := outcome.Answered(); is != nil && *is {
			answered = i
		}
		if outcome.Dialed() {
			dialed = i
		}
	}
	switch {
	case answered >= 0:
		return answered
	case dialed >= 0:
		return dialed
	}
	return len(tasks) - 1
}
