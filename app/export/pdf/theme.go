package pdf

import "github.com/runreel/runreel/pipeline/sop"

// Colours. Text on its background keeps a contrast of at least 4.5 to 1.
var (
	ink    = rgb{0.12, 0.14, 0.16}
	muted  = rgb{0.35, 0.39, 0.43}
	accent = rgb{0.04, 0.36, 0.68}
	tint   = rgb{0.945, 0.953, 0.961}
	hair   = rgb{0.80, 0.83, 0.86}
)

const mm = 72 / 25.4

// Measures in points.
const (
	margin    = 19 * mm
	bodySize  = 10.0
	bodyLead  = 14.5
	codeSize  = 8.5
	codeLead  = 12.0
	codePad   = 6.0
	maxFigure = 100 * mm
)

func text(s string, size float64, w weight, c rgb) []stretch {
	return []stretch{{s, style{weight: w, size: size, color: c}}}
}

// styled sets spans in a size and colour.
func styled(spans []sop.Span, size float64, w weight, c rgb) []stretch {
	var out []stretch
	for _, s := range spans {
		st := style{weight: w, size: size, color: c}
		switch s.Style {
		case sop.Strong:
			st.weight = bold
		case sop.Emphasis:
			st.weight = italic
		case sop.Code:
			st.weight, st.size, st.tint = mono, size*0.9, true
		}
		out = append(out, stretch{s.Text, st})
	}
	return out
}

// callout is the look of a kind of callout.
type callout struct {
	name         string
	line, ground rgb
}

func calloutOf(k sop.CalloutKind) callout {
	switch k {
	case sop.Tip:
		return callout{"Tip", rgb{0.10, 0.50, 0.22}, rgb{0.92, 0.97, 0.93}}
	case sop.Warning:
		return callout{"Warning", rgb{0.60, 0.40, 0}, rgb{1, 0.97, 0.88}}
	case sop.Caution:
		return callout{"Caution", rgb{0.75, 0.11, 0.16}, rgb{1, 0.94, 0.94}}
	}
	return callout{"Note", accent, rgb{0.92, 0.96, 1}}
}
