package redact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// digitsOnly finds runs of five digits or more, and the name of the job's contact: as
// much as the tests of this package need to be found.
type digitsOnly struct{ name string }

func (d *digitsOnly) Of(j *schema.Job) {
	d.name = ""
	for i := range j.Contacts {
		if name := j.Contacts[i].Name; name != "" && span.Of(name) == "" {
			d.name = name
		}
	}
}

func (d *digitsOnly) Mask(call []span.Line) (changed bool) {
	for i := range call {
		var spans []span.Span
		text := call[i].Text
		for at := 0; at < len(text); at++ {
			end := at
			for end < len(text) && '0' <= text[end] && text[end] <= '9' {
				end++
			}
			if end-at >= 5 {
				spans = append(spans, span.Span{Start: at, End: end, Kind: span.Phone})
			}
			at = max(at, end)
		}
		if at := strings.Index(text, d.name); d.name != "" && at >= 0 {
			spans = append(spans, span.Span{Start: at, End: at + len(d.name), Kind: span.Name})
		}
		call[i].Text = span.Mask(text, span.Merge(spans))
		changed = changed || call[i].Text != text
	}
	return changed
}

// redactor returns a Redactor of a mode, whose patterns have {num} for the digit 7.
func redactor(mode, key string) *Redactor {
	return New(Options{
		Mode: mode, Key: []byte(key), Texts: &digitsOnly{},
		Kind: func(key string) (span.Kind, bool) {
			kind, ok := map[string]span.Kind{"电话": span.Phone, "姓名": span.Name, "身份证": span.IDCard, "生日": span.Birthday}[key]
			return kind, ok
		},
		Patterns: func(j *schema.Job) {
			for i := range j.Tasks {
				for k := range j.Tasks[i].Turns {
					if turn := &j.Tasks[i].Turns[k]; turn.Speaker == schema.SpeakerRobot {
						turn.Pattern = strings.ReplaceAll(turn.Script, "7", "{num}")
					}
				}
			}
		},
	})
}

// delivered is a job with something personal in every place that may have it.
func delivered() *schema.Job {
	contact := schema.Contact{ContactID: "c-1", Name: "张三", Honorific: "张先生", PhoneNumber: "10020000001", ReferenceID: "ref-1", Role: "Primary"}
	return &schema.Job{
		JobID: "job-1", ReferenceID: "ref-1", CallingNumbers: []string{"057110000001"}, Contacts: []schema.Contact{contact, {}},
		Extras: []schema.Extra{
			{Key: "电话", Value: "100-2000-0001"}, {Key: "姓名", Value: "张三"}, {Key: "身份证", Value: "110101199001010015"},
			{Key: "生日", Value: "1990-01-01"}, {Key: "备注", Value: "拨打10020000001"}, {Key: "金额", Value: "30元"}, {Key: "姓名", Value: ""},
		},
		Summaries: []schema.Summary{{Category: "10020000001", Name: "张三的结果", Content: "张三的电话是10020000001"}},
		Tasks: []schema.Task{{
			TaskID: "t", CallingNumber: "057110000001", CalledNumber: "+86 10020000001", Contact: contact, Brief: "10020000001",
			Turns: []schema.Turn{
				{Speaker: schema.SpeakerRobot, Script: "您好，请问是张三吗"},
				{Speaker: schema.SpeakerContact, Script: "是，我的电话是10020000001", Summaries: []schema.Summary{{Content: "10020000001"}}},
				{Speaker: schema.SpeakerRobot, Script: "还有7天，请拨打10020000001"},
			},
		}},
	}
}

