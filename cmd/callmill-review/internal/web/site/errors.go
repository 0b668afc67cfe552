//go:build cgo

package site

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/guard"
	"callmill/schema"
)

// Error is an error that is a page in words.
type Error struct {
	Status int
	Text   schema.Text
	Hint   schema.Text // what helps; may be empty
}

func (e *Error) Error() string { return e.Text.EN }

// Usage returns the error of what cannot be asked in this way: 400.
func Usage(text schema.Text) error { return &Error{Status: http.StatusBadRequest, Text: text} }

// NotFound returns the error of what is not there, such as a call that was erased: 404.
func NotFound(text schema.Text) error { return &Error{Status: http.StatusNotFound, Text: text} }

// Full returns the error of what could not be written: 507.
func Full(text schema.Text) error { return &Error{Status: http.StatusInsufficientStorage, Text: text} }

func forbidden(role Role) error {
	may := schema.Text{ZH: "你的角色不能做判定。", EN: "Your role cannot give verdicts."}
	if role == Exporter {
		may = schema.Text{ZH: "你的角色不能导出。", EN: "Your role cannot export."}
	}
	return &Error{http.StatusForbidden, may, schema.Text{ZH: "请管理员用 callmill-review user role 修改角色。", EN: "Whoever runs the desk can change it with callmill-review user role."}}
}

// fail writes an error as a page.
func (r *Request) fail(w http.ResponseWriter, err error) {
	var working *answers.WorkingError
	if errors.As(err, &working) {
		r.wait(w, working)
		return
	}
	if errors.Is(r.Context().Err(), context.Canceled) {
		return // nobody reads it
	}
	page := r.explain(err)
	if r.Request.Method == http.MethodGet {
		w.Header().Del("Content-Disposition")
	}
	if err := r.render(w, page.Status, r.Site.layout, "error", schema.Text{ZH: "出错了", EN: "That did not work"}, page); err != nil {
		http.Error(w, page.Text.In(r.Lang), page.Status)
	}
}

type errorPage struct {
	Status     int
	Text, Hint schema.Text
	ID         string // under which it is in the log
}

// explain says in words what an error is. What nobody expected is logged by an id.
func (r *Request) explain(err error) errorPage {
	var own *Error
	var parameter *among.Error
	var refused *audit.RefusedError
	var text *query.TextError
	var gone *query.GoneError
	var memory *query.MemoryError
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		return errorPage{Status: own.Status, Text: own.Text, Hint: own.Hint}
	case errors.As(err, &parameter):
		return errorPage{Status: http.StatusBadRequest, Text: schema.Text{
			ZH: "网址中的条件 " + parameter.Parameter + " 无法理解：" + parameter.Err.Error(),
			EN: "The condition " + parameter.Parameter + " of the URL cannot be understood: " + parameter.Err.Error(),
		}, Hint: schema.Text{ZH: "条件写法见帮助页。", EN: "How conditions are written is on the help page."}}
	case errors.As(err, &refused):
		return errorPage{Status: http.StatusInsufficientStorage, Text: refused.Text()}
	case errors.As(err, &text):
		return errorPage{Status: http.StatusBadRequest, Text: schema.Text{ZH: text.Error(), EN: text.Error()}}
	case errors.As(err, &long):
		return errorPage{Status: http.StatusRequestEntityTooLarge, Text: schema.Text{ZH: "表单过长。", EN: "The form is too long."}}
	case errors.As(err, &gone):
		return errorPage{Status: http.StatusServiceUnavailable,
			Text: schema.Text{ZH: "快照在读取时被清理了。", EN: "The snapshot was removed while it was read."},
			Hint: schema.Text{ZH: "重新加载即可。", EN: "Reload the page."}}
	case errors.As(err, &memory):
		return errorPage{Status: http.StatusServiceUnavailable,
			Text: schema.Text{ZH: "这个问题需要的内存超过了限制。", EN: "This question needs more memory than it may have."},
			Hint: schema.Text{ZH: "缩小日期范围，或加大 --memory。", EN: "Choose fewer days, or give more --memory."}}
	}
	if r.Context().Err() != nil {
		return errorPage{Status: http.StatusServiceUnavailable,
			Text: schema.Text{ZH: "这个页面花的时间超过了限制。", EN: "This page took longer than it may."},
			Hint: schema.Text{ZH: "缩小日期范围后再试。", EN: "Choose fewer days and try again."}}
	}
	id := cmp.Or(guard.RequestID(r.Context()), rand.Text()[:8])
	r.Site.logError(r.Context(), id, r.Request, err)
	return errorPage{Status: http.StatusInternalServerError, ID: id,
		Text: schema.Text{ZH: "这里出了意外的错误。", EN: "Something went wrong that should not have."},
		Hint: schema.Text{ZH: "日志中的编号：" + id, EN: "It is in the log as " + id + "."}}
}

// refresh is after how many seconds a waiting page looks again.
const refresh = 2

type waitPage struct {
	answers.Progress
	Percent int
	Seconds int // since it was asked
	Leave   string
}

// wait writes the page that waits for an answer: it loads itself again, without a
// script, and can be left.
func (r *Request) wait(w http.ResponseWriter, working *answers.WorkingError) {
	p := waitPage{Progress: working.Progress, Leave: r.URL("/today")}
	if p.Steps > 0 {
		p.Percent = 100 * p.Step / p.Steps
	}
	if !p.Since.IsZero() {
		p.Seconds = max(0, int(r.Site.Now().Sub(p.Since).Seconds()))
	}
	w.Header().Set("Refresh", strconv.Itoa(refresh))
	w.Header().Del("Content-Disposition")
	if err := r.render(w, http.StatusAccepted, r.Site.layout, "waiting", schema.Text{ZH: "正在计算", EN: "Working"}, p); err != nil {
		http.Error(w, "…", http.StatusAccepted)
	}
}
