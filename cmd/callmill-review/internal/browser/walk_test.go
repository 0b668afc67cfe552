//go:build cgo

package browser

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"callmill/pipeline/desk"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// What leads on, from page to page.
const (
	worse    = `//main//section[contains(@class,'findings')]//li[contains(.,'当场挂断')]`
	line     = worse + `//a[contains(.,'哪一句')]`
	handOver = worse + `//a[contains(.,'发给话术组')]`
	ended    = `//main//li[.//b[contains(.,'结束于此')]]//p[contains(@class,'bubble')]`
	workbook = `//main//a[starts-with(@href,'/handover.xlsx')]`
	here     = `//main//tr[contains(@class,'at')]`
)

// hungUp is the link to the calls that were hung up at a wording.
func hungUp(wording string) string {
	return `//main//a[(starts-with(@href,'/calls?') or starts-with(@href,'/call?')) and contains(@href,'event=hung_up') and contains(@href,'wording=` + wording + `')]`
}

// walk is the path of five minutes, by mouse and keys: from the first finding of today
// about hanging up to the sentence, to ten calls, which get their verdicts, and to the
// workbook. The sentence must be the one that was planted.
func walk(t *testing.T, b *tab) {
	b.visit("/today?lang=zh")
	said := b.toSentence(t)
	b.toCalls(t)
	if b.clicks > 4 {
		t.Errorf("ten calls are %d clicks away, want at most 4", b.clicks)
	}
	verdicts := []string{desk.Right, desk.Wrong, desk.Misheard}
	given := map[string]int{}
	var calls []desk.Call
	for n := range 10 {
		if n > 0 {
			b.press("j")
		}
		calls = append(calls, b.call())
		b.isPlanted(t, said)
		verdict := verdicts[n%3]
		b.press(string(rune('1' + n%3)))
		if !b.has(pressed(verdict)) {
			t.Errorf("%s: the verdict %s is not shown", b.where(), verdict)
		}
		given[verdict]++
	}
	for n := 8; n >= 0; n-- {
		if b.press("k"); b.call() != calls[n] {
			t.Fatalf("K leads to %s, want %v", b.where(), calls[n])
		}
	}
	slices.SortFunc(calls, func(a, b desk.Call) int { return strings.Compare(a.TaskID, b.TaskID) })
	if n := len(slices.Compact(calls)); n != 10 {
		t.Errorf("%d calls, want 10", n)
	}
	kept := map[string]int{}
	for r, err := range desk.In(b.desk.folder).Reviews() {
		if err != nil {
			t.Fatal(err)
		}
		kept[r.Verdict]++
	}
	if !maps.Equal(kept, given) {
		t.Errorf("kept are %v, want %v", kept, given)
	}

	b.visit("/today")
	b.click(handOver)
	if text := b.download(t, workbook); !strings.Contains(bare(text), bare(said)) {
		t.Errorf("the workbook lacks the sentence %s:\n%s", said, text)
	}
}

// walkWithoutScript is the same path by links and forms alone.
func walkWithoutScript(t *testing.T, b *tab) {
	b.withoutScripts()
	b.visit("/today?lang=zh")
	said := b.toSentence(t)
	b.toCalls(t)
	first := b.call()
	for n := range 3 {
		if n > 0 {
			b.click(`//main//a[@rel='next']`)
		}
		b.isPlanted(t, said)
		b.click(`//main//form[@action='/review']//button[@value='` + desk.Wrong + `']`)
		if !b.has(pressed(desk.Wrong)) {
			t.Errorf("%s: the verdict is not shown", b.where())
		}
	}
	b.click(`//main//a[@rel='prev']`)
	b.click(`//main//a[@rel='prev']`)
	if b.call() != first {
		t.Errorf("back at %s, want %v", b.where(), first)
	}
	b.click(`//header//a[starts-with(@href,'/today')]`)
	b.click(handOver)
	if text := b.download(t, workbook); !strings.Contains(bare(text), bare(said)) {
		t.Errorf("the workbook lacks the sentence %s:\n%s", said, text)
	}
}

