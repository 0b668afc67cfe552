package script

import (
	"regexp"
	"slices"
)

var campaignID = regexp.MustCompile(`^[a-z][a-z_]+$`)

// finish links the graph and checks that it is complete. top is the first
// directive, for errors about the file as a whole.
func (p *campaignParser) finish(top directive) error {
	c := p.Campaign
	switch {
	case c.ID == "" || c.Name == "" || c.Script == "" || c.Company == "":
		return top.errorf("missing campaign, name, script or company")
	case !campaignID.MatchString(c.ID):
		return top.errorf("invalid campaign %q: want at least two lower-case letters", c.ID)
	case c.Share == 0 || len(c.Hours) == 0 || len(c.Numbers) == 0 || len(c.Versions) == 0:
		return top.errorf("missing share, hours, numbers or version")
	case len(c.Nodes) == 0 || len(c.Unheard) == 0 || len(c.Silence) == 0:
		return top.errorf("missing node, unheard or silence")
	}
	c.First = c.Nodes[0]
	var err error
	if c.GiveUp, err = p.target(top, p.giveUpName); err != nil {
		return err
	}
	if c.Hushed, err = p.target(top, p.hushedName); err != nil {
		return err
	}
	if err := p.link(c.anywhere); err != nil {
		return err
	}
	for _, n := range c.Nodes {
		if err := p.link(n.Replies); err != nil {
			return err
		}
		if err := c.checkNode(n); err != nil {
			return err
		}
	}
	return c.checkReach()
}

func (p *campaignParser) link(replies []Reply) error {
	for i := range replies {
		r := &replies[i]
		n, err := p.target(r.where, r.toName)
		if err != nil {
			return err
		}
		r.To = n
	}
	return nil
}

func (c *Campaign) checkNode(n *Node) error {
	switch {
	case len(n.says) == 0:
		return n.where.errorf("node %s has no line", n.ID)
	case n.Ends == NodeWaits && len(n.Replies) == 0:
		return n.where.errorf("node %s waits for a reply but has none", n.ID)
	case n.Ends != NodeWaits && len(n.Replies) > 0:
		return n.where.errorf("node %s has replies but does not wait", n.ID)
	}
	if n.Ends != NodeWaits {
		return nil
	}
	own := n.Replies
	for _, r := range c.anywhere {
		// A node's own reply to an intent replaces the general one.
		if r.To != n && !slices.ContainsFunc(own, func(o Reply) bool { return o.Intent == r.Intent }) {
			n.Replies = append(n.Replies, r)
		}
	}
	return nil
}

// checkReach returns an error for nodes that no call reaches and for nodes from
// which no call ends.
func (c *Campaign) checkReach() error {
	reached := map[*Node]bool{}
	for _, n := range []*Node{c.First, c.GiveUp, c.Hushed} {
		c.walk(n, reached)
	}
	for _, n := range c.Nodes {
		if !reached[n] {
			return n.where.errorf("unreachable node %s", n.ID)
		}
	}
	ending := map[*Node]bool{}
	for changed := true; changed; {
		changed = false
		for _, n := range c.Nodes {
			if !ending[n] && n.mayEnd(ending) {
				ending[n], changed = true, true
			}
		}
	}
	for _, n := range c.Nodes {
		if !ending[n] {
			return n.where.errorf("no path from node %s to an end", n.ID)
		}
	}
	return nil
}

func (c *Campaign) walk(n *Node, reached map[*Node]bool) {
	if n == nil || reached[n] {
		return
	}
	reached[n] = true
	c.walk(n.Next, reached)
	for _, r := range n.Replies {
		c.walk(r.To, reached)
	}
	for _, p := range c.Plants {
		if p.Node == n {
			c.walk(p.Divert, reached)
		}
	}
}

// mayEnd reports whether n ends a call or leads to a node that does. One that
// goes back ends like the node it was entered from.
func (n *Node) mayEnd(ending map[*Node]bool) bool {
	switch n.Ends {
	case NodeFinishes, NodeTransfers, NodeGoesBack:
		return true
	case NodeGoesOn:
		return ending[n.Next]
	}
	return slices.ContainsFunc(n.Replies, func(r Reply) bool { return r.To.Ends != NodeGoesBack && ending[r.To] })
}
