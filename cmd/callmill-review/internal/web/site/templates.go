//go:build cgo

package site

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Templates parses templates of pages, together with those that pages share: "listing"
// and "nothing". Functions know the request that a page is for:
//
//	say "中文" "English"       the one of the page's language; say .Text of a schema.Text
//	sayf "%d 通" "%d calls" n  with values
//	lang, user, snapshot       strings
//	may "export"               whether the user may: review or export
//	url "/calls" "sort" "day"  a link with snapshot, day and filter; Here likewise: here "page" "2"
//	to "/node" .Set            a link to a page about a set of calls; calls .Set the list of them
//	num 12345                  12,345
//	pct .3                     30.0%; share 3 10 of a number of a number
//	interval 3 10              [10.8–60.3] of the same
//	z 7.5                      z 7.5 ▲
//	day .Day                   2026-01-24 or –
//	short .Text 20             at most so many characters
//	svg .Chart                 what packages chart and flow drew
//	add 1 2
//
// It panics where the templates are wrong, as template.Must does: they are embedded.
func (s *Site) Templates(fsys fs.FS, patterns ...string) *template.Template {
	holder := &bound{}
	t := template.New("pages").Funcs(holder.funcs(s))
	template.Must(t.ParseFS(files, "templates/*.html"))
	template.Must(t.ParseFS(fsys, patterns...))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pools[t] = &sync.Pool{New: func() any {
		b := &bound{}
		b.set = template.Must(t.Clone()).Funcs(b.funcs(s))
		return b
	}}
	return t
}

// bound is a set of templates whose functions know a request. It is of one request at a
// time: cloning, and escaping what was cloned, takes longer than a page.
type bound struct {
	r   *Request
	set *template.Template
}

func (b *bound) funcs(s *Site) template.FuncMap {
	return template.FuncMap{
		"say":      func(texts ...any) (string, error) { return b.say(texts...) },
		"sayf":     func(zh, en string, values ...any) string { return b.r.Sayf(schema.Text{ZH: zh, EN: en}, values...) },
		"lang":     func() string { return string(b.r.Lang) },
		"user":     func() string { return b.r.User },
		"snapshot": func() string { return b.r.Night.Name },
		"may":      func(what string) bool { return b.r.May(what) },
		"url":      func(path string, change ...any) string { return b.r.URL(path, texts(change)...) },
		"here":     func(change ...any) string { return b.r.Here(texts(change)...) },
		"to":       func(path string, set among.Set, change ...any) string { return b.r.To(path, set, texts(change)...) },
		"calls":    func(set among.Set) string { return b.r.Calls(set) },
		"num":      func(n any) string { return figures.Number(n) },
		"pct":      figures.Percent,
		"share":    func(k, n any) string { return figures.Percent(figures.Float(k) / figures.Float(n)) },
		"interval": func(k, n any) string { return figures.Interval(int(figures.Float(k)), int(figures.Float(n))) },
		"z":        figures.Z,
		"day":      func(d calendar.Day) string { return dayText(d) },
		"short":    figures.Short,
		"svg":      func(drawn any) template.HTML { return template.HTML(fmt.Sprint(drawn)) },
		"add":      func(a, b int) int { return a + b },
		"asset":    func(name string) string { return s.assets.URL(name) },
	}
}

// texts returns the values of parameters as text.
func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

// May reports whether the user may review or export.
func (r *Request) May(what string) bool {
	switch what {
	case "review":
		return r.Role >= Reviewer
	case "export":
		return r.Role >= Exporter
	}
	return false
}

func (b *bound) say(texts ...any) (string, error) {
	if len(texts) == 1 {
		switch t := texts[0].(type) {
		case schema.Text:
			return t.In(b.r.Lang), nil
		case *schema.Text:
			return t.In(b.r.Lang), nil
		}
	}
	if len(texts) == 2 {
		zh, okZH := texts[0].(string)
		en, okEN := texts[1].(string)
		if okZH && okEN {
			return schema.Text{ZH: zh, EN: en}.In(b.r.Lang), nil
		}
	}
	return "", fmt.Errorf("say wants a schema.Text, or Chinese and English, got %v", texts)
}

