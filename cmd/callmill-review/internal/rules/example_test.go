package rules_test

import (
	"fmt"

	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/dialogue"
	"callmill/cmd/callmill-review/internal/rules/match"
)

const lateFee = `
rules:
  late_fee:
    zh: 没有说明滞纳金
    en: does not say what the late fee is
    hit: absent
    reached: says_amount
    conditions:
      says_amount: {role: robot, regex: '应还.*元'}
      says_fee: {role: robot, any: [滞纳金, 违约金], after: {condition: says_amount, lines: 4}}
    when: says_fee
`

func Example() {
	book, err := rules.Parse("rules.yaml", []byte(lateFee))
	if err != nil {
		fmt.Println(err)
		return
	}
	call, err := dialogue.Read("call.txt", []byte("机: 您好\n客: 谁呀\n机: 您本期应还一千元\n客: 知道了\n机: 再见\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range match.Explain(book, call, &call.Calls[0], true) {
		fmt.Println(e.Rule.Label.ZH, e.Verdict)
		for _, c := range e.Conditions {
			fmt.Println(c.Name, c.Holds, c.Lines)
		}
	}
	// Output:
	// 没有说明滞纳金 hit
	// says_amount true [2]
	// says_fee false []
}

func ExampleParse() {
	_, err := rules.Parse("rules.yaml", []byte("rules:\n  rude:\n    when: {role: contact, regx: 滚}\n"))
	fmt.Println(err)
	// Output:
	// rules.yaml:3: rule rude: when: unknown key "regx": did you mean regex?
	// rules.yaml:3: rule rude: when asks for nothing: want any, all, n_of, none, regex, not_regex, like, opt_out, repeat, silence, results, or a place such as after
}
