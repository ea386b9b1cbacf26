import type { Backend, Preflight, RecorderBackend, RecorderStatus, Target, TargetKind } from '../backend';
import type { Alerts } from './alerts.svelte';
import type { SettingsState } from './settings.svelte';
import { captured, everything, recalled, usable } from './target';
import { holdSentence, removedSentence } from './words';

const idle: RecorderStatus = {
  state: 'idle',
  session: '',
  elapsedMs: 0,
  countdownMs: 0,
  level: 0,
  clicks: 0,
  commands: 0,
  frames: 0,
  warnings: [],
  error: '',
  troubles: [],
  holds: [],
  removedMs: 0,
  said: [],
  unheardMs: 0,
  compact: false,
};

/** Something that is to be known while the recording goes on. */
export interface Banner {
  tone: 'bad' | 'calm';
  message: string;
  help: string;
}

/** A fact of the running recording that the page tells as it happens. */
export interface Tick {
  id: number;
  at: number;
  text: string;
}

const ticksKept = 5;
/** How long the bar shows that a mark was set. */
const markedFor = 2500;

export class RecorderState {
  status = $state.raw<RecorderStatus>(idle);
  preflight = $state.raw<Preflight | null>(null);
  level = $state(0);
  ticks = $state.raw<Tick[]>([]);
  /** A verb is on its way and its buttons wait. */
  busy = $state(false);
  /** A mark was set just now. */
  marked = $state(false);

  title = $state('');
  target = $state.raw<Target>(everything);
  /** The person draws a region on the screen. */
  drawing = $state(false);
  microphone = $state('');
  countdown = $state(3);

  #backend: RecorderBackend;
  #alerts: Alerts;
  #settings: SettingsState;
  #finished: (session: string) => void;
  #discarding = false;
  #shown = false;
  #lastFinished = '';
  #monitored: string | null = null;
  #nextTick = 1;
  #room = false;
  #markTimer: ReturnType<typeof setTimeout> | undefined;

  /** finished is called once for each session that was recorded to its end. */
  constructor(backend: RecorderBackend, alerts: Alerts, settings: SettingsState, finished: (session: string) => void) {
    this.#backend = backend;
    this.#alerts = alerts;
    this.#settings = settings;
    this.#finished = finished;
  }

  listen(events: Backend['events']): () => void {
    const offStatus = events.onStatus((status) => this.take(status));
    const offLevel = events.onLevel((level) => (this.level = level));
    return () => {
      offStatus();
      offLevel();
    };
  }

  /** A recording is under way: counting down, running, paused or being closed. */
  get active(): boolean {
    return this.status.state !== 'idle' && this.status.state !== 'failed';
  }

  get rolling(): boolean {
    return this.status.state === 'recording' || this.status.state === 'paused';
  }

  get canStart(): boolean {
    return this.preflight !== null && usable(this.target, this.preflight) && !this.active && !this.busy;
  }

  /** The window is the small bar. */
  get compact(): boolean {
    return this.status.compact && this.active;
  }

  get silent(): boolean {
    return this.microphone === 'none' || this.preflight?.microphones.length === 0;
  }

  /** What a recording would take, in a sentence. */
  get captured(): string {
    return this.preflight ? captured(this.target, this.preflight, !this.silent) : '';
  }

  /** What is to be known of the running recording, most urgent first. */
  get banners(): Banner[] {
    const { troubles, holds, removedMs } = this.status;
    const removed = removedMs > 0 ? [calm(removedSentence(removedMs), 'Resume when you are ready.')] : [];
    const bad = troubles.map(({ message, help }): Banner => ({ tone: 'bad', message, help }));
    return [...removed, ...bad, ...holds.map((reason) => calm(holdSentence(reason), ''))];
  }

