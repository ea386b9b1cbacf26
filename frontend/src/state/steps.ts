import type { Document, Section, Snapshot, Step, StepKind } from '../backend';

/** Where a step stands: its section, and its place among the section's steps. */
export interface Place {
  section: Section;
  sectionIndex: number;
  step: Step;
  index: number;
}

export function find(document: Document, stepID: string): Place | null {
  for (const [sectionIndex, section] of document.sections.entries()) {
    const steps = section.steps ?? [];
    const index = steps.findIndex((step) => step.id === stepID);
    const step = steps[index];
    if (step) return { section, sectionIndex, step, index };
  }
  return null;
}

export function allSteps(document: Document): Step[] {
  return document.sections.flatMap((section) => section.steps ?? []);
}

/** The step that follows in the same section, which is what can be merged. */
export function nextInSection(document: Document, stepID: string): Step | null {
  const place = find(document, stepID);
  return place?.section.steps?.[place.index + 1] ?? null;
}

export interface Target {
  section: string;
  /** The place in the section once the step is taken out of where it was. */
  index: number;
}

/** Where one step up or down leads, over the borders of sections; null at the ends. */
export function neighbour(document: Document, stepID: string, by: -1 | 1): Target | null {
  const place = find(document, stepID);
  if (!place) return null;
  const index = place.index + by;
  if (index >= 0 && index < (place.section.steps?.length ?? 0)) return { section: place.section.id, index };
  const beside = document.sections[place.sectionIndex + by];
  if (!beside) return null;
  return { section: beside.id, index: by < 0 ? (beside.steps?.length ?? 0) : 0 };
}

/**
 * The target of a drop before the step at index of a section (or after its last
 * one), or null where that changes nothing.
 */
export function dropTarget(document: Document, stepID: string, section: string, before: number): Target | null {
  const place = find(document, stepID);
  if (!place) return null;
  if (place.section.id !== section) return { section, index: before };
  if (before === place.index || before === place.index + 1) return null;
  return { section, index: before > place.index ? before - 1 : before };
}

/** What a step is called in names of controls: "step 3" or "heading 1". */
export function nameOf(snapshot: Snapshot, step: Step): string {
  const number = snapshot.numbers[step.id];
  if (number) return `step ${number}`;
  const headings = allSteps(snapshot.document).filter((other) => other.kind === 'heading');
  return `heading ${headings.findIndex((other) => other.id === step.id) + 1}`;
}

export function blankStep(kind: StepKind): Step {
  const step: Step = { id: newID(), kind, title: '', sources: { title: 'person' } };
  return kind === 'command' ? { ...step, command: { line: '' } } : step;
}

// randomUUID is missing where the page's scheme is not a secure context.
function newID(): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  return `s-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The next document, with every section and step of the last one that did not
 * change kept as the same object, so that only what changed is drawn again.
 */
export function share(last: Document | null, next: Document): Document {
  if (!last || last.id !== next.id) return next;
  const steps = new Map(allSteps(last).map((step) => [step.id, step]));
  const sections = new Map(last.sections.map((section) => [section.id, section]));
  return {
    ...next,
    sections: next.sections.map((section) => {
      const shared = { ...section, steps: section.steps?.map((step) => same(steps.get(step.id), step)) };
      return same(sections.get(section.id), shared);
    }),
  };
}

function same<T>(last: T | undefined, next: T): T {
  return last !== undefined && JSON.stringify(last) === JSON.stringify(next) ? last : next;
}

/** The first step of next that is new or differs from the one of last; "" where none does. */
export function changedStep(last: Document, next: Document): string {
  const before = allSteps(last);
  const after = allSteps(next);
  const index = after.findIndex((step, i) => step !== before[i] && JSON.stringify(step) !== JSON.stringify(before[i]));
  if (index >= 0) return after[index]?.id ?? '';
  if (before.length > after.length) return after[after.length - 1]?.id ?? '';
  return '';
}
