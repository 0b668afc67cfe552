package decode_test

import (
	"fmt"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestNumbers is the list of spellings of a whole number; all else costs the
// value, which is counted, or is damage.
func TestNumbers(t *testing.T) {
	const maximum, minimum = "9223372036854775807", "-9223372036854775808"
	const lost = "impossible"
	for spelled, want := range map[string]string{
		`120`: "120", `-0`: "0", `0`: "0", `"120"`: "120", `" 120\t"`: "120", `"+7"`: "7", `"007"`: "7",
		`5.0`: "5", `5.00e0`: "5", `"5.0"`: "5", `1.579e12`: "1579000000000", `1500e-2`: "15", `0e99999999999`: "0", `0.000`: "0", `12.50E1`: "125",
		maximum: maximum, minimum: minimum, maximum + ".0": maximum, `"` + minimum + `"`: minimum,
		`null`: "not given", `""`: "not given", `"  "`: "not given",

		`1.5`: lost, `5e-1`: lost, `9223372036854775808`: lost, `-9223372036854775809`: lost, `1e19`: lost, `1e999999999999999999999`: lost,
		`1e-999999999999999999999`: lost, `0.1e0`: lost,
		`"abc"`: lost, `"1 2"`: lost, `"--1"`: lost, `"+-1"`: lost, `"1e"`: lost, `".5"`: lost, `"5."`: lost, `"0x10"`: lost, `"１"`: lost, `"Infinity"`: lost,
		`true`: lost, `[1]`: lost, `{}`: lost,
		`01`: "syntax", `+1`: "syntax", `.5`: "syntax", `5.`: "syntax", `NaN`: "syntax", `--1`: "syntax",
	} {
		body := fmt.Sprintf(`{"Jobs":[{"JobId":"j","Tasks":[{"TaskId":"t","Duration":%s}]}]}`, spelled)
		if got := durationOf(body); got != want {
			t.Errorf("%s: got %s, want %s", spelled, got, want)
		}
	}
}

// durationOf is the duration of the only task, or the code of the reject.
func durationOf(body string) string {
	decoder := decode.New(decode.Options{})
	for item := range decoder.Items(&schema.Raw{Body: []byte(body)}) {
		if item.Job == nil {
			return item.Reject.Code
		}
		if d := item.Job.Tasks[0].Duration; d != nil {
			return fmt.Sprint(*d)
		}
	}
	if decoder.Findings().Impossible["Jobs[].Tasks[].Duration"] == 1 {
		return "impossible"
	}
	return "not given"
}