// toSentence goes from today to the sentence of the first finding about hanging up, and
// returns what it has that others do not.
func (b *tab) toSentence(t *testing.T) string {
	t.Helper()
	b.clicks = 0
	b.click(line)
	if !b.has(here) {
		t.Fatalf("%s: no wording is marked", b.where())
	}
	parts := b.texts(here + `//mark`)
	if len(parts) == 0 {
		t.Fatalf("%s: nothing is marked in %q", b.where(), b.texts(here))
	}
	return slices.MaxFunc(parts, func(a, b string) int { return len(a) - len(b) })
}

// toCalls goes on to the first of the calls that were hung up at the sentence.
func (b *tab) toCalls(t *testing.T) {
	t.Helper()
	b.click(hungUp(b.parameter("wording")))
	if pathOf(b.where()) == "/calls" {
		b.click(`//main//tbody/tr[1]//a[starts-with(@href,'/call?')]`)
	}
	if pathOf(b.where()) != "/call" {
		t.Fatalf("at %s, want a call", b.where())
	}
}

// call is the call that is shown.
func (b *tab) call() desk.Call {
	b.Helper()
	return desk.Call{InstanceID: b.parameter("instance"), JobID: b.parameter("job"), TaskID: b.parameter("task")}
}

// isPlanted fails the test if the call that is shown does not end at what was planted to
// make people hang up: its last line has the sentence, and the world says so of it.
func (b *tab) isPlanted(t *testing.T, said string) {
	t.Helper()
	at := b.texts(ended)
	if len(at) != 1 || !strings.Contains(bare(at[0]), bare(said)) {
		t.Errorf("%s ends at %q, want %s", b.where(), at, said)
	}
	i, k, ok := b.desk.world.FindTask(b.call().TaskID)
	if !ok {
		t.Fatalf("%s: no such call was simulated", b.where())
	}
	job, truth := b.desk.world.Job(i)
	turns := job.Tasks[k].Turns
	last := len(turns) - 1
	for last >= 0 && turns[last].Speaker != schema.SpeakerRobot {
		last--
	}
	if last < 0 {
		t.Fatalf("%s: the robot says nothing", b.where())
	}
	causes := truth.Tasks[k].Turns[last].Causes
	if !strings.Contains(bare(turns[last].Script), bare(said)) || !slices.ContainsFunc(b.desk.world.Planted(), func(p simulate.Planted) bool {
		return p.Size["hangup"] > 0 && p.Campaign == truth.Campaign && p.Version == truth.Version && slices.Contains(causes, p.Kind)
	}) {
		t.Errorf("%s ends at %q of %s %s, where %v are at work", b.where(), turns[last].Script, truth.Campaign, truth.Version, causes)
	}
}

// pressed is the button of a verdict that was given to the call.
func pressed(verdict string) string {
	return `//main//form[@action='/review']//button[@value='` + verdict + `' and @aria-pressed='true']`
}

// bare is a text without what may be cut or spaced differently.
func bare(text string) string {
	return strings.NewReplacer(" ", "", "\n", "", "…", "", ",", "，").Replace(text)
}

// download clicks a link and returns the texts of the workbook that comes.
func (b *tab) download(t *testing.T, link string) string {
	t.Helper()
	dir := t.TempDir()
	b.run(func(ctx context.Context) error {
		_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		})
		return err
	})
	if !b.has(link) {
		t.Fatalf("%s has no %s", b.where(), link)
	}
	b.do(b.mouse(link))
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, "*.xlsx")); len(found) == 1 {
			return workbookText(t, found[0])
		}
		if time.Now().After(end) {
			t.Fatal("no workbook comes")
		}
	}
}

// workbookText returns the texts of the cells of a workbook, a row a line.
func workbookText(t *testing.T, path string) string {
	t.Helper()
	w, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var text strings.Builder
	for _, sheet := range w.GetSheetList() {
		rows, err := w.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			text.WriteString(sheet + ": " + strings.Join(row, " | ") + "\n")
		}
	}
	return text.String()
}
