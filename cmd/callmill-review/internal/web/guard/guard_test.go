package guard_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"

	"callmill/cmd/callmill-review/internal/web/guard"
	"callmill/cmd/callmill-review/internal/web/users"
)

const password = "correct horse battery"

// write makes a file of users, whose passwords are password and cost nothing.
func write(t testing.TB, f *users.File, lines ...string) {
	t.Helper()
	salt := []byte("somesaltsomesalt")
	key := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	encoding := base64.RawStdEncoding
	hash := fmt.Sprintf("$argon2id$v=19$m=64,t=1,p=1$%s$%s", encoding.EncodeToString(salt), encoding.EncodeToString(key))
	text := strings.Join(lines, " "+hash+"\n") + " " + hash + "\n"
	temporary := f.Path() + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, f.Path()); err != nil {
		t.Fatal(err)
	}
}

// desk is a desk whose pages say who opened them.
type desk struct {
	t      testing.TB
	users  *users.File
	guard  *guard.Guard
	pages  http.Handler // behind the guard
	log    *syncBuffer
	clock  time.Time
	served func(w http.ResponseWriter, r *http.Request) // nil: says who opened it
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newDesk(t testing.TB, o guard.Options, names ...string) *desk {
	t.Helper()
	d := &desk{t: t, log: &syncBuffer{}, clock: time.Date(2026, 1, 24, 9, 0, 0, 0, time.UTC)}
	o.Log = slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Now = func() time.Time { return d.clock }
	if len(names) > 0 {
		d.users = users.In(filepath.Join(t.TempDir(), "users"))
		write(t, d.users, names...)
		o.Users = d.users
	}
	var err error
	if d.guard, err = guard.New(o); err != nil {
		t.Fatal(err)
	}
	d.pages = d.guard.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.served != nil {
			d.served(w, r)
			return
		}
		name, role, ok := guard.Who(r)
		fmt.Fprintf(w, "page of %q %s %v", name, role, ok)
	}))
	return d
}

// request is a request with headers as name, value, name, value.
func request(method, target string, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080/", strings.NewReader(body))
	u, err := url.ParseRequestURI(target)
	if err != nil {
		panic(err)
	}
	r.URL, r.RequestURI = u, target
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		switch headers[i] {
		case "Host":
			r.Host = headers[i+1]
		case "Content-Type":
			r.Header.Set("Content-Type", headers[i+1])
		default:
			r.Header.Add(headers[i], headers[i+1])
		}
	}
	return r
}

