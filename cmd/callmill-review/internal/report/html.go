package report

import (
	_ "embed"
	"html/template"
	"io"

	"callmill/cmd/callmill-review/internal/chart"
	"callmill/schema"
)

//go:embed page.html
var page string

// WriteHTML writes the report as a page that needs no other file and runs no script.
func (r *Report) WriteHTML(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"text":  func(name string) string { return pageTexts[name].In(r.Lang) },
		"bar":   bar,
		"trend": trendChart,
		"spark": sparkChart,
		"share": func(s Share) string { return s.percent() },
		"inc":   func(i int) int { return i + 1 },
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, r)
}

var pageTexts = map[string]schema.Text{
	"also": alsoText, "examples": examplesText, "trends": trendsTitle, "by day": byDay, "by campaign": byCampaign,
	"day": dayHead, "campaign": campaignHead, "share": shareHead, "calls": callsHead, "count": countHead,
}

// bar returns the bar of a finding; charts escape what they are given.
func bar(f Finding) template.HTML {
	if f.Hidden || f.Calls == 0 {
		return ""
	}
	return template.HTML(chart.Bar(f.Says, float64(f.Observed), f.Low, f.High, f.Expected, float64(f.Calls)))
}

func pointsOf(shares []Share) []chart.Point {
	var points []chart.Point
	for i := range shares {
		s := &shares[i]
		label := s.Name
		if len(label) == len("2006-01-02") {
			label = label[5:]
		}
		points = append(points, chart.Point{Label: label, Share: s.Share, Low: s.Low, High: s.High, Missing: s.Hidden})
	}
	return points
}

func trendChart(t Trend) template.HTML { return template.HTML(chart.Trend(t.Title, pointsOf(t.Days))) }

func sparkChart(s Share) template.HTML {
	if len(s.Days) == 0 {
		return ""
	}
	highest := 0.0
	for i := range s.Days {
		if !s.Days[i].Hidden {
			highest = max(highest, s.Days[i].Share)
		}
	}
	return template.HTML(chart.Spark(s.Name, pointsOf(s.Days), highest))
}
