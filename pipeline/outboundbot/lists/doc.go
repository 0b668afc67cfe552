// Package lists reads the lists of the OutboundBot API: what a page of SearchTask,
// ListJobGroups or ListJobsByGroup holds, and all pages of a list that may change
// while it is read. It sends nothing: [Read] is given how to get a page.
//
// A page without its list, or without the number of entries in the list, is no
// answer ([Lacks]). A list in which entries are counted and never shown is not
// whole ([Reading.Incomplete]); one that shows more than it counts is.
package lists
