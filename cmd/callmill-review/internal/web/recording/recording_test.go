package recording

import "testing"

func TestURL(t *testing.T) {
	call := Call{Instance: "i1", Job: "j/1", Task: "t 2", CallID: "c&3", Number: "+8610"}
	for _, test := range []struct{ template, want string }{
		{"https://rec.example.com/{instance}/{call_id}.mp3", "https://rec.example.com/i1/c&3.mp3"},
		{"https://rec.example.com/a?job={job}&task={task}", "https://rec.example.com/a?job=j%2F1&task=t+2"},
		{"/recordings/{job}?n={number}", "/recordings/j%2F1?n=%2B8610"},
		{"/recordings/{job}/{date}", ""}, // it is not known
	} {
		parsed, err := Parse(test.template)
		if err != nil {
			t.Errorf("%s: %v", test.template, err)
			continue
		}
		if got := parsed.URL(call); got != test.want {
			t.Errorf("%s: got %q, want %q", test.template, got, test.want)
		}
	}
	if got := (Template{}).URL(call); got != "" {
		t.Errorf("without a template: %q", got)
	}
	up, err := Parse("/recordings/{job}/a")
	if err != nil || up.URL(Call{Job: ".."}) != "" {
		t.Errorf("a job .. leads up: %q, %v", up.URL(Call{Job: ".."}), err)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, template := range []string{
		"", "recording", "javascript:alert({job})", "data:{job}", "ftp://a/{job}", "//a/{job}", `/\a/{job}`,
		"https://{job}/a", "https://a.{job}.com/", "https://a{job}", "https://u:p@a/{job}", "{job}", "https:{job}", "https:///{job}",
		"https://a/", "https://a/{number}", "https://a/{name}", "https://a/{job", "https://a/job}", "https://a/{{job}}",
	} {
		if _, err := Parse(template); err == nil {
			t.Errorf("%q is not refused", template)
		}
	}
}
