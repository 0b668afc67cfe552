package simulate

// machineSpeaks simulates a call that a machine answered: the robot says its
// opening until the call is intercepted.
func (t *dialogue) machineSpeaks(k int) {
	a := &t.p.attempts[k]
	t.reset(k, a)
	c := t.p.group.campaign
	lines := t.w.words.machines[t.p.person.machine]
	t.bare(lines[0], "")
	if t.p.person.machine != machineVoicemail || t.dice.percent(40) {
		t.robot(c.First, "say", nil, c.First.Say(t.p.group.version))
		t.played = t.dice.percent(70)
	}
	if t.p.person.machine == machineAssistant && t.dice.percent(75) {
		t.bare(lines[1], "")
		if t.dice.percent(30) {
			t.robot(c.First, "unheard", c.Unheard[0], c.First.Say(t.p.group.version))
		}
	}
	t.finish(a.status, false)
}
