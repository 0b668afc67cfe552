package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"callmill/schema"
)

// Shapes are how the same answer was met in other spellings. None loses
// anything: a number never takes the place of digits with a leading zero.

// shape changes the tree of an answer.
type shape func(root object, d *rand.Rand)

// anyShapes are met in every answer, jobShapes in those of ListJobs.
var (
	anyShapes = []shape{objectsForArrays, stringsForScalars, emptyInOtherWays, endFirst}
	jobShapes = []shape{wrapped, numbersForStrings, callingNumbersSpelled, tabsBeforeIDs, statusesAsNumbers}
)

// reshape spells an answer in one to three other ways at once.
func reshape(body []byte, action string, d *rand.Rand) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	tree, err := readTree(decoder)
	if err != nil {
		return nil, fmt.Errorf("reshape %s: %w", action, err)
	}
	root, ok := tree.(object)
	if !ok {
		return nil, fmt.Errorf("reshape %s: not an object", action)
	}
	shapes := anyShapes
	if action == "ListJobs" {
		shapes = append(append([]shape{}, anyShapes...), jobShapes...)
	}
	// In the order of the list, for some undo what others look for.
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

// objectsForArrays: a list of one object is that object.
func objectsForArrays(root object, _ *rand.Rand) {
	root.walk(func(m *member) {
		if list, ok := m.value.([]any); ok && len(list) == 1 {
			if _, ok := list[0].(object); ok {
				m.value = list[0]
			}
		}
	})
}

// stringsForScalars: numbers and truth values as texts.
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

// emptyInOtherWays: an empty list within a row is null, "" or not there. The
// rows themselves stay: an answer without them is another fault.
func emptyInOtherWays(root object, d *rand.Rand) {
	rows := map[string]bool{"Jobs": true, "List": true, "SearchTaskInfoList": true}
	root.walk(func(m *member) {
		if list, ok := m.value.([]any); ok && len(list) == 0 && !rows[m.name] {
			m.value = [...]any{nil, "", absent{}}[d.IntN(3)]
		}
	})
}

// endFirst: whether it worked comes before the rows, the message after them.
func endFirst(root object, _ *rand.Rand) {
	for i, j := 0, len(root)-1; i < j; i, j = i+1, j-1 {
		root[i], root[j] = root[j], root[i]
	}
}

// wrapped: {"Jobs":{"Job":[…]}} or {"Jobs":{"List":[…]}}.
func wrapped(root object, d *rand.Rand) {
	for i := range root {
		if root[i].name == "Jobs" {
			root[i].value = object{{[...]string{"Job", "List"}[d.IntN(2)], root[i].value}}
		}
	}
}

// numbersForStrings: the API page's example has them in these fields.
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

// isPlainNumber reports whether nothing of a text is lost where it is read as
// a number, also by readers with 53 bits for it.
func isPlainNumber(text string) bool {
	return len(text) > 0 && len(text) < 16 && text[0] != '0' && strings.Trim(text, "0123456789") == ""
}

// callingNumbersSpelled: ["[\"0571…\"]"], or one text of JSON.
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

// tabsBeforeIDs: as they come from spreadsheets.
func tabsBeforeIDs(root object, _ *rand.Rand) {
	fields := map[string]bool{"ReferenceId": true, "StrategyId": true, "CalledNumber": true, "PhoneNumber": true}
	root.walk(func(m *member) {
		if text, ok := m.value.(string); ok && fields[m.name] && text != "" {
			m.value = "\t" + text
		}
	})
}

// statusesAsNumbers: those of tasks, as the vendor numbers them.
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
