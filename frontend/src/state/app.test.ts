import { flushSync } from 'svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { FakeBackend } from '../../fake/backend';
import { sampleDocument } from '../../fake/sample';
import { Fault } from '../backend';
import { AppState } from './app.svelte';

let fake: FakeBackend;
let app: AppState;

beforeEach(async () => {
  fake = new FakeBackend([sampleDocument()]);
  app = new AppState(fake);
  app.open();
  await vi.waitFor(() => expect(app.library.loaded && app.settings.loaded).toBe(true));
});

it('opens the draft after a recording', async () => {
  await app.go('record');
  await app.recorder.start();
  await app.recorder.stop();
  await vi.waitFor(() => expect(app.page).toBe('editor'));
  expect(fake.calls).toContain('draft session-9');
  expect(app.editor.snapshot?.document.id).toBe('doc-1');
});

it('goes to the library with the reason when the draft fails', async () => {
  await app.go('record');
  await app.recorder.start();
  fake.faults = { draft: new Fault('engine', 'The speech engine failed.', 'Try again.') };
  await app.recorder.stop();
  await vi.waitFor(() => expect(app.page).toBe('library'));
  expect(app.alerts.list.map((alert) => alert.message)).toEqual(['The speech engine failed.']);
});

it('leaves the page alone when somebody else stopped the recording', async () => {
  fake.sendStatus({ state: 'recording', session: 'session-2' });
  fake.sendStatus({ state: 'idle', session: '' });
  fake.sendJob({ id: 'j', kind: 'draft', session: 'session-2', document: 'doc-1', state: 'done', progress: 1, message: '', help: '' });
  await vi.waitFor(() => expect(app.alerts.list[0]?.message).toBe('The draft is ready.'));
  expect(app.page).toBe('library');
});

it('tells what a hotkey could not do, in the bar while it is there', () => {
  fake.sendStatus({ state: 'recording', session: 's', compact: true });
  expect(app.barAlert).toBeNull();
  fake.sendAlert({ code: 'x', message: 'The mark was not added.', help: 'Try again.' });
  expect(app.barAlert?.message).toBe('The mark was not added.');
  fake.sendStatus({ compact: false });
  expect([app.barAlert, app.alerts.list.length]).toEqual([null, 1]);
});

it('keeps what was typed in the editor when the bar takes its place', async () => {
  await app.edit('doc-1');
  app.editor.typeDocument('owner', 'Platform team');
  fake.sendStatus({ state: 'recording', session: 's', compact: true });
  await vi.waitFor(() => expect(fake.document('doc-1').owner).toBe('Platform team'));
});

it('cancels an export without calling that a failure', async () => {
  await app.exporter.begin({ document: 'doc-1', title: 'x', format: 'pdf' });
  let refuse: (reason: unknown) => void = () => undefined;
  fake.hold = new Promise<never>((_, reject) => (refuse = reject));
  const run = app.exporter.run();
  await app.exporter.cancel();
  fake.sendJob({ id: 'export-1', kind: 'export', session: '', document: 'doc-1', state: 'running', progress: 0.1, message: '', help: '' });
  await app.exporter.cancel();
  expect(fake.calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel export-1']);
  refuse(new Fault('cancelled', 'It was cancelled.', ''));
  await run;
  expect([app.exporter.problem, app.exporter.busy, app.exporter.result]).toEqual([null, false, null]);
});

it('tells the phase of each session', () => {
  const [first, second, third] = app.library.sessions;
  if (!first || !second || !third) throw new Error('three sessions');
  expect([first, second, third].map((s) => app.library.phase(s))).toEqual(['drafted', 'recorded', 'recovered']);
  const job = { id: 'j', kind: 'transcribe' as const, session: second.id, document: '', state: 'running' as const, progress: 0.3, message: '', help: '' };
  fake.sendJob(job);
  expect(app.library.phase(second)).toBe('working');
  fake.sendJob({ ...job, state: 'failed', message: 'No.' });
  expect(app.library.phase(second)).toBe('failed');
});

it('searches once typing pauses, and shows only the newest answer', async () => {
  vi.useFakeTimers();
  app.library.search('he');
  app.library.search('helm');
  await vi.advanceTimersByTimeAsync(250);
  vi.useRealTimers();
  expect(fake.calls.filter((call) => call.startsWith('search'))).toEqual(['search helm']);
  expect(app.library.hits.length).toBe(1);
});

it('deletes and tries again when that failed', async () => {
  fake.faults = { deleteSession: new Fault('permission', 'The right to do this is missing.', '') };
  await app.library.deleteSession('session-3');
  expect(app.library.sessions.length).toBe(3);
  app.alerts.act(app.alerts.list[0]?.id ?? 0);
  await vi.waitFor(() => expect(app.library.sessions.length).toBe(2));
});

it('exports with everything that was typed', async () => {
  await app.edit('doc-1');
  app.editor.typeDocument('title', 'New title');
  await app.exporter.begin({ document: 'doc-1', title: 'x', format: 'md' });
  expect(app.exporter.folder).toBe('/home/mira/Documents');
  await app.exporter.run();
  expect(fake.document('doc-1').title).toBe('New title');
  expect(fake.calls.at(-1)).toBe('export md /home/mira/Documents');
  expect(app.exporter.result?.files.length).toBe(2);
});

it('shows a failed export in its dialog', async () => {
  await app.exporter.begin({ document: 'doc-1', title: 'x', format: 'pdf' });
  fake.faults = { export: new Fault('permission', 'The folder cannot be written.', 'Choose another folder.') };
  await app.exporter.run();
  expect(app.exporter.problem).toMatchObject({ help: 'Choose another folder.' });
  expect(app.exporter.busy).toBe(false);
});

it('keeps the choice of a model when other settings are saved', async () => {
  fake.settings.useModel = async (name) => void (fake.settingsValues = { ...fake.settingsValues, model: name });
  await app.settings.useModel('small');
  app.settings.setTheme('dark');
  flushSync();
  await vi.waitFor(() => expect(fake.settingsValues.theme).toBe('dark'));
  expect(fake.settingsValues.model).toBe('small');
});
