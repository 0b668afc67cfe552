package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestByteSize(t *testing.T) {
	cases := []struct {
		text  string
		bytes int64 // -1: refused
		shown string
	}{
		{"300MB", 300 << 20, "300MB"},
		{"64mib", 64 << 20, "64MB"},
		{"1G", 1 << 30, "1GB"},
		{" 1.5 GB ", 3 << 29, "1536MB"},
		{"2tb", 2 << 40, "2TB"},
		{"1000", 1000, "1000B"},
		{"0", 0, "0B"},
		{"", -1, ""},
		{"B", -1, ""},
		{"-1MB", -1, ""},
		{"NaN", -1, ""},
		{"inf", -1, ""},
		{"9e99GB", -1, ""},
		{"1PB", -1, ""},
		{"ten", -1, ""},
	}
	for _, c := range cases {
		size := byteSize(-7)
		if err := size.Set(c.text); (err != nil) != (c.bytes < 0) {
			t.Errorf("%q: %v", c.text, err)
		} else if c.bytes < 0 && size != -7 {
			t.Errorf("%q is refused, but set", c.text)
		} else if c.bytes >= 0 && (int64(size) != c.bytes || size.String() != c.shown) {
			t.Errorf("%q is %d, shown as %s, want %d, %s", c.text, size, size.String(), c.bytes, c.shown)
		}
	}
}

// What is shown as the size can be given as the size.
func TestByteSizeReadsWhatItShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Beyond 2^53 sizes are not told apart to the byte.
		size := byteSize(rapid.Int64Range(0, 1<<53).Draw(t, "size"))
		var again byteSize
		if err := again.Set(size.String()); err != nil || again != size {
			t.Errorf("%d is shown as %s, which is read as %d (%v)", size, size.String(), again, err)
		}
	})
}

func TestAllowance(t *testing.T) {
	cases := []struct {
		text     string
		n, all   int64
		exceeded bool
	}{
		{"0", 0, 10, false},
		{"0", 1, 10, true},
		{"3", 3, 3, false},
		{"3", 4, 1000, true},
		{"0.5%", 5, 1000, false},
		{"0.5%", 6, 1000, true},
		{"0%", 0, 0, false},
		{"100%", 10, 10, false},
	}
	for _, c := range cases {
		var a allowance
		if err := a.Set(c.text); err != nil || a.String() != c.text {
			t.Errorf("%q: %v, shown as %s", c.text, err, a.String())
		}
		if got := a.exceeded(c.n, c.all); got != c.exceeded {
			t.Errorf("%d of %d exceed %s: %v", c.n, c.all, c.text, got)
		}
	}
	for _, text := range []string{"", "%", "-1", "1.5", "101%", "NaN", "NaN%", "inf", "few"} {
		if err := new(allowance).Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestSpan(t *testing.T) {
	cases := []struct {
		text  string
		is    time.Duration
		shown string
	}{
		{"0", 0, "0s"},
		{"10s", 10 * time.Second, "10s"},
		{"1m10s", 70 * time.Second, "1m10s"},
		{"90m", 90 * time.Minute, "1h30m"},
		{"24h", 24 * time.Hour, "24h"},
		{"36h", 36 * time.Hour, "36h"},
		{"1d", 24 * time.Hour, "24h"},
		{"48h", 48 * time.Hour, "2d"},
		{"0.5d", 12 * time.Hour, "12h"},
		{"30d", 30 * 24 * time.Hour, "30d"},
	}
	for _, c := range cases {
		var d time.Duration
		if err := newSpan(&d, 0).Set(c.text); err != nil || d != c.is {
			t.Errorf("%q is %s (%v), want %s", c.text, d, err, c.is)
		}
		if shown := newSpan(new(time.Duration), c.is).String(); shown != c.shown {
			t.Errorf("%s is shown as %q, want %q", c.is, shown, c.shown)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-1h", "NaNd", "infd", "1e9d", "7", "a week"} {
		d := time.Duration(-7)
		if err := newSpan(&d, -7).Set(text); err == nil || d != -7 {
			t.Errorf("%q is taken as %s", text, d)
		}
	}
}

func TestReadIDs(t *testing.T) {
	cases := []struct {
		name, text string
		ids        []string
		want       string // the error
	}{
		{name: "a line each", text: "a\nb\n", ids: []string{"a", "b"}},
		{name: "no end of the last line", text: "a\nb", ids: []string{"a", "b"}},
		{name: "lines of Windows, with a byte order mark", text: "\ufeffa\r\nb\r\n", ids: []string{"a", "b"}},
		{name: "twice", text: "b\na\nb\n", ids: []string{"b", "a"}},
		{name: "nothing on a line, and comments", text: "# of the complaint\n\n  a \t\n\n", ids: []string{"a"}},
		{name: "an id that is not a UUID", text: "job/17:甲#2\n", ids: []string{"job/17:甲#2"}},
		{name: "a table", text: "a,b\n", want: `FILE:1: invalid id "a,b"`},
		{name: "two on a line", text: "a\nb c\n", want: `FILE:2: invalid id "b c"`},
		{name: "quotes", text: "\"a\"\n", want: `FILE:1: invalid id "\"a\""`},
		{name: "UTF-16", text: "a\x00\n\x00", want: `FILE:1: invalid id "a\x00"`},
		{name: "another encoding", text: "\xc4\xe3\n", want: `FILE:1: invalid id "\xc4\xe3"`},
		{name: "a whole file on a line", text: strings.Repeat("a", 300), want: "FILE:1: invalid id "},
		{name: "nothing", text: "# none\n", want: "FILE holds no ids"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(write(t, map[string]string{"ids": c.text}), "ids")
			ids, err := readIDs(file)
			if c.want == "" {
				if err != nil || !slices.Equal(ids, c.ids) {
					t.Errorf("%q (%v), want %q", ids, err, c.ids)
				}
				return
			}
			if prefix := "--jobs: " + strings.Replace(c.want, "FILE", file, 1); err == nil || !strings.HasPrefix(err.Error(), prefix) {
				t.Errorf("%q (%v), want the error %s", ids, err, prefix)
			}
			if exitCode(err, 0) != exitUsage {
				t.Errorf("exit code %d", exitCode(err, 0))
			}
		})
	}
}

func TestParseInstant(t *testing.T) {
	cases := map[string]int64{
		"":                            0,
		"1769016600000":               1769016600000,
		"2026-01-21T17:30:00Z":        1769016600000,
		"2026-01-22T01:30:00+08:00":   1769016600000,
		"2026-01-21T17:30:00.123456Z": 1769016600123,
		"2026-01-21":                  -1,
		"2026-01-21T17:30:00":         -1,
		"0":                           -1,
		"-5":                          -1,
		"1969-12-31T23:59:59Z":        -1,
		"99999999999999999999999":     -1,
		"2026-13-01T00:00:00Z":        -1,
		"9998-12-31T23:59:59.999Z":    253370764799999,
		"253370764800000":             -1,
		"9999-01-01T00:00:00Z":        -1,
		"yesterday":                   -1,
		" 1769016600000":              -1,
		"1769016600000.5":             -1,
		"2026-01-21T17:30:00Z and so": -1,
	}
	for text, want := range cases {
		got, err := parseInstant(text)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
}
