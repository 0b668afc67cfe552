//go:build cgo

package reviewing_test

import (
	"net/url"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/live"
)

func parse(v url.Values) (among.Set, error) { return among.Parse(v) }

func view(n *live.Night) among.View {
	return among.View{Corpus: n.Corpus, Graph: n.Graph, Hits: n.Hits}
}
