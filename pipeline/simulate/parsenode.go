package simulate

import (
	"strconv"
	"strings"
)

// nodeLine reads what may stand in a node.
func (p *campaignParser) nodeLine(l line, key, versionName string) error {
	n := p.current
	switch key {
	case "say":
		return p.parseWording(l, versionName)
	case "again":
		var err error
		n.again, err = p.robotLine(l)
		return err
	case "reply":
		return p.parseReply(l, &n.replies)
	case "note":
		_, n.sets = l.settings(l.rest)
		return nil
	case "next":
		n.ends, n.next = nodeGoesOn, p.node(l.rest)
		if n.next == nil {
			return l.errorf("node %q does not exist", l.rest)
		}
		return nil
	case "back":
		n.ends = nodeGoesBack
		return nil
	case "end":
		n.ends = nodeFinishes
		return nil
	case "transfer":
		n.ends = nodeTransfers
		return nil
	}
	return l.errorf("%q is not known", l.key)
}

func (p *campaignParser) parseWording(l line, versionName string) error {
	w := wording{}
	var err error
	if versionName != "" {
		if w.from, err = p.version(l, versionName); err != nil {
			return err
		}
	}
	n := p.current
	if len(n.says) == 0 && w.from != 0 {
		return l.errorf("the first wording of node %s must be that of the first version", n.id)
	}
	if len(n.says) > 0 && n.says[len(n.says)-1].from >= w.from {
		return l.errorf("the wordings of node %s are not in the order of the versions", n.id)
	}
	w.text, err = p.robotLine(l)
	n.says = append(n.says, w)
	return err
}

// robotLine reads a line of the robot. Recorded or synthesised speech does not
// vary from call to call but for the contact and the parameters.
func (p *campaignParser) robotLine(l line) (template, error) {
	t, err := parseTemplate(l, l.rest, p)
	if err != nil {
		return nil, err
	}
	if len(t) == 0 {
		return nil, l.errorf("%s says nothing", l.key)
	}
	if !t.fixed() {
		return nil, l.errorf("a robot's line may only vary by {name}, {surname}, {honorific} and parameters")
	}
	return t, nil
}

func (p *campaignParser) addRobotLine(l line, to *[]template) error {
	t, err := p.robotLine(l)
	*to = append(*to, t)
	return err
}

// parseReply reads "yes 60 -> notice result=confirmed"; the weight is relative
// to those of the other replies.
func (p *campaignParser) parseReply(l line, to *[]reply) error {
	what, where, found := strings.Cut(l.rest, "->")
	words := strings.Fields(what)
	if !found || len(words) != 2 {
		return l.errorf("a reply reads: reply LIST WEIGHT -> NODE")
	}
	weight, err := strconv.Atoi(words[1])
	if err != nil || weight < 1 || weight > 10_000 {
		return l.errorf("weight %q is not a number from 1 to 10000", words[1])
	}
	target, sets := l.settings(where)
	if len(target) != 1 {
		return l.errorf("a reply leads to one node")
	}
	*to = append(*to, reply{
		intent: p.words.list(l, words[0]), weight: weight, toName: target[0], sets: sets, aside: l.key == "any", where: l,
	})
	return nil
}

// parsePlant reads "misleading_line node=inform version=1.1.0 hangup=18 : why".
func (p *campaignParser) parsePlant(l line) error {
	what, note, _ := strings.Cut(l.rest, " : ")
	kinds, set := l.settings(what)
	if len(kinds) != 1 {
		return l.errorf("a plant needs one kind")
	}
	c := plant{kind: kinds[0], note: strings.TrimSpace(note), version: -1, answer: 100}
	for _, s := range set {
		if err := p.setPlant(l, &c, s); err != nil {
			return err
		}
	}
	p.plants = append(p.plants, c)
	return nil
}

func (p *campaignParser) setPlant(l line, c *plant, s setting) (err error) {
	switch s.key {
	case "node":
		c.node, err = p.target(l, s.value)
	case "version":
		c.version, err = p.version(l, s.value)
	case "hours":
		low, high, e := parseRange(l, s.value)
		c.hours, err = &span{low, high}, e
	case "divert":
		name, chance, _ := strings.Cut(s.value, ":")
		if c.divert, err = p.target(l, name); err == nil {
			c.diverted, err = plantNumber(l, s.key, chance)
		}
	case "favour":
		name, weight, _ := strings.Cut(s.value, ":")
		c.favoured = p.words.list(l, name)
		c.favour, err = plantNumber(l, s.key, weight)
	case "slip":
		var found bool
		c.slipFrom, c.slipTo, found = strings.Cut(s.value, ":")
		if !found || c.slipFrom == "" || c.slipTo == "" {
			return l.errorf("slip=%s does not read slip=from:to", s.value)
		}
	default:
		strengths := map[string]*int{
			"hangup": &c.hangUp, "unheard": &c.unheard, "silence": &c.silence,
			"gap": &c.gap, "answer": &c.answer, "batch": &c.batch,
		}
		target, ok := strengths[s.key]
		if !ok {
			return l.errorf("setting %q of a plant is unknown", s.key)
		}
		*target, err = plantNumber(l, s.key, s.value)
	}
	return err
}

func (p *campaignParser) target(l line, name string) (*node, error) {
	n := p.node(name)
	if n == nil {
		return nil, l.errorf("node %q does not exist", name)
	}
	return n, nil
}

func plantNumber(l line, key, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 60_000 {
		return 0, l.errorf("%s: %q is not a number from 0 to 60000", key, text)
	}
	return n, nil
}
