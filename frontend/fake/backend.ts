import type { Backend, Check, Document, Edit, Job, Notice, RecorderStatus, Rect, SessionItem, Settings, Snapshot, StartOptions } from '../src/backend';
import { Fault } from '../src/backend';
import { applyEdit, numbersOf } from './edits';

interface Opened {
  document: Document;
  revision: number;
  back: Document[];
  forth: Document[];
}

export const idle: RecorderStatus = {
  state: 'idle', session: '', elapsedMs: 0, countdownMs: 0, level: 0, clicks: 0, commands: 0, frames: 0, warnings: [], error: '',
  troubles: [], holds: [], removedMs: 0, compact: false, said: [], unheardMs: 0,
};

/** A Backend in memory, for tests and for looking at the window without Go. */
export class FakeBackend implements Backend {
  calls: string[] = [];
  applied: { edit: Edit; revision: number; coalesce: boolean }[] = [];
  copied: string[] = [];
  /** The next call of this name is rejected with it. */
  faults: Record<string, Fault> = {};
  /** A machine with one display, no microphone and no model. */
  bare = false;
  status: RecorderStatus = { ...idle };
  settingsValues: Settings = { author: 'Mira Okafor', theme: 'system', countdownSeconds: 3, microphone: '', target: { kind: 'all', display: 0, window: 0, region: { x: 0, y: 0, w: 0, h: 0 } }, model: 'base.en',
    deny: ['KeePassXC', '1Password', 'Bitwarden', 'org.gnome.seahorse.*', 'pinentry*', 'polkit-*', 'title:*Payroll*'], offRecordSeconds: 30, notifications: true, tray: true, bar: true,
    hotkeys: { toggle: 'Ctrl+Alt+R', pause: 'Ctrl+Alt+P', mark: 'Ctrl+Alt+M', 'off-the-record': '' },
  };
  started: StartOptions | null = null;
  /** What an export waits for. */
  hold: Promise<never> | undefined;
  problems: Record<string, string> = {};
  region: Rect = { x: 120, y: 40, w: 800, h: 600 };
  sessionItems: SessionItem[] = [
    { id: 'session-1', title: 'Roll out payments 2.4.1 to staging', started: '2026-11-20T14:05:00Z', lengthMs: 754_000, state: 'finished', document: 'doc-1', events: 412 },
    { id: 'session-2', title: 'Rotate the database certificates', started: new Date(Date.now() - 7_200_000).toISOString(), lengthMs: 1_925_000, state: 'finished', document: '', events: 1288 },
    { id: 'session-3', title: 'Recording of 2026-11-18 09:12', started: '2026-11-18T09:12:00Z', lengthMs: 48_000, state: 'recovered', document: '', events: 37 },
  ];
  #documents = new Map<string, Opened>();
  #status: ((status: RecorderStatus) => void)[] = [];
  #level: ((level: number) => void)[] = [];
  #job: ((job: Job) => void)[] = [];
  #alert: ((notice: Notice) => void)[] = [];

  constructor(documents: Document[] = []) {
    for (const document of documents) this.#documents.set(document.id, { document, revision: 1, back: [], forth: [] });
  }

