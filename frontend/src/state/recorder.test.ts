import { beforeEach, expect, it } from 'vitest';
import { FakeBackend, idle } from '../../fake/backend';
import { Fault } from '../backend';
import { Alerts } from './alerts.svelte';
import { RecorderState } from './recorder.svelte';
import { SettingsState } from './settings.svelte';

let fake: FakeBackend;
let alerts: Alerts;
let recorder: RecorderState;
let finished: string[];

beforeEach(async () => {
  fake = new FakeBackend();
  alerts = new Alerts();
  finished = [];
  const settings = new SettingsState(fake.settings, alerts);
  await settings.load();
  recorder = new RecorderState(fake.recorder, alerts, settings, (session) => finished.push(session));
  recorder.listen(fake.events);
});

it('prepares: devices, title, level of the microphone', async () => {
  await recorder.prepare();
  expect(recorder.title).toBe('Recording of 2026-11-23 11:30');
  expect([recorder.display, recorder.microphone, recorder.countdown]).toEqual([0, '', 3]);
  expect(recorder.level).toBe(0.18);
  await recorder.chooseMicrophone('mic-2');
  await recorder.chooseMicrophone('none');
  await recorder.leave();
  expect(fake.calls.filter((call) => /onitor/.test(call))).toEqual(['monitor ', 'monitor mic-2', 'stopMonitor']);
});

it('remembers choices, but not a device that is gone', async () => {
  fake.settingsValues = { ...fake.settingsValues, display: 7, microphone: 'gone', countdownSeconds: 5 };
  const settings = new SettingsState(fake.settings, alerts);
  await settings.load();
  recorder = new RecorderState(fake.recorder, alerts, settings, () => undefined);
  await recorder.prepare();
  expect([recorder.display, recorder.microphone, recorder.countdown]).toEqual([0, '', 5]);
  recorder.chooseDisplay(1);
  expect(settings.values.display).toBe(1);
});

it('takes the one display where all were recorded before, also after one was unplugged', async () => {
  fake.settingsValues = { ...fake.settingsValues, display: -1 };
  const settings = new SettingsState(fake.settings, alerts);
  await settings.load();
  recorder = new RecorderState(fake.recorder, alerts, settings, () => undefined);
  await recorder.prepare();
  expect(recorder.display).toBe(-1);
  fake.bare = true;
  await recorder.prepare();
  expect(recorder.display).toBe(0);
});

it('records: start, mark, pause, resume, stop, and tells once that it finished', async () => {
  await recorder.prepare();
  recorder.chooseCountdown(0);
  await recorder.start();
  expect(recorder.rolling).toBe(true);
  fake.sendStatus({ elapsedMs: 4000, commands: 1, clicks: 2, level: 0.4 });
  await recorder.mark(' here ');
  await recorder.pause();
  await recorder.resume();
  expect(recorder.ticks.map((tick) => tick.text)).toEqual(['Resumed', 'Paused', 'Mark: here', '2 clicks recorded', 'Command recorded']);
  await recorder.stop();
  expect(finished).toEqual(['session-9']);
  expect(recorder.active).toBe(false);
});

it('notices a recording that the command line started and stopped', () => {
  fake.sendStatus({ state: 'recording', session: 'session-4' });
  expect(recorder.rolling).toBe(true);
  fake.sendStatus({ state: 'idle', session: 'session-4' });
  expect(finished).toEqual(['session-4']);
});

it('makes no draft of what was discarded', async () => {
  fake.sendStatus({ state: 'recording', session: 'session-4' });
  await recorder.discard();
  fake.sendStatus({ state: 'recording', session: 'session-5' });
  fake.sendStatus({ ...idle });
  expect(finished).toEqual([]);
});

it('tells why a recording failed, and lets another begin', async () => {
  await recorder.prepare();
  fake.sendStatus({ state: 'recording', session: 's' });
  fake.sendStatus({ state: 'failed', error: 'The disk is full.' });
  expect(alerts.list.map((alert) => alert.message)).toEqual(['The disk is full.']);
  expect(finished).toEqual([]);
  expect(recorder.canStart).toBe(true);
});

it('shows a refused start and stays ready', async () => {
  await recorder.prepare();
  fake.faults = { start: new Fault('busy', 'A recording is already running.', 'Stop it first.') };
  await recorder.start();
  expect(alerts.list[0]?.help).toBe('Stop it first.');
  expect(recorder.canStart).toBe(true);
});

it('is ready for the next recording after one was discarded', async () => {
  await recorder.prepare();
  recorder.title = 'Mine';
  await recorder.start();
  await recorder.discard();
  expect(recorder.title).toBe('Recording of 2026-11-23 11:30');
  expect(fake.calls.filter((call) => call.startsWith('monitor')).length).toBe(2);
});
