package schema_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

// designed is the contract: the tables, their keys and columns. A column is a
// nullable string by default; "!" marks one that is never NULL, ":" its type.
var designed = []struct{ name, key, columns string }{
	{"jobs", "instance_id job_id", `
		instance_id! job_id! job_group_id job_reference_id scenario_id strategy_id job_status failure_reason
		priority:i32 system_priority:i32 calling_numbers!:list<string> job_outcome! is_final!:bool
		task_count!:i32 dialed_count!:i32 first_call_time:ts last_call_time:ts request_id content_hash!
		first_seen!:ts observed_at!:ts`},
	{"tasks", "instance_id job_id task_id", `
		instance_id! job_id! task_id! job_group_id job_group_name script_name call_id chatbot_id task_scenario_id
		task_job_id task_index!:i32 attempt:i32 is_last_task!:bool task_status stage outcome! connected:bool
		answered:bool not_understood:bool failed_dialogue:bool ended_by planned_time:ts actual_time:ts
		call_date:date call_hour:i32 duration:i64 brief calling_number called_number contact_key contact_id
		contact_name contact_honorific contact_phone_number contact_reference_id contact_role contact_state
		contact_job_id call_ms:i64 ringing_s:i32 end_reason:i32 reached_end:bool last_playback_completed:bool
		hung_up_by_rejection:bool dial_exceptions!:list<string> turn_count!:i32 robot_turns!:i32 contact_turns!:i32
		robot_chars!:i32 contact_chars!:i32 first_turn_time:ts last_turn_time:ts flow_ended:bool flow_ended_source spoke!:bool facts_observed_at:ts`},
	{"turns", "instance_id job_id task_id turn_index", `
		instance_id! job_id! task_id! turn_index!:i32 job_group_id turns_left!:i32 speaker! script!
		tokens!:list<string> pattern chars!:i32 stored_time:ts gap_ms:i64 timing! outcome! answered:bool
		failed_dialogue:bool call_date:date`},
	{"contacts", "instance_id job_id contact_index", `
		instance_id! job_id! contact_index!:i32 contact_key contact_id contact_name contact_honorific
		contact_phone_number contact_reference_id contact_role contact_state contact_job_id`},
	{"extras", "instance_id job_id extra_index", `
		instance_id! job_id! extra_index!:i32 key value`},
	{"summaries", "instance_id job_id task_id turn_index summary_index", `
		instance_id! job_id! task_id turn_index:i32 summary_index!:i32 category summary_name content`},
	{"job_groups", "instance_id job_group_id", `
		instance_id! job_group_id! job_group_name description script_id script_name script_version
		job_group_status creation_time:ts modify_time:ts total_jobs:i64 total_completed:i64
		total_not_answered:i64 observed_at!:ts`},
	{"statuses", "task_status", `
		task_status! code:i32 stage outcome! connected:bool answered:bool not_understood:bool ended_by label_zh label_en`},
	{"rejects", "instance_id reject_id", `
		instance_id! reject_id! job_id origin position!:i64 code! reason! raw:binary raw_bytes!:i64
		raw_sha256! first_run! first_seen!:ts`},
}

func TestTablesAreThoseDesigned(t *testing.T) {
	tables := schema.Tables()
	if len(tables) != len(designed) {
		t.Fatalf("%d tables, want %d", len(tables), len(designed))
	}
	for i, want := range designed {
		got := tables[i]
		if got.Name != want.name {
			t.Fatalf("table %d is %s, want %s", i, got.Name, want.name)
		}
		if got.Day != (i < 6) {
			t.Errorf("%s: day table: %v", got.Name, got.Day)
		}
		if key := strings.Join(got.Key, " "); key != want.key {
			t.Errorf("%s: key %s, want %s", got.Name, key, want.key)
		}
		var columns []string
		for _, c := range got.Columns {
			columns = append(columns, spell(c))
		}
		slices.Sort(columns)
		wanted := strings.Fields(want.columns)
		slices.Sort(wanted)
		if diff := cmp.Diff(wanted, columns); diff != "" {
			t.Errorf("%s (-want +got):\n%s", got.Name, diff)
		}
	}
}

func spell(c schema.Column) string {
	s := c.Name
	if !c.Nullable {
		s += "!"
	}
	switch c.Type {
	case schema.TypeString:
		return s
	case schema.TypeTimestamp:
		return s + ":ts"
	}
	return s + ":" + c.Type
}

// Every table and column is documented in English and in Chinese, each text a
// sentence or more on one line. This is what is published by "callmill schema"
// and as comments in views.sql.
func TestEveryTableAndColumnIsDocumented(t *testing.T) {
	check := func(name string, doc schema.Text) {
		if !english.MatchString(doc.EN) {
			t.Errorf("%s in English: %q", name, doc.EN)
		}
		if !chinese.MatchString(doc.ZH) || halfWidth.MatchString(doc.ZH) {
			t.Errorf("%s in Chinese: %q", name, doc.ZH)
		}
	}
	check(schema.PartitionColumn, schema.Partition().Doc)
	for _, table := range schema.Tables() {
		check(table.Name, table.Doc)
		for _, c := range table.Columns {
			check(table.Name+"."+c.Name, c.Doc)
		}
	}
}

var (
	// A Chinese term may follow in brackets.
	english = regexp.MustCompile(`^[ -~–]{5,}(\(\p{Han}+\))?\.$`)
	chinese = regexp.MustCompile(`^[^\n\t]*\p{Han}[^\n\t]*。$`)
	// Punctuation beside Chinese characters is full-width.
	halfWidth = regexp.MustCompile(`\p{Han}[,.:;()]|[,:;()]\p{Han}`)
)

// A column name means the same thing in every table, so it has one type. The
// contract has one exception: the code of a status is the vendor's number,
// that of a reject callmill's word.
func TestAColumnNameHasOneType(t *testing.T) {
	types := map[string]string{}
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if other, ok := types[c.Name]; ok && other != c.Type && c.Name != "code" {
				t.Errorf("%s is %s in %s and %s elsewhere", c.Name, c.Type, table.Name, other)
			}
			types[c.Name] = c.Type
			if c.Name == schema.PartitionColumn {
				t.Errorf("%s has %s in its files, which pandas cannot read", table.Name, c.Name)
			}
		}
	}
}

func TestTableNames(t *testing.T) {
	var all, day []string
	for _, table := range schema.Tables() {
		all = append(all, table.Name)
		if table.Day {
			day = append(day, table.Name)
		}
	}
	if got := schema.TableNames(); !slices.Equal(got, all) {
		t.Errorf("TableNames() = %v, want %v", got, all)
	}
	if got := schema.DayTables(); !slices.Equal(got, day) {
		t.Errorf("DayTables() = %v, want %v", got, day)
	}
}
