package simulate

import "strconv"

// phoneRange is how many phone numbers contacts have.
//
// No number in a world is assigned. Mobile numbers in China begin with 13 to 19;
// 10, 11 and 12 begin short service numbers (10086, 110, 12306), and local numbers
// begin with 2 to 8 (Numbering Plan of Telecommunications Networks, Ministry of
// Industry and Information Technology). So contacts have eleven digits beginning
// with 1002 to 1007, and callers an area code and a local number beginning with 0.
const phoneRange = 60_000_000

// phoneOf returns the phone number of a person, different for each: the
// multiplier is coprime with phoneRange.
func phoneOf(seed uint64, n int) string {
	const multiplier = 38_350_157
	shuffled := (uint64(n)%phoneRange*multiplier + mix(seed)%phoneRange) % phoneRange
	return strconv.FormatUint(100_20_000_000+shuffled, 10)
}

// callingNumber is a number that the robot calls from.
type callingNumber struct {
	number string
	// answer is how readily people answer, in percent of the usual: phones show
	// the region of a caller and what others reported.
	answer int
	// hangUp is added to the probability of hanging up at the first line, in
	// percentage points.
	hangUp int
}

// flagged is the number that phones show as a nuisance call (骚扰电话), one of the
// planted causes.
const flagged = 5

// callingNumbers are numbered from 1 in campaigns.
var callingNumbers = [...]callingNumber{
	{"057100003106", 104, 0},
	{"057100003107", 100, 0},
	{"057100003108", 97, 0},
	{"01000002215", 92, 0},
	{"02100007741", 58, 7}, // flagged
	{"02100007742", 101, 0},
	{"075500005580", 95, 0},
	{"075500005581", 99, 0},
	{"02800004419", 103, 0},
	{"02500001690", 98, 0},
	{"057400008820", 100, 0},
	{"02700006032", 96, 0},
}
