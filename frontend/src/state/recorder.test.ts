import { beforeEach, expect, it } from 'vitest';
import { FakeBackend, idle } from '../../fake/backend';
import { Fault, type Settings } from '../backend';
import { Alerts } from './alerts.svelte';
import { RecorderState } from './recorder.svelte';
import { SettingsState } from './settings.svelte';
import { everything } from './target';

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
  expect([recorder.target.kind, recorder.microphone, recorder.countdown]).toEqual(['all', '', 3]);
  expect(recorder.level).toBe(0.18);
  await recorder.chooseMicrophone('mic-2');
  await recorder.chooseMicrophone('none');
  await recorder.leave();
  expect(fake.calls.filter((call) => /onitor/.test(call))).toEqual(['monitor ', 'monitor mic-2', 'stopMonitor']);
});

async function prepared(values: Partial<Settings>): Promise<SettingsState> {
  fake.settingsValues = { ...fake.settingsValues, ...values };
  const settings = new SettingsState(fake.settings, alerts);
  await settings.load();
  recorder = new RecorderState(fake.recorder, alerts, settings, () => undefined);
  recorder.listen(fake.events);
  await recorder.prepare();
  return settings;
}

it('remembers choices, but not a device that is gone', async () => {
  const settings = await prepared({ target: { ...everything, kind: 'display', display: 7 }, microphone: 'gone', countdownSeconds: 5 });
  expect([recorder.target.kind, recorder.microphone, recorder.countdown]).toEqual(['all', '', 5]);
  recorder.chooseDisplay(1);
  expect(settings.values.target).toMatchObject({ kind: 'display', display: 1 });
});

it('takes everything where the chosen display was unplugged', async () => {
  await prepared({ target: { ...everything, kind: 'display', display: 1 } });
  expect(recorder.captured).toContain('the display DP-2 (2560×1440)');
  fake.bare = true;
  await recorder.prepare();
  expect(recorder.target.kind).toBe('all');
  expect(recorder.captured).toContain('the whole screen');
});

it('records one window, and asks again for it the next time', async () => {
  const settings = await prepared({});
  await recorder.chooseKind('window');
  expect(recorder.canStart).toBe(false);
  expect(recorder.captured).toBe('Choose a window.');
  recorder.chooseWindow(41);
  expect(recorder.canStart).toBe(true);
  expect(recorder.captured).toContain('deploy@stage-1');
  expect(settings.values.target.kind).toBe('all');
  fake.bare = true;
  await recorder.refresh();
  expect(recorder.canStart).toBe(false);
});

it('records a region once it was drawn, and remembers it', async () => {
  const settings = await prepared({});
  await recorder.chooseKind('region');
  expect(recorder.canStart).toBe(false);
  fake.faults = { pickRegion: new Fault('cancelled', 'No region was drawn.', '') };
  await recorder.drawRegion();
  expect([recorder.canStart, recorder.drawing, alerts.list.length]).toEqual([false, false, 0]);
  await recorder.drawRegion();
  expect(recorder.captured).toContain('the region 800×600+120+40');
  expect(settings.values.target).toMatchObject({ kind: 'region', region: { x: 120, y: 40, w: 800, h: 600 } });
  await recorder.start();
  expect(fake.started?.target).toMatchObject({ kind: 'region', region: { w: 800 } });
});

it('says what was taken off the record until the recording goes on', async () => {
  fake.sendStatus({ state: 'recording', session: 's', elapsedMs: 60_000 });
  await recorder.offTheRecord();
  expect(recorder.status.state).toBe('paused');
  expect(recorder.banners).toEqual([{ tone: 'calm', message: 'The last 30 s were removed.', help: 'Resume when you are ready.' }]);
  await recorder.resume();
  expect(recorder.banners).toEqual([]);
});

it('tells troubles and holds', () => {
  const trouble = { source: 'microphone', message: 'The microphone is gone.', help: 'Plug it in.', sinceMs: 3000 };
  fake.sendStatus({ state: 'paused', session: 's', troubles: [trouble], holds: ['screen locked', 'something new'] });
  expect(recorder.banners.map((b) => `${b.tone}: ${b.message}`)).toEqual([
    'bad: The microphone is gone.', 'calm: Paused while the screen is locked.', 'calm: Paused: something new.',
  ]);
});

it('asks for room in the bar once, and again in the next recording', async () => {
  fake.sendStatus({ state: 'recording', session: 's', compact: true });
  expect(recorder.compact).toBe(true);
  await recorder.makeRoom(true);
  await recorder.makeRoom(true);
  await recorder.makeRoom(false);
  await recorder.makeRoom(true);
  fake.sendStatus({ ...idle });
  expect(recorder.compact).toBe(false);
  fake.sendStatus({ state: 'recording', session: 't', compact: true });
  await recorder.makeRoom(true);
  expect(fake.calls.filter((call) => call.startsWith('room'))).toEqual(['room true', 'room false', 'room true', 'room true']);
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
