import type { Step } from '../../backend';

const line = 21;
const charactersInALine = 88;
const bare = 62;
const commandFrame = 66;
const outputBar = 30;
const said = 28;
const callout = 44;
const figureFrame = 44;
const figureWidth = 740;
const figureHeight = 420;

/** About how tall a step is once it is drawn whole, in CSS pixels. */
export function heightOf(step: Step): number {
  let height = bare;
  if (step.body) height += linesOf(step.body) * line;
  if (step.command) {
    height += commandFrame + linesOf(step.command.line) * line;
    if (step.command.output || step.command.omitted) height += outputBar;
  }
  height += (step.callouts?.length ?? 0) * callout;
  for (const figure of step.figures ?? []) height += figureFrame + shown(figure.crop ?? figure.origin);
  if (step.spoken?.length) height += said;
  return Math.round(height);
}

function linesOf(text: string): number {
  return text.split('\n').reduce((sum, part) => sum + Math.max(1, Math.ceil(part.length / charactersInALine)), 0);
}

function shown({ w, h }: { w: number; h: number }): number {
  if (w <= 0 || h <= 0) return figureHeight;
  return Math.min(h, figureHeight, (h * figureWidth) / w);
}
