package script

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/spoken"
)

// ReadCampaign reads and checks a campaign file. Its lines may use the lists of
// shared besides its own, and the calling numbers from 1 to callingNumbers.
func ReadCampaign(files fs.FS, name string, shared *Vocabulary, callingNumbers int) (*Campaign, error) {
	directives, err := readDirectives(files, name)
	if err != nil {
		return nil, err
	}
	p := &campaignParser{
		Campaign: &Campaign{Attempts: 3, Spread: 1, Reach: 100, weekdays: [7]bool{true, true, true, true, true, true, true}},
		words:    newVocabulary(shared), callingNumbers: callingNumbers,
	}
	// Lists and nodes may be used before they are defined.
	for _, d := range directives {
		switch d.key {
		case "list":
			names, _ := settings(d.rest)
			if len(names) == 1 && p.words.lists[names[0]] == nil {
				p.words.add(d, names[0])
			}
		case "node":
			id, title, _ := strings.Cut(d.rest, " ")
			if p.node(id) != nil {
				return nil, d.errorf("duplicate node %q", id)
			}
			if len(p.Nodes) == maxNames {
				return nil, d.errorf("more than %d nodes", maxNames)
			}
			p.Nodes = append(p.Nodes, &Node{ID: id, title: title, where: d})
		}
	}
	for _, d := range directives {
		if err := p.read(d); err != nil {
			return nil, err
		}
	}
	if err := p.words.check(); err != nil {
		return nil, err
	}
	if len(directives) == 0 {
		return nil, errors.New(name + ": empty")
	}
	return p.Campaign, p.finish(directives[0])
}

// campaignParser fills a campaign, directive by directive.
type campaignParser struct {
	*Campaign
	words   *Vocabulary
	current *Node // that following directives belong to
	list    *List // that following entries belong to

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

// resolve implements scope: parameters take precedence over lists.
func (p *campaignParser) resolve(d directive, name string) (Piece, error) {
	key, form, hasForm := strings.Cut(name, ":")
	i := slices.IndexFunc(p.Parameters, func(q Parameter) bool { return q.Key == key })
	switch {
	case i >= 0 && form == "spoken":
		return Piece{Kind: PieceSpokenParameter, Index: i}, nil
	case i >= 0 && !hasForm:
		return Piece{Kind: PieceParameter, Index: i}, nil
	case i >= 0 && slices.Contains(spoken.Manners, form) && p.Parameters[i].digits():
		return Piece{Kind: PieceParameter, Index: i, Manner: form}, nil
	case hasForm:
		return Piece{}, d.errorf("unknown parameter {%s}", name)
	}
	return p.words.resolve(d, name)
}

func (p *campaignParser) read(d directive) (err error) {
	key, versionName, _ := strings.Cut(d.key, "@")
	switch key {
	case "campaign", "name", "script", "about", "company", "giveup", "hushed":
		*p.text(key) = d.rest
	case "share":
		p.Share, err = p.number(d, 1, 10_000)
	case "attempts":
		p.Attempts, err = p.number(d, 1, 9)
	case "spread":
		p.Spread, err = p.number(d, 1, 31)
	case "reach":
		p.Reach, err = p.number(d, 1, 300)
	case "hours":
		err = p.parseHours(d)
	case "weekdays":
		err = p.parseWeekdays(d)
	case "numbers":
		err = p.parseNumbers(d)
	case "version":
		err = p.parseVersion(d)
	case "param":
		err = p.parseParameter(d)
	case "unheard":
		err = p.addRobotLine(d, &p.Unheard)
	case "silence":
		err = p.addRobotLine(d, &p.Silence)
	case "any":
		err = p.parseReply(d, &p.anywhere)
	case "adds":
		err = p.parseAdds(d)
	case "misheard":
		p.Misheard, err = p.number(d, 0, 100)
	case "list":
		p.list, err = p.words.define(d)
	case "-":
		err = p.list.addEntry(d, p)
	case "words":
		err = p.list.addWords(d, p)
	case "node":
		id, _, _ := strings.Cut(d.rest, " ")
		p.current, p.list = p.node(id), nil
	case "plant":
		err = p.parsePlant(d)
	default:
		if p.current == nil {
			return d.errorf("unknown directive %q before the first node", d.key)
		}
		err = p.readInNode(d, key, versionName)
	}
	return err
}

// text returns the field for a directive of plain text.
func (p *campaignParser) text(key string) *string {
	return map[string]*string{
		"campaign": &p.ID, "name": &p.Name, "script": &p.Script, "about": &p.Description, "company": &p.Company,
		"giveup": &p.giveUpName, "hushed": &p.hushedName,
	}[key]
}

func (p *campaignParser) number(d directive, low, high int) (int, error) {
	n, err := strconv.Atoi(d.rest)
	if err != nil || n < low || n > high {
		return 0, d.errorf("invalid %s %q: want a number from %d to %d", d.key, d.rest, low, high)
	}
	return n, nil
}

func (p *campaignParser) parseHours(d directive) error {
	for _, word := range strings.Fields(d.rest) {
		low, high, err := parseRange(d, word)
		if err != nil {
			return err
		}
		if low >= high || high > 24 {
			return d.errorf("invalid hours %q: want hours of one day, such as 9-12", word)
		}
		p.Hours = append(p.Hours, Range{low, high})
	}
	return nil
}

// parseWeekdays parses "1-5" or "1-6": Monday is 1, Sunday 7.
func (p *campaignParser) parseWeekdays(d directive) error {
	low, high, err := parseRange(d, d.rest)
	if err != nil {
		return err
	}
	if low < 1 || high > 7 {
		return d.errorf("invalid weekdays %q: want days within 1-7", d.rest)
	}
	for day := range p.weekdays {
		p.weekdays[day] = day+1 >= low && day+1 <= high
	}
	return nil
}

func (p *campaignParser) parseNumbers(d directive) error {
	for _, word := range strings.Fields(d.rest) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > p.callingNumbers {
			return d.errorf("invalid calling number %q: want 1 to %d", word, p.callingNumbers)
		}
		p.Numbers = append(p.Numbers, n)
	}
	return nil
}

