import { toFault, type Check, type HotkeyAction, type ModelItem, type Settings, type SettingsBackend, type Theme } from '../backend';
import type { Alerts } from './alerts.svelte';
import { refusal } from './deny';
import { keysOf, type Pressed } from './keys';
import { everything } from './target';

const defaults: Settings = {
  author: '',
  theme: 'system',
  countdownSeconds: 3,
  microphone: '',
  target: everything,
  deny: [],
  hotkeys: { toggle: '', pause: '', mark: '', 'off-the-record': '' },
  offRecordSeconds: 30,
  notifications: true,
  tray: true,
  bar: true,
};
const typingPause = 500;

export class SettingsState {
  values = $state<Settings>({ ...defaults });
  checks = $state<Check[]>([]);
  models = $state<ModelItem[]>([]);
  checking = $state(false);
  adding = $state(false);
  loaded = $state(false);
  /** The hotkey whose keys are being pressed. */
  listening = $state<HotkeyAction | ''>('');
  /** Why hotkeys do not work, by action; "" stands for all. */
  hotkeyProblems = $state.raw<Record<string, string>>({});
  /** Why the rule that was typed is not on the list. */
  denyProblem = $state('');

  #backend: SettingsBackend;
  #alerts: Alerts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refused: Record<string, string> = {};

  constructor(backend: SettingsBackend, alerts: Alerts) {
    this.#backend = backend;
    this.#alerts = alerts;
  }

  async load(): Promise<void> {
    try {
      this.values = { ...defaults, ...(await this.#backend.get()) };
      this.loaded = true;
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.load());
    }
  }

  /** Loads what only the settings page shows. */
  async open(): Promise<void> {
    this.#refused = {};
    await Promise.all([this.check(), this.#loadModels(), this.#loadProblems()]);
  }

  async check(): Promise<void> {
    this.checking = true;
    try {
      this.checks = await this.#backend.doctor();
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.check());
    } finally {
      this.checking = false;
    }
  }

  async addModel(): Promise<void> {
    this.adding = true;
    try {
      this.models = await this.#backend.addModel();
      await this.load();
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.addModel());
    } finally {
      this.adding = false;
    }
  }

  async useModel(name: string): Promise<void> {
    try {
      await this.#backend.useModel(name);
      // The choice is one of the settings: what is saved next must hold it.
      await Promise.all([this.load(), this.#loadModels()]);
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.useModel(name));
    }
  }

  setTheme(theme: Theme): void {
    this.remember({ theme });
  }

  /** Waits for the keys of an action; meanwhile no hotkey does anything. */
  async listen(action: HotkeyAction): Promise<void> {
    this.listening = action;
    await this.#hold(true);
  }

  async unlisten(): Promise<void> {
    if (this.listening === '') return;
    this.listening = '';
    await this.#hold(false);
  }

  /** Takes what was pressed for the action that is waited for. */
  async press(event: Pressed): Promise<void> {
    const action = this.listening;
    const keys = keysOf(event);
    if (action === '' || keys === '') return;
    if (keys === 'Escape') return this.unlisten();
    try {
      const stored = await this.#backend.checkHotkey(keys);
      this.listening = '';
      await this.setHotkey(action, stored);
    } catch (reason) {
      const { message, help } = toFault(reason);
      this.#refuse(action, `${message} ${help}`.trim());
    }
  }

  /** Gives an action keys; "" takes them away. */
  async setHotkey(action: HotkeyAction, keys: string): Promise<void> {
    this.#refuse(action, '');
    this.values = { ...this.values, hotkeys: { ...this.values.hotkeys, [action]: keys } };
    await this.#save();
    await this.#loadProblems();
  }

  async restoreHotkeys(): Promise<void> {
    await this.#restore((standard) => ({ hotkeys: standard.hotkeys }));
    this.#refused = {};
    await this.#loadProblems();
  }

  /** Puts a rule on the list of what is never recorded; tells whether it did. */
  addDenied(text: string): boolean {
    const rule = text.trim();
    this.denyProblem = refusal(rule, this.values.deny);
    if (this.denyProblem !== '') return false;
    this.remember({ deny: [rule, ...this.values.deny] });
    return true;
  }

  removeDenied(rule: string): void {
    this.denyProblem = '';
    this.remember({ deny: this.values.deny.filter((other) => other !== rule) });
  }

  /** Brings back the rules of a new installation, beside the person's own. */
  async restoreDenied(): Promise<void> {
    this.denyProblem = '';
    await this.#restore((standard) => ({ deny: [...this.values.deny.filter((rule) => !standard.deny.includes(rule)), ...standard.deny] }));
  }

  /** Keeps the author once typing pauses. */
  setAuthor(author: string): void {
    this.values.author = author;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), typingPause);
  }

  /** Changes some of the settings and saves them all. */
  remember(change: Partial<Settings>): void {
    this.values = { ...this.values, ...change };
    clearTimeout(this.#timer);
    void this.#save();
  }

  async #restore(take: (standard: Settings) => Partial<Settings>): Promise<void> {
    try {
      this.values = { ...this.values, ...take(await this.#backend.defaults()) };
      await this.#save();
    } catch (reason) {
      this.#alerts.fail(reason);
    }
  }

  async #hold(hold: boolean): Promise<void> {
    try {
      await this.#backend.holdHotkeys(hold);
    } catch (reason) {
      this.#alerts.fail(reason);
    }
  }

  #refuse(action: HotkeyAction, problem: string): void {
    this.#refused = { ...this.#refused, [action]: problem };
    this.hotkeyProblems = { ...this.hotkeyProblems, [action]: problem };
  }

  async #loadProblems(): Promise<void> {
    try {
      const found = await this.#backend.hotkeyProblems();
      const refused = Object.entries(this.#refused).filter(([, problem]) => problem !== '');
      this.hotkeyProblems = { ...found, ...Object.fromEntries(refused) };
    } catch (reason) {
      this.#alerts.fail(reason);
    }
  }

  async #save(): Promise<void> {
    try {
      await this.#backend.set($state.snapshot(this.values));
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.#save());
    }
  }

  async #loadModels(): Promise<void> {
    try {
      this.models = await this.#backend.models();
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.#loadModels());
    }
  }
}