  /** Reads what can be recorded, and lets the microphone's level be seen. */
  async prepare(): Promise<void> {
    this.#shown = true;
    await this.#try(async () => {
      this.take(await this.#backend.status());
      if (this.active) return;
      const found = await this.#backend.preflight();
      const before = this.preflight;
      this.preflight = found;
      if (!before || this.title === '' || this.title === before.defaultTitle) this.title = found.defaultTitle;
      if (!before) this.#recall(found);
      else if (this.target.kind === 'display' && !usable(this.target, found)) this.target = { ...this.target, ...everything };
      await this.#monitor();
    }, () => void this.prepare());
  }

  async leave(): Promise<void> {
    this.#shown = false;
    if (this.#monitored === null) return;
    this.#monitored = null;
    this.level = 0;
    await this.#try(() => this.#backend.stopMonitor());
  }

  async chooseKind(kind: TargetKind): Promise<void> {
    const display = this.preflight?.displays.some((d) => d.index === this.target.display) ? this.target.display : (this.preflight?.displays[0]?.index ?? 0);
    this.#take({ ...this.target, kind, display });
    if (kind === 'window') await this.refresh();
  }

  chooseDisplay(display: number): void {
    this.#take({ ...this.target, kind: 'display', display });
  }

  chooseWindow(window: number): void {
    this.#take({ ...this.target, kind: 'window', window });
  }

  /** Lets the person draw the region to record. */
  async drawRegion(): Promise<void> {
    if (this.drawing) return;
    this.drawing = true;
    await this.#try(async () => this.#take({ ...this.target, kind: 'region', region: await this.#backend.pickRegion() }));
    this.drawing = false;
  }

  /** Looks again for displays, windows and microphones. */
  async refresh(): Promise<void> {
    await this.#try(async () => {
      this.preflight = await this.#backend.preflight();
    });
  }

  // A window's number means nothing tomorrow, and a region has to be drawn.
  #take(target: Target): void {
    this.target = target;
    if (target.kind !== 'window' && this.preflight && usable(target, this.preflight)) this.#settings.remember({ target });
  }

  async chooseMicrophone(id: string): Promise<void> {
    this.microphone = id;
    this.#settings.remember({ microphone: id });
    await this.#try(() => this.#monitor());
  }

  chooseCountdown(seconds: number): void {
    this.countdown = seconds;
    this.#settings.remember({ countdownSeconds: seconds });
  }

  async start(): Promise<void> {
    if (!this.canStart) return;
    this.#discarding = false;
    this.ticks = [];
    this.#monitored = null;
    await this.#verb(async () => {
      const title = this.title.trim() || (this.preflight?.defaultTitle ?? '');
      const status = await this.#backend.start({
        title,
        target: this.target,
        microphone: this.microphone,
        countdownSeconds: this.countdown,
      });
      // Events tell more than this answer once they flow.
      if (this.status.state === 'idle' || this.status.state === 'failed') this.take(status);
    });
  }

  pause(): Promise<void> {
    return this.#verb(() => this.#backend.pause());
  }

  resume(): Promise<void> {
    return this.#verb(() => this.#backend.resume());
  }

  async mark(text: string): Promise<void> {
    await this.#verb(async () => {
      await this.#backend.mark(text.trim());
      this.#tick(text.trim() ? `Mark: ${text.trim()}` : 'Mark');
      this.marked = true;
      clearTimeout(this.#markTimer);
      this.#markTimer = setTimeout(() => (this.marked = false), markedFor);
    });
  }

  /** Removes the last moments and pauses. */
  offTheRecord(): Promise<void> {
    return this.#verb(() => this.#backend.offTheRecord());
  }

  /** Makes the window whole while it records, or the bar again. */
  expand(large: boolean): Promise<void> {
    return this.#try(() => this.#backend.expand(large));
  }

  /** Asks for room in the bar, or gives it back. */
  async makeRoom(more: boolean): Promise<void> {
    if (more === this.#room) return;
    this.#room = more;
    await this.#try(() => this.#backend.room(more));
  }

  async stop(): Promise<void> {
    await this.#verb(async () => {
      const session = this.status.session;
      const status = await this.#backend.stop();
      this.take(status);
      if (status.state !== 'failed') this.#finish(status.session || session);
    });
  }

  async discard(): Promise<void> {
    this.#discarding = true;
    await this.#verb(async () => {
      await this.#backend.discard();
      this.take({ ...idle });
    });
    this.#discarding = false;
    if (this.#shown && !this.active) await this.prepare();
  }

  /** Takes a new status, whoever caused it: this window or the command line. */
  take(status: RecorderStatus): void {
    const before = this.status;
    const wasActive = this.active;
    this.status = status;
    if (this.rolling) this.level = status.level;
    this.#compare(before, status);
    if (status.state === 'failed' && before.state !== 'failed' && status.error) {
      this.#alerts.warn(status.error, 'What was recorded until then is in the library.');
    }
    if (wasActive && !this.active) this.#end(status);
  }

  #end(status: RecorderStatus): void {
    this.level = 0;
    this.title = '';
    this.#room = false;
    this.marked = false;
    // A recording that was thrown away leaves no session behind.
    if (status.state === 'idle' && status.session && !this.#discarding) this.#finish(status.session);
    else if (this.#shown && !this.busy) void this.prepare();
  }

  // The answer to Stop and the status event both tell of the same end.
  #finish(session: string): void {
    if (session === '' || session === this.#lastFinished) return;
    this.#lastFinished = session;
    this.#finished(session);
  }

  #recall(found: Preflight): void {
    const kept = this.#settings.values;
    this.countdown = kept.countdownSeconds;
    this.target = recalled(kept.target, found);
    const hasMicrophone = kept.microphone === 'none' || found.microphones.some((m) => m.id === kept.microphone);
    this.microphone = hasMicrophone ? kept.microphone : '';
  }

  async #monitor(): Promise<void> {
    const wanted = this.silent ? null : this.microphone;
    if (wanted === this.#monitored) return;
    this.level = 0;
    if (wanted === null) {
      this.#monitored = null;
      await this.#backend.stopMonitor();
      return;
    }
    await this.#backend.monitor(wanted);
    this.#monitored = wanted;
  }

  #compare(before: RecorderStatus, after: RecorderStatus): void {
    if (before.session !== after.session || !this.rolling) return;
    const commands = after.commands - before.commands;
    const clicks = after.clicks - before.clicks;
    if (commands > 0) this.#tick(commands === 1 ? 'Command recorded' : `${commands} commands recorded`);
    if (clicks > 0) this.#tick(clicks === 1 ? 'Click recorded' : `${clicks} clicks recorded`);
    if (before.state === 'recording' && after.state === 'paused') this.#tick('Paused');
    if (before.state === 'paused' && after.state === 'recording') this.#tick('Resumed');
  }

  #tick(text: string): void {
    const tick = { id: this.#nextTick++, at: this.status.elapsedMs, text };
    this.ticks = [tick, ...this.ticks].slice(0, ticksKept);
  }

  async #verb(run: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.#try(run);
    this.busy = false;
  }

  async #try(run: () => Promise<void>, retry?: () => void): Promise<void> {
    try {
      await run();
    } catch (reason) {
      this.#alerts.fail(reason, retry);
    }
  }
}

function calm(message: string, help: string): Banner {
  return { tone: 'calm', message, help };
}
