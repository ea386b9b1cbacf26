package command

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// special makes the opposites that depend on what was printed. known tells that
// nobody else should try; the line may be empty then.
func (v *undoing) special() (line string, known bool) {
	verbs := v.name
	for _, o := range v.args.operands[:min(2, len(v.args.operands))] {
		verbs += " " + o.Text
	}
	switch {
	case strings.HasPrefix(verbs, "kubectl apply"):
		return v.applied(), true
	case strings.HasPrefix(verbs, "kubectl scale"):
		return v.scaled(), true
	case strings.HasPrefix(verbs, "helm upgrade"):
		return v.upgraded(), true
	case strings.HasPrefix(verbs, "git commit"):
		return v.committed(), true
	case strings.HasPrefix(verbs, "git checkout"), strings.HasPrefix(verbs, "git switch"):
		return v.checkedOut(), true
	case (v.name == "docker" || v.name == "podman") && v.verb() == "run":
		return v.started(), true
	case v.name == "mv" && len(v.args.operands) == 2 && strings.HasSuffix(v.args.operands[1].Text, "/"):
		from, to := v.args.operands[0].Text, v.args.operands[1].Text
		if strings.ContainsAny(from+to, " '\"\\$") {
			return "", true
		}
		return "mv " + to + path.Base(from) + " " + from, true
	}
	return "", false
}

var appliedLine = regexp.MustCompile(`(?m)^([a-z]+)(?:\.[a-z0-9.]+)?/([a-z0-9.-]+) (created|configured)`)

// applied takes kubectl apply back by what it says it did.
func (v *undoing) applied() string {
	files := v.value("files")
	var created, rolled, other []string
	for _, m := range appliedLine.FindAllStringSubmatch(v.run.Output, 50) {
		resource := m[1] + "/" + m[2]
		switch {
		case m[3] == "created":
			created = append(created, resource)
		case slices.Contains([]string{"deployment", "statefulset", "daemonset"}, m[1]):
			rolled = append(rolled, resource)
		default:
			other = append(other, resource)
		}
	}
	switch {
	case len(created) > 0 && len(rolled)+len(other) == 0:
		return "kubectl delete " + strings.Join(created, " ")
	case len(rolled) == 1 && len(created)+len(other) == 0:
		return "kubectl rollout undo " + rolled[0]
	case files != "":
		return "review: Apply the previous version of the manifest, which was given with " + files
	}
	return ""
}

// scaled finds the number of replicas that an earlier output showed.
func (v *undoing) scaled() string {
	v.taken = 1
	resource := v.value("resource")
	if resource == "" {
		return ""
	}
	name := resource[strings.LastIndexAny(resource, "/ ")+1:]
	for _, o := range v.args.options {
		if o.name == "--current-replicas" {
			return "kubectl scale " + resource + " --replicas=" + o.value
		}
	}
	ready := regexp.MustCompile(`(?m)^(?:\S+/)?` + regexp.QuoteMeta(name) + `\s+\d+/(\d+)\s`)
	const farthest = 200
	for _, r := range slices.Backward(v.before[max(0, len(v.before)-farthest):]) {
		c, ok := simple(r.Line)
		if !ok || c.name != v.name || !slices.Equal(c.named(contextTable()), v.named(contextTable())) {
			continue
		}
		if m := ready.FindStringSubmatch(r.Output); m != nil {
			return "kubectl scale " + resource + " --replicas=" + m[1]
		}
	}
	return "review: Scale " + resource + " back to the number of replicas that it had before"
}

var revision = regexp.MustCompile(`(?m)^REVISION: (\d+)`)

func (v *undoing) upgraded() string {
	v.taken = 1
	release := v.operand(0)
	if release == "" {
		return ""
	}
	if m := revision.FindStringSubmatch(v.run.Output); m != nil {
		n, err := strconv.Atoi(m[1])
		switch {
		case err == nil && n > 1:
			return "helm rollback " + release + " " + strconv.Itoa(n-1)
		case err == nil:
			return "helm uninstall " + release
		}
	}
	return "helm rollback " + release
}

var commitLine = regexp.MustCompile(`(?m)^\[[^\]\n]* ([0-9a-f]{7,40})\]`)

func (v *undoing) committed() string {
	if m := commitLine.FindStringSubmatch(v.run.Output); m != nil {
		return "git revert --no-edit " + m[1]
	}
	return "git revert --no-edit HEAD"
}

// checkedOut goes back to the branch that was there before, where only the
// branch changed.
func (v *undoing) checkedOut() string {
	for _, o := range v.args.options {
		if o.name == "--" || o.name == "-f" || o.name == "-p" {
			return ""
		}
	}
	if len(v.args.operands) != 2 || v.args.operands[1].Text == "." || strings.HasPrefix(v.run.Output, "Updated ") {
		return ""
	}
	if branch := v.run.Facts["git.branch"]; branch != "" && !strings.ContainsAny(branch, " '\"\\$;&|<>()`*?") {
		return "git checkout " + branch
	}
	return "git checkout -"
}

var containerID = regexp.MustCompile(`(?m)^[0-9a-f]{64}$`)

// started stops and removes a container by its name or the id that was printed.
func (v *undoing) started() string {
	name, removes := "", false
	for _, o := range v.args.options {
		switch o.name {
		case "--name":
			name = o.value
		case "--rm":
			removes = true
		}
	}
	if id := containerID.FindString(v.run.Output); name == "" && id != "" {
		name = id[:12]
	}
	switch {
	case name == "" || strings.ContainsAny(name, " '\"\\$;&|<>()`"):
		return ""
	case removes:
		return v.name + " stop " + name
	}
	return v.name + " rm -f " + name
}
