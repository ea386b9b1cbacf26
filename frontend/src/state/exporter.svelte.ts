import { toFault, type ExportBackend, type ExportFormat, type ExportResult, type Job } from '../backend';
import type { Alerts } from './alerts.svelte';
import type { Jobs } from './jobs.svelte';

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
  #jobs: Jobs;
  #before: () => Promise<void>;

  /** before is awaited before each export, so that typed text is in it. */
  constructor(backend: ExportBackend, alerts: Alerts, jobs: Jobs, before: () => Promise<void>) {
    this.#backend = backend;
    this.#alerts = alerts;
    this.#jobs = jobs;
    this.#before = before;
  }

  /** The work on the export that runs. */
  get job(): Job | null {
    return this.now && this.busy ? this.#jobs.ofDocument(this.now.document) : null;
  }

  /** Ends the export that runs; what it wrote so far is removed. */
  async cancel(): Promise<void> {
    const job = this.job;
    if (!job) return;
    try {
      await this.#backend.cancel(job.id);
    } catch (reason) {
      this.#fail(reason);
    }
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
    const { code, message, help } = toFault(reason);
    if (code !== 'cancelled') this.problem = { message, help };
  }
}