func (d *desk) do(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	d.pages.ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, a *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func many(n int) string { return strings.Repeat("a=1&", n-1) + "a=1" }

// What comes through, and what is refused: a row for each trick.
func TestPass(t *testing.T) {
	here := newDesk(t, guard.Options{Hosts: []string{"desk.example.com", "192.0.2.7:8443"}, Local: "me"})
	proxied := newDesk(t, guard.Options{Hosts: []string{"desk.example.com"}, Proxied: true}, "li viewer")
	tls := []string{"Host", "desk.example.com", "X-Forwarded-Proto", "https"}
	for _, tt := range []struct {
		name   string
		desk   *desk
		method string
		target string
		body   string
		status int
		header []string
	}{
		{"a page", here, "GET", "/calls?f=script%3D还款", "", 200, nil},
		{"its head", here, "HEAD", "/calls", "", 200, nil},
		{"a form", here, "POST", "/review", "verdict=right", 200, nil},
		{"by name", here, "GET", "/", "", 200, []string{"Host", "localhost:8080"}},
		{"in capitals, with the root's dot", here, "GET", "/", "", 200, []string{"Host", "LOCALHOST."}},
		{"by IPv6", here, "GET", "/", "", 200, []string{"Host", "[::1]:8080"}},
		{"by a name that was given", here, "GET", "/", "", 200, []string{"Host", "desk.example.com:9000"}},
		{"by an address that was given", here, "GET", "/", "", 200, []string{"Host", "192.0.2.7"}},

		{"a name that was made to point here", here, "GET", "/", "", 421, []string{"Host", "evil.example:8080"}},
		{"one that begins alike", here, "GET", "/", "", 421, []string{"Host", "localhost.evil.example"}},
		{"one that ends alike", here, "GET", "/", "", 421, []string{"Host", "evil-desk.example.com"}},
		{"another address", here, "GET", "/", "", 421, []string{"Host", "192.0.2.8"}},
		{"no host", here, "GET", "/", "", 421, []string{"Host", ""}},
		{"a host with a user", here, "GET", "/", "", 421, []string{"Host", "evil@localhost"}},
		{"a host with a path", here, "GET", "/", "", 421, []string{"Host", "localhost/evil"}},
		{"a host with spaces", here, "GET", "/", "", 421, []string{"Host", "localhost evil"}},
		{"a host with a wrong port", here, "GET", "/", "", 421, []string{"Host", "localhost:99999"}},
		{"brackets that do not close", here, "GET", "/", "", 421, []string{"Host", "[::1"}},
		{"a long host", here, "GET", "/", "", 421, []string{"Host", strings.Repeat("a", 4000)}},
		{"a forwarded host does not count", here, "GET", "/", "", 200, []string{"X-Forwarded-Host", "evil.example"}},

		{"another method", here, "DELETE", "/calls", "", 405, nil},
		{"a method of one's own", here, "OWN", "/calls", "", 405, nil},
		{"trace", here, "TRACE", "/", "", 405, nil},
		{"options", here, "OPTIONS", "/", "", 405, nil},

		{"up", here, "GET", "/static/../../etc/passwd", "", 400, nil},
		{"up, escaped", here, "GET", "/static/%2e%2e/%2e%2e/etc/passwd", "", 400, nil},
		{"up, escaped twice", here, "GET", "/static/%252e%252e/etc/passwd", "", 200, nil}, // is the name of a file there is not
		{"an escaped slash", here, "GET", "/static/..%2f..%2fetc/passwd", "", 400, nil},
		{"a backslash", here, "GET", "/static/..%5c..%5cetc", "", 400, nil},
		{"two slashes", here, "GET", "//evil.example/", "", 400, nil},
		{"NUL", here, "GET", "/calls%00.css", "", 400, nil},
		{"no UTF-8", here, "GET", "/calls%ff", "", 400, nil},
		{"a long address", here, "GET", "/calls?f=" + strings.Repeat("x", 9000), "", 414, nil},
		{"many parameters", here, "GET", "/calls?" + many(201), "", 400, nil},
		{"as many as may be", here, "GET", "/calls?" + many(200), "", 200, nil},
		{"NUL in a parameter", here, "GET", "/calls?f=a%00b", "", 400, nil},
		{"no UTF-8 in a parameter", here, "GET", "/calls?f=%ff%fe", "", 400, nil},
		{"half an escape", here, "GET", "/calls?f=%4", "", 400, nil},
		{"a semicolon", here, "GET", "/calls?a=1;b=2", "", 400, nil},
		{"SQL", here, "GET", "/calls?f=" + url.QueryEscape("'; DROP TABLE turns; --"), "", 200, nil}, // is a text

		{"a large form", here, "POST", "/review", "note=" + strings.Repeat("x", 300<<10), 413, nil},
		{"many fields", here, "POST", "/review", many(201), 400, nil},
		{"NUL in a field", here, "POST", "/review", "note=%00", 400, nil},
		{"half an escape in a field", here, "POST", "/review", "note=%4", 400, nil},
		{"lines in a field", here, "POST", "/review", "note=a%0D%0Ab%09c", 200, nil},
		{"JSON", here, "POST", "/review", "{}", 415, []string{"Content-Type", "application/json"}},
		{"text that is a form", here, "POST", "/review", "verdict=right", 415, []string{"Content-Type", "text/plain"}},

		{"a form of this site", here, "POST", "/review", "a=1", 200, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://127.0.0.1:8080"}},
		{"a form of another site", here, "POST", "/review", "a=1", 403, []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://evil.example"}},
		{"of another port", here, "POST", "/review", "a=1", 403, []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9999"}},
		{"of an old browser", here, "POST", "/review", "a=1", 403, []string{"Origin", "http://evil.example"}},
		{"of a sandbox", here, "POST", "/review", "a=1", 403, []string{"Origin", "null"}},
		{"a login of another site", proxied, "POST", "/login", "a=1", 403, append([]string{"Sec-Fetch-Site", "cross-site"}, tls...)},
		{"a link of another site", here, "GET", "/calls", "", 200, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}},
		{"a picture of another site", here, "GET", "/calls", "", 403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}},
		{"a frame of another site", here, "GET", "/calls", "", 403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}},
		{"a fetch of another site", here, "GET", "/calls", "", 403, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}},

		{"the socket, by its name", proxied, "GET", "/static/desk.css", "", 200, tls},
		{"the socket, as localhost", proxied, "GET", "/", "", 421, []string{"X-Forwarded-Proto", "https"}},
		{"without TLS", proxied, "GET", "/static/desk.css", "", 403, []string{"Host", "desk.example.com"}},
		{"with TLS of the client's own saying", proxied, "GET", "/static/desk.css", "", 403, append([]string{"X-Forwarded-Proto", "http"}, tls...)},
		{"whether it is there", proxied, "GET", "/healthz", "", 200, []string{"Host", "anything"}},
		{"a form of this site behind the proxy", proxied, "POST", "/login", "name=li&password=no", 403, append([]string{"Origin", "https://desk.example.com"}, tls...)},
		{"not logged in", proxied, "GET", "/calls?f=x", "", 303, tls},
		{"not logged in, a form", proxied, "POST", "/review", "a=1", 401, tls},
	} {
		a := tt.desk.do(request(tt.method, tt.target, tt.body, tt.header...))
		if a.StatusCode != tt.status {
			t.Errorf("%s: %s %.60s is %d, want %d: %.300s", tt.name, tt.method, tt.target, a.StatusCode, tt.status, text(t, a))
		}
		for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"} {
			if a.Header.Get(header) == "" {
				t.Errorf("%s: no %s", tt.name, header)
			}
		}
		if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", tt.name, csp)
		}
	}
}

