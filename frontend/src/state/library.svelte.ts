import type { DocumentItem, Job, LibraryBackend, SearchHit, SessionItem } from '../backend';
import type { Alerts } from './alerts.svelte';
import type { Jobs } from './jobs.svelte';

export type SessionPhase = 'recording' | 'working' | 'failed' | 'recovered' | 'drafted' | 'recorded';

const typingPause = 200;

export class LibraryState {
  documents = $state.raw<DocumentItem[]>([]);
  sessions = $state.raw<SessionItem[]>([]);
  hits = $state.raw<SearchHit[]>([]);
  words = $state('');
  /** The words that hits answer. */
  answered = $state('');
  loaded = $state(false);

  #backend: LibraryBackend;
  #alerts: Alerts;
  #jobs: Jobs;
  #drafting = $state<Record<string, boolean>>({});
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: LibraryBackend, alerts: Alerts, jobs: Jobs) {
    this.#backend = backend;
    this.#alerts = alerts;
    this.#jobs = jobs;
    jobs.onEnd((job) => {
      if (job.kind !== 'export') void this.load();
    });
  }

  get empty(): boolean {
    return this.loaded && this.documents.length === 0 && this.sessions.length === 0;
  }

  get searching(): boolean {
    return this.words.trim() !== '';
  }

  async load(): Promise<void> {
    try {
      const [documents, sessions] = await Promise.all([this.#backend.documents(), this.#backend.sessions()]);
      this.documents = documents;
      this.sessions = sessions;
      this.loaded = true;
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.load());
    }
  }

  search(words: string): void {
    this.words = words;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), typingPause);
  }

  phase(session: SessionItem): SessionPhase {
    if (session.state === 'recording') return 'recording';
    const job = this.job(session);
    if (this.#drafting[session.id] || job?.state === 'running') return 'working';
    if (session.document) return 'drafted';
    if (job?.state === 'failed') return 'failed';
    return session.state === 'recovered' ? 'recovered' : 'recorded';
  }

  /** This window waits for the draft of the session. */
  awaits(session: string): boolean {
    return this.#drafting[session] ?? false;
  }

  job(session: SessionItem): Job | null {
    return this.#jobs.ofSession(session.id);
  }

  /** Makes the draft of a session. Resolves to "" where that failed, after it was shown. */
  async draft(session: string): Promise<string> {
    if (this.#drafting[session]) return '';
    this.#drafting[session] = true;
    try {
      const document = await this.#backend.draft(session);
      await this.load();
      return document;
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.draft(session));
      return '';
    } finally {
      this.#drafting[session] = false;
    }
  }

  async deleteDocument(id: string): Promise<void> {
    await this.#delete(() => this.#backend.deleteDocument(id));
  }

  async deleteSession(id: string): Promise<void> {
    await this.#delete(() => this.#backend.deleteSession(id));
  }

  async #delete(remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.#delete(remove));
    }
    await this.load();
    if (this.searching) await this.#ask();
  }

  async #ask(): Promise<void> {
    const words = this.words.trim();
    if (words === '') {
      this.hits = [];
      this.answered = '';
      return;
    }
    try {
      const hits = await this.#backend.search(words);
      if (words !== this.words.trim()) return;
      this.hits = hits;
      this.answered = words;
    } catch (reason) {
      this.#alerts.fail(reason, () => void this.#ask());
    }
  }
}
