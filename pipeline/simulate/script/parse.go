package script

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// readCampaign reads and checks one file of campaigns/.
func ReadCampaign(files fs.FS, name string, shared *Vocabulary, callingNumbers int) (*Campaign, error) {
	lines, err := readDirectives(files, name)
	if err != nil {
		return nil, err
	}
	p := &campaignParser{
		Campaign: &Campaign{Attempts: 3, Spread: 1, Reach: 100, weekdays: [7]bool{true, true, true, true, true, true, true}},
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
			p.Nodes = append(p.Nodes, &Node{ID: id, title: title, where: l})
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
	return p.Campaign, p.finish(lines[0])
}

type campaignParser struct {
	*Campaign
	words   *Vocabulary
	current *Node
	list    *List

	giveUpName, hushedName string
	callingNumbers         int // how many there are
}

func (p *campaignParser) node(id string) *Node {
	i := slices.IndexFunc(p.Nodes, func(n *Node) bool { return n.ID == id })
	if i < 0 {
		return nil
	}
	return p.Nodes[i]
}

// resolve makes the parser a scope: parameters first, then lists.
func (p *campaignParser) resolve(l directive, name string) (Piece, error) {
	key, form, hasForm := strings.Cut(name, ":")
	i := slices.IndexFunc(p.Parameters, func(q Parameter) bool { return q.Key == key })
	switch {
	case i >= 0 && form == "spoken":
		return Piece{Kind: PieceSpokenParameter, Index: i}, nil
	case i >= 0 && !hasForm:
		return Piece{Kind: PieceParameter, Index: i}, nil
	case hasForm:
		return Piece{}, l.errorf("{%s} is not a parameter", name)
	}
	return p.words.resolve(l, name)
}

func (p *campaignParser) line(l directive) (err error) {
	key, versionName, _ := strings.Cut(l.key, "@")
	switch key {
	case "campaign", "name", "script", "about", "company", "giveup", "hushed":
		*p.text(key) = l.rest
	case "share":
		p.Share, err = p.whole(l, 1, 10_000)
	case "attempts":
		p.Attempts, err = p.whole(l, 1, 9)
	case "spread":
		p.Spread, err = p.whole(l, 1, 31)
	case "reach":
		p.Reach, err = p.whole(l, 1, 300)
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
		err = p.addRobotLine(l, &p.Unheard)
	case "silence":
		err = p.addRobotLine(l, &p.Silence)
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
		"campaign": &p.ID, "name": &p.Name, "script": &p.Script, "about": &p.Description, "company": &p.Company,
		"giveup": &p.giveUpName, "hushed": &p.hushedName,
	}[key]
}

func (p *campaignParser) whole(l directive, low, high int) (int, error) {
	n, err := strconv.Atoi(l.rest)
	if err != nil || n < low || n > high {
		return 0, l.errorf("%s %q is not a number from %d to %d", l.key, l.rest, low, high)
	}
	return n, nil
}

func (p *campaignParser) parseHours(l directive) error {
	for _, word := range strings.Fields(l.rest) {
		low, high, err := parseRange(l, word)
		if err != nil {
			return err
		}
		if low >= high || high > 24 {
			return l.errorf("hours %s are not within a day", word)
		}
		p.Hours = append(p.Hours, Range{low, high})
	}
	return nil
}

// parseWeekdays reads "1-5" or "1-6": Monday is 1, Sunday 7.
func (p *campaignParser) parseWeekdays(l directive) error {
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

func (p *campaignParser) parseNumbers(l directive) error {
	for _, word := range strings.Fields(l.rest) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > p.callingNumbers {
			return l.errorf("calling number %q is not from 1 to %d", word, p.callingNumbers)
		}
		p.Numbers = append(p.Numbers, n)
	}
	return nil
}

// parseVersion reads "1.1.0 40 what changed".
func (p *campaignParser) parseVersion(l directive) error {
	name, rest, _ := strings.Cut(l.rest, " ")
	from, note, _ := strings.Cut(rest, " ")
	percent, err := strconv.Atoi(from)
	if err != nil || percent < 0 || percent > 99 {
		return l.errorf("version %s begins at %q, which is not a percentage of the days", name, from)
	}
	if n := len(p.Versions); n == 0 && percent != 0 || n > 0 && p.Versions[n-1].from >= percent {
		return l.errorf("version %s does not follow the one before it; the first begins at 0", name)
	}
	p.Versions = append(p.Versions, Version{Name: name, note: note, from: percent})
	return nil
}

func (p *campaignParser) version(l directive, name string) (int, error) {
	i := slices.IndexFunc(p.Versions, func(v Version) bool { return v.Name == name })
	if i < 0 {
		return 0, l.errorf("version %q is not declared", name)
	}
	return i, nil
}

func (p *campaignParser) parseParameter(l directive) error {
	words := strings.Fields(l.rest)
	if len(words) < 2 {
		return l.errorf("a parameter needs a key and a kind")
	}
	q := Parameter{Key: words[0]}
	argument := ""
	if len(words) > 2 {
		argument = words[2]
	}
	var err error
	switch words[1] {
	case "address":
		q.Kind, q.List = ParameterAddress, p.words.list(l, "address")
	case "pick":
		q.Kind, q.List = ParameterPick, p.words.list(l, argument)
	default:
		kind, ok := numericParameters[words[1]]
		if !ok {
			return l.errorf("kind of parameter %q is unknown", words[1])
		}
		q.Kind = kind.kind
		if q.Low, q.High, err = parseRange(l, argument); err == nil && q.High > kind.most {
			err = l.errorf("%s %s is more than %d", words[1], argument, kind.most)
		}
	}
	p.Parameters = append(p.Parameters, q)
	return err
}

var numericParameters = map[string]struct {
	kind parameterKind
	most int
}{
	"money": {ParameterMoney, 999_999}, "number": {ParameterNumber, 99_999_999}, "digits": {ParameterDigits, 20},
	"date": {ParameterDate, 366}, "clock": {ParameterClock, 23},
}