// Refusals are pages in words, in both languages, which name nothing that was sent.
func TestRefusals(t *testing.T) {
	d := newDesk(t, guard.Options{Local: "me"})
	for lang, want := range map[string]string{"zh-CN,zh;q=0.9,en;q=0.8": "地址过长", "en-GB": "The address is too long"} {
		a := d.do(request("GET", "/calls?f="+strings.Repeat("%3Cscript%3E", 2000), "", "Accept-Language", lang))
		page := text(t, a)
		if !strings.Contains(page, want) || strings.Contains(page, "script") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s", lang, page)
		}
	}
}

// What others say whence a request comes, or by what, counts at the socket alone.
func TestCookie(t *testing.T) {
	for _, tt := range []struct {
		proxied bool
		host    string
		want    string
	}{
		{false, "127.0.0.1:8080", "callmill=; Path=/; HttpOnly; SameSite=Lax"},
		{true, "desk.example.com", "__Host-callmill=; Path=/; HttpOnly; Secure; SameSite=Lax"},
	} {
		d := newDesk(t, guard.Options{Hosts: []string{"desk.example.com"}, Proxied: tt.proxied}, "li viewer")
		a := d.do(request("POST", "/login", "name=li&password="+url.QueryEscape(password), "Host", tt.host, "X-Forwarded-Proto", "https"))
		cookie := a.Header.Get("Set-Cookie")
		name, rest, _ := strings.Cut(cookie, "=")
		_, attributes, _ := strings.Cut(rest, ";")
		if got := name + "=;" + attributes; got != tt.want || a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d %s, want %s", tt.host, a.StatusCode, got, tt.want)
		}
	}
}

