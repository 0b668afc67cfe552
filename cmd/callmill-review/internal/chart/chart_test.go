package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/chart"
)

// Charts are XML by themselves, with a title, whatever the labels are.
func TestChartsAreXML(t *testing.T) {
	const hostile = `<script>alert("1")</script>&`
	points := []chart.Point{
		{Label: hostile, Share: 0.1, Low: 0.05, High: 0.2}, {Label: "b", Share: 0.12, Low: 0.1, High: 0.15},
		{Label: "c", Missing: true}, {Label: "d", Share: 1, Low: 0.9, High: 1},
	}
	for name, svg := range map[string]string{
		"trend":       chart.Trend(hostile, points),
		"empty trend": chart.Trend("t", nil),
		"spark":       chart.Spark(hostile, points, 0.5),
		"empty spark": chart.Spark("t", nil, 0),
		"bar":         chart.Bar(hostile, 10, 8, 12, 5, 20),
		"bar of none": chart.Bar("t", 0, 0, 0, 0, 0),
		"bar alone":   chart.Bar("t", 3, 1, 5, math.NaN(), 20),
	} {
		if strings.Contains(svg, "<script") || !strings.Contains(svg, "<title>") || strings.Contains(svg, "NaN") {
			t.Errorf("%s: %s", name, svg)
		}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

// A gap divides the line in two; a point alone has a dot.
func TestGaps(t *testing.T) {
	svg := chart.Trend("t", []chart.Point{{Share: 0.1}, {Share: 0.2}, {Missing: true}, {Share: 0.3}})
	if n := strings.Count(svg, "<polyline"); n != 2 {
		t.Errorf("%d lines, want 2: %s", n, svg)
	}
	if n := strings.Count(svg, "<circle"); n != 3 {
		t.Errorf("%d dots, want 3", n)
	}
}
