//go:build cgo

package reviewing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// Limits of what is posted.
const (
	mostID     = 256 // bytes of an id
	mostFilter = 4096
	mostNote   = 1000 // characters
	mostTurn   = 100_000
)

const stamp = "2006-01-02T15:04:05.000Z"

var (
	isVersion  = regexp.MustCompile(`^[0-9a-f]{8}$`)
	isSnapshot = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)
)

// review keeps a verdict that was posted, and shows the page it came from again. What
// sends it by script, as desk.js does, gets no page.
func (p *pages) review(w http.ResponseWriter, r *site.Request) error {
	review, err := posted(r)
	if err != nil {
		return err
	}
	if err := r.Site.Verdicts.Add(review); err != nil {
		r.Site.Log.ErrorContext(r.Context(), "verdict not kept", "error", err.Error())
		return refused(err)
	}
	if r.Header.Get("X-Requested-With") == "desk" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return r.See(w, r.Back())
}

// posted reads a review from a form.
func posted(r *site.Request) (*desk.Review, error) {
	review := &desk.Review{
		At: r.Now.UTC().Format(stamp), By: r.User, About: r.PostFormValue("about"),
		Verdict: r.PostFormValue("verdict"), Snapshot: r.Night.Name,
	}
	// The snapshot that was looked at, which need not be the newest any more.
	if s := r.PostFormValue("snapshot"); isSnapshot.MatchString(s) {
		review.Snapshot = s
	}
	switch review.Verdict {
	case "", desk.Right, desk.Wrong, desk.Misheard:
	default:
		return nil, site.Usage(schema.Text{ZH: "判定只能是：对、错、录音转写错。", EN: "A verdict is right, wrong or transcription_wrong."})
	}
	var err error
	if review.Score, err = score(r.PostFormValue("score")); err != nil {
		return nil, err
	}
	if review.Note, err = note(r.PostFormValue("note")); err != nil {
		return nil, err
	}
	switch review.About {
	case desk.AboutHit, desk.AboutCall:
		if review.Call, err = postedCall(r); err != nil {
			return nil, err
		}
	case desk.AboutFilter:
		review.Filter, err = postedFilter(r)
		return review, err
	default:
		return nil, site.Usage(schema.Text{ZH: "判定只能针对命中、通话或整个筛选。", EN: "A verdict is about a hit, a call or a filter."})
	}
	if review.About == desk.AboutHit {
		review.Rule, err = postedRule(r)
	}
	return review, err
}

func score(text string) (*float64, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > 100 {
		return nil, site.Usage(schema.Text{ZH: "分数是 0 至 100 的数。", EN: "A score is a number from 0 to 100."})
	}
	return &n, nil
}

// note returns a note without what would break a line.
func note(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", site.Usage(schema.Text{ZH: "备注不是 UTF-8 文本。", EN: "The note is not UTF-8."})
	}
	text = strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t' || c == '\r':
			return ' '
		case unicode.IsControl(c):
			return -1
		}
		return c
	}, text))
	if utf8.RuneCountInString(text) > mostNote {
		return "", site.Usage(schema.Text{ZH: fmt.Sprintf("备注最多 %d 字。", mostNote), EN: fmt.Sprintf("A note has at most %d characters.", mostNote)})
	}
	return text, nil
}

// postedCall reads a call, which must be in the snapshot.
func postedCall(r *site.Request) (*desk.Call, error) {
	call := &desk.Call{InstanceID: r.PostFormValue("instance"), JobID: r.PostFormValue("job"), TaskID: r.PostFormValue("task")}
	for _, id := range []string{call.InstanceID, call.JobID, call.TaskID} {
		if len(id) > mostID || !utf8.ValidString(id) {
			return nil, noCall()
		}
	}
	known, lines, err := findCall(r.Context(), r, call)
	if err != nil {
		return nil, err
	}
	if known {
		known, err = r.Site.Live.IsPublished(r.Context(), r.Night, query.Key{Instance: call.InstanceID, Job: call.JobID, Task: call.TaskID})
	}
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, noCall()
	}
	if text := r.PostFormValue("turn"); text != "" {
		turn, err := strconv.ParseInt(text, 10, 32)
		if err != nil || turn < 0 || turn > mostTurn || lines != nil && !lines[int32(turn)] {
			return nil, site.Usage(schema.Text{ZH: "这通电话没有这一句。", EN: "The call has no such line."})
		}
		n := int32(turn)
		call.TurnIndex = &n
	}
	return call, nil
}