// browser is a desk behind a server, seen by a browser with cookies that follows no
// redirect.
type browser struct {
	t      testing.TB
	base   *url.URL
	client *http.Client
}

func (d *desk) browser() *browser {
	d.t.Helper()
	server := httptest.NewServer(d.pages)
	if c, ok := d.t.(interface{ Cleanup(func()) }); ok {
		c.Cleanup(server.Close)
	}
	base, err := url.Parse(server.URL)
	if err != nil {
		d.t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: server.Client().Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &browser{d.t, base, client}
}

func (b *browser) see(a *http.Response, err error) (status int, to, page string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	return a.StatusCode, a.Header.Get("Location"), text(b.t, a)
}

func (b *browser) get(path string) (status int, to, page string) {
	b.t.Helper()
	return b.see(b.client.Get(b.base.String() + path))
}

func (b *browser) post(path string, fields ...string) (status int, to, page string) {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return b.see(b.client.PostForm(b.base.String()+path, v))
}

func (b *browser) session() string {
	for _, c := range b.client.Jar.Cookies(b.base) {
		if c.Name == "callmill" {
			return c.Value
		}
	}
	return ""
}

// A day at the desk: login, a page, another role, logout, and what was copied meanwhile.
func TestLogin(t *testing.T) {
	d := newDesk(t, guard.Options{}, "li viewer", "wang exporter")
	b := d.browser()
	status, to, _ := b.get("/call?job=1&task=2")
	if status != http.StatusSeeOther || to != "/login?next=%2Fcall%3Fjob%3D1%26task%3D2" {
		t.Fatalf("not logged in: %d %s", status, to)
	}
	_, _, page := b.get(to)
	if !strings.Contains(page, `value="/call?job=1&amp;task=2"`) || !strings.Contains(page, `type="password"`) || strings.Contains(page, "<script") {
		t.Errorf("login page: %s", page)
	}
	if status, _, page = b.post("/login", "name", "li", "password", "wrong", "next", "/call?job=1"); status != http.StatusForbidden || !strings.Contains(page, "用户名或密码不正确") || strings.Contains(page, "wrong") {
		t.Errorf("wrong password: %d %s", status, page)
	}
	// A session that somebody planted is not the one that the login makes.
	planted := strings.Repeat("A", 43)
	b.client.Jar.SetCookies(b.base, []*http.Cookie{{Name: "callmill", Value: planted, Path: "/"}})
	status, to, _ = b.post("/login", "name", "li", "password", password, "next", "/call?job=1&task=2")
	if status != http.StatusSeeOther || to != "/call?job=1&task=2" || b.session() == planted || b.session() == "" {
		t.Fatalf("login: %d %s", status, to)
	}
	if _, _, page = b.get(to); page != `page of "li" viewer true` {
		t.Errorf("page %q", page)
	}
	if status, to, _ = b.get("/login?next=https://evil.example/"); status != http.StatusSeeOther || to != "/" {
		t.Errorf("login again: %d %s", status, to)
	}
	write(t, d.users, "li reviewer", "wang exporter")
	if _, _, page = b.get("/"); page != `page of "li" reviewer true` {
		t.Errorf("with another role: %q", page)
	}
	first := b.session()
	if b.post("/login", "name", "wang", "password", password); b.session() == first {
		t.Error("another login has the same session")
	}
	second := b.session()
	b.client.Jar.SetCookies(b.base, []*http.Cookie{{Name: "callmill", Value: first, Path: "/"}})
	if status, _, _ = b.get("/"); status != http.StatusSeeOther {
		t.Errorf("the session of before is used again: %d", status)
	}
	b.client.Jar.SetCookies(b.base, []*http.Cookie{{Name: "callmill", Value: second, Path: "/"}})
	if status, _, page = b.get("/logout"); status != http.StatusMethodNotAllowed {
		t.Errorf("logged out by a link: %d %s", status, page)
	}
	if status, to, _ = b.post("/logout"); status != http.StatusSeeOther || to != "/login" || b.session() != "" {
		t.Errorf("logout: %d %s, session %q", status, to, b.session())
	}
	b.client.Jar.SetCookies(b.base, []*http.Cookie{{Name: "callmill", Value: second, Path: "/"}})
	if status, _, _ = b.get("/"); status != http.StatusSeeOther {
		t.Errorf("a session is replayed after the logout: %d", status)
	}
	if status, _, page = b.post("/review", "verdict", "right"); status != http.StatusUnauthorized || !strings.Contains(page, "没有保存") {
		t.Errorf("a verdict after the logout: %d %s", status, page)
	}
	log := d.log.String()
	for _, secret := range []string{password, url.QueryEscape(password), "wrong\"", first, second} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, `msg="login refused" user=li address=127.0.0.1`) || !strings.Contains(log, "msg=login user=wang role=exporter") {
		t.Errorf("log:\n%s", log)
	}
}

