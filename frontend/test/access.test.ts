import { render, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, expect, it } from 'vitest';
import { FakeBackend } from '../fake/backend';
import { sampleDocument } from '../fake/sample';
import { AppState } from '../src/state/app.svelte';
import App from '../src/views/App.svelte';

let fake: FakeBackend;
let app: AppState;

beforeEach(() => {
  fake = new FakeBackend([sampleDocument()]);
});

async function open(then: (app: AppState) => Promise<void>): Promise<void> {
  app = new AppState(fake);
  render(App, { props: { app } });
  await waitFor(() => expect(app.library.loaded).toBe(true));
  await then(app);
}

// Colours need a real page and are looked at there.
async function faults(): Promise<string[]> {
  const found = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false }, 'landmark-one-main': { enabled: false }, 'page-has-heading-one': { enabled: false } },
  });
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

it('library', async () => {
  await open((it) => it.go('library'));
  expect(await faults()).toEqual([]);
  for (const name of ['Library', 'Record', 'Settings', 'New recording', 'Make draft of Rotate the database certificates']) {
    expect(screen.getByRole('button', { name })).toBeTruthy();
  }
});

it('empty library', async () => {
  fake = new FakeBackend();
  fake.sessionItems = [];
  await open((it) => it.go('library'));
  expect(await faults()).toEqual([]);
  expect(screen.getByText(/There are no recordings yet/)).toBeTruthy();
});

it('before recording', async () => {
  await open((it) => it.go('record'));
  expect(await faults()).toEqual([]);
  expect(screen.getByRole('button', { name: 'Start recording' })).toBeTruthy();
  expect(screen.getByRole('meter', { name: 'Microphone level' })).toBeTruthy();
});

it('while recording', async () => {
  fake.roll('recording');
  await open((it) => it.go('record'));
  expect(await faults()).toEqual([]);
  for (const name of ['Pause', 'Add mark', 'Off the record', 'Stop', 'Discard', 'Become a small bar']) expect(screen.getByRole('button', { name })).toBeTruthy();
  fake.sendStatus({ state: 'paused' });
  expect(await screen.findByRole('button', { name: 'Resume' })).toBeTruthy();
});

it('the bar: pause, mark, off the record, stop, each by its name', async () => {
  fake.roll('recording');
  fake.status.compact = true;
  await open(async () => undefined);
  await waitFor(() => expect(app.recorder.compact).toBe(true));
  expect(await faults()).toEqual([]);
  expect(screen.queryByRole('navigation')).toBeNull();
  for (const name of ['Pause', 'Add mark', 'Off the record', 'Stop', 'Show the whole window']) expect(screen.getByRole('button', { name })).toBeTruthy();
  screen.getByRole('button', { name: 'Add mark' }).click();
  expect(await screen.findByText('Mark added')).toBeTruthy();
  await waitFor(() => expect(app.recorder.busy).toBe(false));
  screen.getByRole('button', { name: 'Off the record' }).click();
  expect(await screen.findByText(/The last 30 s were removed/)).toBeTruthy();
  await waitFor(() => expect(app.recorder.busy).toBe(false));
  screen.getByRole('button', { name: 'Resume' }).click();
  await waitFor(() => expect(screen.queryByText(/were removed/)).toBeNull());
  screen.getByRole('button', { name: 'Show the whole window' }).click();
  expect(await screen.findByRole('navigation')).toBeTruthy();
  expect(fake.calls).toEqual(expect.arrayContaining(['mark ', 'offTheRecord', 'resume', 'expand true']));
});

it('the bar shows a failure until it is dismissed, and asks for room', async () => {
  fake.roll('recording');
  fake.status.compact = true;
  await open(async () => undefined);
  await waitFor(() => expect(app.recorder.compact).toBe(true));
  fake.sendAlert({ code: 'x', message: 'It failed.', help: 'Do this.' });
  expect((await screen.findByRole('alert')).textContent).toContain('Do this.');
  expect(fake.calls).toContain('room true');
  screen.getByRole('button', { name: 'Dismiss' }).click();
  await waitFor(() => expect(fake.calls).toContain('room false'));
});

it('a countdown is cancelled by one press', async () => {
  fake.roll('countdown');
  fake.status.compact = true;
  await open(async () => undefined);
  await waitFor(() => expect(app.recorder.compact).toBe(true));
  (await screen.findByRole('button', { name: 'Cancel' })).click();
  await waitFor(() => expect(fake.calls).toContain('discard'));
});

it('editor', async () => {
  await open((it) => it.edit('doc-1'));
  expect(await faults()).toEqual([]);
  for (const name of ['Undo', 'Redo', 'Export', 'Delete step 3', 'Move step 3 up', 'Move step 3 down', 'Merge step 3 with the next', 'Split step 3', 'Insert below step 3']) {
    expect(screen.getByRole('button', { name })).toBeTruthy();
  }
  for (const name of ['Title of step 3', 'Text of step 3', 'Title of heading 1', 'Command of step 1', 'Text of section Purpose']) {
    expect(screen.getByRole('textbox', { name })).toBeTruthy();
  }
});

it('settings', async () => {
  await open((it) => it.go('settings'));
  expect(await faults()).toEqual([]);
  expect(within(screen.getByRole('group', { name: 'Theme' })).getAllByRole('radio').length).toBe(3);
});

it('alerts have the role of alerts', async () => {
  await open((it) => it.go('library'));
  app.alerts.fail('{"code":"x","message":"It failed.","help":"Do this."}');
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Do this.');
  within(alert).getByRole('button', { name: 'Dismiss' }).click();
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});
