package pipeline

import (
	"maps"
	"strings"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/command"
	"github.com/runreel/runreel/pipeline/sop"
)

// Risk judges a command line that ran on a host, with the facts of
// capture.Command.Context.
func Risk(line, host string, facts map[string]string) sop.Risk {
	by := command.Production(line, host, facts)
	return sop.Risk{Class: class(command.Judge(line)), Production: by != "", ProductionBy: text(plain(by))}
}

func class(v command.Verdict) sop.CommandClass {
	switch v.Class {
	case command.ReadOnly:
		return sop.ReadOnly
	case command.Changes:
		return sop.ChangesState
	case command.Destructive:
		return sop.Destructive
	}
	return sop.UnknownClass
}

// ran is the line with its aliases resolved, where the shell told it.
func ran(c capture.Command) string {
	if c.Ran != "" {
		return c.Ran
	}
	return c.Line
}

func factsOf(c capture.Command) map[string]string {
	facts := maps.Clone(c.Context)
	for key, value := range facts {
		facts[key] = text(value)
	}
	return facts
}

// dangers warns of what a destructive command destroys.
func dangers(c capture.Command) []sop.Callout {
	v := command.Judge(ran(c))
	if v.Class != command.Destructive {
		return nil
	}
	where := ""
	if by := command.Production(ran(c), c.Host, c.Context); by != "" {
		where = " in production (" + inline(by) + ")"
	}
	said := "This " + inline(v.Does) + where + ". Check the target, and that there is a way back, before you run it."
	return []sop.Callout{{Kind: sop.Warning, Text: text(said), Source: sop.FromRule, Rule: text(v.Rule)}}
}

// inferred says that a line may be wrong.
func inferred(c capture.Command) []sop.Callout {
	if !c.Inferred {
		return nil
	}
	return []sop.Callout{{Kind: sop.Note, Text: "The command line was read off the screen, so check it.", Source: sop.FromRule, Rule: "inferred line"}}
}

// inline writes a wording of package command as markup, what is taken from the
// line as code.
func inline(wording string) string {
	var b strings.Builder
	for i, part := range strings.Split(text(wording), string(command.Quote)) {
		if i%2 == 1 {
			part = sop.CodeInline(part)
		} else {
			part = sop.EscapeInline(part)
		}
		b.WriteString(part)
	}
	return b.String()
}

func plain(wording string) string { return strings.ReplaceAll(wording, string(command.Quote), "") }
