package decode

// A listKind is a documented list of objects.
type listKind int

const (
	jobs listKind = iota
	tasks
	conversation
	contacts
	extras
	summaries
	callingNumbers
)

// field is the documented name of the list.
func (k listKind) field() string {
	switch k {
	case jobs:
		return "Jobs"
	case tasks:
		return "Tasks"
	case conversation:
		return "Conversation"
	case contacts:
		return "Contacts"
	case extras:
		return "Extras"
	case summaries:
		return "Summary"
	}
	return "CallingNumbers"
}

// wraps reports whether an object in the place of the list may hold it under
// this name, as {"Jobs":{"Job":[…]}} and {"Jobs":{"List":[…]}} do. None of the
// names is a field of what the list holds.
func (k listKind) wraps(name []byte) bool {
	if string(name) == "List" || string(name) == "list" {
		return true
	}
	switch k {
	case jobs:
		return is(name, "Job", "job")
	case tasks:
		return is(name, "Task", "task")
	case conversation:
		return is(name, "Conversation", "conversation") || is(name, "ConversationDetail", "conversationDetail")
	case contacts:
		return is(name, "Contact", "contact")
	case extras:
		return is(name, "Extra", "extra") || is(name, "KeyValuePair", "keyValuePair")
	case summaries:
		return is(name, "Summary", "summary")
	}
	return is(name, "CallingNumber", "callingNumber")
}

func is(name []byte, spelled, orSmall string) bool {
	return string(name) == spelled || string(name) == orSmall
}

// isWrapper reports whether the object at p wraps a list of kind k. It looks
// ahead, up to the first name that tells; p stays.
func (d *Decoder) isWrapper(k listKind) bool {
	ahead := d.scanner
	defer func() { d.stack, d.unquoted = ahead.stack, ahead.unquoted }()
	if !ahead.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := ahead.member(first)
		if !more {
			return false
		}
		if k.wraps(name) {
			return true
		}
		if !ahead.skip() {
			return false
		}
	}
}

// unwrap reads the list within the wrapper at p; what else it holds is not
// documented.
func (d *Decoder) unwrap(k listKind, one func() bool) bool {
	d.count(wrapped)
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			return d.bad.code == ""
		}
		switch {
		case !k.wraps(name):
			if !d.unknown(name) {
				return false
			}
		case k == callingNumbers:
			if !d.callingNumbers() {
				return false
			}
		case !d.list(k, one):
			return false
		}
	}
}
