package command

import (
	"strings"
	"testing"
)

func TestInverse(t *testing.T) {
	deployments := Run{Line: "kubectl get deploy -n x", Output: "NAME   READY   UP-TO-DATE\nweb    1/1  1\napi    3/3     3            3           2d\n"}
	tests := []struct {
		line, output, want string
		facts              map[string]string
	}{
		{line: "kubectl set image deployment/api api=r/api:2 -n staging", want: "kubectl rollout undo deployment/api -n staging"},
		{line: "kubectl --context prod rollout restart deployment api", want: "kubectl --context prod rollout undo deployment api"},
		{line: "kubectl drain node-3 --ignore-daemonsets", want: "kubectl uncordon node-3"},
		{line: "kubectl scale deploy/api --replicas=5 -n x", want: "kubectl scale deploy/api --replicas=3 -n x"},
		{line: "kubectl scale deploy api --replicas 5 -n x", want: "kubectl scale deploy api --replicas=3 -n x"},
		{line: "kubectl scale deploy/api --replicas=5 -n other", want: "do: Scale deploy/api back to the number of replicas that it had before"},
		{line: "kubectl apply -f a.yaml", output: "deployment.apps/api configured\n", want: "kubectl rollout undo deployment/api"},
		{line: "kubectl apply -f a.yaml -n x", output: "service/api created\ndeployment.apps/api created\n", want: "kubectl delete service/api deployment/api -n x"},
		{line: "kubectl apply -f a.yaml", output: "service/api configured\ndeployment.apps/api created\n", want: "do: Apply the previous version of the manifest, which was given with -f a.yaml"},
		{line: "kubectl apply -k x", output: ""},
		{line: "kubectl delete -f a.yaml -n x", want: "kubectl apply -f a.yaml -n x"},
		{line: "kubectl delete pod api-1", want: "do: Make pod api-1 anew from its manifest: what was deleted does not come back by itself"},
		{line: "kubectl create ns demo", want: "kubectl delete ns demo"},
		{line: "kubectl get pods"},
		{line: "helm upgrade payments ./chart --namespace=prod --wait", want: "helm rollback payments --namespace=prod"},
		{line: "helm upgrade payments ./chart", output: "NAME: payments\nREVISION: 7\n", want: "helm rollback payments 6"},
		{line: "helm upgrade --install payments ./chart", output: "REVISION: 1\n", want: "helm uninstall payments"},
		{line: "helm install payments ./chart -n x", want: "helm uninstall payments -n x"},
		{line: "helm upgrade"},
		{line: "sudo systemctl stop api web", want: "sudo systemctl start api web"},
		{line: "systemctl --user start api", want: "systemctl --user stop api"},
		{line: "systemctl enable --now api", want: "systemctl disable api --now"},
		{line: "systemctl restart api"},
		{line: "git commit -m 'a b'", output: "[main 1a2b3c4] a b\n 1 file changed\n", want: "git revert --no-edit 1a2b3c4"},
		{line: "git checkout -b new", facts: map[string]string{"git.branch": "main"}, want: "git checkout main"},
		{line: "git checkout v2.5", want: "git checkout -"},
		{line: "git checkout -- a.go"},
		{line: "git checkout ."},
		{line: "git -C /srv tag v2", want: "git -C /srv tag -d v2"},
		{line: "docker run -d --name web nginx:1", want: "docker rm -f web"},
		{line: "docker run --rm --name web nginx:1", want: "docker stop web"},
		{line: "docker run -d nginx:1", output: strings.Repeat("ab", 32) + "\n", want: "docker rm -f abababababab"},
		{line: "docker run nginx"},
		{line: "docker stop web", want: "docker start web"},
		{line: "docker compose -f p.yml up -d", want: "docker compose -f p.yml down"},
		{line: "sudo apt-get install -y nginx curl", want: "sudo apt-get remove nginx curl"},
		{line: "dnf install nginx", want: "dnf remove nginx"},
		{line: "mv a b", want: "mv b a"},
		{line: "mv 'a b' c", want: "mv c 'a b'"},
		{line: "mv x/a dir/", want: "mv dir/a x/a"},
		{line: "mv a b c"},
		{line: "mv *.log old"},
		{line: "mkdir -p /srv/app", want: "rmdir /srv/app"},
		{line: "terraform apply", want: "do: Check out the previous configuration, review its plan with terraform plan, and apply that"},
		{line: "ip link set eth0 down", want: "ip link set eth0 up"},
		{line: "iptables -A INPUT -p tcp --dport 80 -j ACCEPT", want: "iptables -D INPUT -p tcp --dport 80 -j ACCEPT"},
		{line: "ufw allow 80/tcp", want: "ufw delete allow 80/tcp"},
		{line: "kubectl set image deployment/$X a=b"},
		{line: "systemctl stop a && ls"},
		{line: "systemctl stop a > log"},
		{line: "ssh web systemctl stop a"},
		{line: "rm -rf /srv"},
		{line: "echo 'open"},
		{line: ""},
	}
	for _, tt := range tests {
		u, ok := Inverse([]Run{deployments, {tt.line, tt.output, tt.facts}})
		got := u.Line
		if u.Do != "" {
			got = "do: " + u.Do
		}
		if got != tt.want || ok != (tt.want != "") || ok && u.Why == "" {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
		// What takes a command back is no harmless reading.
		if u.Line != "" && Judge(u.Line).Class != Changes && Judge(u.Line).Class != Destructive {
			t.Errorf("%s is %s", u.Line, Judge(u.Line).Class)
		}
	}
}

func TestReverts(t *testing.T) {
	for _, tt := range []struct {
		undo, line string
		want       bool
	}{
		{"helm rollback payments", "helm rollback payments 3", true},
		{"helm rollback payments 6", "helm rollback payments", true},
		{"helm rollback payments 6 -n a", "helm rollback payments 5 -n a", true},
		{"helm rollback payments -n a", "helm rollback payments -n b", false},
		{"helm rollback payments", "helm rollback other", false},
		{"kubectl rollout undo deployment/api", "kubectl rollout undo deployment/api --to-revision=2", true},
		{"kubectl rollout undo deployment/api", "kubectl rollout undo deployment/web", false},
		{"kubectl rollout undo deployment/api -n a", "kubectl -n a rollout undo deployment/api", true},
		{"systemctl start api", "sudo systemctl start api", true},
		{"mv b a", "mv a b", false},
		{"", "mv a b", false},
		{"mv b a", "echo 'open", false},
	} {
		u := Undo{Line: tt.undo}
		u.does, _ = worked(tt.undo)
		if got := Reverting(tt.line)(u); got != tt.want {
			t.Errorf("%q by %q: %v", tt.undo, tt.line, got)
		}
	}
}

func TestWrongInverseRows(t *testing.T) {
	for _, row := range []string{"rm x", "rm x : ", "keep x"} {
		if _, err := parseInverses(row); err == nil {
			t.Errorf("%q is taken", row)
		}
	}
}

func FuzzInverse(f *testing.F) {
	for line := range corpus(f) {
		f.Add(line, "deployment.apps/api configured\nREVISION: 2\n")
	}
	f.Fuzz(func(t *testing.T, line, output string) {
		u, ok := Inverse([]Run{{Line: line, Output: output}})
		if ok != (u.Line+u.Do != "") {
			t.Fatalf("%+v, %v", u, ok)
		}
		Reverting(line)(u)
		Production(line, output, map[string]string{"kube.context": output})
	})
}
