//go:build cgo

package site

import (
	"net/http"
	"time"

	"callmill/schema"
)

// languageCookie is the name of the cookie that remembers the language.
const languageCookie = "lang"

// language returns the language of who asks: what the cookie says, else the site's. What
// browsers accept by default is not asked: pages are Chinese first.
func (s *Site) language(r *http.Request) schema.Language {
	if c, err := r.Cookie(languageCookie); err == nil {
		if lang := schema.Language(c.Value); lang == schema.Chinese || lang == schema.English {
			return lang
		}
	}
	return s.Lang
}

// chooseLanguage sets the cookie where the URL chooses a language.
func (s *Site) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	lang := schema.Language(r.URL.Query().Get("lang"))
	if lang != schema.Chinese && lang != schema.English {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: string(lang), Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
