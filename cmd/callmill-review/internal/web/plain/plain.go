// Package plain writes pages that stand alone, in words: refusals, and where one logs in.
// They need no snapshot and no user, and say nothing of either.
package plain

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"callmill/schema"
)

//go:embed templates/*.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "templates/*.html"))

// Refusal is a page that says why there is none.
type Refusal struct {
	Status  int
	Title   schema.Text
	Text    schema.Text
	Request string // its id in the log; "" is not shown
}

// Write writes the page in the language of the request.
func (f *Refusal) Write(w http.ResponseWriter, r *http.Request) {
	lang := Language(r)
	Render(w, r, f.Status, "refusal.html", struct {
		Lang, Title, Text, Request, Again string
		Status                            int
	}{string(lang), f.Title.In(lang), f.Text.In(lang), f.Request, schema.Text{EN: "Start page", ZH: "回到首页"}.In(lang), f.Status})
}

// Render writes a page of a template of this package.
func Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		// The templates are embedded and executed by tests.
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Encoding")
	h.Del("ETag")
	h.Del("Last-Modified")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page.Bytes()) // whoever asked is gone
	}
}

// Cookie is the cookie of the language that a user chose.
const Cookie = "lang"

// Language returns the language of a request: what its URL says, else what was chosen
// before, else what the browser prefers of the two, else Chinese.
func Language(r *http.Request) schema.Language {
	if l, ok := parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	if c, err := r.Cookie(Cookie); err == nil {
		if l, ok := parse(c.Value); ok {
			return l
		}
	}
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wanted), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if l, ok := parse(strings.ToLower(tag)); ok {
			return l
		}
	}
	return schema.Chinese
}

func parse(text string) (schema.Language, bool) {
	switch l := schema.Language(text); l {
	case schema.Chinese, schema.English:
		return l, true
	}
	return "", false
}