func dayText(d calendar.Day) string {
	if d == corpus.NoDay {
		return "–"
	}
	return d.String()
}

// Time returns a time of ms since 1970 as 01-24 10:02, with the year where it is another
// one than that of the page's day.
func (r *Request) Time(ms int64) string {
	if ms == 0 {
		return "–"
	}
	t := time.UnixMilli(ms).In(r.Night.Zone)
	if r.Day != corpus.NoDay && t.Format("2006") != r.Day.String()[:4] {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("01-02 15:04")
}

// execute executes a template with functions that know the request.
func (r *Request) execute(to *bytes.Buffer, set *template.Template, name string, data any) error {
	r.Site.mu.Lock()
	pool := r.Site.pools[set]
	r.Site.mu.Unlock()
	if pool == nil {
		return fmt.Errorf("render %s: the templates are not the site's", name)
	}
	b, ok := pool.Get().(*bound)
	if !ok {
		return fmt.Errorf("render %s: no templates", name)
	}
	b.r = r
	err := b.set.ExecuteTemplate(to, name, data)
	b.r = nil
	pool.Put(b)
	if err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return nil
}

// layoutPage is what the layout is filled with.
type layoutPage struct {
	Title   schema.Text
	Body    template.HTML // of a template of the page, escaped by that
	Nav     []navigation
	Notices []Notice
	Bar     *bar // nil: none
	Taking  bool // a newer snapshot is being taken up
	Masked  bool
	Other   string // URL of the page in the other language
	Login   bool   // people log in
	Refresh bool
}

type navigation struct {
	URL  string
	Text schema.Text
	Here bool
}

var menu = []struct {
	path string
	also []string // pages below it
	text schema.Text
}{
	{"/today", []string{"/finding"}, schema.Text{ZH: "今天", EN: "Today"}},
	{"/scripts", []string{"/node"}, schema.Text{ZH: "话术", EN: "Scripts"}},
	{"/unclear", nil, schema.Text{ZH: "听不懂", EN: "Not understood"}},
	{"/calls", []string{"/call"}, schema.Text{ZH: "通话", EN: "Calls"}},
	{"/search", nil, schema.Text{ZH: "搜索", EN: "Search"}},
	{"/rules", []string{"/rule", "/rules/try"}, schema.Text{ZH: "规则", EN: "Rules"}},
	{"/sample", nil, schema.Text{ZH: "抽检", EN: "Sample"}},
	{"/mine", []string{"/mine/findings"}, schema.Text{ZH: "我的", EN: "Mine"}},
}

func (r *Request) render(w http.ResponseWriter, status int, set *template.Template, name string, title schema.Text, data any) error {
	body, _ := buffers.Get().(*bytes.Buffer)
	whole, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		body.Reset()
		whole.Reset()
		buffers.Put(body)
		buffers.Put(whole)
	}()
	if err := r.execute(body, set, name, data); err != nil {
		return err
	}
	if status == http.StatusOK && r.page != "" && !r.logged {
		if err := r.Log(audit.Opened, r.page, nil, 0); err != nil {
			return err
		}
	}
	page := layoutPage{
		Title: title, Body: template.HTML(body.String()), Masked: r.Site.Mask || r.Night.Masked,
		Taking: r.Site.Live.Taking(), Login: r.Site.Login,
	}
	for _, m := range menu {
		is := m.path == r.Request.URL.Path
		for _, path := range m.also {
			is = is || path == r.Request.URL.Path
		}
		page.Nav = append(page.Nav, navigation{r.URL(m.path), m.text, is})
	}
	if !r.bare && status == http.StatusOK {
		page.Bar = r.bar()
	}
	page.Notices = r.notices
	other := schema.English
	if r.Lang == schema.English {
		other = schema.Chinese
	}
	page.Other = r.Here("lang", string(other))
	if r.Request.Method == http.MethodPost { // what a form is sent to is no page
		page.Other = r.URL("/today", "lang", string(other))
	}
	if err := r.execute(whole, r.Site.layout, "layout", page); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(whole.Bytes()) // the client is gone, else
	return nil
}
