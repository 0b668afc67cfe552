package script

import (
	"strconv"
	"strings"
)

// nodeLine reads what may stand in a node.
func (p *campaignParser) nodeLine(l directive, key, versionName string) error {
	n := p.current
	switch key {
	case "say":
		return p.parseWording(l, versionName)
	case "again":
		var err error
		n.Again, err = p.robotLine(l)
		return err
	case "reply":
		return p.parseReply(l, &n.Replies)
	case "note":
		_, n.Sets = l.settings(l.rest)
		return nil
	case "next":
		n.Ends, n.Next = NodeGoesOn, p.node(l.rest)
		if n.Next == nil {
			return l.errorf("node %q does not exist", l.rest)
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
	return l.errorf("%q is not known", l.key)
}

func (p *campaignParser) parseWording(l directive, versionName string) error {
	w := Wording{}
	var err error
	if versionName != "" {
		if w.from, err = p.version(l, versionName); err != nil {
			return err
		}
	}
	n := p.current
	if len(n.says) == 0 && w.from != 0 {
		return l.errorf("the first wording of node %s must be that of the first version", n.ID)
	}
	if len(n.says) > 0 && n.says[len(n.says)-1].from >= w.from {
		return l.errorf("the wordings of node %s are not in the order of the versions", n.ID)
	}
	w.text, err = p.robotLine(l)
	n.says = append(n.says, w)
	return err
}

// robotLine reads a line of the robot. Recorded or synthesised speech does not
// vary from call to call but for the contact and the parameters.
func (p *campaignParser) robotLine(l directive) (Template, error) {
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

func (p *campaignParser) addRobotLine(l directive, to *[]Template) error {
	t, err := p.robotLine(l)
	*to = append(*to, t)
	return err
}

// parseReply reads "yes 60 -> notice result=confirmed"; the weight is relative
// to those of the other replies.
func (p *campaignParser) parseReply(l directive, to *[]Reply) error {
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
	*to = append(*to, Reply{
		Intent: p.words.list(l, words[0]), Weight: weight, toName: target[0], Sets: sets, Aside: l.key == "any", where: l,
	})
	return nil
}

// parsePlant reads "misleading_line node=inform version=1.1.0 hangup=18 : why".
func (p *campaignParser) parsePlant(l directive) error {
	what, note, _ := strings.Cut(l.rest, " : ")
	kinds, set := l.settings(what)
	if len(kinds) != 1 {
		return l.errorf("a plant needs one kind")
	}
	c := Plant{Kind: kinds[0], Note: strings.TrimSpace(note), Version: -1, Answer: 100}
	for _, s := range set {
		if err := p.setPlant(l, &c, s); err != nil {
			return err
		}
	}
	p.Plants = append(p.Plants, c)
	return nil
}

func (p *campaignParser) setPlant(l directive, c *Plant, s Setting) (err error) {
	switch s.Key {
	case "node":
		c.Node, err = p.target(l, s.Value)
	case "version":
		c.Version, err = p.version(l, s.Value)
	case "hours":
		low, high, e := parseRange(l, s.Value)
		c.Hours, err = &Range{low, high}, e
	case "divert":
		name, chance, _ := strings.Cut(s.Value, ":")
		if c.Divert, err = p.target(l, name); err == nil {
			c.Diverted, err = plantNumber(l, s.Key, chance)
		}
	case "favour":
		name, weight, _ := strings.Cut(s.Value, ":")
		c.Favoured = p.words.list(l, name)
		c.Favour, err = plantNumber(l, s.Key, weight)
	case "slip":
		var found bool
		c.SlipFrom, c.SlipTo, found = strings.Cut(s.Value, ":")
		if !found || c.SlipFrom == "" || c.SlipTo == "" {
			return l.errorf("slip=%s does not read slip=from:to", s.Value)
		}
	default:
		strengths := map[string]*int{
			"hangup": &c.HangUp, "unheard": &c.Unheard, "silence": &c.Silence,
			"gap": &c.Gap, "answer": &c.Answer, "batch": &c.Batch,
		}
		target, ok := strengths[s.Key]
		if !ok {
			return l.errorf("setting %q of a plant is unknown", s.Key)
		}
		*target, err = plantNumber(l, s.Key, s.Value)
	}
	return err
}

func (p *campaignParser) target(l directive, name string) (*Node, error) {
	n := p.node(name)
	if n == nil {
		return nil, l.errorf("node %q does not exist", name)
	}
	return n, nil
}

func plantNumber(l directive, key, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 60_000 {
		return 0, l.errorf("%s: %q is not a number from 0 to 60000", key, text)
	}
	return n, nil
}
