// Package chart draws small charts as SVG to be put into a page: no script, no font, no
// file besides. Colours are the page's: lines and bars have the classes line, band, bar
// and axis. Each chart has a text for those who do not see it.
package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Point is a share with its interval, from 0 to 1.
type Point struct {
	Label            string
	Share, Low, High float64
	Missing          bool // nothing is known: a gap
}

// Sizes of a trend, in pixels.
const (
	width, height          = 640, 150
	left, right, top, foot = 44, 8, 8, 22
)

// Trend draws shares over time, with their intervals, and a scale that ends above all of
// them. title is what screen readers read out.
func Trend(title string, points []Point) string {
	var b strings.Builder
	open(&b, title, width, height, "trend")
	highest := scaleOf(points)
	y := func(share float64) float64 {
		return top + (height-top-foot)*(1-share/highest)
	}
	x := func(i int) float64 {
		return left + (width-left-right)*(float64(i)+0.5)/float64(max(len(points), 1))
	}
	for _, tick := range []float64{0, highest / 2, highest} {
		fmt.Fprintf(&b, `<line class="axis" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, left, width-right, y(tick), y(tick))
		fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`, left-6, y(tick)+4, percent(tick))
	}
	step := (len(points) + 9) / 10
	for i, p := range points {
		if i%max(step, 1) == 0 {
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x(i), height-6, html.EscapeString(p.Label))
		}
		if p.Missing {
			continue
		}
		fmt.Fprintf(&b, `<line class="band" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(i), x(i), y(p.Low), y(p.High))
		fmt.Fprintf(&b, `<circle class="dot" cx="%.1f" cy="%.1f" r="3"><title>%s %s</title></circle>`, x(i), y(p.Share), html.EscapeString(p.Label), percent(p.Share))
	}
	for _, run := range runs(points) {
		fmt.Fprintf(&b, `<polyline class="line" points="%s"/>`, polyline(points, run, x, y))
	}
	b.WriteString("</svg>")
	return b.String()
}

// Spark draws shares over time as small as a word, on a scale that ends at highest.
func Spark(title string, points []Point, highest float64) string {
	const width, height = 96, 18
	var b strings.Builder
	open(&b, title, width, height, "spark")
	if highest <= 0 {
		highest = 1
	}
	x := func(i int) float64 { return 2 + (width-4)*float64(i)/float64(max(len(points)-1, 1)) }
	y := func(share float64) float64 { return 2 + (height-4)*(1-min(share/highest, 1)) }
	for _, run := range runs(points) {
		fmt.Fprintf(&b, `<polyline class="line" points="%s"/>`, polyline(points, run, x, y))
		if run[1]-run[0] == 1 {
			fmt.Fprintf(&b, `<circle class="dot" cx="%.1f" cy="%.1f" r="1.5"/>`, x(run[0]), y(points[run[0]].Share))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// Bar draws how many were observed of what was expected: a bar, its interval, and a mark
// where the expected number is, unless that is NaN: nothing is expected. Numbers are on a
// scale from 0 to all.
func Bar(title string, observed, low, high, expected, all float64) string {
	const width, height = 220, 14
	var b strings.Builder
	open(&b, title, width, height, "bar")
	x := func(n float64) float64 {
		if math.IsNaN(n) {
			return 0
		}
		return width * max(0, min(n/max(all, 1), 1))
	}
	fmt.Fprintf(&b, `<rect class="ground" x="0" y="3" width="%d" height="8"/>`, width)
	fmt.Fprintf(&b, `<rect class="bar" x="0" y="3" width="%.1f" height="8"/>`, x(observed))
	if high > low {
		fmt.Fprintf(&b, `<line class="band" x1="%.1f" x2="%.1f" y1="7" y2="7"/>`, x(low), x(high))
	}
	if !math.IsNaN(expected) {
		fmt.Fprintf(&b, `<line class="expected" x1="%.1f" x2="%.1f" y1="0" y2="14"/>`, x(expected), x(expected))
	}
	b.WriteString("</svg>")
	return b.String()
}

func open(b *strings.Builder, title string, width, height int, class string) {
	fmt.Fprintf(b, `<svg class="%s" role="img" viewBox="0 0 %d %d" width="%d" height="%d" xmlns="http://www.w3.org/2000/svg"><title>%s</title>`,
		class, width, height, width, height, html.EscapeString(title))
}

// scaleOf returns a round share above all points.
func scaleOf(points []Point) float64 {
	highest := 0.0
	for _, p := range points {
		if !p.Missing {
			highest = max(highest, p.High)
		}
	}
	for _, end := range []float64{0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8} {
		if highest <= end {
			return end
		}
	}
	return 1
}

// runs returns the beginnings and ends of points without a gap between.
func runs(points []Point) (all [][2]int) {
	for i := 0; i < len(points); i++ {
		if points[i].Missing {
			continue
		}
		first := i
		for i < len(points) && !points[i].Missing {
			i++
		}
		all = append(all, [2]int{first, i})
	}
	return all
}

func polyline(points []Point, run [2]int, x func(int) float64, y func(float64) float64) string {
	var list []string
	for i := run[0]; i < run[1]; i++ {
		list = append(list, fmt.Sprintf("%.1f,%.1f", x(i), y(points[i].Share)))
	}
	return strings.Join(list, " ")
}

func percent(share float64) string {
	if share > 0 && share < 0.1 {
		return fmt.Sprintf("%.1f%%", 100*share)
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}
