//go:build cgo

package site_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A page of a list with the filter bar and all: what every page costs, its own work aside.
func BenchmarkPage(b *testing.B) {
	w := newWorld(b)
	w.site.Audit = nil
	h := w.site.Handler()
	r := httptest.NewRequest(http.MethodGet, "/list?f=hour%3D9-11&rule=fraud&sort=-n", nil)
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
