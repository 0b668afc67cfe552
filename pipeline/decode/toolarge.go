package decode

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"callmill/schema"
)

// pieceStart is the beginning of a piece that is too large to be held.
type pieceStart struct {
	jobID  string
	raw    []byte
	length int64 // of the whole piece; 0: raw is whole, or the rest was not read
	sha256 string
}

// reject yields a reject that Items could not make, for want of the piece.
func (c *cutter) reject(code, reason string, p pieceStart) error {
	raw := c.base
	raw.Position = c.n
	raw.Reject = &schema.Reject{
		InstanceID: c.base.InstanceID, JobID: p.jobID, Origin: c.base.Origin, Position: c.n,
		Code: code, Reason: reason, Raw: bytes.Clone(p.raw[:min(len(p.raw), schema.MaxRejectRaw)]),
		RawBytes: p.length, RawSHA256: p.sha256,
		ObservedAt: c.base.ObservedAt, Undated: c.base.Undated,
	}
	if c.within != nil && c.within.env.instanceID != "" {
		raw.Reject.InstanceID = c.within.env.instanceID
	}
	if c.within != nil && c.within.env.dated {
		raw.Reject.ObservedAt, raw.Reject.Undated = c.within.env.observedAt, false
	}
	c.n++
	c.any = true
	if c.yield == nil {
		return nil
	}
	return c.yield(&raw)
}

// passTooLarge rejects what does not end within the largest window, and goes
// on at the next job or document that is recognized.
func (c *cutter) passTooLarge() error {
	begin := scanner{b: c.text, p: c.head}
	if begin.next() == ',' {
		begin.p++
		begin.next()
	}
	start, from := begin.p, begin.p+1
	p := pieceStart{raw: bytes.Clone(c.text[start:min(len(c.text), start+schema.MaxRejectRaw)])}
	p.jobID = idIn(p.raw)
	sum := sha256.New()
	for {
		w := c.lookFor(from)
		if w.kind != atEnd || c.ended {
			p.add(sum, c.text[start:w.at])
			return c.leaveTooLarge(p, sum, w)
		}
		// An object that is recognized may begin in this window and end in the next.
		keep := max(start, len(c.text)-c.o.PieceBytes)
		p.add(sum, c.text[start:keep])
		c.text = append(c.text[:0], c.text[keep:]...)
		c.head, start, from = 0, 0, 0
		c.size = len(c.text) + max(c.o.PieceBytes, len(c.text))
		if err := c.fill(); err != nil {
			return err
		}
	}
}

func (p *pieceStart) add(sum hash.Hash, text []byte) {
	sum.Write(text)
	p.length += int64(len(text))
}

// lookFor finds the next job or document in the window from from on.
func (c *cutter) lookFor(from int) way {
	d := c.d
	d.begin(c.text)
	if !isXML(c.path) {
		return d.unmistakable(from)
	}
	for _, tag := range []string{"<Job", "<Jobs"} {
		if i := indexTag(c.text[from:], tag); i >= 0 {
			return way{from + i, atJob}
		}
	}
	return way{len(c.text), atEnd}
}

func (c *cutter) leaveTooLarge(p pieceStart, sum hash.Hash, w way) error {
	p.sha256 = hex.EncodeToString(sum.Sum(nil))
	reason := fmt.Sprintf("%d bytes without an end, more than the %d a job may have", p.length, c.o.MaxJobBytes)
	if !c.passing {
		if err := c.reject(schema.RejectTooLarge, reason, p); err != nil {
			return err
		}
	}
	path := c.path
	if w.kind != atJob || len(path) == 0 || path[len(path)-1].close == "}" {
		path = nil
	}
	c.leaveDamage(hurt{way: w, lost: path == nil}, path)
	return nil
}

// endWithin ends the document the window began in, for its own end was passed.
func (c *cutter) endWithin() {
	if c.within != nil && c.yield == nil {
		c.long = append(c.long, *c.within)
	}
	c.within, c.passing = nil, false
}

// idIn is the id of the job that piece begins with, where it stands before
// anything large.
func idIn(piece []byte) string {
	d := New(Options{})
	d.b = piece
	if len(piece) == 0 || piece[0] != '{' || !d.enter() {
		return ""
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			return ""
		}
		if is(name, "JobId", "jobId") {
			var id string
			d.token(&id, "JobId")
			return strings.Clone(id)
		}
		if !d.skip() {
			return ""
		}
	}
}
