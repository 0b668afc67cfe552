// Package today is the pages of findings: what is to be looked at today, one finding with
// what people said of it, the workbook that is handed over, and one's own findings.
package today
