import type { ExportBackend, ExportFormat, ExportResult } from '../backend';
import type { Alerts } from './alerts.svelte';

/** An export from the moment that its format was chosen until its files were seen. */
export interface Exporting {
  document: string;
  title: string;
  format: ExportFormat;
}

export class ExporterState {
  now = $state.raw<Exporting | null>(null);
  folder = $state('');
  busy = $state(false);
  result = $state.raw<ExportResult | null>(null);
  /** Shown in the dialog, which would cover an alert. */
  problem = $state.raw<{ message: string; help: string } | null>(null);

  #backend: ExportBackend;
  #alerts: Alerts;
  #before: () => Promise<void>;

  /** before is awaited before each export, so that typed text is in it. */
  constructor(backend: ExportBackend, alerts: Alerts, before: () => Promise<void>) {
    this.#backend = backend;
    this.#alerts = alerts;
    this.#before = before;
  }

  async begin(exporting: Exporting): Promise<void> {
    this.result = null;
    this.problem = null;
    this.now = exporting;
    if (this.folder !== '') return;
    try {
      this.folder = await this.#backend.defaultFolder();
    } catch (reason) {
      this.#fail(reason);
    }
  }

  async chooseFolder(): Promise<void> {
    try {
      const chosen = await this.#backend.chooseFolder();
      if (chosen) this.folder = chosen;
    } catch (reason) {
      this.#fail(reason);
    }
  }

  async run(): Promise<void> {
    if (!this.now || this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await this.#before();
      this.result = await this.#backend.export(this.now.document, this.now.format, this.folder.trim());
    } catch (reason) {
      this.#fail(reason);
    } finally {
      this.busy = false;
    }
  }

  async reveal(path: string): Promise<void> {
    try {
      await this.#backend.reveal(path);
    } catch (reason) {
      this.#alerts.fail(reason);
    }
  }

  end(): void {
    if (!this.busy) this.now = null;
  }

  #fail(reason: unknown): void {
    const { message, help } = reason as { message?: string; help?: string };
    this.problem = { message: message ?? 'The export failed.', help: help ?? '' };
  }
}
