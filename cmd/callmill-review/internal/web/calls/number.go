//go:build cgo

package calls

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// fewestDigits is how many digits in a row make a text a number of somebody's.
const fewestDigits = 7

// numberIn returns the number in a text: digits in a row, with no more than spaces, hyphens
// and parentheses between them; is reports whether there is one.
func numberIn(text string) (number string, is bool) {
	digits, from := 0, -1
	for i, r := range text {
		switch {
		case unicode.IsDigit(r):
			if from < 0 {
				from = i
			}
			digits++
			continue
		case from >= 0 && strings.ContainsRune(" -()（）\u00a0\u2010\u2011\u2013\t", r):
			continue
		}
		if digits >= fewestDigits {
			return strings.TrimSpace(text[from:i]), true
		}
		digits, from = 0, -1
	}
	if digits >= fewestDigits {
		return strings.TrimSpace(text[from:]), true
	}
	return "", false
}

// number is where the form of the search is sent: words go on to the page that searches
// for them, a number to the calls of whom it is of. The number itself is in no URL and in
// no log.
func (p *pages) number(w http.ResponseWriter, r *site.Request) error {
	form := r.Request.PostForm
	text := form.Get("q")
	if len(text) > longestText || !utf8.ValidString(text) {
		return site.Usage(schema.Text{ZH: "要搜索的文字过长，或不是文字。", EN: "The text to search for is too long, or no text."})
	}
	set, err := among.Parse(form)
	if err != nil {
		return err
	}
	number, is := numberIn(text)
	if !is {
		var change []string
		for _, name := range []string{"q", "regex", "speaker", "pause", "min", "max", "context", "day"} {
			change = append(change, name, form.Get(name))
		}
		if text == "" { // every line
			return r.See(w, r.To("/search", set, change...)+"&q=")
		}
		return r.See(w, r.To("/search", set, change...))
	}
	keys, why, err := p.keys(r, number)
	if err != nil {
		return err
	}
	r.Among = contact(keys...)
	if err := r.Log(audit.Searched, "/search/number", nil, 0); err != nil {
		return err
	}
	if why != (schema.Text{}) {
		r.Among = set
		r.NoBar()
		page := &searchPage{asked: asked{Context: 1}, Choices: contexts, Number: why}
		page.keep(r)
		return r.Render(w, p.set, "search", searchTitle, page)
	}
	return r.See(w, r.To("/calls", r.Among))
}

// contact returns the set of the calls of somebody.
func contact(keys ...string) among.Set {
	if len(keys) == 0 {
		return among.Set{}
	}
	one, err := filter.One(filter.Contact, keys...)
	if err != nil {
		return among.Set{}
	}
	return among.Set{Filter: one}
}

// keys returns the contact keys that stand for a number, or why there are none.
func (p *pages) keys(r *site.Request, number string) (keys []string, why schema.Text, err error) {
	none := schema.Text{ZH: "没有这个号码的通话。", EN: "There are no calls of this number."}
	if r.Night.From != 0 {
		none = schema.Text{
			ZH: "内存中的日子（" + r.Night.From.String() + " 起）没有这个号码的通话。",
			EN: "There are no calls of this number in the days that are held in memory, from " + r.Night.From.String() + " on.",
		}
	}
	inMemory := func(key string) bool {
		_, known := r.Night.Corpus.Contacts.Find(key)
		return known
	}
	if len(r.Site.Key) > 0 {
		key := redact.New(redact.Options{Key: r.Site.Key}).Key(number)
		if key == "" || !inMemory(key) {
			return nil, none, nil
		}
		return []string{key}, schema.Text{}, nil
	}
	// Without the key the number leads to it where the dataset has both.
	keys, known, err := r.Night.DB.KeysOfNumber(r.Context(), spellings(number))
	switch {
	case err != nil:
		return nil, none, err
	case !known:
		return nil, schema.Text{
			ZH: "没有找到：数据集中没有这个号码，或其中的号码已脱敏；用 --key 可按联系人键查找。",
			EN: "Not found: the dataset does not have this number, or its numbers are masked; with --key it can be found by its contact key.",
		}, nil
	case len(keys) == 0:
		return nil, schema.Text{
			ZH: "数据集中有这个号码，但没有联系人键，无法列出其通话。",
			EN: "The dataset has this number, but no contact key of it: its calls cannot be listed.",
		}, nil
	}
	if keys = slices.DeleteFunc(keys, func(key string) bool { return !inMemory(key) }); len(keys) == 0 {
		return nil, none, nil
	}
	return keys, schema.Text{}, nil
}

// spellings are those in which a dataset may have a number.
func spellings(number string) []string {
	digits := redact.Number(number)
	all := []string{number, digits}
	for _, prefix := range []string{"0", "86", "+86", "0086", "+86-", "+86 ", "86-"} {
		all = append(all, prefix+digits)
	}
	return all
}
