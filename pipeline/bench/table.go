package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// wording is the text of the table in a language.
type wording struct {
	header  string            // of the columns before those of peers
	peers   *strings.Replacer // parts of the names of peers
	inputs  map[string]string // by name
	sized   string            // an input: its name, turns, MB
	verify  string            // before the inputs
	checked string            // an input's: its name, the ratio to convert, seconds, MB
	between string            // two inputs
	day     string            // turns; with two workers and one: seconds and MB; ratio
}

func wordings() map[string]wording {
	return map[string]wording{
		"en": {
			header: "input | callmill, s | CPU, s | peak, MB",
			peers:  strings.NewReplacer(),
			inputs: map[string]string{
				simulatedInput: "simulated calls", repeatedInput: "dialogue, repeated",
				recutInput: "dialogue, re-cut", dayInput: "one large day",
			},
			sized:   "%s: %s turns, %d MB",
			verify:  "`verify` after it, relative to its time: %s.",
			checked: "%s %s (%s s, %d MB)", between: "; ",
			day: " One large day, %s turns: %s s and %d MB with two workers, %s s and %d MB with one, %s times as long.",
		},
		"zh": {
			header: "输入 | callmill，秒 | CPU，秒 | 内存峰值，MB",
			peers:  strings.NewReplacer(", 2 threads", "，两个线程", ", 1 thread", "，一个线程", ", 2 processes", "，两个进程"),
			inputs: map[string]string{
				simulatedInput: "模拟通话", repeatedInput: "真实对话，重复",
				recutInput: "真实对话，按分句重组", dayInput: "集中在一天的通话",
			},
			sized:   "%s：%s 句，%d MB",
			verify:  "随后的 `verify`，与前者用时之比：%s。",
			checked: "%s %s（%s 秒，%d MB）", between: "；",
			day: "集中在一天的 %s 句：两个 worker 用 %s 秒、%d MB，一个用 %s 秒、%d MB，是前者的 %s 倍。",
		},
	}
}

// knownLanguage is an error for a language that the table does not have.
func knownLanguage(language string) error {
	if _, ok := wordings()[language]; !ok {
		return fmt.Errorf("invalid --lang %q: want en or zh", language)
	}
	return nil
}

// printFile prints the table of a report.
func printFile(out io.Writer, file, language string) error {
	if err := knownLanguage(language); err != nil {
		return err
	}
	r, err := readReport(file)
	if err != nil {
		return err
	}
	return printTable(out, r, language)
}

// printTable prints what the README shows, in Markdown: a row for each input, that
// with the smallest lead first, with the peers' times relative to callmill's; then
// verify, and the large day.
func printTable(out io.Writer, r report, language string) error {
	text := wordings()[language]
	inputs := slices.DeleteFunc(slices.Clone(r.Inputs), func(in inputResult) bool { return in.find(callmillName) == nil })
	peers := peersOf(inputs)
	if len(peers) > 0 {
		slices.SortStableFunc(inputs, func(a, b inputResult) int { return cmp.Compare(a.lead(peers[0]), b.lead(peers[0])) })
	}
	var b strings.Builder
	if len(inputs) > 0 {
		fmt.Fprintf(&b, "| %s |", text.header)
		for _, p := range peers {
			fmt.Fprintf(&b, " × %s |", text.peers.Replace(p))
		}
		fmt.Fprintf(&b, "\n|%s\n", strings.Repeat("---|", 4+len(peers)))
	}
	var checked []string
	for _, in := range inputs {
		own := in.find(callmillName)
		fmt.Fprintf(&b, "| %s | %s | %s | %d |", fmt.Sprintf(text.sized, text.inputs[in.Name], grouped(own.Rows.Turns), in.Bytes/1e6),
			seconds(own.Median.Wall), seconds(own.Median.CPU), own.Median.Memory>>20)
		for _, p := range peers {
			fmt.Fprintf(&b, " %s |", ratio(in.find(p), own))
		}
		b.WriteByte('\n')
		checked = append(checked, text.verified(in, own)...)
	}
	day := r.input(dayInput)
	two, one := day.find(callmillName+twoWorkersSuffix), day.find(callmillName+oneWorkerSuffix)
	checked = append(checked, text.verified(day, two)...)
	if len(checked) > 0 {
		fmt.Fprintf(&b, "\n"+text.verify, strings.Join(checked, text.between))
	}
	if two != nil && one != nil {
		fmt.Fprintf(&b, text.day, grouped(two.Rows.Turns), seconds(two.Median.Wall), two.Median.Memory>>20,
			seconds(one.Median.Wall), one.Median.Memory>>20, ratio(one, two))
	}
	_, err := fmt.Fprintln(out, strings.TrimSpace(b.String()))
	return err
}

// verified says what verify took of what a contestant wrote.
func (w wording) verified(in inputResult, own *result) []string {
	v := in.find(callmillName + verifySuffix)
	if v == nil || own == nil {
		return nil
	}
	return []string{fmt.Sprintf(w.checked, w.inputs[in.Name], ratio(v, own), seconds(v.Median.Wall), v.Median.Memory>>20)}
}

// peersOf returns the peers that took part, in the order of the columns.
func peersOf(inputs []inputResult) (names []string) {
	for _, p := range allPeers() {
		if slices.ContainsFunc(inputs, func(in inputResult) bool { return in.find(p.name) != nil }) {
			names = append(names, p.name)
		}
	}
	return names
}

// lead returns how many times as long as callmill a peer takes; 0 if it did not take
// part.
func (in inputResult) lead(peer string) float64 {
	p := in.find(peer)
	if p == nil {
		return 0
	}
	return p.Median.Wall / in.find(callmillName).Median.Wall
}

// ratio returns how many times as long one contestant takes as another, as text.
func ratio(a, b *result) string {
	if a == nil {
		return "–"
	}
	return quotient(a.Median.Wall, b.Median.Wall)
}

// seconds returns seconds with three digits or more.
func seconds(s float64) string {
	if s >= 10 {
		return fmt.Sprintf("%.1f", s)
	}
	return fmt.Sprintf("%.2f", s)
}

// grouped returns a number as 1,234,567.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// printFigures prints all figures of an input: a row per contestant, callmill first,
// with times relative to it.
func printFigures(out io.Writer, in inputResult) error {
	first := in.Contestants[0]
	fmt.Fprintf(out, "\n%s: %.1f MB of responses, %d jobs, %d tasks, %d turns\n\n", in.Name, float64(in.Bytes)/1e6, first.Rows.Jobs, first.Rows.Tasks, first.Rows.Turns)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\twords\twall s\tCPU s\tpeak MB\tParquet MB\tturns/s\twall ratio\tCPU ratio\t")
	for _, r := range in.Contestants {
		words := "no"
		if r.Words {
			words = "yes"
		}
		m := r.Median
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%.2f\t%d\t%.1f\t%.0f\t%s\t%s\t\n", r.Name, words, m.Wall, m.CPU, m.Memory>>20,
			float64(m.Written)/1e6, float64(first.Rows.Turns)/m.Wall, quotient(m.Wall, first.Median.Wall), quotient(m.CPU, first.Median.CPU))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}