func TestModes(t *testing.T) {
	phone := sum("k", "10020000001")
	id := func(domain, value string) string { return sum("k", domain+"\x00"+value) }
	type fields struct{ ID, Name, Honorific, Phone, Reference, JobReference, Key, TaskKey, Called string }
	for mode, want := range map[string]struct {
		fields fields
		extras []string
	}{
		Mask: {
			fields{"[编号]", "[姓名]", "[姓名]", "[电话]", "[编号]", "[编号]", phone, phone, "[电话]"},
			[]string{"[电话]", "[姓名]", "[身份证]", "[生日]", "拨打[电话]", "30元", ""},
		},
		Hash: {
			fields{id("id", "c-1"), "[姓名]", "[姓名]", phone, id("id", "ref-1"), id("id", "ref-1"), phone, phone, phone},
			[]string{phone, "[姓名]", id("id_card", "110101199001010015"), "[生日]", "拨打[电话]", "30元", ""},
		},
		Drop: {fields{}, []string{"", "", "", "", "拨打[电话]", "30元", ""}},
	} {
		t.Run(mode, func(t *testing.T) {
			j := delivered()
			redactor(mode, "k").Job(j)
			task := &j.Tasks[0]
			for _, c := range []*schema.Contact{&j.Contacts[0], &task.Contact} {
				got := fields{c.ContactID, c.Name, c.Honorific, c.PhoneNumber, c.ReferenceID, j.ReferenceID, j.Contacts[0].Key, task.ContactKey, task.CalledNumber}
				if diff := cmp.Diff(want.fields, got); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
			}
			var extras []string
			for _, e := range j.Extras {
				extras = append(extras, e.Value)
			}
			if diff := cmp.Diff(want.extras, extras); diff != "" {
				t.Errorf("values of extras (-want +got):\n%s", diff)
			}
			said := []string{j.Summaries[0].Category, j.Summaries[0].Name, j.Summaries[0].Content, task.Brief, task.Turns[1].Summaries[0].Content}
			for _, turn := range task.Turns {
				said = append(said, turn.Script, turn.Pattern)
			}
			if diff := cmp.Diff([]string{
				"[电话]", "[姓名]的结果", "[姓名]的电话是[电话]", "[电话]", "[电话]",
				"您好，请问是[姓名]吗", "您好，请问是[姓名]吗", "是，我的电话是[电话]", "", "还有7天，请拨打[电话]", "还有{num}天，请拨打[电话]",
			}, said); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			if !j.Redacted || j.JobID != "job-1" || j.CallingNumbers[0] != "057110000001" || task.CallingNumber != "057110000001" || j.Contacts[0].Role != "Primary" || j.Contacts[1] != (schema.Contact{}) {
				t.Errorf("what is not personal has changed: %+v", j)
			}
		})
	}
}

// TestWithoutKey: where the key was destroyed no contact key is left, nor what is as
// good as one.
func TestWithoutKey(t *testing.T) {
	for _, mode := range []string{Keep, Hash, Mask} {
		for _, before := range []bool{false, true} {
			j := delivered()
			if before && mode != Keep {
				redactor(mode, "k").Job(j)
				if mode == Hash {
					j.Contacts[0].PhoneNumber = "[电话]" // as `key destroy` leaves it
				}
			}
			redactor(mode, "").Job(j)
			if j.Contacts[0].Key != "" || j.Tasks[0].ContactKey != "" {
				t.Errorf("%s, redacted before: %v: there is a contact key", mode, before)
			}
			if mode == Keep {
				continue
			}
			if c := &j.Tasks[0].Contact; c.PhoneNumber != "[电话]" || c.ContactID != "[编号]" || j.Extras[2].Value != "[身份证]" {
				t.Errorf("%s, redacted before: %v: %+v", mode, before, c)
			}
		}
	}
}

// TestNewerRules: where rules know of more keys of extras, what earlier ones left in the
// clear is hashed, and a hash is not hashed again.
func TestNewerRules(t *testing.T) {
	j := delivered()
	redactor(Hash, "k").Job(j)
	hashed := j.Extras[0].Value
	j.Extras[2].Value = "110101199001010015" // as if its key had meant nothing
	redactor(Hash, "k").Job(j)
	if want := sum("k", "id_card\x00110101199001010015"); j.Extras[2].Value != want || j.Extras[0].Value != hashed {
		t.Errorf("extras are %q and %q, want %q and %q", j.Extras[0].Value, j.Extras[2].Value, hashed, want)
	}
}

func TestErased(t *testing.T) {
	j, want := delivered(), delivered()
	New(Options{Key: []byte("k"), Erased: func(j *schema.Job) bool { return j.Contacts[0].PhoneNumber == "10020000001" }}).Job(j)
	want.Erased = true
	if diff := cmp.Diff(want, j); diff != "" {
		t.Errorf("the job (-want +got):\n%s", diff)
	}
}

