package schema_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"callmill/schema"
)

// withValues are the columns of which values are documented.
var withValues = []string{
	"contact_state", "dial_exceptions", "end_reason", "ended_by", "failure_reason", "flow_ended_source", "job_group_status", "job_outcome",
	"job_status", "outcome", "speaker", "stage", "timing",
}

func columnsNamed(name string) (columns []schema.Column) {
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if c.Name == name {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// Each value is there once, with a meaning in both languages.
func TestValuesAreDocumented(t *testing.T) {
	var have []string
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if len(c.Values) > 0 {
				have = append(have, c.Name)
			}
		}
	}
	slices.Sort(have)
	if have = slices.Compact(have); !slices.Equal(have, withValues) {
		t.Errorf("columns with values: %s, want %s", have, withValues)
	}
	plain := regexp.MustCompile(`^[ -~]{2,}[^.]$`) // part of a sentence
	for _, name := range withValues {
		seen := map[string]bool{}
		for _, v := range columnsNamed(name)[0].Values {
			if seen[v.Value] || v.Value == "" {
				t.Errorf("%s: %q is there twice, or empty", name, v.Value)
			}
			seen[v.Value] = true
			if !plain.MatchString(v.Doc.EN) || !chinese.MatchString(v.Doc.ZH+"。") || strings.HasSuffix(v.Doc.ZH, "。") {
				t.Errorf("%s %s: %q, %q", name, v.Value, v.Doc.EN, v.Doc.ZH)
			}
		}
	}
}

// The values that callmill derives are all documented.
func TestDerivedValuesAreDocumented(t *testing.T) {
	derived := map[string][]string{
		"timing":            {schema.TimingFirst, schema.TimingOK, schema.TimingTie, schema.TimingBackwards, schema.TimingMissing},
		"flow_ended_source": {schema.FlowEndedAPI, schema.FlowEndedInferred},
		"speaker":           {schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown},
		"job_outcome":       {schema.NotCalled},
		"outcome":           {schema.Unknown},
	}
	for _, o := range schema.Outcomes() {
		derived["outcome"] = append(derived["outcome"], o.Outcome)
		derived["job_outcome"] = append(derived["job_outcome"], o.Outcome)
		if o.Stage != "" {
			derived["stage"] = append(derived["stage"], o.Stage)
		}
		if o.EndedBy != "" {
			derived["ended_by"] = append(derived["ended_by"], o.EndedBy)
		}
	}
	for name, values := range derived {
		for _, c := range columnsNamed(name) {
			for _, value := range values {
				if !slices.ContainsFunc(c.Values, func(v schema.Value) bool { return v.Value == value }) {
					t.Errorf("%s: %s is not documented", name, value)
				}
			}
		}
	}
}

// A comment has the values behind the documentation, in its language.
func TestComment(t *testing.T) {
	c := schema.Column{Doc: schema.Text{EN: "A mark.", ZH: "标记。"}}
	for lang, want := range map[schema.Language]string{schema.English: "A mark.", schema.Chinese: "标记。"} {
		if got := c.Comment(lang); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	c.Values = schema.Values{{"a", schema.Text{EN: "one", ZH: "一"}}, {"b", schema.Text{EN: "two"}}}
	for lang, want := range map[schema.Language]string{
		schema.English: "A mark. Values: a one; b two.", schema.Chinese: "标记。取值：a 一；b two。",
	} {
		if got := c.Comment(lang); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
