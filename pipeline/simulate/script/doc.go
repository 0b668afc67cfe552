// Package script reads the scripts of simulated campaigns: text files that
// define what a robot says and asks, what contacts may reply, and where the
// dialogue goes next, together with the word lists those lines are made of.
//
// It parses and checks; errors name file and line. It neither plays a dialogue
// nor draws a random number: package simulate does. campaigns/README.md of that
// package documents the format.
package script
