package guard

import (
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"callmill/schema"
)

// Limits of a request. Filters are the longest parameters, pasted dialogues the longest
// forms.
const (
	mostURL        = 8 << 10   // bytes
	mostParameters = 200       // of the URL, and of a form
	mostBody       = 256 << 10 // bytes
	mostParameter  = 8 << 10   // bytes, of the URL
)

// pass reports whether a request may go on; if not, it was answered.
func (g *Guard) pass(w http.ResponseWriter, r *http.Request) bool {
	return g.passHost(w, r) && passMethod(w, r) && passURL(w, r) && g.passOrigin(w, r) && passForm(w, r)
}

// passHost refuses requests for other hosts: a name of somebody else's that was made to
// point here is not this site, though the browser thinks so.
func (g *Guard) passHost(w http.ResponseWriter, r *http.Request) bool {
	name, ok := hostName(r.Host)
	if !ok || !g.hosts[name] && !(isLoopback(name) && !g.o.Proxied) {
		if r.URL.Path == healthPath && g.o.Proxied && r.Method == http.MethodGet {
			return true // asked by whoever watches the socket, under any name
		}
		refuse(w, r, http.StatusMisdirectedRequest, schema.Text{EN: "Not the name of this desk", ZH: "地址不正确"}, schema.Text{
			EN: "This desk does not go by the name in the address. Whoever runs it names it with --host.",
			ZH: "服务不使用地址栏中的这个名称。管理员可用 --host 加上。",
		})
		return false
	}
	if g.o.Proxied && !g.secure(r) && r.URL.Path != healthPath {
		refuse(w, r, http.StatusForbidden, schema.Text{EN: "Only by https", ZH: "只能用 https"}, schema.Text{
			EN: "This desk is used by https alone. The proxy before it has to say so: X-Forwarded-Proto: https.",
			ZH: "只能通过 https 访问。代理需要传递 X-Forwarded-Proto: https。",
		})
		return false
	}
	return true
}

// hostName returns the name of a host in lower case, without port, brackets and the dot of
// the root.
func hostName(host string) (name string, ok bool) {
	if n, port, err := net.SplitHostPort(host); err == nil {
		if p, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || p == 0) {
			return "", false
		}
		host = n
	} else if n, found := strings.CutPrefix(host, "["); found {
		if host, ok = strings.CutSuffix(n, "]"); !ok {
			return "", false
		}
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "" || len(host) > 253 {
		return "", false
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.String(), true
	}
	for i := range len(host) {
		c := host[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return "", false
		}
	}
	return host, true
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

func passMethod(w http.ResponseWriter, r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return true
	}
	w.Header().Set("Allow", "GET, HEAD, POST")
	refuse(w, r, http.StatusMethodNotAllowed, schema.Text{EN: "No such method", ZH: "不支持的请求方式"}, schema.Text{
		EN: "Pages are read (GET, HEAD) and forms are posted (POST); there is nothing else.",
		ZH: "只支持打开页面（GET、HEAD）和提交表单（POST）。",
	})
	return false
}

func passURL(w http.ResponseWriter, r *http.Request) bool {
	if len(r.RequestURI) > mostURL {
		refuse(w, r, http.StatusRequestURITooLong, schema.Text{EN: "The address is too long", ZH: "地址过长"}, schema.Text{
			EN: "An address has 8 KiB at most. Ask for less at once.", ZH: "地址最长 8 KiB，请减少条件。",
		})
		return false
	}
	if reason, ok := wrongURL(r); !ok {
		refuse(w, r, http.StatusBadRequest, schema.Text{EN: "The address is wrong", ZH: "地址有误"}, reason)
		return false
	}
	return true
}

// wrongURL returns why no page has such an address.
func wrongURL(r *http.Request) (reason schema.Text, ok bool) {
	p := r.URL.Path
	clean := path.Clean(p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	if !strings.HasPrefix(p, "/") || p != clean || r.URL.IsAbs() && r.URL.Host != r.Host || hasControls(p) || strings.ContainsRune(p, '\\') ||
		strings.Contains(strings.ToLower(r.URL.RawPath), "%2f") {
		return schema.Text{EN: "There is no such path.", ZH: "没有这样的路径。"}, false
	}
	if strings.Count(r.URL.RawQuery, "&")+1 > mostParameters {
		return schema.Text{EN: "It has more than 200 parameters.", ZH: "参数超过 200 个。"}, false
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return schema.Text{EN: "Its parameters are not spelled as such.", ZH: "参数书写有误。"}, false
	}
	for name, list := range values {
		for _, value := range list {
			if len(value) > mostParameter || hasControls(name) || hasControls(value) {
				return schema.Text{EN: "A parameter is no text: it has control characters, or is not UTF-8.", ZH: "参数不是文本：含有控制字符，或不是 UTF-8。"}, false
			}
		}
	}
	return schema.Text{}, true
}

// hasControls reports whether a text has what no line of text has.
func hasControls(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
	})
}

// passOrigin refuses posts of other sites, and pages that other sites have for pictures or
// the like: only links lead here from elsewhere.
func (g *Guard) passOrigin(w http.ResponseWriter, r *http.Request) bool {
	foreign := g.cross.Check(r) != nil
	if r.Method != http.MethodPost && !strings.HasPrefix(r.URL.Path, "/static/") {
		switch site := r.Header.Get("Sec-Fetch-Site"); site {
		case "", "same-origin", "none":
		default:
			link := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
			foreign = foreign || !link
		}
	}
	if foreign {
		refuse(w, r, http.StatusForbidden, schema.Text{EN: "Sent by another site", ZH: "来自其他网站的请求"}, schema.Text{
			EN: "Another site sent this, not a page of this desk. If you are behind a proxy, it has to pass on the header Host.",
			ZH: "这个请求由其他网站发出，不是本系统的页面。如果前面有代理，它需要原样传递 Host。",
		})
	}
	return !foreign
}

// passForm reads the form of a post, so that its size is known before a page sees it.
func passForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	if r.Method != http.MethodPost {
		return true
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		refuse(w, r, http.StatusUnsupportedMediaType, schema.Text{EN: "Not a form", ZH: "不是表单"}, schema.Text{
			EN: "Only forms are posted here (application/x-www-form-urlencoded).",
			ZH: "只接受表单（application/x-www-form-urlencoded）。",
		})
		return false
	}
	err = r.ParseForm()
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) || r.ContentLength > mostBody {
		refuse(w, r, http.StatusRequestEntityTooLarge, schema.Text{EN: "The form is too large", ZH: "提交的内容过大"}, schema.Text{
			EN: "A form has 256 KiB at most.", ZH: "表单最多 256 KiB。",
		})
		return false
	}
	n := 0
	for name, list := range r.PostForm {
		n += len(list)
		for _, value := range list {
			if hasControls(name) || hasControls(value) {
				err = errors.New("no text")
			}
		}
	}
	if err != nil || n > mostParameters {
		refuse(w, r, http.StatusBadRequest, schema.Text{EN: "The form is wrong", ZH: "表单有误"}, schema.Text{
			EN: "What was sent is no form of this desk: too many fields, or no text.",
			ZH: "提交的内容不是本系统的表单：字段过多，或不是文本。",
		})
		return false
	}
	return true
}
