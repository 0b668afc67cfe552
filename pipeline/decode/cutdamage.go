package decode

import "slices"

// passDamage yields the jobs before the damage the walk stopped at, and a
// reject for it. A piece never holds damage: what is the best way on from it
// depends on what follows, and that may be in another piece.
func (c *cutter) passDamage(h hurt) error {
	c.d.window.hurt = nil
	if c.within == nil && h.lost && c.d.n == c.n {
		if err := c.rejectDocument(h); err != nil {
			return err
		}
		c.leaveDamage(h, nil)
		return nil
	}
	path := slices.Clone(c.d.window.markedPath())
	if err := c.sendWithin(c.d.window.marked, path); err != nil {
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
	if !around.env.publishesNone(around.refused) {
		return c.rejectDamage(h)
	}
	c.within = &around
	err := c.sendNone()
	c.within = nil
	return err
}

func (c *cutter) rejectDamage(h hurt) error {
	piece := c.text[h.start:h.end]
	return c.reject(h.code, h.reason, pieceStart{raw: piece, jobID: idIn(piece)})
}

func (c *cutter) leaveDamage(h hurt, path []opening) {
	if h.lost {
		c.endWithin()
		c.restart(h.end, nil)
		c.adrift = true
		return
	}
	c.restart(h.end, path)
	rest := scanner{b: c.text, p: c.head}
	if next := rest.next(); !isXML(path) && next != ',' && next != ']' && next != '{' && next != 0 {
		// What is missing between two jobs must still be missing.
		c.text = slices.Insert(c.text, c.head, []byte("null")...)
	}
}
