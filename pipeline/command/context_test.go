package command

import (
	"strings"
	"testing"
)

func TestProduction(t *testing.T) {
	tests := []struct {
		line, host string
		facts      map[string]string
		want       string
	}{
		{line: "kubectl get pods"},
		{line: "kubectl --context prod-eu get pods", want: "kube context `prod-eu`"},
		{line: "kubectl --context=prod-eu get pods", want: "kube context `prod-eu`"},
		{line: "kubectl get pods -n production", want: "namespace `production`"},
		{line: "kubectl get pods -nlive", want: "namespace `live`"},
		{line: "kubectl -n nonprod get pods"},
		{line: "kubectl -n non-prod get pods"},
		{line: "kubectl -n pre-prod get pods"},
		{line: "kubectl -n product get pods"},
		{line: "kubectl -n delivery get pods"},
		{line: "kubectl -n $NS get pods"},
		{line: "kubectl get pods", facts: map[string]string{"kube.context": "arn:aws:eks:eu-west-1:1:cluster/prod1"}, want: "kube context `arn:aws:eks:eu-west-1:1:cluster/prod1`"},
		{line: "kubectl --context staging get pods", facts: map[string]string{"kube.context": "prod"}},
		{line: "ls", facts: map[string]string{"kube.context": "prod", "aws.profile": "prod", "git.branch": "production"}},
		{line: "git push", facts: map[string]string{"git.branch": "production"}},
		{line: "sudo helm upgrade a b --kube-context prd", want: "kube context `prd`"},
		{line: "aws --profile prod s3 ls", want: "AWS profile `prod`"},
		{line: "AWS_PROFILE=prod terraform plan", want: "AWS profile `prod`"},
		{line: "env AWS_PROFILE=prod aws s3 ls", want: "AWS profile `prod`"},
		{line: "aws s3 ls", facts: map[string]string{"aws.profile": "acme-prod"}, want: "AWS profile `acme-prod`"},
		{line: "aws --profile dev s3 ls", facts: map[string]string{"aws.profile": "acme-prod"}},
		{line: "terraform apply", facts: map[string]string{"terraform.workspace": "prod"}, want: "Terraform workspace `prod`"},
		{line: "terraform workspace select prod", want: "Terraform workspace `prod`"},
		{line: "terraform -chdir=envs/prod plan", want: "folder `envs/prod`"},
		{line: "terraform apply -var-file=prod.tfvars", want: "file of variables `prod.tfvars`"},
		{line: "ansible-playbook -i inventories/prod site.yml", want: "inventory `inventories/prod`"},
		{line: "ssh ops@db-prod-1.example.com uptime", want: "host `db-prod-1.example.com`"},
		{line: "scp a.txt web.prod:/tmp", want: "host `web.prod`"},
		{line: "psql -h prod-db -c 'select 1'", want: "host `prod-db`"},
		{line: "curl https://api.prod.example.com/health", want: "host `api.prod.example.com`"},
		{line: "curl https://user:prod@x.example.com/prod"},
		{line: "ls", host: "web-prd-03", want: "host `web-prd-03`"},
		{line: "echo 'open", host: "live", want: "host `live`"},
		{line: "bash -c 'kubectl -n prod delete pod x'", want: "namespace `prod`"},
		{line: "gcloud compute instances list --project acme-prod", want: "project `acme-prod`"},
		{line: "echo prod"},
	}
	for _, tt := range tests {
		got := strings.ReplaceAll(Production(tt.line, tt.host, tt.facts), string(Quote), "`")
		if got != tt.want {
			t.Errorf("%s on %q with %v: %q, want %q", tt.line, tt.host, tt.facts, got, tt.want)
		}
	}
}

func TestWrongContextRows(t *testing.T) {
	for _, row := range []string{"label x", "operand ssh host x", "produce a", "option a b"} {
		if _, err := parseContexts(row); err == nil {
			t.Errorf("%q is taken", row)
		}
	}
	c := contextTable()
	for _, namings := range c.names {
		for _, n := range namings {
			if c.labels[n.kind] == "" {
				t.Errorf("%s has no label", n.kind)
			}
		}
	}
}
