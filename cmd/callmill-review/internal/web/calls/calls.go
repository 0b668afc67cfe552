//go:build cgo

package calls

import (
	"embed"
	"html/template"
	"net/http"
	"sync"

	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

//go:embed templates/*.html
var files embed.FS

// pages are those of this package. Safe for concurrent use.
type pages struct {
	set *template.Template

	mu    sync.Mutex
	whole *masked.Masker // of calls that are not in memory; nil until one is shown
}

// Add adds the pages to a site.
func Add(s *site.Site) {
	p := &pages{set: s.Templates(files, "templates/*.html")}
	s.Page("GET /calls", site.Viewer, p.list)
	s.Page("GET /call", site.Viewer, p.call)
	s.Page("GET /search", site.Viewer, p.search)
	s.Form("POST /search/number", site.Viewer, p.number)
	s.Page("GET /search/number", site.Viewer, func(w http.ResponseWriter, r *site.Request) error {
		return r.See(w, r.URL("/search")) // the page of a form that was sent, loaded again
	})
}

// listPage is the page of the calls of a filter.
type listPage struct {
	List   *site.Listed
	Common string // URL: what they have in common
}

func (p *pages) list(w http.ResponseWriter, r *site.Request) error {
	l := listed(r)
	listing := l.listing(r)
	if done, err := r.CSV(w, listing); done {
		return err
	}
	return r.Render(w, p.set, "calls", schema.Text{ZH: "通话", EN: "Calls"}, listPage{r.List(listing), r.To("/phrases", r.Among)})
}
