import type { Backend } from '../backend';
import { Alerts, type Alert } from './alerts.svelte';
import { EditorState } from './editor.svelte';
import { ExporterState } from './exporter.svelte';
import { Jobs } from './jobs.svelte';
import { LibraryState } from './library.svelte';
import { RecorderState } from './recorder.svelte';
import { SettingsState } from './settings.svelte';

export type Page = 'library' | 'record' | 'editor' | 'settings';

/** The whole window: its parts, and which page is shown. */
export class AppState {
  page = $state<Page>('library');
  /** The session whose draft is being made right after its recording. */
  drafting = $state('');

  readonly alerts = new Alerts();
  readonly jobs = new Jobs();
  readonly settings: SettingsState;
  readonly library: LibraryState;
  readonly recorder: RecorderState;
  readonly editor: EditorState;
  readonly exporter: ExporterState;

  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.settings = new SettingsState(backend.settings, this.alerts);
    this.library = new LibraryState(backend.library, this.alerts, this.jobs);
    this.recorder = new RecorderState(backend.recorder, this.alerts, this.settings, (session) => void this.#drafted(session));
    this.editor = new EditorState(backend.editor, this.alerts);
    this.jobs.onEnd((job) => {
      // Somebody else asked for it, such as the command line by stopping the recording.
      if (job.kind === 'draft' && job.state === 'done' && job.document && !this.library.awaits(job.session)) this.#tellDraft(job.document);
    });
    this.exporter = new ExporterState(backend.exporter, this.alerts, this.jobs, () => this.editor.flush());
  }

  /** Starts to listen and loads what the first page shows. Returns what ends it. */
  open(): () => void {
    const offJobs = this.jobs.listen(this.#backend.events);
    const offRecorder = this.recorder.listen(this.#backend.events);
    const offAlerts = this.#backend.events.onAlert(({ message, help }) => this.alerts.warn(message, help));
    // The bar takes the place of the page: what was typed there is kept.
    const offBar = this.#backend.events.onStatus(({ compact }) => void (compact && this.page === 'editor' && this.editor.flush()));
    void this.#load();
    return () => {
      offJobs();
      offRecorder();
      offAlerts();
      offBar();
    };
  }

  /** The failure that the bar shows: it has no room for alerts. */
  get barAlert(): Alert | null {
    return this.recorder.compact ? (this.alerts.list.findLast((alert) => alert.kind === 'error') ?? null) : null;
  }

  async go(page: Exclude<Page, 'editor'>): Promise<void> {
    if (this.page === 'record' && page !== 'record') void this.recorder.leave();
    if (this.page === 'editor') await this.editor.flush();
    this.page = page;
    if (page === 'library') await this.library.load();
    if (page === 'record') await this.recorder.prepare();
    if (page === 'settings') await this.settings.open();
  }

  async edit(document: string): Promise<void> {
    if (this.page === 'record') void this.recorder.leave();
    if (await this.editor.open(document)) this.page = 'editor';
  }

  async closeEditor(): Promise<void> {
    if (await this.editor.close()) await this.go('library');
  }

  async makeDraft(session: string): Promise<void> {
    const document = await this.library.draft(session);
    if (document) this.#tellDraft(document);
  }

  async copy(text: string): Promise<boolean> {
    try {
      await this.#backend.copyText(text);
      return true;
    } catch (reason) {
      this.alerts.fail(reason);
      return false;
    }
  }

  async #load(): Promise<void> {
    await Promise.all([this.settings.load(), this.library.load()]);
    try {
      this.recorder.take(await this.#backend.recorder.status());
    } catch (reason) {
      this.alerts.fail(reason);
    }
    if (this.recorder.active) this.page = 'record';
  }

  #tellDraft(document: string): void {
    this.alerts.tell('The draft is ready.', '', { label: 'Open it', run: () => void this.edit(document) });
  }

  async #drafted(session: string): Promise<void> {
    this.drafting = session;
    const document = await this.library.draft(session);
    this.drafting = '';
    if (document && this.page === 'record') {
      await this.edit(document);
      return;
    }
    if (document) this.#tellDraft(document);
    else if (this.page === 'record') await this.go('library');
  }
}
