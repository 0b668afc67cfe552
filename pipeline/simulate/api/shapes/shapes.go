package shapes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"callmill/schema"
)

// shape changes the tree of an answer.
type shape func(root object, d *rand.Rand)

// anyShapes apply to all answers, jobShapes to those of ListJobs.
var (
	anyShapes = []shape{objectsForArrays, stringsForScalars, emptyInOtherWays, endFirst}
	jobShapes = []shape{wrapped, numbersForStrings, callingNumbersSpelled, tabsBeforeIDs, statusesAsNumbers}
)

// Vary returns an answer in JSON in one to three other shapes at once, drawn
// from d.
func Vary(body []byte, action string, d *rand.Rand) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	tree, err := readTree(decoder)
	if err != nil {
		return nil, fmt.Errorf("vary %s: %w", action, err)
	}
	root, ok := tree.(object)
	if !ok {
		return nil, fmt.Errorf("vary %s: not an object", action)
	}
	shapes := anyShapes
	if action == "ListJobs" {
		shapes = append(append([]shape{}, anyShapes...), jobShapes...)
	}
	// The last of the list first: earlier shapes remove what later ones look for.
	chosen := map[int]bool{}
	for range 1 + d.IntN(3) {
		chosen[d.IntN(len(shapes))] = true
	}
	for i := len(shapes) - 1; i >= 0; i-- {
		if chosen[i] {
			shapes[i](root, d)
		}
	}
	return appendTree(nil, tree)
}

// objectsForArrays replaces a list of one object by the object.
func objectsForArrays(root object, _ *rand.Rand) {
	root.walk(func(m *member) {
		if list, ok := m.value.([]any); ok && len(list) == 1 {
			if _, ok := list[0].(object); ok {
				m.value = list[0]
			}
		}
	})
}

// stringsForScalars replaces numbers and booleans by strings.
func stringsForScalars(root object, _ *rand.Rand) {
	root.walk(func(m *member) {
		switch v := m.value.(type) {
		case json.Number:
			m.value = v.String()
		case bool:
			m.value = fmt.Sprint(v)
		}
	})
}

// emptyInOtherWays replaces an empty list within a row by null or "", or omits
// it. The list of rows stays: an answer without it is a fault.
func emptyInOtherWays(root object, d *rand.Rand) {
	rows := map[string]bool{"Jobs": true, "List": true, "SearchTaskInfoList": true}
	root.walk(func(m *member) {
		if list, ok := m.value.([]any); ok && len(list) == 0 && !rows[m.name] {
			m.value = [...]any{nil, "", absent{}}[d.IntN(3)]
		}
	})
}

// endFirst reverses the members of the root: Success precedes the rows, Message
// follows them.
func endFirst(root object, _ *rand.Rand) {
	for i, j := 0, len(root)-1; i < j; i, j = i+1, j-1 {
		root[i], root[j] = root[j], root[i]
	}
}

// wrapped spells {"Jobs":{"Job":[…]}} or {"Jobs":{"List":[…]}}.
func wrapped(root object, d *rand.Rand) {
	for i := range root {
		if root[i].name == "Jobs" {
			root[i].value = object{{[...]string{"Job", "List"}[d.IntN(2)], root[i].value}}
		}
	}
}

// numbersForStrings replaces strings of digits by numbers, in the fields where
// the API page's example does.
func numbersForStrings(root object, _ *rand.Rand) {
	fields := map[string]bool{
		"ChatbotId": true, "CalledNumber": true, "CallingNumber": true, "CallId": true, "Brief": true,
		"PhoneNumber": true, "Content": true,
	}
	root.walk(func(m *member) {
		if text, ok := m.value.(string); ok && fields[m.name] && isPlainNumber(text) {
			m.value = json.Number(text)
		}
	})
}

// isPlainNumber reports whether text survives being read as a number, even as a
// float64.
func isPlainNumber(text string) bool {
	return len(text) > 0 && len(text) < 16 && text[0] != '0' && strings.Trim(text, "0123456789") == ""
}

// callingNumbersSpelled spells ["[\"0571…\"]"], or the list as one JSON string.
func callingNumbersSpelled(root object, d *rand.Rand) {
	root.walk(func(m *member) {
		list, ok := m.value.([]any)
		if !ok || m.name != "CallingNumbers" || len(list) == 0 {
			return
		}
		text, err := appendTree(nil, list)
		if err != nil {
			return
		}
		m.value = string(text)
		if d.IntN(2) == 0 {
			m.value = []any{m.value}
		}
	})
}

// tabsBeforeIDs prefixes ids with a tab, as spreadsheets do.
func tabsBeforeIDs(root object, _ *rand.Rand) {
	fields := map[string]bool{"ReferenceId": true, "StrategyId": true, "CalledNumber": true, "PhoneNumber": true}
	root.walk(func(m *member) {
		if text, ok := m.value.(string); ok && fields[m.name] && text != "" {
			m.value = "\t" + text
		}
	})
}

// statusesAsNumbers replaces statuses of tasks by the vendor's numbers.
func statusesAsNumbers(root object, _ *rand.Rand) {
	root.walk(func(m *member) {
		tasks, ok := m.value.([]any)
		if !ok || m.name != "Tasks" {
			return
		}
		for _, task := range tasks {
			task, _ := task.(object)
			for i := range task {
				text, _ := task[i].value.(string)
				if outcome := schema.OutcomeOf(text); task[i].name == "Status" && outcome.Listed() {
					task[i].value = json.Number(fmt.Sprint(outcome.Code))
				}
			}
		}
	})
}
