package simulate

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// readCampaign reads and checks one file of campaigns/.
func readCampaign(files fs.FS, name string, shared *vocabulary, callingNumbers int) (*campaign, error) {
	lines, err := readLines(files, name)
	if err != nil {
		return nil, err
	}
	p := &campaignParser{
		campaign: &campaign{attempts: 3, spread: 1, reach: 100, weekdays: [7]bool{true, true, true, true, true, true, true}},
		words:    newVocabulary(shared), callingNumbers: callingNumbers,
	}
	// Lists and nodes may be used before the line that defines them.
	for _, l := range lines {
		switch l.key {
		case "list":
			names, _ := l.settings(l.rest)
			if len(names) == 1 && p.words.lists[names[0]] == nil {
				p.words.add(l, names[0])
			}
		case "node":
			id, title, _ := strings.Cut(l.rest, " ")
			if p.node(id) != nil {
				return nil, l.errorf("node %s is defined twice", id)
			}
			p.nodes = append(p.nodes, &node{id: id, title: title, where: l})
		}
	}
	for _, l := range lines {
		if err := p.line(l); err != nil {
			return nil, err
		}
	}
	if err := p.words.check(); err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, errors.New(name + ": no lines")
	}
	return p.campaign, p.finish(lines[0])
}

type campaignParser struct {
	*campaign
	words   *vocabulary
	current *node
	list    *wordList

	giveUpName, hushedName string
	callingNumbers         int // how many there are
}

func (p *campaignParser) node(id string) *node {
	i := slices.IndexFunc(p.nodes, func(n *node) bool { return n.id == id })
	if i < 0 {
		return nil
	}
	return p.nodes[i]
}

// resolve makes the parser a scope: parameters first, then lists.
func (p *campaignParser) resolve(l line, name string) (piece, error) {
	key, form, hasForm := strings.Cut(name, ":")
	i := slices.IndexFunc(p.parameters, func(q parameter) bool { return q.key == key })
	switch {
	case i >= 0 && form == "spoken":
		return piece{kind: pieceSpokenParameter, index: i}, nil
	case i >= 0 && !hasForm:
		return piece{kind: pieceParameter, index: i}, nil
	case hasForm:
		return piece{}, l.errorf("{%s} is not a parameter", name)
	}
	return p.words.resolve(l, name)
}

func (p *campaignParser) line(l line) (err error) {
	key, versionName, _ := strings.Cut(l.key, "@")
	switch key {
	case "campaign", "name", "script", "about", "company", "giveup", "hushed":
		*p.text(key) = l.rest
	case "share":
		p.share, err = p.whole(l, 1, 10_000)
	case "attempts":
		p.attempts, err = p.whole(l, 1, 9)
	case "spread":
		p.spread, err = p.whole(l, 1, 31)
	case "reach":
		p.reach, err = p.whole(l, 1, 300)
	case "hours":
		err = p.parseHours(l)
	case "weekdays":
		err = p.parseWeekdays(l)
	case "numbers":
		err = p.parseNumbers(l)
	case "version":
		err = p.parseVersion(l)
	case "param":
		err = p.parseParameter(l)
	case "unheard":
		err = p.addRobotLine(l, &p.unheard)
	case "silence":
		err = p.addRobotLine(l, &p.silence)
	case "any":
		err = p.parseReply(l, &p.anywhere)
	case "list":
		p.list, err = p.words.define(l)
	case "-":
		err = p.list.addEntry(l, p)
	case "words":
		err = p.list.addWords(l, p)
	case "node":
		id, _, _ := strings.Cut(l.rest, " ")
		p.current, p.list = p.node(id), nil
	case "plant":
		err = p.parsePlant(l)
	default:
		if p.current == nil {
			return l.errorf("%q is not known before the first node", l.key)
		}
		err = p.nodeLine(l, key, versionName)
	}
	return err
}

