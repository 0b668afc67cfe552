package among

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
)

const idLength = 12 // hexadecimal digits

func isID(id string) bool {
	return len(id) == idLength && strings.Trim(id, "0123456789abcdef") == ""
}

// WordingID returns the id of a wording, an index of the graph. It is made of instance,
// script and pattern, so that it is the same in later snapshots.
func WordingID(c *corpus.Corpus, g *nodes.Graph, w int32) string {
	wording := &g.Wordings[w]
	sum := sha256.Sum256([]byte(c.Instances.String(g.Robots[wording.Robot].Instance) + "\x00" +
		c.Scripts.String(wording.Script) + "\x00" + wording.Pattern))
	return hex.EncodeToString(sum[:idLength/2])
}

// Wording returns the wording with an id; false where the graph has none.
func Wording(c *corpus.Corpus, g *nodes.Graph, id string) (int32, bool) {
	if !isID(id) {
		return -1, false
	}
	for w := range g.Wordings {
		if WordingID(c, g, int32(w)) == id {
			return int32(w), true
		}
	}
	return -1, false
}

// NodeID returns the id of a node, which is that of its commonest wording.
func NodeID(c *corpus.Corpus, g *nodes.Graph, n int32) string {
	return WordingID(c, g, g.Nodes[n].Wordings[0])
}

// Node returns the node that has the wording with an id; false where there is none. A
// link outlives another wording's becoming the commonest.
func Node(c *corpus.Corpus, g *nodes.Graph, id string) (int32, bool) {
	w, ok := Wording(c, g, id)
	if !ok || g.Wordings[w].Node < 0 {
		return -1, false
	}
	return g.Wordings[w].Node, true
}

// IDs are the wordings of a graph by their ids: there are thousands, and a page asks for
// several. Safe for concurrent use.
type IDs struct {
	graph    *nodes.Graph
	wordings map[string]int32
}

// NewIDs returns the ids of a graph.
func NewIDs(c *corpus.Corpus, g *nodes.Graph) *IDs {
	ids := &IDs{g, make(map[string]int32, len(g.Wordings))}
	for w := len(g.Wordings) - 1; w >= 0; w-- { // the first of several, as Wording
		ids.wordings[WordingID(c, g, int32(w))] = int32(w)
	}
	return ids
}

// Wording returns what the function Wording does.
func (i *IDs) Wording(id string) (int32, bool) {
	if w, ok := i.wordings[id]; ok {
		return w, true
	}
	return -1, false
}

// Node returns what the function Node does.
func (i *IDs) Node(id string) (int32, bool) {
	if w, ok := i.wordings[id]; ok && i.graph.Wordings[w].Node >= 0 {
		return i.graph.Wordings[w].Node, true
	}
	return -1, false
}
