// Package site is what the pages of the desk share: the request with the night it reads,
// the layout around a page, the filter bar, links that keep where one is, lists with CSV,
// waiting pages, errors in words, the language, static files.
//
// A package of pages registers its own with Page and Form, and renders them with
// templates from Templates:
//
//	func Add(s *site.Site) {
//		p := &pages{s.Templates(files, "templates/*.html")}
//		s.Page("GET /calls", site.Viewer, p.calls)
//	}
//
// Without cgo the package is empty, since that of snapshots is.
package site
