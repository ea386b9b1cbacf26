//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDemo records the scripted deployment with the real program. The program
// itself compares the draft with the script; here the files are looked at.
func TestDemo(t *testing.T) {
	bin, err := filepath.Abs(os.Getenv("RUNREEL_BIN"))
	if err != nil || os.Getenv("RUNREEL_BIN") == "" {
		t.Fatal("RUNREEL_BIN names no program")
	}
	model, err := filepath.Abs("../../pipeline/transcribe/whisper/testdata/espeak-devops.bin")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	printed, err := exec.CommandContext(t.Context(), bin, "demo", "--out", out, "--model", model).CombinedOutput()
	t.Logf("%s", printed)
	if err != nil {
		t.Fatalf("runreel demo: %v", err)
	}
	folder := filepath.Join(out, "deploy-the-payment-service")
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	images, err := filepath.Glob(filepath.Join(folder, "images", "step-*.png"))
	if err != nil || len(images) < 5 {
		t.Errorf("the export has the pictures %v, %v; want one for each click and field", images, err)
	}
	for _, path := range images {
		if !strings.Contains(string(readme), "(images/"+filepath.Base(path)+")") {
			t.Errorf("README.md does not show %s", filepath.Base(path))
		}
	}
	pdf := folder + ".pdf"
	if printed, err := exec.CommandContext(t.Context(), "qpdf", "--check", pdf).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v: %s", err, printed)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	for _, line := range []string{
		"cat current/VERSION", "./payctl start", `curl -s "localhost:$PORT/version" | tee deployed.json`,
		`for r in releases/*; do echo "release ${r##*/}"; done`, "./payctl deploy 1.6.0", "./payctl rollback",
	} {
		for name, all := range map[string]string{"README.md": string(readme), "the PDF": string(text)} {
			if !strings.Contains(all, line) {
				t.Errorf("%s lacks %q", name, line)
			}
		}
	}
}
