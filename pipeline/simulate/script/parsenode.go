package script

import (
	"strconv"
	"strings"
)

// readInNode reads a directive that belongs to the current node.
func (p *campaignParser) readInNode(d directive, key, versionName string) error {
	n := p.current
	switch key {
	case "say":
		return p.parseWording(d, versionName)
	case "again":
		var err error
		n.Again, err = p.robotLine(d)
		return err
	case "reply":
		return p.parseReply(d, &n.Replies)
	case "note":
		_, n.Sets = settings(d.rest)
		return nil
	case "next":
		n.Ends, n.Next = NodeGoesOn, p.node(d.rest)
		if n.Next == nil {
			return d.errorf("unknown node %q", d.rest)
		}
		return nil
	case "back":
		n.Ends = NodeGoesBack
		return nil
	case "end":
		n.Ends = NodeFinishes
		return nil
	case "transfer":
		n.Ends = NodeTransfers
		return nil
	}
	return d.errorf("unknown directive %q", d.key)
}

func (p *campaignParser) parseWording(d directive, versionName string) error {
	w := wording{}
	var err error
	if versionName != "" {
		if w.from, err = p.version(d, versionName); err != nil {
			return err
		}
	}
	n := p.current
	if len(n.says) == 0 && w.from != 0 {
		return d.errorf("the first wording of node %s is not that of the first version", n.ID)
	}
	if len(n.says) > 0 && n.says[len(n.says)-1].from >= w.from {
		return d.errorf("wordings of node %s are not in the order of versions", n.ID)
	}
	w.text, err = p.robotLine(d)
	n.says = append(n.says, w)
	return err
}

// robotLine parses a line of the robot. Recorded or synthesised speech varies
// only by contact and parameters.
func (p *campaignParser) robotLine(d directive) (Template, error) {
	t, err := parseTemplate(d, d.rest, p)
	if err != nil {
		return nil, err
	}
	if len(t) == 0 {
		return nil, d.errorf("empty line: %s", d.key)
	}
	if !t.fixed() {
		return nil, d.errorf("invalid line of the robot: it may only contain {name}, {surname}, {honorific} and parameters")
	}
	return t, nil
}

func (p *campaignParser) addRobotLine(d directive, to *[]Template) error {
	t, err := p.robotLine(d)
	*to = append(*to, t)
	return err
}

// parseReply parses "yes 60 -> notice result=confirmed".
func (p *campaignParser) parseReply(d directive, to *[]Reply) error {
	what, where, found := strings.Cut(d.rest, "->")
	words := strings.Fields(what)
	if !found || len(words) != 2 {
		return d.errorf("invalid reply: want reply LIST WEIGHT -> NODE")
	}
	weight, err := strconv.Atoi(words[1])
	if err != nil || weight < 1 || weight > 10_000 {
		return d.errorf("invalid weight %q: want a number from 1 to 10000", words[1])
	}
	target, sets := settings(where)
	if len(target) != 1 {
		return d.errorf("invalid reply: want one node behind ->")
	}
	*to = append(*to, Reply{
		Intent: p.words.list(d, words[0]), Weight: weight, toName: target[0], Sets: sets, Aside: d.key == "any", where: d,
	})
	return nil
}

// parsePlant parses "misleading_line node=inform version=1.1.0 hangup=18 : why".
func (p *campaignParser) parsePlant(d directive) error {
	what, note, _ := strings.Cut(d.rest, " : ")
	kinds, set := settings(what)
	if len(kinds) != 1 {
		return d.errorf("invalid plant: want one kind")
	}
	c := Plant{Kind: kinds[0], Note: strings.TrimSpace(note), Version: -1, Answer: 100}
	for _, s := range set {
		if err := p.setPlant(d, &c, s); err != nil {
			return err
		}
	}
	if c.Node == nil && (c.Breach || c.Divert != nil || c.Favoured != nil || c.Gap > 0) {
		return d.errorf("invalid plant %s: breach, divert, favour and gap need node=", c.Kind)
	}
	p.Plants = append(p.Plants, c)
	return nil
}

func (p *campaignParser) setPlant(d directive, c *Plant, s Setting) (err error) {
	switch s.Key {
	case "node":
		c.Node, err = p.target(d, s.Value)
	case "version":
		c.Version, err = p.version(d, s.Value)
	case "hours":
		low, high, e := parseRange(d, s.Value)
		c.Hours, err = &Range{low, high}, e
	case "divert":
		name, chance, _ := strings.Cut(s.Value, ":")
		if c.Divert, err = p.target(d, name); err == nil {
			c.Diverted, err = plantNumber(d, s.Key, chance)
		}
	case "favour":
		name, weight, _ := strings.Cut(s.Value, ":")
		c.Favoured = p.words.list(d, name)
		c.Favour, err = plantNumber(d, s.Key, weight)
	case "said":
		c.Said = p.words.list(d, s.Value)
	case "says":
		name, chance, _ := strings.Cut(s.Value, ":")
		c.Says = p.words.list(d, name)
		c.SaysTo, err = plantNumber(d, s.Key, chance)
	case "breach":
		if c.Breach = s.Value == "line"; !c.Breach {
			return d.errorf("invalid breach=%s: want breach=line", s.Value)
		}
	case "number":
		if c.Number, err = plantNumber(d, s.Key, s.Value); err == nil && (c.Number < 1 || c.Number > p.callingNumbers) {
			return d.errorf("invalid number=%s: want 1 to %d", s.Value, p.callingNumbers)
		}
	case "from":
		if c.From, err = plantNumber(d, s.Key, s.Value); err == nil && c.From > 99 {
			return d.errorf("invalid from=%s: want a percentage of the days", s.Value)
		}
	case "slip":
		var found bool
		c.SlipFrom, c.SlipTo, found = strings.Cut(s.Value, ":")
		if !found || c.SlipFrom == "" || c.SlipTo == "" {
			return d.errorf("invalid slip=%s: want slip=from:to", s.Value)
		}
	default:
		strengths := map[string]*int{
			"hangup": &c.HangUp, "unheard": &c.Unheard, "silence": &c.Silence,
			"gap": &c.Gap, "answer": &c.Answer, "batch": &c.Batch,
		}
		target, ok := strengths[s.Key]
		if !ok {
			return d.errorf("unknown setting %q of a plant", s.Key)
		}
		*target, err = plantNumber(d, s.Key, s.Value)
	}
	return err
}

func (p *campaignParser) target(d directive, name string) (*Node, error) {
	n := p.node(name)
	if n == nil {
		return nil, d.errorf("unknown node %q", name)
	}
	return n, nil
}

func plantNumber(d directive, key, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 60_000 {
		return 0, d.errorf("invalid %s=%s: want a number from 0 to 60000", key, text)
	}
	return n, nil
}
