package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/runreel/runreel/pipeline/command"
	"github.com/runreel/runreel/pipeline/sop"
)

// maxOffers is how many parameters a draft offers.
const maxOffers = 20

// descriptions say what the values of a kind are.
var descriptions = map[string]string{
	"VERSION": "Version", "IMAGE_TAG": "Tag of the image", "NAMESPACE": "Kubernetes namespace", "CONTEXT": "Kubernetes context", "CLUSTER": "Cluster",
	"PROFILE": "Profile of the AWS credentials", "PROJECT": "Project", "WORKSPACE": "Terraform workspace", "HOST": "Host", "ENVIRONMENT": "Environment",
	"IP": "IP address", "URL": "Address", "TICKET": "Ticket", "DATE": "Date", "COMMIT": "Commit",
}

// roles are the kinds whose values are known by their place and not their form:
// the same word may stand elsewhere for something else.
var roles = map[string]bool{"NAMESPACE": true, "CONTEXT": true, "CLUSTER": true, "PROFILE": true, "PROJECT": true, "WORKSPACE": true, "ENVIRONMENT": true}

// offers lists the values that the commands and typed texts name more than
// once, in the order in which they come.
func offers(steps []sop.Step) []sop.Parameter {
	var (
		texts []string
		found []command.Value
	)
	for _, s := range steps {
		if s.Command != nil {
			texts = append(texts, s.Command.Line)
			found = append(found, command.Values(s.Command.Line)...)
		}
		if s.Typed != "" {
			texts = append(texts, s.Typed)
			found = append(found, command.ValuesIn(s.Typed)...)
		}
	}
	counts := countValues(texts, found)
	named := map[command.Value]int{} // how often a line names it as what it works on
	for _, v := range found {
		if roles[v.Name] {
			named[v]++
		}
	}
	var out []sop.Parameter
	taken := map[string]int{}
	for _, v := range found {
		if counts[v.Text] < 2 || len(out) == maxOffers || slices.ContainsFunc(out, func(p sop.Parameter) bool { return p.Example == v.Text }) {
			continue
		}
		taken[v.Name]++
		p := sop.Parameter{Name: v.Name, Example: v.Text, Description: descriptions[v.Name]}
		if named[v] > 0 && counts[v.Text] > named[v] {
			p.Description += "; the recording uses the same word for other things too"
		}
		if n := taken[v.Name]; n > 1 {
			p.Name += "_" + strconv.Itoa(n)
		}
		out = append(out, p)
	}
	return out
}

// countValues counts how often each value stands by itself, but where all of
// it is a part of an address that is offered.
func countValues(texts []string, found []command.Value) map[string]int {
	const longest, most = 200, 5000
	all := strings.Join(texts, "\n")
	counts := map[string]int{}
	for _, v := range found {
		if _, done := counts[v.Text]; done || len(v.Text) > longest || len(counts) == most {
			continue
		}
		counts[v.Text] = sop.CountWord(all, v.Text)
	}
	for _, v := range found {
		if v.Name != "URL" || counts[v.Text] < 2 {
			continue
		}
		for _, inner := range found {
			if inner.Name == "HOST" && sop.CountWord(v.Text, inner.Text) > 0 && counts[inner.Text] == counts[v.Text] {
				counts[inner.Text] = 0
			}
		}
	}
	return counts
}