// Somebody who guesses waits longer and longer; his password in the field of the name is
// not logged.
func TestGuessing(t *testing.T) {
	d := newDesk(t, guard.Options{}, "li viewer")
	try := func(name, word string) (status int, after string) {
		a := d.do(request("POST", "/login", url.Values{"name": {name}, "password": {word}}.Encode()))
		return a.StatusCode, a.Header.Get("Retry-After")
	}
	for i := range 5 {
		if status, _ := try("li", "guess"); status != http.StatusForbidden {
			t.Errorf("guess %d: %d", i, status)
		}
	}
	for _, want := range []string{"1", "2", "4", "8"} {
		status, after := try("li", password) // the right one does not help
		if status != http.StatusTooManyRequests || after != want {
			t.Errorf("waits %s with %d, want %s", after, status, want)
		}
		wait, err := time.ParseDuration(after + "s")
		if err != nil {
			t.Fatal(err)
		}
		d.clock = d.clock.Add(wait)
		if status, _ := try("li", "guess"); status != http.StatusForbidden {
			t.Errorf("after %s s: %d", after, status)
		}
	}
	try("my secret password", "x")
	if log := d.log.String(); strings.Contains(log, "my secret") || strings.Contains(log, "guess") {
		t.Errorf("log:\n%s", log)
	}
}

// A panic is a page that says nothing of it, and half a page is no whole one.
func TestPanic(t *testing.T) {
	d := newDesk(t, guard.Options{Local: "me"})
	d.served = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		if r.URL.Path == "/half" {
			fmt.Fprint(w, strings.Repeat("line\n", 10000))
		}
		panic("secret reason")
	}
	b := d.browser()
	status, _, page := b.get("/page")
	if status != http.StatusInternalServerError || strings.Contains(page, "secret") || strings.Contains(page, "goroutine") || !strings.Contains(page, "页面出错") {
		t.Errorf("%d %s", status, page)
	}
	id := page[strings.Index(page, "500 · ")+len("500 · "):][:12]
	if log := d.log.String(); !strings.Contains(log, "request="+id) || !strings.Contains(log, "secret reason") {
		t.Errorf("log without %s:\n%s", id, log)
	}
	a, err := b.client.Get(b.base.String() + "/half")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if _, err := io.ReadAll(a.Body); err == nil {
		t.Error("half a page looks like a whole one")
	}
}

// The log of requests has no parameters: they may be what was searched for.
func TestRequestLog(t *testing.T) {
	d := newDesk(t, guard.Options{Local: "me"})
	d.do(request("GET", "/search?q="+url.QueryEscape("王建国"), ""))
	log := d.log.String()
	if !strings.Contains(log, "path=/search status=200") || strings.Contains(log, "王建国") || strings.Contains(log, "q=") {
		t.Errorf("log:\n%s", log)
	}
}

