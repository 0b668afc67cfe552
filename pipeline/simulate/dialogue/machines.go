package dialogue

import (
	"fmt"

	"callmill/pipeline/simulate/people"
	"callmill/pipeline/simulate/script"
)

// Machines are the lists of what machines say.
type Machines [people.Machines][]*script.List

// ReadMachines returns what machines say; an error if a list is missing.
func ReadMachines(v *script.Vocabulary) (lines Machines, err error) {
	for m, names := range [...][]string{
		people.MachineNone: nil, people.MachineAssistant: {"assistant_answers", "assistant_goes_on"},
		people.MachineExtension: {"switchboard"}, people.MachineVoicemail: {"voicemail"},
	} {
		for _, name := range names {
			w := v.Lookup(name)
			if w == nil {
				return lines, fmt.Errorf("words: missing list %s", name)
			}
			lines[m] = append(lines[m], w)
		}
	}
	return lines, nil
}

// Intercepted simulates a call that a machine answered: the robot says its
// opening until the call is intercepted, which is the status.
func (t *Dialogue) Intercepted(call Call, status string) {
	t.reset(call)
	c := call.Campaign
	lines := t.machines[t.call.Person.Machine]
	t.bare(lines[0], "")
	if t.call.Person.Machine != people.MachineVoicemail || t.dice.Percent(40) {
		t.robot(c.First, "say", nil, c.First.Say(t.call.Version))
		t.Played = t.dice.Percent(70)
	}
	if t.call.Person.Machine == people.MachineAssistant && t.dice.Percent(75) {
		t.bare(lines[1], "")
		if t.dice.Percent(30) {
			t.robot(c.First, "unheard", c.Unheard[0], c.First.Say(t.call.Version))
		}
	}
	t.finish(status, false)
}