// TestRedactedTwice: in the same mode a job stays as it is, in a stricter one it is as if
// it had been delivered to that.
func TestRedactedTwice(t *testing.T) {
	piece := rapid.SampledFrom([]string{"您好", "张三", "张", "10020000001", "[电话]", "[", "7", "天", " ", "1002", ""})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 5).Draw(t, "pieces"), "") })
	contact := rapid.Custom(func(t *rapid.T) schema.Contact {
		return schema.Contact{ContactID: text.Draw(t, "id"), Name: text.Draw(t, "name"), Honorific: text.Draw(t, "honorific"), PhoneNumber: text.Draw(t, "number"), ReferenceID: text.Draw(t, "reference")}
	})
	turn := rapid.Custom(func(t *rapid.T) schema.Turn {
		return schema.Turn{Speaker: rapid.SampledFrom([]string{schema.SpeakerRobot, schema.SpeakerContact}).Draw(t, "speaker"), Script: text.Draw(t, "script")}
	})
	modes := []string{Hash, Mask, Drop}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() *schema.Job {
			return &schema.Job{
				JobID: "j", ReferenceID: text.Draw(t, "reference"), Contacts: rapid.SliceOfN(contact, 0, 2).Draw(t, "contacts"),
				Extras: []schema.Extra{{Key: "电话", Value: text.Draw(t, "value")}, {Key: "备注", Value: text.Draw(t, "value")}},
				Tasks:  []schema.Task{{TaskID: "t", CalledNumber: text.Draw(t, "called"), Contact: contact.Draw(t, "contact"), Turns: rapid.SliceOfN(turn, 0, 4).Draw(t, "turns"), Brief: text.Draw(t, "brief")}},
			}
		}
		j := draw()
		other := copyOf(j)
		first := rapid.IntRange(0, len(modes)-1).Draw(t, "first")
		second := rapid.IntRange(first, len(modes)-1).Draw(t, "second")
		redactor(modes[first], "k").Job(j)
		once := copyOf(j)
		r := redactor(modes[second], "k")
		r.Job(draw()) // whatever was before
		r.Job(j)
		if first == second {
			if diff := cmp.Diff(once, j, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s changes what it made (-once +twice):\n%s", modes[first], diff)
			}
		}
		redactor(modes[second], "k").Job(other)
		if diff := cmp.Diff(other, j, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s after %s is not %s alone (-alone +after):\n%s", modes[second], modes[first], modes[second], diff)
		}
	})
}

func copyOf(j *schema.Job) *schema.Job {
	c := *j
	c.Contacts, c.Extras = append([]schema.Contact(nil), j.Contacts...), append([]schema.Extra(nil), j.Extras...)
	c.Tasks = append([]schema.Task(nil), j.Tasks...)
	for i := range c.Tasks {
		c.Tasks[i].Turns = append([]schema.Turn(nil), c.Tasks[i].Turns...)
	}
	return &c
}

// TestWords: what should be one of a few words is searched unless it looks like one.
func TestWords(t *testing.T) {
	job := &schema.Job{
		JobID: "job-1", Status: "打10020000001", FailureReason: "李雷不在",
		Contacts: []schema.Contact{{Name: "李雷", Role: "李雷", State: "Reachable"}},
		Tasks: []schema.Task{{
			Status: "10020000001", Contact: schema.Contact{Role: "Primary", State: "见10020000001"},
			Turns: []schema.Turn{{Speaker: "李雷"}, {Speaker: schema.SpeakerRobot}},
		}, {Status: "SucceededFinish"}, {Status: "线路1故障"}},
	}
	redactor(Mask, "key").Job(job)
	got := []string{
		job.Status, job.FailureReason, job.Contacts[0].Role, job.Contacts[0].State, job.Tasks[0].Status, job.Tasks[0].Contact.Role, job.Tasks[0].Contact.State,
		job.Tasks[0].Turns[0].Speaker, job.Tasks[0].Turns[1].Speaker, job.Tasks[1].Status, job.Tasks[2].Status,
	}
	want := []string{"打[电话]", "[姓名]不在", "[姓名]", "Reachable", "[电话]", "Primary", "见[电话]", "[姓名]", "Robot", "SucceededFinish", "线路1故障"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestHashedByEarlierRules: a value that earlier rules left as it was is hashed, one that
// they hashed stays.
func TestHashedByEarlierRules(t *testing.T) {
	job := &schema.Job{JobID: "job-1", Extras: []schema.Extra{{Key: "身份证", Value: "110101199001010015"}, {Key: "电话", Value: "100-2000-0001"}}}
	r := redactor(Hash, "key")
	r.Job(job)
	hashed := job.Extras[0].Value
	job.Extras[1].Value = "100-2000-0001" // a key that the rules of then did not know
	r.Job(job)
	if job.Extras[0].Value != hashed || job.Extras[1].Value != r.Key("10020000001") {
		t.Errorf("extras %v; want %s, and a contact key", job.Extras, hashed)
	}
}

// TestFields: without the key labels take the place of hashes, and no text changes.
func TestFields(t *testing.T) {
	job := delivered()
	redactor(Hash, "key").Job(job)
	const script = "请拨打10020000001" // which the rules of then did not find
	job.Tasks[0].Turns[0].Script = script
	redactor(Hash, "").Fields(job)
	if got := job.Tasks[0].Turns[0].Script; got != script {
		t.Errorf("the script is %q", got)
	}
	if job.Contacts[0].PhoneNumber != "[电话]" || job.ReferenceID != "[编号]" || job.Extras[2].Value != "[身份证]" {
		t.Errorf("number %q, reference id %q, extras %v", job.Contacts[0].PhoneNumber, job.ReferenceID, job.Extras)
	}
}
