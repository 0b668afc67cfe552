package quantity

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSize(t *testing.T) {
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
		size := Size(-7)
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
func TestSizeReadsWhatItShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Beyond 2^53 sizes are not told apart to the byte.
		size := Size(rapid.Int64Range(0, 1<<53).Draw(t, "size"))
		var again Size
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
		var a Allowance
		if err := a.Set(c.text); err != nil || a.String() != c.text {
			t.Errorf("%q: %v, shown as %s", c.text, err, a.String())
		}
		if got := a.Exceeded(c.n, c.all); got != c.exceeded {
			t.Errorf("%d of %d exceed %s: %v", c.n, c.all, c.text, got)
		}
	}
	for _, text := range []string{"", "%", "-1", "1.5", "101%", "NaN", "NaN%", "inf", "few"} {
		if err := new(Allowance).Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestDuration(t *testing.T) {
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
		if err := (*Duration)(&d).Set(c.text); err != nil || d != c.is {
			t.Errorf("%q is %s (%v), want %s", c.text, d, err, c.is)
		}
		if shown := Duration(c.is).String(); shown != c.shown {
			t.Errorf("%s is shown as %q, want %q", c.is, shown, c.shown)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-1h", "NaNd", "infd", "1e9d", "7", "a week"} {
		d := time.Duration(-7)
		if err := (*Duration)(&d).Set(text); err == nil || d != -7 {
			t.Errorf("%q is taken as %s", text, d)
		}
	}
}
