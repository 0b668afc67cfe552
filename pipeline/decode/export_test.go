package decode

// KindNames are the kinds Counts can tell.
func KindNames() []string {
	names := kindNames()
	return names[:]
}