// Who asks for too much at once is told to come again; others are not kept waiting by
// him.
func TestPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guard.Options{AtOnce: 4, Each: 2}, "li viewer", "wang viewer")
		login := func(name string) string {
			a := d.do(request("POST", "/login", url.Values{"name": {name}, "password": {password}}.Encode()))
			return strings.SplitN(a.Header.Get("Set-Cookie"), ";", 2)[0]
		}
		li, wang := login("li"), login("wang")
		release := make(chan struct{})
		d.served = func(http.ResponseWriter, *http.Request) { <-release }
		var running sync.WaitGroup
		statuses := make(chan string, 20)
		open := func(name, cookie string, n int) {
			for range n {
				running.Go(func() {
					a := d.do(request("GET", "/calls", "", "Cookie", cookie))
					statuses <- fmt.Sprint(name, " ", a.StatusCode, " ", a.Header.Get("Retry-After"))
				})
			}
			synctest.Wait()
		}
		open("li", li, 5)     // two are under way
		open("wang", wang, 1) // is served nevertheless
		time.Sleep(3 * time.Second)
		synctest.Wait()
		close(release)
		running.Wait()
		close(statuses)
		count := map[string]int{}
		for s := range statuses {
			count[s]++
		}
		if count["li 200 "] != 2 || count["li 503 2"] != 3 || count["wang 200 "] != 1 {
			t.Errorf("statuses %v", count)
		}
	})
}

// A request ends in time, if its page looks at the context.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guard.Options{Timeout: 5 * time.Second, Local: "me"})
		d.served = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		begun := time.Now()
		d.do(request("GET", "/", ""))
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// A file of users that is broken lets nobody in, and says so.
func TestBrokenUsers(t *testing.T) {
	d := newDesk(t, guard.Options{}, "li viewer")
	b := d.browser()
	b.post("/login", "name", "li", "password", password)
	if err := os.WriteFile(d.users.Path(), []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, page := b.get("/"); status != http.StatusInternalServerError || strings.Contains(page, "page of") {
		t.Errorf("%d %s", status, page)
	}
	if status, _, _ := b.post("/login", "name", "li", "password", password); status != http.StatusInternalServerError {
		t.Errorf("login: %d", status)
	}
	if _, err := guard.New(guard.Options{Users: d.users, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a desk starts without users that can be read")
	}
}

// Options that cannot be meant are refused.
func TestOptions(t *testing.T) {
	for _, o := range []guard.Options{{Hosts: []string{"http://desk"}}, {Hosts: []string{""}}, {Hosts: []string{"a b"}}, {Proxied: true}} {
		if _, err := guard.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// Headers that do not end, and those that are too large, are refused by the server.
func TestServer(t *testing.T) {
	d := newDesk(t, guard.Options{Local: "me"})
	server := guard.Server(d.pages, slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() {
		_ = server.Close()
		<-served
	}()
	for name, headers := range map[string]string{
		"one header":   "X-Long: " + strings.Repeat("x", 64<<10) + "\r\n",
		"many headers": strings.Repeat("X-Many: "+strings.Repeat("x", 100)+"\r\n", 1000),
		"cookies":      "Cookie: " + strings.Repeat("callmill=x; ", 8000) + "\r\n",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		go func() { // which may be refused half-way
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n"+headers+"\r\n")
		}()
		answer := make([]byte, 12)
		_, err = io.ReadFull(conn, answer)
		if string(answer) != "HTTP/1.1 431" {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if server.ReadHeaderTimeout == 0 || server.ReadTimeout == 0 || server.WriteTimeout == 0 || server.IdleTimeout == 0 {
		t.Error("a connection may take for ever")
	}
}
