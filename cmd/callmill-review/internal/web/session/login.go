package session

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/web/plain"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/schema"
)

// Paths of the pages.
const (
	LoginPath  = "/login"
	LogoutPath = "/logout"
)

// Door is where users come in and go out: the pages of login and logout, and the cookie.
type Door struct {
	Users    *users.File
	Sessions *Sessions
	Throttle *Throttle
	Log      *slog.Logger
	// Secure reports whether a request came by TLS, Address where it came from, "" where
	// that is unknown.
	Secure  func(*http.Request) bool
	Address func(*http.Request) string
}

// The cookie. A browser takes one of the first name by TLS alone, for this host alone.
const (
	secureCookie = "__Host-callmill"
	plainCookie  = "callmill"
)

// id returns the session that a request names, "" for none.
func (d *Door) id(r *http.Request) string {
	name := plainCookie
	if d.Secure(r) {
		name = secureCookie
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie returns the cookie of a session, or with "" one that removes it. It is of this
// site's own requests, and of links that lead here (Lax): with Strict a link in a chat
// would end at the login although one is logged in, and nothing is changed by a GET.
func (d *Door) cookie(r *http.Request, id string) *http.Cookie {
	c := &http.Cookie{Name: plainCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if d.Secure(r) {
		c.Name, c.Secure = secureCookie, true
	}
	if id == "" {
		c.MaxAge = -1
	}
	return c
}

// User returns who sent a request, nil for nobody who is logged in.
func (d *Door) User(r *http.Request) (*users.User, error) {
	id := d.id(r)
	if id == "" {
		return nil, nil
	}
	return d.Sessions.Find(id)
}

// Ask sends who is not logged in to the login, and from there to where he was going. What
// he posted is not kept, which is said.
func (d *Door) Ask(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		refusal := plain.Refusal{
			Status: http.StatusUnauthorized, Title: schema.Text{EN: "Not logged in", ZH: "未登录"},
			Text: schema.Text{
				EN: "Your session has ended. What you just sent was not kept: log in, and send it again.",
				ZH: "登录已过期。刚才提交的内容没有保存，请重新登录后再提交。",
			},
		}
		refusal.Write(w, r)
		return
	}
	target := url.URL{Path: LoginPath}
	if here := r.URL.RequestURI(); here != "/" {
		target.RawQuery = url.Values{"next": {here}}.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

// Logout ends the session of a POST.
func (d *Door) Logout(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refusal := plain.Refusal{
			Status: http.StatusMethodNotAllowed, Title: schema.Text{EN: "Log out", ZH: "退出登录"},
			Text: schema.Text{EN: "Use the button to log out.", ZH: "请用页面上的按钮退出。"},
		}
		refusal.Write(w, r)
		return
	}
	if id := d.id(r); id != "" {
		d.Sessions.End(id)
	}
	http.SetCookie(w, d.cookie(r, ""))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, LoginPath, http.StatusSeeOther)
}

var (
	saysWrong = schema.Text{EN: "Name or password is wrong.", ZH: "用户名或密码不正确。"}
	saysWait  = schema.Text{EN: "Too many tries. Please try again in %s s.", ZH: "尝试次数过多，请 %s 秒后再试。"}
)

// Login shows the form, and logs in who posts it.
func (d *Door) Login(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		d.form(w, r)
		return
	}
	name, password, next := r.PostFormValue("name"), r.PostFormValue("password"), Local(r.PostFormValue("next"))
	address := d.Address(r)
	try, wait := d.Throttle.Begin(name, address)
	if try == nil {
		seconds := strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10)
		d.refused(r, name, address, "too many tries")
		w.Header().Set("Retry-After", seconds)
		says := strings.ReplaceAll(saysWait.In(plain.Language(r)), "%s", seconds)
		show(w, r, http.StatusTooManyRequests, name, next, says)
		return
	}
	u, err := d.Users.Check(r.Context(), name, password)
	switch {
	case err != nil:
		d.Log.ErrorContext(r.Context(), "login", "error", err)
		Unreadable(w, r)
		return
	case u == nil:
		d.refused(r, name, address, "wrong name or password")
		show(w, r, http.StatusForbidden, name, next, saysWrong.In(plain.Language(r)))
		return
	}
	try.Succeeded()
	if before := d.id(r); before != "" {
		d.Sessions.End(before) // whoever else has it is out
	}
	http.SetCookie(w, d.cookie(r, d.Sessions.Begin(u)))
	d.Log.InfoContext(r.Context(), "login", "user", u.Name, "role", u.Role.String(), "address", address)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// form shows the form. Who is logged in goes on.
func (d *Door) form(w http.ResponseWriter, r *http.Request) {
	next := Local(r.URL.Query().Get("next"))
	if u, err := d.User(r); err == nil && u != nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	if r.URL.Query().Has("lang") {
		http.SetCookie(w, &http.Cookie{
			Name: plain.Cookie, Value: string(plain.Language(r)), Path: "/", MaxAge: 365 * 24 * 3600,
			SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: d.Secure(r),
		})
	}
	show(w, r, http.StatusOK, "", next, "")
}

// refused logs a login that failed. A name that is no user's may be a password that was
// typed in the wrong field, and is left out.
func (d *Door) refused(r *http.Request, name, address, reason string) {
	if u, err := d.Users.Find(name); err != nil || u == nil {
		name = ""
	}
	d.Log.WarnContext(r.Context(), "login refused", "user", name, "address", address, "reason", reason)
}

// show writes the page of the login.
func show(w http.ResponseWriter, r *http.Request, status int, name, next, problem string) {
	lang, other := plain.Language(r), schema.English
	otherName := "English"
	if lang == schema.English {
		other, otherName = schema.Chinese, "中文"
	}
	if users.CheckName(name) != nil {
		name = ""
	}
	elsewhere := url.URL{Path: LoginPath, RawQuery: url.Values{"lang": {string(other)}, "next": {next}}.Encode()}
	plain.Render(w, r, status, "login.html", struct {
		Lang, Title, NameLabel, PasswordLabel, Problem, Name, Next string
		Other, OtherURL, OtherLang                                 string
	}{
		Lang: string(lang), Title: schema.Text{EN: "Log in", ZH: "登录"}.In(lang),
		NameLabel: schema.Text{EN: "Name", ZH: "用户名"}.In(lang), PasswordLabel: schema.Text{EN: "Password", ZH: "密码"}.In(lang),
		Problem: problem, Name: name, Next: next, Other: otherName, OtherURL: elsewhere.String(), OtherLang: string(other),
	})
}

// Unreadable says that the file of users cannot be read, so that nobody is let in.
func Unreadable(w http.ResponseWriter, r *http.Request) {
	refusal := plain.Refusal{
		Status: http.StatusInternalServerError, Title: schema.Text{EN: "Nobody can log in", ZH: "暂时无法登录"},
		Text: schema.Text{
			EN: "The file of users cannot be read. Whoever runs this desk finds the reason in its log.",
			ZH: "无法读取用户文件。原因见服务日志，请联系管理员。",
		},
	}
	refusal.Write(w, r)
}

// longestNext is how long an address may be that one goes to after a login, in bytes.
const longestNext = 4 << 10

// Local returns an address of this desk to go to after a login: the one that is asked for,
// or "/" where that may lead elsewhere.
func Local(next string) string {
	const start = "/"
	if len(next) > longestNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsRune(next, '\\') {
		return start
	}
	if strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return start
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || u.Path == LoginPath || u.Path == LogoutPath {
		return start
	}
	return u.RequestURI()
}
