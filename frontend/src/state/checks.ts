import type { Check } from '../backend';
import { count } from './format';

const urgency = { broken: 0, missing: 1, ok: 2 } as const;

/** The checks with what needs a hand first, otherwise in their order. */
export function byUrgency(checks: Check[]): Check[] {
  return checks.toSorted((a, b) => urgency[a.state] - urgency[b.state]);
}

/** What the checks say in one line before a recording. */
export function readiness(checks: Check[]): string {
  const broken = checks.filter((check) => check.state === 'broken').length;
  const missing = checks.filter((check) => check.state === 'missing').length;
  if (broken > 0) return broken === 1 ? '1 part does not work' : `${broken} parts do not work`;
  if (missing > 0) return `Ready, but ${count(missing, 'part')} ${missing === 1 ? 'is' : 'are'} missing`;
  return 'Ready to record';
}
