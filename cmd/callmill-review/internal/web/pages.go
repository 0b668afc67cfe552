//go:build cgo

package web

import (
	"net/http"

	"callmill/cmd/callmill-review/internal/web/calls"
	"callmill/cmd/callmill-review/internal/web/phrases"
	"callmill/cmd/callmill-review/internal/web/reviewing"
	"callmill/cmd/callmill-review/internal/web/scripts"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/today"
)

// Pages adds the pages of all packages to a site, a line for each package.
func Pages(s *site.Site) {
	s.Page("GET /{$}", site.Viewer, func(w http.ResponseWriter, r *site.Request) error {
		return r.See(w, r.URL("/today"))
	})
	phrases.Add(s)
	reviewing.Add(s)
	today.Add(s)
	calls.Add(s)
	scripts.Add(s)
}
