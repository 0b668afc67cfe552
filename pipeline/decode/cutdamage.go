package decode

import "slices"

// passDamage yields the jobs before the damage the walk stopped at, and a
// reject for it. A piece never holds damage: what is the best way on from it
// depends on what follows, and that may be in another piece.
func (c *cutter) passDamage(h hurt) error {
	c.d.window.hurt = nil
	m := c.d.window.marked
	if h.ends {
		if err := c.rejectDamage(h); err != nil {
			return err
		}
		c.leaveDamage(h, c.d.window.openAt(c.d.doc.before))
		return nil
	}
	if c.within == nil && h.lost && m.n == c.n {
		if err := c.rejectDocument(h); err != nil {
			return err
		}
		c.leaveDamage(h, nil)
		return nil
	}
	path := c.d.window.openAt(m)
	if err := c.sendWithin(m, path); err != nil {
		return err
	}
	if !c.passing {
		if err := c.rejectDamage(h); err != nil {
			return err
		}
	}
	c.leaveDamage(h, path)
	return nil
}

// rejectDocument rejects a document that is lost before its first job.
func (c *cutter) rejectDocument(h hurt) error {
	around := surroundings{c.d.env, c.d.refused}
	c.within = &around
	defer func() { c.within = nil }()
	if around.env.publishesNone(around.refused) {
		return c.sendNone()
	}
	return c.rejectDamage(h)
}

func (c *cutter) rejectDamage(h hurt) error {
	piece := c.text[h.start:h.way.at]
	return c.reject(h.code, h.reason, pieceStart{raw: piece, jobID: idIn(piece)})
}

func (c *cutter) leaveDamage(h hurt, path []opening) {
	if h.lost {
		c.endWithin()
		c.restart(h.way.at, nil)
		c.adrift = true
		return
	}
	c.restart(h.way.at, path)
	if h.way.kind == atJob && c.head > 0 && !isXML(path) {
		c.text = slices.Insert(c.text, c.head, ',')
	}
}
