package handover

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/schema"
)

// Names of sheets, in both languages.
var (
	wordingsSheet = schema.Text{EN: "wordings", ZH: "话术"}
	callsSheet    = schema.Text{EN: "calls", ZH: "通话"}
	repliesSheet  = schema.Text{EN: "replies", ZH: "接下来说"}
)

// Words of the first row, and others.
var (
	snapshotText = schema.Text{EN: "snapshot", ZH: "快照"}
	filterText   = schema.Text{EN: "filter", ZH: "筛选"}
	byText       = schema.Text{EN: "handed over by", ZH: "导出人"}
	madeText     = schema.Text{EN: "at", ZH: "时间"}
	everyCall    = schema.Text{EN: "all calls", ZH: "全部"}
	noWordings   = schema.Text{EN: "this finding is not about a line of a script", ZH: "此发现不涉及某一句话术"}
	noCalls      = schema.Text{EN: "no call to be shown", ZH: "没有可列出的通话"}
	noReplies    = schema.Text{EN: "nothing was said after it", ZH: "其后没有人说话"}
	markedText   = schema.Text{EN: "here", ZH: "此句"}
)

type column struct {
	head  schema.Text
	width float64
}

var wordingColumns = []column{
	{schema.Text{EN: "script", ZH: "话术"}, 16}, {schema.Text{EN: "versions", ZH: "版本"}, 12},
	{schema.Text{EN: "line", ZH: "原话"}, 60}, {schema.Text{EN: "against the wording before", ZH: "与上一版的差异"}, 60},
	{schema.Text{EN: "calls", ZH: "次数"}, 8},
	{schema.Text{EN: "hung up there", ZH: "当场挂断"}, 10}, {schema.Text{EN: "share", ZH: "占比"}, 8}, {schema.Text{EN: "95 % from", ZH: "95% 区间自"}, 11}, {schema.Text{EN: "to", ZH: "至"}, 8}, {schema.Text{EN: "z", ZH: "与上一版 z"}, 11},
	{schema.Text{EN: "not understood", ZH: "没听懂"}, 10}, {schema.Text{EN: "share", ZH: "占比"}, 8}, {schema.Text{EN: "95 % from", ZH: "95% 区间自"}, 11}, {schema.Text{EN: "to", ZH: "至"}, 8}, {schema.Text{EN: "z", ZH: "与上一版 z"}, 11},
	{schema.Text{EN: "first day", ZH: "首日"}, 12}, {schema.Text{EN: "last day", ZH: "末日"}, 12}, {schema.Text{EN: "", ZH: ""}, 8},
}

var callColumns = []column{
	{schema.Text{EN: "call", ZH: "第几通"}, 8}, {schema.Text{EN: "time", ZH: "时间"}, 13}, {schema.Text{EN: "script", ZH: "话术"}, 14}, {schema.Text{EN: "version", ZH: "版本"}, 9},
	{schema.Text{EN: "attempt", ZH: "第几次"}, 8}, {schema.Text{EN: "outcome", ZH: "结果"}, 10},
	{schema.Text{EN: "speaker", ZH: "说话人"}, 8}, {schema.Text{EN: "pause", ZH: "停顿"}, 8}, {schema.Text{EN: "said (masked)", ZH: "说的话（已打码）"}, 70}, {schema.Text{EN: "", ZH: ""}, 8}, {schema.Text{EN: "node", ZH: "节点"}, 30},
	{schema.Text{EN: "instance", ZH: "实例"}, 14}, {schema.Text{EN: "job", ZH: "任务"}, 26}, {schema.Text{EN: "call attempt", ZH: "呼叫"}, 26},
}

var replyColumns = []column{
	{schema.Text{EN: "after the line", ZH: "在这句之后"}, 60}, {schema.Text{EN: "was said (masked)", ZH: "接下来说（已打码）"}, 50}, {schema.Text{EN: "times", ZH: "次数"}, 8}, {schema.Text{EN: "calls that heard it", ZH: "听到的通数"}, 12},
}

type sheets struct {
	*Book
	file *excelize.File
}

// sheet is a sheet that is written row by row.
type sheet struct {
	to              *excelize.StreamWriter
	rows            int
	head, wrap, pct int // styles
	mark            int
}

func (s *sheets) say(t schema.Text) string { return t.In(s.Lang) }

