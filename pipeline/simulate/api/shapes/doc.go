// Package shapes spells answers of the API in the shapes that saved responses
// were found in: objects for lists of one, strings for numbers, renamed or
// wrapped lists, tabs before ids.
//
// No shape loses anything: digits with a leading zero never become a number.
// Answers that are wrong are faults, which package api makes.
package shapes
