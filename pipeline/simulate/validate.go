package simulate

import (
	"regexp"
	"slices"
)

var campaignID = regexp.MustCompile(`^[a-z][a-z_]+$`)

// finish links the graph and says what is missing in it.
func (p *campaignParser) finish(top line) error {
	c := p.campaign
	switch {
	case c.id == "" || c.name == "" || c.script == "" || c.company == "":
		return top.errorf("campaign, name, script and company must be given")
	case !campaignID.MatchString(c.id):
		return top.errorf("campaign %q is not named in small letters, two at least", c.id)
	case c.share == 0 || len(c.hours) == 0 || len(c.numbers) == 0 || len(c.versions) == 0:
		return top.errorf("share, hours, numbers and at least one version must be given")
	case len(c.nodes) == 0 || len(c.unheard) == 0 || len(c.silence) == 0:
		return top.errorf("nodes, unheard and silence must be given")
	}
	c.first = c.nodes[0]
	var err error
	if c.giveUp, err = p.target(top, p.giveUpName); err != nil {
		return err
	}
	if c.hushed, err = p.target(top, p.hushedName); err != nil {
		return err
	}
	if err := p.link(c.anywhere); err != nil {
		return err
	}
	for _, n := range c.nodes {
		if err := p.link(n.replies); err != nil {
			return err
		}
		if err := c.checkNode(n); err != nil {
			return err
		}
	}
	return c.checkReach()
}

func (p *campaignParser) link(replies []reply) error {
	for i := range replies {
		r := &replies[i]
		n, err := p.target(r.where, r.toName)
		if err != nil {
			return err
		}
		r.to = n
	}
	return nil
}

func (c *campaign) checkNode(n *node) error {
	switch {
	case len(n.says) == 0:
		return n.where.errorf("node %s says nothing", n.id)
	case n.ends == nodeWaits && len(n.replies) == 0:
		return n.where.errorf("node %s waits for replies and has none", n.id)
	case n.ends != nodeWaits && len(n.replies) > 0:
		return n.where.errorf("node %s does not wait for replies and has some", n.id)
	}
	if n.ends != nodeWaits {
		return nil
	}
	own := n.replies
	for _, r := range c.anywhere {
		// A node's own reply to the same intent takes the place of the general one.
		if r.to != n && !slices.ContainsFunc(own, func(o reply) bool { return o.intent == r.intent }) {
			n.replies = append(n.replies, r)
		}
	}
	return nil
}

// checkReach finds nodes no call can come to, and those from which none can
// come to an end.
func (c *campaign) checkReach() error {
	reached := map[*node]bool{}
	for _, n := range []*node{c.first, c.giveUp, c.hushed} {
		c.walk(n, reached)
	}
	for _, n := range c.nodes {
		if !reached[n] {
			return n.where.errorf("node %s is never reached", n.id)
		}
	}
	ending := map[*node]bool{}
	for changed := true; changed; {
		changed = false
		for _, n := range c.nodes {
			if !ending[n] && n.mayEnd(ending) {
				ending[n], changed = true, true
			}
		}
	}
	for _, n := range c.nodes {
		if !ending[n] {
			return n.where.errorf("no way leads from node %s to an end", n.id)
		}
	}
	return nil
}

func (c *campaign) walk(n *node, reached map[*node]bool) {
	if n == nil || reached[n] {
		return
	}
	reached[n] = true
	c.walk(n.next, reached)
	for _, r := range n.replies {
		c.walk(r.to, reached)
	}
	for _, p := range c.plants {
		if p.node == n {
			c.walk(p.divert, reached)
		}
	}
}

// mayEnd reports whether n ends a call, or leads to a node that does. One that
// goes back ends as its caller does.
func (n *node) mayEnd(ending map[*node]bool) bool {
	switch n.ends {
	case nodeFinishes, nodeTransfers, nodeGoesBack:
		return true
	case nodeGoesOn:
		return ending[n.next]
	}
	return slices.ContainsFunc(n.replies, func(r reply) bool { return r.to.ends != nodeGoesBack && ending[r.to] })
}
