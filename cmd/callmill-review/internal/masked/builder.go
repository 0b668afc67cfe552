package masked

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
	"callmill/schema"
	"callmill/segment"
)

// builder makes a corpus of another one. Workers read the old one, and give what changed.
type builder struct {
	old     *corpus.Corpus
	segment *segment.Segmenter
	byDay   map[calendar.Day][]int32 // calls with lines or results, by the days of their jobs

	mu      sync.Mutex
	ids     map[said]int32 // of new texts
	texts   []said
	lines   []int32 // what lines say now: index of texts + 1; 0: as before
	results map[int32]map[corpus.Code]string
}

// said is a text that was not there before.
type said struct {
	speaker uint8
	pattern string
	script  string
}

func newBuilder(c *corpus.Corpus, cut *segment.Segmenter) *builder {
	b := &builder{
		old: c, segment: cut, byDay: map[calendar.Day][]int32{},
		ids: map[said]int32{}, lines: make([]int32, len(c.Lines)), results: map[int32]map[corpus.Code]string{},
	}
	for i := range c.Calls {
		if call := &c.Calls[i]; call.LineCount > 0 || len(call.Results) > 0 {
			b.byDay[call.JobDate] = append(b.byDay[call.JobDate], int32(i))
		}
	}
	return b
}

// days returns the days of jobs whose calls have something to be masked, in order.
func (b *builder) days() []calendar.Day { return slices.Sorted(maps.Keys(b.byDay)) }

// jobs returns the calls of each job of a day, in the order of calls.
func (b *builder) jobs(day calendar.Day) map[jobName][]int32 {
	jobs := map[jobName][]int32{}
	for _, i := range b.byDay[day] {
		call := &b.old.Calls[i]
		name := jobName{b.old.Instances.String(call.Instance), call.Job}
		jobs[name] = append(jobs[name], i)
	}
	return jobs
}

// Speakers as redact knows them.
var speakers = [...]string{corpus.Robot: schema.SpeakerRobot, corpus.Contact: schema.SpeakerContact, corpus.Other: schema.SpeakerUnknown}

// putCall puts the lines of a call into its task, and its results into the job. It returns
// which task that is.
func (b *builder) putCall(j *schema.Job, index int32) (task int) {
	call := &b.old.Calls[index]
	task = slices.IndexFunc(j.Tasks, func(t schema.Task) bool { return t.TaskID == call.Task })
	if task < 0 {
		task = len(j.Tasks)
		j.Tasks = append(j.Tasks, schema.Task{TaskID: call.Task})
	}
	turns := make([]schema.Turn, call.LineCount)
	for i, line := range b.old.Of(call) {
		text := &b.old.Texts[line.Text]
		turns[i] = schema.Turn{Speaker: speakers[text.Speaker], Script: text.Script, Pattern: b.old.Patterns.String(text.Pattern)}
	}
	j.Tasks[task].Turns = turns
	for _, code := range call.Results {
		j.Summaries = append(j.Summaries, splitResult(b.old.Results.String(code)))
	}
	return task
}

// take notes what changed.
func (b *builder) take(lines []newLine, results []newResult) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range lines {
		text := said{b.old.Texts[b.old.Lines[l.line].Text].Speaker, l.pattern, l.script}
		id, known := b.ids[text]
		if !known {
			id = int32(len(b.texts))
			b.texts = append(b.texts, text)
			b.ids[text] = id
		}
		b.lines[l.line] = id + 1
	}
	for _, r := range results {
		of := b.results[r.call]
		if of == nil {
			of = map[corpus.Code]string{}
			b.results[r.call] = of
		}
		of[r.result] = r.text
	}
}

// corpus returns the new corpus. What nothing refers to any more is not in it: neither
// texts nor words, patterns and results. Numbers do not depend on which worker was first.
func (b *builder) corpus() *corpus.Corpus {
	c := *b.old
	b.putTexts(&c)
	b.putResults(&c)
	return &c
}

