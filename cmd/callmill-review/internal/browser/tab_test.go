//go:build cgo

// Package browser walks the pages of the desk in Chromium, as people do who click and
// press keys. It is tests alone.
package browser

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything may take. Other tests have the machine at the same time.
const patience = 5 * time.Minute

// need returns what a test needs from outside: the path that a variable names, or a program
// by one of its names. Where it is missing the test is skipped, and fails in CI.
func need(t *testing.T, variable, what string, programs ...string) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("needs %s: %s is not set", what, variable)
	}
	t.Skipf("needs %s: set %s", what, variable)
	return ""
}

// chromium starts a browser that ends with the test, and returns its context.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path := need(t, "CALLMILL_CHROMIUM", "Chromium (apt-get install chromium)", "chromium", "chromium-browser", "google-chrome")
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.WSURLReadTimeout(patience), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("hide-scrollbars", false))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// tab is a tab of the browser. Whatever goes wrong in it fails its test: a request to
// another host, an error of a script, something that the policy of the page forbids.
type tab struct {
	*testing.T
	ctx    context.Context
	desk   *served
	clicks int

	mu     sync.Mutex
	wrong  []string
	size   int64 // of the page and all that it loaded, unpacked
	status int64 // of the document
}

// open opens a tab of a browser.
func (d *served) open(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, desk: d}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatal(err)
	}
	b.run(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
		return err
	})
	b.screen(1280, 900, false)
	t.Cleanup(b.check)
	return b
}

// notice takes down what happens in the tab.
func (b *tab) notice(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Host != b.desk.host && u.Scheme != "data" {
			b.wrong = append(b.wrong, "a request leaves the host: "+e.Request.URL)
		}
		if e.Type == network.ResourceTypeDocument {
			b.size = 0
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.status = e.Response.Status
		}
	case *network.EventDataReceived:
		b.size += e.DataLength
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || strings.Contains(e.Entry.Text, "Content Security Policy") {
			b.wrong = append(b.wrong, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		b.wrong = append(b.wrong, text)
	case *runtime.EventConsoleAPICalled:
		b.wrong = append(b.wrong, "the console is written to")
	}
}

// check fails the test for what went wrong in the tab so far.
func (b *tab) check() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.wrong {
		b.Error(text)
	}
	b.wrong = nil
}

func (b *tab) run(f func(context.Context) error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := f(ctx); err != nil {
		where, _ := chromedp.Run(b.ctx, chromedp.Location())
		b.Fatalf("at %s: %v", where, err)
	}
}

// do does things, and fails the test if one cannot be done.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	b.run(func(ctx context.Context) error { return chromedp.Do(ctx, actions...) })
}

// screen sets the size of the window, and whether it is that of a phone.
func (b *tab) screen(width, height int64, phone bool) {
	b.Helper()
	b.run(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: height, DeviceScaleFactor: 1, Mobile: phone,
		})
		return err
	})
}

// dark sets whether the person who looks prefers dark colours.
func (b *tab) dark(is bool) {
	b.Helper()
	b.run(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: map[bool]string{false: "light", true: "dark"}[is]}},
		})
		return err
	})
}

// withoutScripts has pages go without their script.
func (b *tab) withoutScripts() {
	b.Helper()
	b.run(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// value is the value of an expression in the page.
func value[T any](b *tab, expression string) (v T) {
	b.Helper()
	b.run(func(ctx context.Context) (err error) {
		v, err = chromedp.Run(ctx, chromedp.Evaluate[T](expression))
		return err
	})
	return v
}

// visit opens a page and returns the status of its answer. Where the answer takes long, it
// waits until the page that says so has loaded itself again.
func (b *tab) visit(path string) int64 {
	b.Helper()
	b.do(chromedp.Navigate(b.desk.url + strings.TrimPrefix(path, "/")))
	return b.settle()
}

// settle waits while the page is one that waits, and returns the status of the last answer.
func (b *tab) settle() int64 {
	b.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		// The page that comes may not be there yet.
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		waits, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState !== "complete" || !!document.querySelector(".waiting")`))
		cancel()
		if err == nil && !waits {
			break
		}
		if time.Now().After(end) {
			b.Fatalf("%s goes on waiting: %v", b.where(), err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

// follow does what leads to another page, and waits for it.
func (b *tab) follow(action chromedp.Action[chromedp.Void]) {
	b.Helper()
	from := b.where()
	b.run(func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, action)
		return err
	})
	if status := b.settle(); status != 200 {
		b.Fatalf("from %s to %s: status %d", from, b.where(), status)
	}
}

// click clicks what an XPath finds first, which leads to another page.
func (b *tab) click(path string) {
	b.Helper()
	if !b.has(path) {
		b.Fatalf("%s has no %s", b.where(), path)
	}
	b.clicks++
	b.follow(b.mouse(path))
}

// mouse clicks into the middle of what an XPath finds first: of its first line.
func (b *tab) mouse(path string) chromedp.Action[chromedp.Void] {
	b.Helper()
	at := value[[]float64](b, `(() => {
		const found = document.evaluate(`+quoted(path)+`, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
		found.scrollIntoView({ block: "center" });
		const box = found.getClientRects()[0];
		return box ? [box.x + box.width / 2, box.y + box.height / 2] : [];
	})()`)
	if len(at) != 2 {
		b.Fatalf("%s: %s is not to be seen", b.where(), path)
	}
	return chromedp.MouseClickXY(at[0], at[1])
}

// press presses a key, which leads to another page.
func (b *tab) press(key string) {
	b.Helper()
	b.follow(chromedp.KeyEvent(key))
}

// has reports whether an XPath finds something in the page.
func (b *tab) has(path string) bool {
	b.Helper()
	return value[bool](b, "document.evaluate("+quoted(path)+", document, null, XPathResult.BOOLEAN_TYPE).booleanValue")
}

// texts are the texts of what an XPath finds, without spaces around them.
func (b *tab) texts(path string) []string {
	b.Helper()
	return value[[]string](b, `(() => {
		const found = document.evaluate(`+quoted(path)+`, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
		return Array.from({length: found.snapshotLength}, (_, i) => found.snapshotItem(i).textContent.trim());
	})()`)
}

// where is the URL of the page.
func (b *tab) where() string {
	b.Helper()
	return value[string](b, "location.href")
}

// parameter is a parameter of the URL of the page.
func (b *tab) parameter(name string) string {
	b.Helper()
	u, err := url.Parse(b.where())
	if err != nil {
		b.Fatal(err)
	}
	return u.Query().Get(name)
}

// weight is the size of the page and all that it loaded.
func (b *tab) weight() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size
}

// quoted is a text as JavaScript has it.
func quoted(text string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`", "$", "\\$").Replace(text) + "`"
}

// pathOf is the path of a URL.
func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.Path
}
