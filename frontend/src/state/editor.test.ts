import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeBackend } from '../../fake/backend';
import { sampleDocument } from '../../fake/sample';
import { Fault } from '../backend';
import { Alerts } from './alerts.svelte';
import { EditorState } from './editor.svelte';
import { allSteps, find } from './steps';

let fake: FakeBackend;
let alerts: Alerts;
let editor: EditorState;

beforeEach(async () => {
  vi.useFakeTimers();
  fake = new FakeBackend([sampleDocument()]);
  alerts = new Alerts();
  editor = new EditorState(fake.editor, alerts);
  expect(await editor.open('doc-1')).toBe(true);
});
afterEach(() => vi.useRealTimers());

const step = (id: string) => find(fake.document('doc-1'), id)?.step;
const shown = (id: string) => editor.snapshot && find(editor.snapshot.document, id)?.step;

it('sends typed text after a pause, as one edit', async () => {
  editor.typeStep('s1', 'title', 'A');
  editor.typeStep('s1', 'title', 'AB');
  expect(editor.text('s1 title', 'old')).toBe('AB');
  expect(editor.saving).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(399);
  expect(fake.applied).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(fake.applied.map(({ edit }) => edit)).toEqual([{ op: 'set-step', step: 's1', field: 'title', text: 'AB' }]);
  expect(editor.saving).toBe('saved');
  expect(shown('s1')?.title).toBe('AB');
});

it('joins typing that goes on, and parts it after a while or in another field', async () => {
  const type = async (text: string, field: 'title' | 'body' = 'title') => {
    editor.typeStep('s1', field, text);
    await vi.advanceTimersByTimeAsync(400);
  };
  await type('A');
  await type('AB');
  await vi.advanceTimersByTimeAsync(5000);
  await type('ABC');
  await type('body', 'body');
  expect(fake.applied.map(({ coalesce }) => coalesce)).toEqual([false, true, false, false]);
});

it('sends what was typed before a step is changed, in order and on the newest revision', async () => {
  editor.typeStep('s1', 'title', 'Typed');
  await editor.delete('s2');
  expect(fake.applied.map(({ edit, revision }) => [edit.op, revision])).toEqual([['set-step', 1], ['delete-step', 2]]);
});

it('undoes typed text that was not sent yet, and everything before, and redoes it', async () => {
  const title = step('s1')?.title;
  await editor.delete('s4');
  editor.typeStep('s1', 'title', 'Wrong');
  await editor.undo();
  expect(shown('s1')?.title).toBe(title);
  expect(editor.text('s1 title', shown('s1')?.title)).toBe(title);
  await editor.undo();
  expect(shown('s4')?.kind).toBe('type');
  expect(editor.snapshot?.canUndo).toBe(false);
  await editor.undo();
  await editor.redo();
  await editor.redo();
  expect(shown('s4')).toBeUndefined();
  expect(shown('s1')?.title).toBe('Wrong');
  expect(editor.selected).toBe('s1');
});

it('inserts, selects and focuses a new step', async () => {
  await editor.insertBelow('s1', 'command');
  const steps = allSteps(fake.document('doc-1'));
  expect(steps[2]).toMatchObject({ kind: 'command', command: { line: '' } });
  expect([editor.selected, editor.focus]).toEqual([steps[2]?.id, steps[2]?.id]);
});

it('moves, drops, merges and splits', async () => {
  await editor.move('s1', 1);
  expect(allSteps(fake.document('doc-1')).map((s) => s.id).slice(0, 3)).toEqual(['s0', 's2', 's1']);
  await editor.drop('s3', 'sec-5', 0);
  expect(find(fake.document('doc-1'), 's3')?.section.id).toBe('sec-5');
  await editor.merge('s2');
  expect(step('s1')).toBeUndefined();
  editor.typeStep('v2', 'body', '🚀 go. Then rest');
  editor.placeCaret('v2', '🚀 go.'.length);
  await editor.split('v2');
  expect(fake.applied.at(-1)?.edit).toEqual({ op: 'split-step', step: 'v2', at: 5 });
  expect(step('v2')?.body).toBe('🚀 go.');
});

it('changes sentences, callouts and figures', async () => {
  await editor.toggleSentence('s1', 1);
  expect(step('s1')?.spoken?.[1]?.dropped).toBe(false);
  await editor.moveSentence('s1', 0, 's2');
  expect(step('s2')?.spoken?.length).toBe(2);
  editor.typeCallout('s1', 0, 'Look out');
  editor.typeAlt('s3', step('s3')?.figures?.[0] as never, 'A button');
  await editor.flush();
  expect(step('s1')?.callouts).toEqual([{ kind: 'warning', text: 'Look out' }]);
  expect(step('s3')?.figures?.[0]).toMatchObject({ id: 'f1', alt: 'A button' });
});

it('loads a picture again only when the picture changed', async () => {
  const figure = step('s3')?.figures?.[0] as never;
  const before = editor.figureURL(figure);
  editor.typeAlt('s3', figure, 'Other words');
  await editor.flush();
  expect(editor.figureURL(figure)).toBe(before);
});

it('keeps typed words over a conflict and tells', async () => {
  fake.changeElsewhere('doc-1');
  editor.typeStep('s1', 'title', 'Mine');
  await editor.flush();
  expect(step('s1')?.title).toBe('Mine');
  expect(editor.saving).toBe('saved');
  expect(alerts.list[0]?.message).toContain('changed elsewhere');
});

it('loads the document again when another change meets a conflict', async () => {
  fake.changeElsewhere('doc-1');
  await editor.delete('s1');
  expect(step('s1')).toBeDefined();
  expect(editor.snapshot?.revision).toBe(2);
  expect(alerts.list[0]?.kind).toBe('error');
  await editor.delete('s1');
  expect(step('s1')).toBeUndefined();
});

it('keeps typed words that could not be saved, and saves them on retry', async () => {
  fake.faults = { apply: new Fault('disk-full', 'The disk is full.', 'Free some space.') };
  editor.typeStep('s1', 'title', 'Mine');
  await editor.flush();
  expect(editor.saving).toBe('failed');
  expect(editor.text('s1 title', 'old')).toBe('Mine');
  expect(alerts.list[0]).toMatchObject({ message: 'The disk is full.', help: 'Free some space.' });
  alerts.act(alerts.list[0]?.id ?? 0);
  await editor.flush();
  expect(step('s1')?.title).toBe('Mine');
  expect(editor.saving).toBe('saved');
});

it('does not close over words that are not saved', async () => {
  fake.faults = { apply: new Fault('disk-full', 'The disk is full.', '') };
  editor.typeStep('s1', 'title', 'Mine');
  expect(await editor.close()).toBe(false);
  expect(editor.snapshot).not.toBeNull();
  expect(await editor.close()).toBe(true);
  expect(step('s1')?.title).toBe('Mine');
  expect(fake.calls.at(-1)).toBe('close doc-1');
});

it('shows why a document does not open', async () => {
  expect(await editor.open('nobody')).toBe(false);
  expect(alerts.list[0]?.message).toBe('There is no such document.');
});
