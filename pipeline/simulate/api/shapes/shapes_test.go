package shapes

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each shape changes an answer that has what it looks for, and nothing else.
func TestShapes(t *testing.T) {
	for _, test := range []struct {
		name       string
		apply      shape
		body, want string
	}{
		{"objectsForArrays", objectsForArrays, `{"A":[{"B":1}],"C":[1],"D":[{},{}]}`, `{"A":{"B":1},"C":[1],"D":[{},{}]}`},
		{"stringsForScalars", stringsForScalars, `{"A":1.50,"B":[{"C":true}]}`, `{"A":"1.50","B":[{"C":"true"}]}`},
		{"endFirst", endFirst, `{"Message":"x","Jobs":[],"Success":true}`, `{"Success":true,"Jobs":[],"Message":"x"}`},
		{"wrapped", wrapped, `{"Jobs":[1]}`, `{"Jobs":{"Job":[1]}}`},
		{"numbersForStrings", numbersForStrings, `{"CalledNumber":"0571","CallingNumber":"571","Brief":"1","Name":"2"}`, `{"CalledNumber":"0571","CallingNumber":571,"Brief":1,"Name":"2"}`},
		{"callingNumbersSpelled", callingNumbersSpelled, `{"CallingNumbers":["0571"]}`, `{"CallingNumbers":["[\"0571\"]"]}`},
		{"tabsBeforeIDs", tabsBeforeIDs, `{"ReferenceId":"a","StrategyId":""}`, `{"ReferenceId":"\ta","StrategyId":""}`},
		{"statusesAsNumbers", statusesAsNumbers, `{"Tasks":[{"Status":"Busy"},{"Status":"?"}]}`, `{"Tasks":[{"Status":4},{"Status":"?"}]}`},
	} {
		decoder := json.NewDecoder(bytes.NewReader([]byte(test.body)))
		decoder.UseNumber()
		tree, err := readTree(decoder)
		if err != nil {
			t.Fatal(err)
		}
		test.apply(tree.(object), rand.New(rand.NewPCG(1, 1)))
		got, err := appendTree(nil, tree)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %s, %v; want %s", test.name, got, err, test.want)
		}
	}
}

// A tree is written as it was read.
func TestTree(t *testing.T) {
	const body = `{"b":[1,{"a":null,"z":"<&>\u2028"},[]],"a":{},"n":1.50,"t":true}`
	decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
	decoder.UseNumber()
	tree, err := readTree(decoder)
	if err != nil {
		t.Fatal(err)
	}
	got, err := appendTree(nil, tree)
	if err != nil {
		t.Fatal(err)
	}
	var want, have any
	if json.Unmarshal([]byte(body), &want) != nil || json.Unmarshal(got, &have) != nil {
		t.Fatalf("%s is no JSON", got)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
