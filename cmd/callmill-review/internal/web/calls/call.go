//go:build cgo

package calls

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/masked"
	"callmill/cmd/callmill-review/internal/particulars"
	dbquery "callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/cmd/callmill-review/internal/web/recording"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/calendar"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// callPage is one call.
type callPage struct {
	Name, Phone               string // as who looks may see them
	Script, Version, Campaign string
	Calling                   string
	When                      string
	Attempt, Attempts         int // of the job; Attempt 0: it was not dialled
	Outcome                   string
	Meaning                   schema.Text // of the outcome
	Lines                     []bubble
	NoLines                   schema.Text // why there are none
	Whole                     []ruleHit   // that hit no line, but the call
	Results                   []string
	Others                    []attempt // of the job, this one among them
	Facts                     []fact
	Recording                 string // URL; "": there is none
	Person                    string // URL of the calls of the same person
	Review                    *judged.Form

	List           string // URL of the list that it is one of
	Place, Of      int    // in the list, from 1; Of 0: of none
	Previous, Next string // URLs
}

// attempt is an attempt of the job.
type attempt struct {
	When, Outcome string
	Attempt       int // 0: not dialled
	Lines         int
	Here          bool
	URL           string
}

// fact is something that is known of a call, in words.
type fact struct {
	Name  schema.Text
	Value string
}

// told is what is known of a call, from memory or from the database.
type told struct {
	ref      corpus.Ref
	call     int32 // index in the corpus; -1: it is not in memory
	own      particulars.Attempt
	attempts []particulars.Attempt // of the job
	said     []line
	results  []string
}

// call is the page of one call.
func (p *pages) call(w http.ResponseWriter, r *site.Request) error {
	ref, err := named(r)
	if err != nil {
		return err
	}
	t, err := p.tell(r, ref)
	if err != nil {
		return err
	}
	r.NoBar()
	page := &callPage{
		Script: t.own.Script, Version: t.own.Version, Campaign: t.own.Campaign, Calling: r.Number(t.own.Calling),
		When: day(r, t.own.Start), Attempt: int(t.own.Attempt),
		Outcome: filter.OutcomeLabel(t.own.Outcome, r.Lang), Results: t.results,
		Facts: t.facts(r.Lang),
	}
	page.Meaning, _ = schema.OutcomeMeaning(t.own.Outcome)
	page.Name, page.Phone = t.person(r)
	if t.own.Key != "" {
		page.Person = person(r, t.own.Key)
	}
	page.Recording = r.Site.Recording.URL(recording.Call{
		Instance: t.ref.Instance, Job: t.ref.Job, Task: t.ref.Task, CallID: t.own.CallID, Number: t.own.Calling, Date: date(r, t.own.Start),
	})
	page.others(r, t)
	page.place(r, t)
	page.bubbles(r, t)
	if err := r.Log(audit.Opened, "/call", t.desk(), 0); err != nil {
		return err
	}
	return r.Render(w, p.set, "call", schema.Text{ZH: "一通", EN: "Call"}, page)
}

// desk names the call as the records of a desk do.
func (t *told) desk() *desk.Call {
	return &desk.Call{InstanceID: t.ref.Instance, JobID: t.ref.Job, TaskID: t.ref.Task}
}

// longestID is how long an id may be, in bytes.
const longestID = 500

// named returns which call a URL names. Its JobDate is 0 where the URL has none.
func named(r *site.Request) (corpus.Ref, error) {
	q := query(r)
	ref := corpus.Ref{Instance: q.Get("instance"), Job: q.Get("job"), Task: q.Get("task")}
	for _, id := range []string{ref.Instance, ref.Job, ref.Task} {
		if len(id) > longestID || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
			return ref, site.Usage(schema.Text{ZH: "通话的编号无法理解。", EN: "The ids of the call cannot be understood."})
		}
	}
	if ref.Job == "" {
		return ref, site.Usage(schema.Text{ZH: "没有说是哪一通：缺少 job。", EN: "Which call is meant is not said: job is missing."})
	}
	if text := q.Get("job_date"); text != "" {
		date, err := calendar.ParseDay(text)
		if err != nil {
			return ref, site.Usage(schema.Text{ZH: "job_date 应写作 2026-01-24。", EN: "job_date is written 2026-01-24."})
		}
		ref.JobDate = date
	}
	return ref, nil
}

// unknown is the error of a call that is not there. Whether it ever was is not known:
// who was erased is nowhere any more.
func unknown(r *site.Request) error {
	return &site.Error{
		Status: http.StatusNotFound,
		Text: schema.Text{
			ZH: "快照 " + r.Night.Name + " 中没有这一通。",
			EN: "There is no such call in snapshot " + r.Night.Name + ".",
		},
		Hint: schema.Text{
			ZH: "可能编号不对，也可能应当事人要求已删除，或超过了保留期限。",
			EN: "Its ids may be wrong, or it was erased because somebody asked for that, or because it was kept long enough.",
		},
	}
}

// tell returns what is known of a call.
func (p *pages) tell(r *site.Request, ref corpus.Ref) (t *told, err error) {
	if i, ok := r.Night.Index(dbquery.Key{Instance: ref.Instance, Job: ref.Job, Task: ref.Task}); ok {
		t, err = remembered(r, i)
	} else {
		t, err = p.read(r, ref)
	}
	if err != nil {
		return nil, err
	}
	for i := range t.said {
		t.said[i].script = r.Said(t.said[i].script)
	}
	for i, result := range t.results {
		t.results[i] = r.Said(result)
	}
	return t, nil
}

