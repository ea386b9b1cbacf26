import { expect, it } from 'vitest';
import { applyEdit } from '../../fake/edits';
import { sampleDocument } from '../../fake/sample';
import { allSteps, blankStep, changedStep, dropTarget, find, neighbour, nextInSection, share } from './steps';

const ids = (document = sampleDocument()) => document.sections.map((section) => (section.steps ?? []).map((step) => step.id).join(' '));

it('moves over the borders of sections and stops at the ends', () => {
  const document = sampleDocument();
  expect(neighbour(document, 's2', -1)).toEqual({ section: 'sec-3', index: 1 });
  expect(neighbour(document, 's5', 1)).toEqual({ section: 'sec-4', index: 0 });
  expect(neighbour(document, 'v1', -1)).toEqual({ section: 'sec-3', index: 6 });
  expect(neighbour(document, 's0', -1)).toEqual({ section: 'sec-2', index: 0 });
  expect(neighbour({ ...document, sections: document.sections.slice(2, 3) }, 's0', -1)).toBeNull();
  expect(neighbour(document, 'nobody', 1)).toBeNull();
});

it('counts a drop without the dragged step', () => {
  const document = sampleDocument();
  expect(dropTarget(document, 's1', 'sec-3', 1)).toBeNull();
  expect(dropTarget(document, 's1', 'sec-3', 2)).toBeNull();
  const down = dropTarget(document, 's1', 'sec-3', 4);
  expect(down).toEqual({ section: 'sec-3', index: 3 });
  expect(ids(applyEdit(document, { op: 'move-step', step: 's1', section: 'sec-3', index: 3 }))[2]).toBe('s0 s2 s3 s1 s4 s5');
  expect(dropTarget(document, 's4', 'sec-3', 0)).toEqual({ section: 'sec-3', index: 0 });
  expect(dropTarget(document, 's4', 'sec-5', 0)).toEqual({ section: 'sec-5', index: 0 });
});

it('merges only within a section', () => {
  const document = sampleDocument();
  expect(nextInSection(document, 's1')?.id).toBe('s2');
  expect(nextInSection(document, 's5')).toBeNull();
});

it('keeps what did not change as the same object', () => {
  const last = sampleDocument();
  const next = applyEdit(last, { op: 'set-step', step: 's3', field: 'title', text: 'Other' });
  const shared = share(last, structuredClone(next));
  expect(shared).toEqual(next);
  expect(find(shared, 's1')?.step).toBe(find(last, 's1')?.step);
  expect(find(shared, 's3')?.step).not.toBe(find(last, 's3')?.step);
  expect(shared.sections[0]).toBe(last.sections[0]);
});

it('finds the step that changed', () => {
  const last = sampleDocument();
  expect(changedStep(last, applyEdit(last, { op: 'set-step', step: 's3', field: 'title', text: 'x' }))).toBe('s3');
  expect(changedStep(last, applyEdit(last, { op: 'delete-step', step: 's3' }))).toBe('s4');
  expect(changedStep(last, applyEdit(last, { op: 'delete-step', step: 'v2' }))).toBe('v1');
  expect(changedStep(last, structuredClone(last))).toBe('');
});

it('gives every new step an id of its own', () => {
  expect(blankStep('note').id).not.toBe(blankStep('note').id);
  expect(blankStep('command').command).toEqual({ line: '' });
  expect(allSteps(sampleDocument()).length).toBe(8);
});
