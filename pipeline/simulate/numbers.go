package simulate

import (
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/script"
)

// phoneOf returns the phone number of a person, different for each: the
// multiplier is coprime with the number of phones.
func phoneOf(seed uint64, n int) string {
	const multiplier = 38_350_157
	return identity.PhoneAt(uint64(n)%identity.Phones*multiplier + dice.Mix(seed)%identity.Phones)
}

// callingNumber is a number that the robot calls from: an area code and a local
// number beginning with 0, which none does that is assigned (package identity).
type callingNumber struct {
	number string
	// answer is how readily people answer, in percent of the usual: phones show
	// the region of a caller and what others reported.
	answer int
}

// flagged are the numbers that phones show as nuisance calls (骚扰电话), planted in
// the calls of all campaigns: one from the first day, one from the middle of the
// world's days on.
func flagged() []script.Plant {
	return []script.Plant{
		{Kind: "flagged_number", Number: 5, Version: -1, Answer: 58, HangUp: 7, Note: "被多人标记为骚扰电话的主叫号码"},
		{Kind: "flagged_later", Number: 2, Version: -1, From: 50, Answer: 58, HangUp: 7, Note: "中途被标记为骚扰电话的主叫号码"},
	}
}

// callingNumbers are numbered from 1 in campaigns.
var callingNumbers = [...]callingNumber{
	{"057100003106", 104},
	{"057100003107", 100},
	{"057100003108", 97},
	{"01000002215", 92},
	{"02100007741", 100},
	{"02100007742", 101},
	{"075500005580", 95},
	{"075500005581", 99},
	{"02800004419", 103},
	{"02500001690", 98},
	{"057400008820", 100},
	{"02700006032", 96},
}