func (s *sheets) add(i int, name string, columns []column, fill func(*sheet) error) error {
	if i == 0 {
		if err := s.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := s.file.NewSheet(name); err != nil {
		return err
	}
	to, err := s.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	sh := &sheet{to: to}
	if err := sh.styles(s.file); err != nil {
		return err
	}
	for c, column := range columns {
		if err := to.SetColWidth(c+1, c+1, column.width); err != nil {
			return err
		}
	}
	if err := to.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRows, TopLeftCell: "A" + strconv.Itoa(headRows+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	filter := s.Filter
	if filter == "" {
		filter = s.say(everyCall)
	}
	about := []string{s.Title}
	about = append(about, s.Notes...)
	heads := make([]any, len(columns))
	for c, column := range columns {
		heads[c] = sh.cell(sh.head, s.say(column.head))
	}
	for _, row := range [][]any{
		{text(s.say(snapshotText)), text(s.Snapshot), text(s.say(filterText) + "：" + filter), text(s.say(byText)), text(s.By), text(s.say(madeText)), text(s.Made.Format("2006-01-02 15:04:05 -0700"))},
		{text(strings.Join(about, " · "))},
		heads,
	} {
		if err := sh.row(row); err != nil {
			return err
		}
	}
	if err := fill(sh); err != nil {
		return err
	}
	return to.Flush()
}

func (sh *sheet) styles(file *excelize.File) (err error) {
	style := func(s *excelize.Style) (id int) {
		if err == nil {
			id, err = file.NewStyle(s)
		}
		return id
	}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	sh.head = style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EDF3"}}, Alignment: top})
	sh.wrap = style(&excelize.Style{Alignment: top})
	sh.mark = style(&excelize.Style{Alignment: top, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF3C4"}}})
	share := "0.0%"
	sh.pct = style(&excelize.Style{CustomNumFmt: &share, Alignment: top})
	return err
}

func (sh *sheet) cell(style int, value any) excelize.Cell {
	if s, ok := value.(string); ok {
		value = text(s)
	}
	return excelize.Cell{StyleID: style, Value: value}
}

func (sh *sheet) row(values []any) error {
	sh.rows++
	return sh.to.SetRow("A"+strconv.Itoa(sh.rows), values)
}

// longest is how many characters a cell can have.
const longest = excelize.TotalCellChars

// text returns a text as a cell can have it: no control characters, and not too long.
func text(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\ufffe' || r == '\uffff' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}

func (s *sheets) wordings(sh *sheet) error {
	if len(s.Wordings) == 0 {
		return sh.row([]any{sh.cell(sh.wrap, s.say(noWordings))})
	}
	for i := range s.Wordings {
		w := &s.Wordings[i]
		style, mark := sh.wrap, ""
		if w.Marked {
			style, mark = sh.mark, s.say(markedText)
		}
		row := []any{
			sh.cell(style, w.Script), sh.cell(style, w.Versions),
			sh.cell(style, said(w.Parts)), excelize.Cell{StyleID: style, Value: marked(w.Parts)}, sh.cell(style, w.Calls),
		}
		for _, share := range []*Share{&w.HungUp, &w.NotUnderstood} {
			row = append(row, sh.cell(style, share.K), sh.cell(sh.pct, share.Share), sh.cell(sh.pct, share.Low), sh.cell(sh.pct, share.High))
			if share.Compared {
				row = append(row, sh.cell(style, share.Z))
			} else {
				row = append(row, nil)
			}
		}
		if err := sh.row(append(row, sh.cell(style, w.FirstDay), sh.cell(style, w.LastDay), sh.cell(style, mark))); err != nil {
			return err
		}
	}
	return nil
}

// said returns the text after.
func said(parts []effect.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if !p.Before {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// marked returns a text whose differences show without colour too: what is new is bold and
// underlined, what went is struck through.
func marked(parts []effect.Part) []excelize.RichTextRun {
	var runs []excelize.RichTextRun
	left := longest
	for _, p := range parts {
		said := []rune(text(p.Text))
		said = said[:min(len(said), left)]
		if left -= len(said); len(said) == 0 {
			continue
		}
		run := excelize.RichTextRun{Text: string(said)}
		switch {
		case p.After:
			run.Font = &excelize.Font{Bold: true, Underline: "single", Color: "B3372F"}
		case p.Before:
			run.Font = &excelize.Font{Strike: true, Color: "666666"}
		}
		runs = append(runs, run)
	}
	return runs
}

func (s *sheets) calls(sh *sheet) error {
	if len(s.Calls) == 0 {
		return sh.row([]any{sh.cell(sh.wrap, s.say(noCalls))})
	}
	for i := range s.Calls {
		call := &s.Calls[i]
		lines := call.Lines
		if len(lines) == 0 {
			lines = []Line{{}}
		}
		for _, line := range lines {
			style, mark := sh.wrap, ""
			if line.Marked {
				style, mark = sh.mark, s.say(markedText)
			}
			row := []any{sh.cell(style, i+1)}
			for _, v := range []string{call.When, call.Script, call.Version, call.Attempt, call.Outcome, line.Speaker, line.Pause, line.Text, mark, line.Node, call.Instance, call.Job, call.Task} {
				row = append(row, sh.cell(style, v))
			}
			if err := sh.row(row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sheets) replies(sh *sheet) error {
	if len(s.Replies) == 0 {
		return sh.row([]any{sh.cell(sh.wrap, s.say(noReplies))})
	}
	for _, r := range s.Replies {
		if err := sh.row([]any{sh.cell(sh.wrap, r.Wording), sh.cell(sh.wrap, r.Text), sh.cell(sh.wrap, r.N), sh.cell(sh.wrap, r.Of)}); err != nil {
			return err
		}
	}
	return nil
}
