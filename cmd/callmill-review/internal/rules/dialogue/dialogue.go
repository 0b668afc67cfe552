// Package dialogue reads a pasted dialogue as a call, to try rules on.
package dialogue

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules/outline"
)

// speakers are how lines of a pasted dialogue begin.
var speakers = map[string]uint8{
	"机": corpus.Robot, "机器": corpus.Robot, "机器人": corpus.Robot, "客服": corpus.Robot, "robot": corpus.Robot, "bot": corpus.Robot,
	"客": corpus.Contact, "客户": corpus.Contact, "用户": corpus.Contact, "顾客": corpus.Contact, "contact": corpus.Contact, "customer": corpus.Contact,
	"坐席": corpus.Other, "座席": corpus.Other, "人工": corpus.Other, "agent": corpus.Other,
}

// said is a line of a dialogue: a time, a speaker, a time, a pause, what was said.
var said = regexp.MustCompile(`^\[?(\d{1,2}:\d{2}(?::\d{2})?)?\]?\s*(\p{L}+)\s*\[?(\d{1,2}:\d{2}(?::\d{2})?)?\]?\s*(?:[+＋](\d{1,5}(?:\.\d{1,3})?)\s*s?)?\s*[:：▎]\s*(.*)$`)

// MaxSize is the size of the longest dialogue that is read.
const MaxSize = 1 << 20

// Read reads a pasted dialogue as a corpus of one call that a person answered.
// A line begins with its speaker (机, 客, 坐席, or robot, contact, agent) and a colon.
// Before the colon there may be the time of the line (10:02:04, or 02:04 in minutes and
// seconds) or the pause before it (+3.5s). Empty lines, and those that begin with #, are passed over. An error is an
// [*outline.Error].
func Read(file string, text []byte) (*corpus.Corpus, error) {
	if len(text) > MaxSize {
		return nil, &outline.Error{File: file, Line: 1, Reason: fmt.Sprintf("more than %d bytes", MaxSize)}
	}
	c := &corpus.Corpus{Snapshot: file, Zone: time.UTC}
	exchange, number, before := int32(0), 0, -1
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\uFEFF")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := said.FindStringSubmatch(line)
		if parts == nil {
			return nil, &outline.Error{File: file, Line: number, Reason: fmt.Sprintf("no speaker in %q: want 机: …, 客: … or 坐席: …", short(line))}
		}
		speaker, ok := speakers[strings.ToLower(parts[2])]
		if !ok {
			return nil, &outline.Error{File: file, Line: number, Reason: fmt.Sprintf("unknown speaker %q: want 机, 客 or 坐席", parts[2])}
		}
		if speaker == corpus.Robot {
			exchange++
		}
		gap := pause(parts[4])
		if at := clock(cmp.Or(parts[1], parts[3])); at >= 0 {
			if gap < 0 && before >= 0 && at > before {
				gap = int32(at-before) * 1000
			}
			before = at
		}
		c.Lines = append(c.Lines, corpus.Line{Text: int32(len(c.Texts)), Turn: int32(len(c.Lines)), Gap: gap, Exchange: exchange})
		c.Texts = append(c.Texts, corpus.Text{Speaker: speaker, Script: parts[5]})
	}
	if len(c.Lines) == 0 {
		return nil, &outline.Error{File: file, Line: 1, Reason: "no line of a dialogue: want 机: …, 客: …"}
	}
	c.Calls = []corpus.Call{{Facts: corpus.Connected | corpus.Answered, Day: corpus.NoDay, Hour: -1, LineCount: int32(len(c.Lines))}}
	return c, nil
}

func short(line string) string {
	runes := []rune(line)
	if len(runes) <= 30 {
		return line
	}
	return string(runes[:30]) + "…"
}

// pause returns ms of seconds, -1 where there are none.
func pause(s string) int32 {
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return -1
	}
	return int32(seconds * 1000)
}

// clock returns the seconds of h:m:s, or of m:s as players show it, -1 where there is no
// time.
func clock(s string) int {
	if s == "" {
		return -1
	}
	total := 0
	for part := range strings.SplitSeq(s, ":") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return -1
		}
		total = total*60 + n
	}
	return total
}
