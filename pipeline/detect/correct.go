package detect

import "strings"

// findCorrections tells, of a command that failed, which of the next two put
// it right: the same program, nearly the same line, and success.
func findCorrections(out []Candidate) {
	var commands []int
	for i := range out {
		if out[i].Kind == Command {
			commands = append(commands, i)
		}
	}
	for n, i := range commands {
		failed := out[i].Command
		if failed.Exit == nil || *failed.Exit == 0 {
			continue
		}
		for _, j := range commands[n+1 : min(n+3, len(commands))] {
			next := out[j].Command
			if next.Exit != nil && *next.Exit == 0 && corrects(failed.Line, next.Line) {
				out[i].Corrected = next.Line
				break
			}
		}
	}
}

func corrects(wrong, right string) bool {
	if wrong == right {
		return true // tried again
	}
	const longest = 400
	if len(wrong) > longest || len(right) > longest {
		return false
	}
	a, b := strings.Fields(wrong), strings.Fields(right)
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if b[0] == "sudo" && a[0] != "sudo" {
		b = b[1:]
		right = strings.Join(b, " ")
	}
	// A program name may itself be misspelt.
	if len(b) == 0 || a[0] != b[0] && edits(a[0], b[0]) > 2 {
		return false
	}
	return edits(wrong, right) <= max(3, min(len(wrong), len(right))*3/10)
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
