//go:build cgo

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// wanted are the pages that there must be, each with a URL of it to begin with; "": a link
// leads there.
var wanted = map[string]string{
	"/today": "/today", "/finding": "", "/scripts": "", "/node": "", "/unclear": "", "/calls": "", "/call": "",
	"/search": "/search?q=%E5%BE%81%E4%BF%A1", "/rules": "", "/rule": "", "/rules/try": "", "/phrases": "/phrases", "/sample": "", "/mine": "", "/mine/findings": "", "/about": "",
}

// heaviest is how many bytes a page may have, with all that it loads, before they are packed.
const heaviest = 150_000

// look looks at a page of every kind, in both languages, light and dark, at the width of a
// desk and of a phone.
func look(t *testing.T, b *tab) {
	axe, err := os.ReadFile(need(t, "CALLMILL_AXE", "axe.min.js of axe-core 4.14.1"))
	if err != nil {
		t.Fatal(err)
	}
	pages := b.pages(t)
	for _, lang := range []string{"zh", "en"} {
		b.visit("/today?lang=" + lang)
		for _, path := range slices.Sorted(maps.Keys(pages)) {
			page := pages[path]
			for _, dark := range []bool{false, true} {
				b.dark(dark)
				b.screen(1280, 900, false)
				if status := b.visit(page); status != 200 {
					t.Errorf("%s: status %d", page, status)
					break
				}
				name := fmt.Sprintf("%s in %s, dark: %v", page, lang, dark)
				for _, found := range b.axe(t, string(axe)) {
					t.Errorf("%s: %s", name, found)
				}
				if dark {
					continue // only the colours are others
				}
				if got := value[string](b, "document.documentElement.lang"); !strings.HasPrefix(got, lang) {
					t.Errorf("%s: the language is %s", name, got)
				}
				if size := b.weight(); size > heaviest {
					t.Errorf("%s: %d bytes, want at most %d", name, size, heaviest)
				}
				b.fits(t, name, 1280)
				b.screen(390, 844, true)
				b.fits(t, name, 390)
			}
			b.check()
		}
	}
}

// pages returns the paths of pages, with a URL of each, that links lead to from the first
// ones and from each other.
func (b *tab) pages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	var queue []string
	add := func(page string) {
		if path := pathOf(page); pages[path] == "" {
			pages[path] = page
			queue = append(queue, page)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if page := wanted[path]; page != "" {
			add(page)
		}
	}
	for len(queue) > 0 {
		page := queue[0]
		queue = queue[1:]
		if status := b.visit(page); status != 200 {
			t.Errorf("%s: status %d", page, status)
		}
		for _, link := range value[[]string](b, `[...document.querySelectorAll("a[href]:not([download]):not([lang])")].map((a) => new URL(a.getAttribute("href"), location).href)`) {
			u, err := url.Parse(link)
			if err != nil || u.Host != b.desk.host {
				t.Errorf("%s has a link to %s", page, link)
				continue
			}
			if u.Query().Get("format") == "" && !strings.HasSuffix(u.Path, ".xlsx") && u.Path != "/" {
				add(u.RequestURI())
			}
		}
	}
	for path := range wanted {
		if pages[path] == "" {
			t.Errorf("no link leads to %s", path)
		}
	}
	return pages
}

// fits fails the test if the page is wider than the window.
func (b *tab) fits(t *testing.T, name string, width int) {
	t.Helper()
	wide := value[[]string](b, fmt.Sprintf(`(() => {
		if (document.documentElement.scrollWidth <= %d) return [];
		const found = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > %d && !e.closest(".scroll, .top ul, .hide"));
		return [document.documentElement.scrollWidth + " px", ...found.slice(0, 8).map((e) => e.outerHTML.slice(0, 120))];
	})()`, width, width))
	if len(wide) > 0 {
		t.Errorf("%s at %d: too wide: %s", name, width, strings.Join(wide, "\n\t"))
	}
}

// axe returns what axe-core finds in the page that is serious or critical.
func (b *tab) axe(t *testing.T, script string) []string {
	t.Helper()
	var text string
	b.run(func(ctx context.Context) (err error) {
		if _, err = chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
			return err
		}
		text, err = chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
		return err
	})
	var violations []struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML           string
			FailureSummary string
		}
	}
	if err := json.Unmarshal([]byte(text), &violations); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, v := range violations {
		if v.Impact != "serious" && v.Impact != "critical" {
			continue
		}
		for _, n := range v.Nodes[:min(3, len(v.Nodes))] {
			found = append(found, fmt.Sprintf("%s, %s (%s, %d times): %.200s\n\t%s", v.Impact, v.Help, v.ID, len(v.Nodes), n.HTML, n.FailureSummary))
		}
	}
	return found
}