func noCall() error {
	return site.NotFound(schema.Text{
		ZH: "快照里没有这通电话，可能已被删除；判定没有保存。",
		EN: "The snapshot has no such call, which may have been erased; the verdict was not kept.",
	})
}

// findCall reports whether the snapshot has a call, and the lines of one in memory.
func findCall(ctx context.Context, r *site.Request, call *desk.Call) (known bool, lines map[int32]bool, err error) {
	key := query.Key{Instance: call.InstanceID, Job: call.JobID, Task: call.TaskID}
	c := r.Night.Corpus
	if i, ok := r.Night.Index(key); ok {
		lines = map[int32]bool{}
		for _, line := range c.Of(&c.Calls[i]) {
			lines[line.Turn] = true
		}
		return true, lines, nil
	}
	if r.Night.From == 0 || r.Night.DB == nil || call.JobID == "" {
		return false, nil, nil // all days are in memory
	}
	attempts, err := r.Night.DB.Attempts(ctx, call.JobID, call.TaskID)
	for _, a := range attempts {
		known = known || a.Key == key
	}
	return known, nil, err
}

// postedRule reads the rule of a hit, with its version: that of the rule as it is now,
// unless the form says which it showed.
func postedRule(r *site.Request) (string, error) {
	b, err := book(r)
	if err != nil {
		return "", err
	}
	rule := r.PostFormValue("rule")
	name, version, _ := strings.Cut(rule, "@")
	i := b.Find(name)
	if i < 0 || version != "" && !isVersion.MatchString(version) {
		return "", noRule(b, name)
	}
	if version == "" {
		return b.Ref(i), nil
	}
	return rule, nil
}

func noRule(b *rules.Book, name string) error {
	var names []string
	for i := range b.Rules {
		names = append(names, b.Rules[i].Name)
	}
	return site.NotFound(schema.Text{
		ZH: fmt.Sprintf("没有规则“%.100s”。有：%s。", name, strings.Join(names, "、")),
		EN: fmt.Sprintf("There is no rule “%.100s”. There are: %s.", name, strings.Join(names, ", ")),
	})
}

// postedFilter reads the calls that a verdict is about, all of them at once.
func postedFilter(r *site.Request) (string, error) {
	text := r.PostFormValue("filter")
	values, err := url.ParseQuery(text)
	if len(text) > mostFilter || err != nil || !utf8.ValidString(text) {
		return "", site.Usage(schema.Text{ZH: "筛选条件过长或无法理解。", EN: "The filter is too long, or cannot be understood."})
	}
	set, err := among.Parse(values)
	if err != nil {
		return "", err
	}
	if set.IsAll() {
		return "", site.Usage(schema.Text{ZH: "请先选定条件：不能对全部通话一次做判定。", EN: "Choose a filter first: a verdict is not about all calls there are."})
	}
	return set.Key(), nil
}

// refused says in words why a review could not be kept.
func refused(err error) error {
	why := schema.Text{ZH: "写入失败", EN: "it could not be written"}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		why = schema.Text{ZH: "磁盘已满", EN: "the disk is full"}
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		why = schema.Text{ZH: "质检台的文件夹不可写", EN: "the folder of the desk cannot be written"}
	}
	return site.Full(schema.Text{
		ZH: "判定没有保存：" + why.ZH + "。请告知管理员，稍后再提交一次。",
		EN: "The verdict was not kept: " + why.EN + ". Tell whoever runs the desk, and send it again later.",
	})
}