// text is where a line of plain text goes.
func (p *campaignParser) text(key string) *string {
	return map[string]*string{
		"campaign": &p.id, "name": &p.name, "script": &p.script, "about": &p.description, "company": &p.company,
		"giveup": &p.giveUpName, "hushed": &p.hushedName,
	}[key]
}

func (p *campaignParser) whole(l line, low, high int) (int, error) {
	n, err := strconv.Atoi(l.rest)
	if err != nil || n < low || n > high {
		return 0, l.errorf("%s %q is not a number from %d to %d", l.key, l.rest, low, high)
	}
	return n, nil
}

func (p *campaignParser) parseHours(l line) error {
	for _, word := range strings.Fields(l.rest) {
		low, high, err := parseRange(l, word)
		if err != nil {
			return err
		}
		if low >= high || high > 24 {
			return l.errorf("hours %s are not within a day", word)
		}
		p.hours = append(p.hours, span{low, high})
	}
	return nil
}

// parseWeekdays reads "1-5" or "1-6": Monday is 1, Sunday 7.
func (p *campaignParser) parseWeekdays(l line) error {
	low, high, err := parseRange(l, l.rest)
	if err != nil {
		return err
	}
	if low < 1 || high > 7 {
		return l.errorf("weekdays %s are not within 1-7", l.rest)
	}
	for day := range p.weekdays {
		p.weekdays[day] = day+1 >= low && day+1 <= high
	}
	return nil
}

func (p *campaignParser) parseNumbers(l line) error {
	for _, word := range strings.Fields(l.rest) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > p.callingNumbers {
			return l.errorf("calling number %q is not from 1 to %d", word, p.callingNumbers)
		}
		p.numbers = append(p.numbers, n)
	}
	return nil
}

// parseVersion reads "1.1.0 40 what changed".
func (p *campaignParser) parseVersion(l line) error {
	name, rest, _ := strings.Cut(l.rest, " ")
	from, note, _ := strings.Cut(rest, " ")
	percent, err := strconv.Atoi(from)
	if err != nil || percent < 0 || percent > 99 {
		return l.errorf("version %s begins at %q, which is not a percentage of the days", name, from)
	}
	if n := len(p.versions); n == 0 && percent != 0 || n > 0 && p.versions[n-1].from >= percent {
		return l.errorf("version %s does not follow the one before it; the first begins at 0", name)
	}
	p.versions = append(p.versions, version{name: name, note: note, from: percent})
	return nil
}

func (p *campaignParser) version(l line, name string) (int, error) {
	i := slices.IndexFunc(p.versions, func(v version) bool { return v.name == name })
	if i < 0 {
		return 0, l.errorf("version %q is not declared", name)
	}
	return i, nil
}

func (p *campaignParser) parseParameter(l line) error {
	words := strings.Fields(l.rest)
	if len(words) < 2 {
		return l.errorf("a parameter needs a key and a kind")
	}
	q := parameter{key: words[0]}
	argument := ""
	if len(words) > 2 {
		argument = words[2]
	}
	var err error
	switch words[1] {
	case "address":
		q.kind, q.list = parameterAddress, p.words.list(l, "address")
	case "pick":
		q.kind, q.list = parameterPick, p.words.list(l, argument)
	default:
		kind, ok := numericParameters[words[1]]
		if !ok {
			return l.errorf("kind of parameter %q is unknown", words[1])
		}
		q.kind = kind.kind
		if q.low, q.high, err = parseRange(l, argument); err == nil && q.high > kind.most {
			err = l.errorf("%s %s is more than %d", words[1], argument, kind.most)
		}
	}
	p.parameters = append(p.parameters, q)
	return err
}

var numericParameters = map[string]struct {
	kind parameterKind
	most int
}{
	"money": {parameterMoney, 999_999}, "number": {parameterNumber, 99_999_999}, "digits": {parameterDigits, 20},
	"date": {parameterDate, 366}, "clock": {parameterClock, 23},
}