  sendStatus(change: Partial<RecorderStatus>): void {
    this.status = { ...this.status, ...change };
    for (const listener of this.#status) listener(this.status);
  }
  sendLevel(level: number): void {
    for (const listener of this.#level) listener(level);
  }
  sendJob(job: Job): void {
    for (const listener of this.#job) listener(job);
  }

  sendAlert(notice: Notice): void {
    for (const listener of this.#alert) listener(notice);
  }

  /** As if a recording were under way. */
  roll(state: 'recording' | 'paused' | 'countdown'): void {
    this.status = { ...idle, state, session: 'session-9', elapsedMs: 754_300, countdownMs: 2400, level: 0.22, clicks: 31, commands: 12, frames: 164 };
  }

  /** As if somebody else had changed the document. */
  changeElsewhere(id: string): void {
    this.#opened(id).revision++;
  }

  events: Backend['events'] = {
    onStatus: (listener) => subscribe(this.#status, listener),
    onLevel: (listener) => subscribe(this.#level, listener),
    onJob: (listener) => subscribe(this.#job, listener),
    onAlert: (listener) => subscribe(this.#alert, listener),
  };

  recorder: Backend['recorder'] = {
    preflight: () =>
      this.#call('preflight', () => ({
        displays: [
          { index: 0, name: 'eDP-1', x: 0, y: 0, w: 1920, h: 1200 },
          { index: 1, name: 'DP-2', x: 1920, y: 0, w: 2560, h: 1440 },
        ].slice(0, this.bare ? 1 : 2),
        microphones: [
          { id: 'mic-1', name: 'Built-in microphone', isDefault: true, isMonitor: false },
          { id: 'mic-2', name: 'Monitor of Jabra Evolve2 40', isDefault: false, isMonitor: true },
        ].slice(0, this.bare ? 0 : 2),
        windows: this.bare ? [] : [
          { id: 41, title: 'deploy@stage-1: ~/payments', program: 'XTerm', w: 980, h: 640 },
          { id: 42, title: 'Payments rollout: Grafana dashboards of the European region, last six hours, refreshed each minute', program: 'Firefox', w: 1600, h: 1100 },
        ],
        never: '38 kinds of windows are never recorded, such as KeePassXC.',
        checks: this.#checks(),
        defaultTitle: 'Recording of 2026-11-23 11:30',
        freeBytes: 148_300_000_000,
        hours: 471.2,
      })),
    start: (options: StartOptions) =>
      this.#call('start', () => {
        this.started = options;
        this.status = { ...idle, state: options.countdownSeconds > 0 ? 'countdown' : 'recording', session: 'session-9', countdownMs: options.countdownSeconds * 1000 };
        return this.status;
      }),
    pause: () => this.#call('pause', () => this.sendStatus({ state: 'paused' })),
    resume: () => this.#call('resume', () => this.sendStatus({ state: 'recording', removedMs: 0 })),
    mark: (text) => this.#call(`mark ${text}`, () => undefined),
    stop: () =>
      this.#call('stop', () => {
        this.sendStatus({ state: 'finishing' });
        this.sendStatus({ state: 'idle' });
        return this.status;
      }),
    discard: () => this.#call('discard', () => this.sendStatus({ ...idle })),
    offTheRecord: () => this.#call('offTheRecord', () => this.sendStatus({ state: 'paused', removedMs: this.settingsValues.offRecordSeconds * 1000 })),
    expand: (large) => this.#call(`expand ${large}`, () => this.sendStatus({ compact: !large })),
    room: (more) => this.#call(`room ${more}`, () => undefined),
    pickRegion: () => this.#call('pickRegion', () => this.region),
    status: () => this.#call('status', () => this.status),
    monitor: (device) => this.#call(`monitor ${device}`, () => this.sendLevel(0.18)),
    stopMonitor: () => this.#call('stopMonitor', () => undefined),
  };

  library: Backend['library'] = {
    sessions: () => this.#call('sessions', () => [...this.sessionItems]),
    documents: () =>
      this.#call('documents', () =>
        [...this.#documents.values()].map(({ document, revision }) => ({
          id: document.id,
          title: document.title,
          session: document.session ?? '',
          steps: Object.keys(numbersOf(document)).length,
          updated: '2026-11-20T14:31:00Z',
          revision,
          status: document.status,
        })),
      ),
    deleteSession: (id) => this.#call(`deleteSession ${id}`, () => void (this.sessionItems = this.sessionItems.filter((s) => s.id !== id))),
    deleteDocument: (id) => this.#call(`deleteDocument ${id}`, () => void this.#documents.delete(id)),
    draft: (session) => this.#call(`draft ${session}`, () => 'doc-1'),
    search: (words) => this.#call(`search ${words}`, () => [{ id: 'doc-1', title: 'Roll out payments 2.4.1 to staging', snippet: '… helm upgrade payments ./chart --set image.tag=2.4.1 …' }]),
  };

  editor: Backend['editor'] = {
    open: (id) => this.#call(`open ${id}`, () => this.#snapshot(this.#opened(id))),
    apply: (id, revision, edit, coalesce) =>
      this.#call('apply', () => {
        const opened = this.#opened(id);
        if (revision !== opened.revision) throw new Fault('conflict', 'The document was changed elsewhere meanwhile.', '');
        this.applied.push({ edit, revision, coalesce });
        if (!coalesce) opened.back.push(opened.document);
        opened.forth = [];
        opened.document = applyEdit(opened.document, edit);
        opened.revision++;
        return this.#snapshot(opened);
      }),
    undo: (id) => this.#call('undo', () => this.#turn(id, 'back', 'forth')),
    redo: (id) => this.#call('redo', () => this.#turn(id, 'forth', 'back')),
    close: (id) => this.#call(`close ${id}`, () => undefined),
    figureURL: (document, figure, revision) => `/fake/figure.svg?${document}/${figure}&r=${revision}`,
  };

  exporter: Backend['exporter'] = {
    chooseFolder: () => this.#call('chooseFolder', () => '/home/mira/wiki'),
    defaultFolder: () => this.#call('defaultFolder', () => '/home/mira/Documents'),
    export: (_id, format, folder) =>
      this.#call(`export ${format} ${folder}`, async () => await this.hold ?? ({
        files: [`${folder}/roll-out-payments/README.md`, `${folder}/roll-out-payments/images/step-003.png`],
        warnings: [],
      })),
    reveal: (path) => this.#call(`reveal ${path}`, () => undefined),
    cancel: (job) => this.#call(`cancel ${job}`, () => undefined),
  };

  settings: Backend['settings'] = {
    doctor: () => this.#call('doctor', () => this.#checks()),
    models: () =>
      this.#call('models', () => this.bare ? [] : [
        { name: 'base.en', path: '/home/mira/.local/share/runreel/models/ggml-base.en.bin', sizeBytes: 147_964_211, description: 'English', current: true },
        { name: 'small', path: '/home/mira/.local/share/runreel/models/ggml-small.bin', sizeBytes: 487_601_967, description: 'Many languages', current: false },
      ]),
    addModel: () => this.#call('addModel', () => []),
    useModel: (name) => this.#call(`useModel ${name}`, () => undefined),
    get: () => this.#call('get', () => this.settingsValues),
    set: (settings) => this.#call('set', () => void (this.settingsValues = settings)),
    defaults: () =>
      this.#call('defaults', () => ({
        ...this.settingsValues, deny: ['KeePassXC', '1Password'],
        hotkeys: { toggle: 'Ctrl+Alt+R', pause: 'Ctrl+Alt+P', mark: 'Ctrl+Alt+M', 'off-the-record': 'Ctrl+Alt+O' },
      })),
    hotkeyProblems: () => this.#call('hotkeyProblems', () => this.problems),
    checkHotkey: (text) =>
      this.#call('checkHotkey', () => {
        if (!text.includes('+')) throw new Fault('hotkey-keys', 'Those keys cannot be a hotkey:', 'Take a function key, or a key with Ctrl, Alt or Super.');
        return text;
      }),
    holdHotkeys: (hold) => this.#call(`holdHotkeys ${hold}`, () => undefined),
  };

  async copyText(text: string): Promise<void> {
    this.copied.push(text);
  }

  document(id: string): Document {
    return this.#opened(id).document;
  }

  #checks(): Check[] {
    if (this.bare) {
      return [
        { part: 'Display server', state: 'ok', detail: 'X11, 1 display', fix: '' },
        { part: 'Input events', state: 'broken', detail: 'the server has no RECORD extension', fix: 'Start the X server with its RECORD extension.' },
        { part: 'Microphones', state: 'missing', detail: 'none found', fix: 'Plug one in, or start PulseAudio or PipeWire.' },
        { part: 'Speech model', state: 'missing', detail: 'none installed', fix: 'Fetch a model and run `runreel models add FILE`.' },
      ];
    }
    return [
      { part: 'Display server', state: 'ok' as const, detail: 'X11, 2 displays', fix: '' },
      { part: 'Input events', state: 'ok' as const, detail: 'RECORD 1.13', fix: '' },
      { part: 'Accessibility bus', state: 'broken' as const, detail: 'org.a11y.Bus does not answer', fix: 'Install at-spi2-core and log in again.' },
      { part: 'Microphone', state: 'ok' as const, detail: '2 found', fix: '' },
      { part: 'Speech model', state: 'ok' as const, detail: 'base.en', fix: '' },
      { part: 'tesseract', state: 'missing' as const, detail: 'Names of buttons are not read off pictures', fix: 'apt install tesseract-ocr' },
      { part: 'ffmpeg', state: 'ok' as const, detail: '5.1', fix: '' },
      { part: 'Disk', state: 'ok' as const, detail: '148 GB free', fix: '' },
    ];
  }

  async #call<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    this.calls.push(name);
    const key = name.split(' ')[0] ?? name;
    const fault = this.faults[key];
    await Promise.resolve();
    if (fault) {
      this.faults = Object.fromEntries(Object.entries(this.faults).filter(([other]) => other !== key));
      throw fault;
    }
    return run();
  }

  #opened(id: string): Opened {
    const opened = this.#documents.get(id);
    if (!opened) throw new Fault('not-found', 'There is no such document.', 'Look at the library.');
    return opened;
  }

  #turn(id: string, from: 'back' | 'forth', to: 'back' | 'forth'): Snapshot {
    const opened = this.#opened(id);
    const document = opened[from].pop();
    if (document) {
      opened[to].push(opened.document);
      opened.document = document;
      opened.revision++;
    }
    return this.#snapshot(opened);
  }

  #snapshot({ document, revision, back, forth }: Opened): Snapshot {
    return structuredClone({
      document, revision, canUndo: back.length > 0, canRedo: forth.length > 0, savedAt: '2026-11-23T11:30:00Z', numbers: numbersOf(document),
    });
  }
}

function subscribe<T>(list: T[], listener: T): () => void {
  list.push(listener);
  return () => void list.splice(list.indexOf(listener), 1);
}
