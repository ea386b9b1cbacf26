import { expect, it } from 'vitest';
import type { Check } from '../backend';
import { byUrgency, readiness } from './checks';

const check = (part: string, state: Check['state']): Check => ({ part, state, detail: '', fix: '' });

it('puts what needs a hand first and keeps the order of the rest', () => {
  const checks = [check('a', 'ok'), check('b', 'missing'), check('c', 'ok'), check('d', 'broken'), check('e', 'missing')];
  expect(byUrgency(checks).map((c) => c.part)).toEqual(['d', 'b', 'e', 'a', 'c']);
});

it('says whether a recording can begin well', () => {
  expect(readiness([check('a', 'ok')])).toBe('Ready to record');
  expect(readiness([check('a', 'ok'), check('b', 'missing')])).toBe('Ready, but 1 part is missing');
  expect(readiness([check('a', 'missing'), check('b', 'missing')])).toBe('Ready, but 2 parts are missing');
  expect(readiness([check('a', 'broken'), check('b', 'missing')])).toBe('1 part does not work');
});
