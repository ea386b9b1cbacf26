import { beforeEach, expect, it } from 'vitest';
import { FakeBackend } from '../../fake/backend';
import { Alerts } from './alerts.svelte';
import { SettingsState } from './settings.svelte';

let fake: FakeBackend;
let settings: SettingsState;
const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

beforeEach(async () => {
  fake = new FakeBackend();
  settings = new SettingsState(fake.settings, new Alerts());
  await settings.load();
});

it('takes the keys that are pressed, and no hotkey works meanwhile', async () => {
  await settings.listen('pause');
  await settings.press({ ...none, ctrlKey: true, key: 'Control', code: 'ControlLeft' });
  expect(settings.listening).toBe('pause');
  fake.problems = { pause: 'another program on this desktop has them' };
  await settings.press({ ...none, ctrlKey: true, altKey: true, key: 'x', code: 'KeyX' });
  await settings.unlisten();
  expect(settings.listening).toBe('');
  expect(fake.settingsValues.hotkeys.pause).toBe('Ctrl+Alt+X');
  expect(settings.hotkeyProblems.pause).toContain('another program');
  expect(fake.calls.filter((call) => /oldHotkeys|set/.test(call))).toEqual(['holdHotkeys true', 'set']);
});

it('says why keys cannot be a hotkey, and goes on waiting', async () => {
  await settings.listen('mark');
  await settings.press({ ...none, key: 'x', code: 'KeyX' });
  expect(settings.listening).toBe('mark');
  expect(settings.hotkeyProblems.mark).toContain('Take a function key');
  await settings.press({ ...none, key: 'Escape', code: 'Escape' });
  expect([settings.listening, fake.settingsValues.hotkeys.mark]).toEqual(['', 'Ctrl+Alt+M']);
  expect(fake.calls.at(-1)).toBe('holdHotkeys false');
});

it('clears keys, and restores the usual ones', async () => {
  await settings.setHotkey('toggle', '');
  expect(fake.settingsValues.hotkeys.toggle).toBe('');
  await settings.restoreHotkeys();
  expect(fake.settingsValues.hotkeys).toEqual({ toggle: 'Ctrl+Alt+R', pause: 'Ctrl+Alt+P', mark: 'Ctrl+Alt+M', 'off-the-record': 'Ctrl+Alt+O' });
});

it.each([
  ['', /Type the name/],
  ['*', /nothing at all/],
  ['title: **', /nothing at all/],
  ['bitwarden', /on the list already/],
  ['ü'.repeat(101), /at most 200 bytes/],
])('refuses the rule %j', (rule, why) => {
  expect(settings.addDenied(rule)).toBe(false);
  expect(settings.denyProblem).toMatch(why);
});

it('adds, removes and restores rules, and keeps those of the person', async () => {
  expect(settings.addDenied(' Signal ')).toBe(true);
  settings.removeDenied('KeePassXC');
  settings.removeDenied('Bitwarden');
  await settings.restoreDenied();
  expect(fake.settingsValues.deny.slice(0, 2)).toEqual(['Signal', 'org.gnome.seahorse.*']);
  expect(fake.settingsValues.deny.slice(-2)).toEqual(['KeePassXC', '1Password']);
  expect(fake.settingsValues.deny).not.toContain('Bitwarden');
});
