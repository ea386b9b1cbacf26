import type { CalloutKind, Check, CommandClass, DocumentStatus, HotkeyAction, SectionKind, StepKind } from '../backend';
import { length } from './format';

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

/** What a command does, where that is worth a word. */
export const classNames: Record<CommandClass, { label: string; tone: 'plain' | 'warn' | 'bad'; title: string } | null> = {
  'read-only': { label: 'read-only', tone: 'plain', title: 'It changes nothing' },
  'changes-state': { label: 'changes state', tone: 'warn', title: 'It changes the system' },
  destructive: { label: 'destructive', tone: 'bad', title: 'It removes what cannot be had back easily' },
  unknown: null,
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

export const hotkeyNames: Record<HotkeyAction, string> = {
  toggle: 'Start or stop',
  pause: 'Pause or resume',
  mark: 'Add a mark',
  'off-the-record': 'Off the record',
};

const holds: Record<string, string> = {
  'screen locked': 'Paused while the screen is locked.',
  asleep: 'Paused while the machine sleeps.',
};

/** Why the recording waits, in a sentence. */
export function holdSentence(reason: string): string {
  return holds[reason] ?? `Paused: ${reason}.`;
}

/** What "off the record" took away. */
export function removedSentence(ms: number): string {
  return `The last ${length(ms)} were removed.`;
}
