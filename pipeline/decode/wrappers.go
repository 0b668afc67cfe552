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
	rows // of SearchTask
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
	case rows:
		return "SearchTaskInfoList"
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
	case rows:
		return is(name, "SearchTaskInfo", "searchTaskInfo") || is(name, "SearchTaskInfoList", "searchTaskInfoList")
	}
	return is(name, "CallingNumber", "callingNumber")
}

func is(name []byte, spelled, orSmall string) bool {
	return string(name) == spelled || string(name) == orSmall
}
