import type { Check, ModelItem, Settings, SettingsBackend, Theme } from '../backend';
import type { Alerts } from './alerts.svelte';

const defaults: Settings = { author: '', theme: 'system', countdownSeconds: 3, microphone: '', display: 0 };
const typingPause = 500;

export class SettingsState {
  values = $state<Settings>({ ...defaults });
  checks = $state<Check[]>([]);
  models = $state<ModelItem[]>([]);
  checking = $state(false);
  adding = $state(false);
  loaded = $state(false);

  #backend: SettingsBackend;
  #alerts: Alerts;
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    await Promise.all([this.check(), this.#loadModels()]);
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
