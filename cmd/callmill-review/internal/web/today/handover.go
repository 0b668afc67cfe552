//go:build cgo

package today

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/handover"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/veil"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

var maskedNote = schema.Text{
	EN: "what was said is masked by rules, which may miss names: it is not anonymous",
	ZH: "原话已按规则打码，人名可能有遗漏，并非匿名",
}

// placeOf returns the node that a finding leads to.
func placeOf(r *site.Request, f *findings.Finding) (handover.Place, bool) {
	if f.Next.Way != findings.ToNode {
		return handover.Place{}, false
	}
	w, ok := among.Wording(r.Night.Corpus, r.Night.Graph, f.Next.Wording)
	if !ok || r.Night.Graph.Wordings[w].Node < 0 {
		return handover.Place{}, false
	}
	return handover.Place{Node: r.Night.Graph.Wordings[w].Node, Wording: w, Event: effect.Event(f.Next.Event)}, true
}

// handOver writes the workbook of a finding (finding=ID) or of a node (node=ID, with
// wording and event): what was said in it is always masked, it leaves the desk.
func (p *pages) handOver(w http.ResponseWriter, r *site.Request) error {
	book, err := p.book(r)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		return err
	}
	if err := r.Log("exported", "handover", nil, int64(book.Rows())); err != nil {
		return err
	}
	name := "callmill-handover-" + r.Night.Name + ".xlsx"
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Length", strconv.Itoa(file.Len()))
	_, _ = w.Write(file.Bytes()) // the client is gone, else
	return nil
}

func (p *pages) book(r *site.Request) (*handover.Book, error) {
	mask := veil.New()
	s := source(r, mask)
	book := &handover.Book{Lang: r.Lang, Snapshot: r.Night.Name, By: cmp.Or(r.User, "–"), Made: r.Now, Notes: []string{r.Say(maskedNote)}}
	id := r.Request.URL.Query().Get("finding")
	if id == "" {
		return p.nodeBook(r, s, book)
	}
	it, _, err := p.found(r, id)
	if err != nil {
		return nil, err
	}
	f := it.Finding
	words := wordsOf(r)
	words.Text = mask.Text
	book.Title = fmt.Sprintf("%s %s %s：%s", words.Kind(f), words.Title(f), words.Where(f), words.Says(f))
	set := f.Set
	if set.Unclear != "" {
		set.Unclear = mask.Text(set.Unclear)
	}
	book.Filter = r.Describe(set)
	if place, ok := placeOf(r, f); ok {
		fill(book, s, place)
		return book, nil
	}
	calls := f.Examples
	if len(calls) == 0 {
		calls = r.Select(f.Yes)
	}
	book.Calls = s.Calls(calls, -1)
	return book, nil
}

func (p *pages) nodeBook(r *site.Request, s *handover.Source, book *handover.Book) (*handover.Book, error) {
	c, g := r.Night.Corpus, r.Night.Graph
	node, ok := among.Node(c, g, cmp.Or(r.Among.Node, r.Among.Wording))
	if !ok {
		return nil, site.NotFound(schema.Text{ZH: "没有这个发现或节点", EN: "there is no such finding or node"})
	}
	place := handover.Place{Node: node, Wording: -1, Event: effect.Event(r.Among.Event)}
	if w, ok := among.Wording(c, g, r.Among.Wording); ok && g.Wordings[w].Node == node {
		place.Wording = w
	}
	book.Title = s.Mask.Text(g.Nodes[node].Name)
	book.Filter = r.Among.Filter.String()
	fill(book, s, place)
	return book, nil
}

func fill(book *handover.Book, s *handover.Source, place handover.Place) {
	// What is asked is about calls that reached the node: these are few.
	s.Selected = effect.Calls(s.Corpus, s.Graph, s.Selected, effect.Question{Where: effect.AtNode(place.Node)})
	book.Wordings = s.Wordings(place)
	book.Calls = s.Calls(s.Lost(place), place.Wording)
	book.Replies = s.Replies(place)
}