// parseVersion parses "1.1.0 40 what changed".
func (p *campaignParser) parseVersion(d directive) error {
	name, rest, _ := strings.Cut(d.rest, " ")
	from, note, _ := strings.Cut(rest, " ")
	percent, err := strconv.Atoi(from)
	if err != nil || percent < 0 || percent > 99 {
		return d.errorf("invalid start %[2]q of version %[1]s: want a percentage of the days", name, from)
	}
	if n := len(p.Versions); n == 0 && percent != 0 || n > 0 && p.Versions[n-1].from >= percent {
		return d.errorf("version %s does not start after its predecessor; the first starts at 0", name)
	}
	p.Versions = append(p.Versions, Version{Name: name, note: note, from: percent})
	return nil
}

func (p *campaignParser) version(d directive, name string) (int, error) {
	i := slices.IndexFunc(p.Versions, func(v Version) bool { return v.Name == name })
	if i < 0 {
		return 0, d.errorf("unknown version %q", name)
	}
	return i, nil
}

func (p *campaignParser) parseParameter(d directive) error {
	words := strings.Fields(d.rest)
	unlisted := len(words) > 2 && words[len(words)-1] == "unlisted"
	if unlisted {
		words = words[:len(words)-1]
	}
	if len(words) < 2 {
		return d.errorf("invalid parameter: want param KEY KIND")
	}
	q := Parameter{Key: words[0], Unlisted: unlisted}
	argument := ""
	if len(words) > 2 {
		argument = words[2]
	}
	var err error
	switch words[1] {
	case "address":
		q.Kind, q.List = ParameterAddress, p.words.list(d, "address")
	case "pick":
		q.Kind, q.List = ParameterPick, p.words.list(d, argument)
	case "made":
		q.Kind, q.Personal = ParameterMade, argument
		if !identity.Made(argument) {
			err = d.errorf("no value of the kind %q can be made up: want one of %s", argument, strings.Join(made(), ", "))
		}
	default:
		kind, ok := numericParameters[words[1]]
		if !ok {
			return d.errorf("unknown kind of parameter %q", words[1])
		}
		q.Kind = kind.kind
		if q.Low, q.High, err = parseRange(d, argument); err == nil && q.High > kind.most {
			err = d.errorf("invalid %s %q: want at most %d", words[1], argument, kind.most)
		}
		if err == nil && kind.kind == ParameterDigits {
			err = q.setPersonal(d, words[3:])
		}
	}
	p.Parameters = append(p.Parameters, q)
	return err
}

// setPersonal sets the kind of a parameter of digits: that in its line, or else
// what its length makes of it.
func (q *Parameter) setPersonal(d directive, kind []string) error {
	q.Personal = "number"
	if q.Low <= 4 {
		q.Personal = "tail"
	}
	if len(kind) == 0 {
		return nil
	}
	if q.Personal = kind[0]; !slices.Contains(identity.Kinds, q.Personal) {
		return d.errorf("unknown kind of personal data %q: want one of %s", q.Personal, strings.Join(identity.Kinds, ", "))
	}
	return nil
}

// digits reports whether the parameter can be told in a manner.
func (q *Parameter) digits() bool { return q.Kind == ParameterDigits || q.Kind == ParameterMade }

// parseAdds parses "told 15".
func (p *campaignParser) parseAdds(d directive) error {
	words := strings.Fields(d.rest)
	if len(words) != 2 {
		return d.errorf("invalid adds: want adds LIST PERCENT")
	}
	percent, err := strconv.Atoi(words[1])
	if err != nil || percent < 0 || percent > 100 {
		return d.errorf("invalid adds %q: want a percentage", words[1])
	}
	p.Adds, p.AddsTo = p.words.list(d, words[0]), percent
	return nil
}

var numericParameters = map[string]struct {
	kind ParameterKind
	most int
}{
	"money": {ParameterMoney, 999_999}, "number": {ParameterNumber, 99_999_999}, "digits": {ParameterDigits, 20},
	"date": {ParameterDate, 366}, "clock": {ParameterClock, 23},
}