// putTexts numbers the texts anew: those that are still said in their order, then new ones
// in the order of lines, speaker by speaker.
func (b *builder) putTexts(c *corpus.Corpus) {
	const unused = -1
	oldAt, newAt := repeated(len(b.old.Texts), unused), repeated(len(b.texts), unused)
	for i, line := range b.old.Lines {
		if b.lines[i] == 0 {
			oldAt[line.Text] = 0
		}
	}
	// One that is as an old one was always, is that one.
	for i := range b.old.Texts {
		text := &b.old.Texts[i]
		if len(b.ids) == 0 || oldAt[i] == unused {
			continue
		}
		if id, ok := b.ids[said{text.Speaker, b.old.Patterns.String(text.Pattern), text.Script}]; ok {
			newAt[id] = -2 - int32(i)
		}
	}
	order := make([]int32, 0, len(b.texts)) // of new texts
	for _, id := range b.lines {
		if id > 0 && newAt[id-1] == unused {
			newAt[id-1] = 0
			order = append(order, id-1)
		}
	}
	c.Texts, c.Patterns, c.Words = nil, corpus.Dict{}, corpus.Dict{}
	texts := make([]corpus.Text, 0, len(b.old.Texts)+len(order))
	lengths := []int32{}
	for speaker := range speakers {
		for i := range b.old.Texts {
			text := b.old.Texts[i]
			if oldAt[i] == unused || int(text.Speaker) != speaker {
				continue
			}
			text.Pattern = c.Patterns.Add(b.old.Patterns.String(text.Pattern))
			text.Words = slices.Clone(text.Words)
			for k, word := range text.Words {
				text.Words[k] = c.Words.Add(b.old.Words.String(word))
			}
			oldAt[i] = int32(len(texts))
			texts = append(texts, text)
		}
		for _, id := range order {
			text := &b.texts[id]
			if int(text.speaker) != speaker {
				continue
			}
			made := corpus.Text{Speaker: text.speaker, Script: text.script, Pattern: c.Patterns.Add(text.pattern)}
			if speaker == corpus.Contact {
				lengths = b.segment.Cut(lengths[:0], text.script)
				made.Words = words(&c.Words, text.script, lengths)
			}
			newAt[id] = int32(len(texts))
			texts = append(texts, made)
		}
	}
	c.Texts = texts
	for i := range c.Lines {
		switch id := b.lines[i]; {
		case id == 0:
			c.Lines[i].Text = oldAt[c.Lines[i].Text]
		case newAt[id-1] < unused:
			c.Lines[i].Text = oldAt[-2-newAt[id-1]]
		default:
			c.Lines[i].Text = newAt[id-1]
		}
	}
}

func repeated(n int, value int32) []int32 { return slices.Repeat([]int32{value}, n) }

// words returns the codes of the words of a text, without those of marks only.
func words(dict *corpus.Dict, script string, lengths []int32) []corpus.Code {
	var codes []corpus.Code
	for _, n := range lengths {
		word := script[:n]
		script = script[n:]
		if !corpus.IsWord(word) {
			continue
		}
		code, known := dict.Find(word)
		if !known {
			code = dict.Add(strings.Clone(word)) // not a part of a longer string
		}
		codes = append(codes, code)
	}
	return codes
}

// putResults numbers the business results anew, in the order of calls.
func (b *builder) putResults(c *corpus.Corpus) {
	c.Results = corpus.Dict{}
	for i := range c.Calls {
		call := &c.Calls[i]
		if len(call.Results) == 0 {
			continue
		}
		changed := b.results[int32(i)]
		codes := make([]corpus.Code, 0, len(call.Results))
		for _, code := range call.Results {
			text, ok := changed[code]
			if !ok {
				text = b.old.Results.String(code)
			}
			codes = append(codes, c.Results.Add(text))
		}
		slices.Sort(codes)
		call.Results = slices.Compact(codes)
	}
}
