import type { CalloutKind, Check, DocumentStatus, SectionKind, StepKind } from '../backend';

// What the window calls the kinds of things.

export const statusNames: Record<DocumentStatus, string> = {
  draft: 'Draft',
  'in-review': 'In review',
  approved: 'Approved',
  retired: 'Retired',
};

export const stepNames: Record<StepKind, string> = {
  command: 'Command',
  click: 'Click',
  type: 'Typed text',
  chord: 'Keys',
  scroll: 'Scroll',
  note: 'Note',
  heading: 'Heading',
};

export const calloutNames: Record<CalloutKind, string> = {
  note: 'Note',
  tip: 'Tip',
  warning: 'Warning',
  caution: 'Caution',
};

export const checkNames: Record<Check['state'], string> = {
  ok: 'ok',
  missing: 'Missing',
  broken: 'Does not work',
};

/** What an empty section asks for. */
export const sectionHints: Record<SectionKind, string> = {
  purpose: 'What does this procedure achieve, and when is it used?',
  prerequisites: 'What must be at hand: access, tools, versions, approvals?',
  procedure: 'Anything to know before the first step?',
  verification: 'How does one see that it worked?',
  rollback: 'How does one get back if it did not?',
  custom: 'Text of this section',
};

/** Where a label came from, where that is not certain. */
export const doubts: Record<string, string> = {
  screen: 'name read off the picture',
  pointer: 'only the place of the click is known',
  window: 'name taken from the window',
};