// remembered tells of a call in memory.
func remembered(r *site.Request, i int32) (*told, error) {
	c, k := r.Night.Corpus, &r.Night.Corpus.Calls[i]
	t := &told{ref: c.Ref(i), call: i, said: inMemory(r.Night, i), results: results(c, k)}
	err := t.particulars(r)
	var gone *dbquery.GoneError
	if errors.As(err, &gone) { // the next snapshot is on its way, and most is in memory
		err = nil
		r.Notice(site.Notice{Text: schema.Text{
			ZH: "快照刚被清理：姓名、号码、时长和同一作业的其他通话要等新的快照载入后才显示。",
			EN: "The snapshot was just removed: name, number, length and the other attempts are shown when the next one is there.",
		}})
	}
	// What the corpus has is masked where it must be.
	t.own.Task, t.own.Attempt, t.own.Outcome, t.own.Start = k.Task, int32(k.Attempt), c.Outcomes.String(k.Outcome), k.Start
	t.own.Campaign, t.own.Script, t.own.Version, t.own.Calling = c.Campaigns.String(k.Campaign), c.Scripts.String(k.Script), c.Versions.String(k.Version), c.Numbers.String(k.Number)
	t.own.Key = c.Contacts.String(k.Contact)
	return t, err
}

// particulars adds what is known of the job's attempts.
func (t *told) particulars(r *site.Request) error {
	table, err := r.Night.Particulars(r.Context(), t.ref.JobDate)
	if err != nil {
		return err
	}
	t.own = particulars.Attempt{CallMS: particulars.Unknown, RingingS: particulars.Unknown, EndReason: particulars.Unknown}
	t.attempts = table.Of(t.ref.Instance, t.ref.Job)
	for _, a := range t.attempts {
		if a.Task == t.ref.Task {
			t.own = a
		}
	}
	return nil
}

// person returns name and number as who looks may see them. Where the desk masks, they
// are left out: a part of a number is still one of few.
func (t *told) person(r *site.Request) (name, phone string) {
	if r.Site.Mask {
		return "", ""
	}
	if r.Role >= site.Exporter && !r.Night.Masked {
		return t.own.Name, t.own.Phone
	}
	return masked.Name(t.own.Name), masked.Number(t.own.Phone)
}

// date returns the day of a time; "" of none.
func date(r *site.Request, ms int64) string {
	if ms == 0 {
		return ""
	}
	return calendar.DayOf(time.UnixMilli(ms), r.Night.Zone).String()
}

// day returns a time with its year.
func day(r *site.Request, ms int64) string {
	if ms == 0 {
		return "–"
	}
	return time.UnixMilli(ms).In(r.Night.Zone).Format("2006-01-02 15:04:05")
}

// others adds the attempts of the job.
func (page *callPage) others(r *site.Request, t *told) {
	for _, a := range t.attempts {
		if a.Attempt > 0 {
			page.Attempts++
		}
		ref := t.ref
		ref.Task = a.Task
		page.Others = append(page.Others, attempt{
			When: r.Time(a.Start), Outcome: filter.OutcomeLabel(a.Outcome, r.Lang), Attempt: int(a.Attempt), Lines: int(a.Lines),
			Here: a.Task == t.ref.Task, URL: r.Call(ref, r.Among, carried(r)...),
		})
	}
}

// facts returns what is known of a call beside what was said.
func (t *told) facts(lang schema.Language) []fact {
	a := &t.own
	var all []fact
	add := func(name schema.Text, value string) {
		if value != "" {
			all = append(all, fact{name, value})
		}
	}
	truth := func(name schema.Text, is particulars.Truth) {
		switch is {
		case particulars.Yes:
			add(name, yes.In(lang))
		case particulars.No:
			add(name, no.In(lang))
		}
	}
	if a.CallMS > particulars.Unknown {
		add(schema.Text{ZH: "通话时长", EN: "Length"}, seconds(float64(a.CallMS)/1000, lang))
	}
	if a.RingingS > particulars.Unknown {
		add(schema.Text{ZH: "振铃", EN: "Ringing"}, seconds(float64(a.RingingS), lang))
	}
	if a.EndReason > particulars.Unknown {
		add(schema.Text{ZH: "结束原因", EN: "Why it ended"}, means("end_reason", strconv.FormatInt(a.EndReason, 10), lang))
	}
	add(schema.Text{ZH: "谁结束", EN: "Ended by"}, means("ended_by", a.EndedBy, lang))
	truth(schema.Text{ZH: "流程走到终点", EN: "The flow reached its end"}, a.ReachedEnd)
	truth(schema.Text{ZH: "最后一句播完", EN: "The last line was played to its end"}, a.PlayedOut)
	truth(schema.Text{ZH: "拒识挂断", EN: "Hung up after it was not understood"}, a.RejectionHungUp)
	var exceptions []string
	for code := range strings.SplitSeq(a.DialExceptions, ", ") {
		exceptions = append(exceptions, means("dial_exceptions", code, lang))
	}
	add(schema.Text{ZH: "拨打异常", EN: "Dialling failed"}, strings.Join(exceptions, between.In(lang)))
	add(schema.Text{ZH: "接口状态", EN: "Status"}, a.Status)
	add(schema.Text{ZH: "呼叫 id", EN: "Call id"}, a.CallID)
	return all
}

// means returns a value of a column with what it means.
func means(column, value string, lang schema.Language) string {
	if meaning, known := schema.Meaning(column, value); known {
		if column == "dial_exceptions" {
			return value + " " + meaning.In(lang)
		}
		return meaning.In(lang)
	}
	return value
}

func seconds(s float64, lang schema.Language) string {
	return strconv.FormatFloat(s, 'f', -1, 64) + cmp.Or(map[schema.Language]string{schema.Chinese: " 秒"}[lang], " s")
}
