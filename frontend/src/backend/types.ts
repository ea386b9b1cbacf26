// The values that cross between the window and the Go program, named as Go
// names them (pipeline/sop/document.go and package app).

export type CheckState = 'ok' | 'missing' | 'broken';

/** One part of the machine that recording needs. */
export interface Check {
  part: string;
  state: CheckState;
  detail: string;
  fix: string;
}

export interface Display {
  index: number;
  name: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Microphone {
  id: string;
  name: string;
  isDefault: boolean;
  /** It records what this computer plays. */
  isMonitor: boolean;
}

/** A window to choose. Its texts come from other programs. */
export interface WindowItem {
  id: number;
  title: string;
  program: string;
  w: number;
  h: number;
}

export type TargetKind = 'all' | 'display' | 'window' | 'region';

/** What of the desktop is recorded. Fields of other kinds than its own mean nothing. */
export interface Target {
  kind: TargetKind;
  display: number;
  window: number;
  region: Rect;
}

export interface Preflight {
  displays: Display[];
  microphones: Microphone[];
  windows: WindowItem[];
  /** What is never recorded, in a sentence. */
  never: string;
  checks: Check[];
  defaultTitle: string;
  freeBytes: number;
  /** How long a recording the free disk holds. */
  hours: number;
}

export interface StartOptions {
  title: string;
  target: Target;
  /** "" is the default one, "none" records no sound. */
  microphone: string;
  countdownSeconds: number;
}

export type RecorderPhase = 'idle' | 'countdown' | 'recording' | 'paused' | 'finishing' | 'failed';

export interface RecorderStatus {
  state: RecorderPhase;
  session: string;
  elapsedMs: number;
  countdownMs: number;
  /** 0 to 1. */
  level: number;
  clicks: number;
  commands: number;
  frames: number;
  warnings: string[];
  error: string;
  troubles: Trouble[];
  /** Why the recording is paused, beside the person's own pause. */
  holds: string[];
  /** How much was taken off the record before this pause. */
  removedMs: number;
  /** The window is the small bar. */
  compact: boolean;
  /** The last sentences that were understood, oldest first; some seconds late. */
  said: Said[];
  /** Sound that waits to be transcribed. */
  unheardMs: number;
}

export interface Said {
  /** On the session clock. */
  startMs: number;
  endMs: number;
  text: string;
}

/** What keeps a part of the running recording from being recorded now. */
export interface Trouble {
  source: string;
  message: string;
  help: string;
  sinceMs: number;
}

/** What went wrong where nobody called: at a hotkey or in the tray. */
export interface Notice {
  code: string;
  message: string;
  help: string;
}

export interface Job {
  id: string;
  kind: 'transcribe' | 'draft' | 'export';
  session: string;
  document: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  message: string;
  help: string;
}

export interface SessionItem {
  id: string;
  title: string;
  started: string;
  lengthMs: number;
  state: 'recording' | 'finished' | 'recovered';
  /** The draft that was made of it, or "". */
  document: string;
  events: number;
}

export interface DocumentItem {
  id: string;
  title: string;
  session: string;
  steps: number;
  updated: string;
  revision: number;
  status: DocumentStatus;
}

export interface SearchHit {
  id: string;
  title: string;
  snippet: string;
}

export type DocumentStatus = 'draft' | 'in-review' | 'approved' | 'retired';
export type SectionKind = 'purpose' | 'prerequisites' | 'procedure' | 'verification' | 'rollback' | 'custom';
export type StepKind = 'command' | 'click' | 'type' | 'chord' | 'scroll' | 'note' | 'heading';
export type CalloutKind = 'note' | 'tip' | 'warning' | 'caution';

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Command {
  line: string;
  folder?: string;
  host?: string;
  user?: string;
  shell?: string;
  exit?: number;
  output?: string;
  /** Bytes of output that were not kept. */
  omitted?: number;
  /** What the command does to the system; missing where nobody judged. */
  class?: CommandClass;
  /** It ran where people depend on it. */
  production?: boolean;
  /** What says so, such as the name of a context. */
  productionBy?: string;
}

export type CommandClass = 'read-only' | 'changes-state' | 'destructive' | 'unknown';

export interface Figure {
  id: string;
  frame: string;
  origin: Rect;
  crop?: Rect;
  marks?: { shape: string; rect: Rect }[];
  redactions?: Rect[];
  alt?: string;
  caption?: string;
}

export interface Sentence {
  text: string;
  start: number;
  end: number;
  dropped?: boolean;
}

export interface Callout {
  kind: CalloutKind;
  text: string;
  /** "rule" where no person wrote it. */
  source?: string;
  /** The rule that wrote it. */
  rule?: string;
}

export interface Step {
  id: string;
  kind: StepKind;
  title: string;
  body?: string;
  label?: string;
  role?: string;
  window?: string;
  program?: string;
  typed?: string;
  command?: Command;
  start?: number;
  end?: number;
  box?: Rect;
  figures?: Figure[];
  spoken?: Sentence[];
  callouts?: Callout[];
  /** Why a person has to check a step that a rule proposed. */
  review?: string;
  sources?: Record<string, string>;
  events?: number[];
}

export interface Section {
  id: string;
  kind: SectionKind;
  title: string;
  body?: string;
  steps?: Step[];
}

export interface Revision {
  version: string;
  date: string;
  author?: string;
  change: string;
}

export interface Document {
  schema: number;
  id: string;
  session?: string;
  kind: 'sop' | 'runbook';
  title: string;
  owner?: string;
  author?: string;
  version?: string;
  status: DocumentStatus;
  appliesTo?: string;
  recorded?: string;
  length?: number;
  sections: Section[];
  revisions?: Revision[];
}

export interface Snapshot {
  document: Document;
  revision: number;
  canUndo: boolean;
  canRedo: boolean;
  savedAt: string;
  /** The number of each step by its id; headings have none. */
  numbers: Record<string, number>;
}

export type DocumentField = 'title' | 'owner' | 'author' | 'version' | 'status' | 'appliesTo' | 'kind';
export type StepField = 'review' | 'title' | 'body' | 'line' | 'folder' | 'output' | 'typed' | 'label' | 'kind';

/** One change of a document, as pipeline/sop reads it. */
export type Edit =
  | { op: 'set-document'; field: DocumentField; text: string }
  | { op: 'set-section'; section: string; field: 'title' | 'body'; text: string }
  | { op: 'set-step'; step: string; field: StepField; text: string }
  | { op: 'insert-step'; section: string; index: number; step: Step }
  | { op: 'delete-step'; step: string }
  | { op: 'move-step'; step: string; section: string; index: number }
  | { op: 'merge-steps'; first: string; second: string }
  | { op: 'split-step'; step: string; at: number }
  | { op: 'set-figure'; step: string; figure: Figure }
  | { op: 'delete-figure'; step: string; figure: string }
  | { op: 'set-callouts'; step: string; callouts: Callout[] }
  | { op: 'set-sentence'; step: string; index: number; text?: string; dropped?: boolean }
  | { op: 'move-sentence'; step: string; index: number; to: string };

export interface ModelItem {
  name: string;
  path: string;
  sizeBytes: number;
  description: string;
  current: boolean;
}

export type HotkeyAction = 'toggle' | 'pause' | 'mark' | 'off-the-record';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  author: string;
  theme: Theme;
  countdownSeconds: number;
  microphone: string;
  target: Target;
  /** Rules of windows that are never recorded. */
  deny: string[];
  /** Global keys such as "Ctrl+Alt+R"; "" is none. */
  hotkeys: Record<HotkeyAction, string>;
  offRecordSeconds: number;
  notifications: boolean;
  tray: boolean;
  /** The window becomes a small bar while it records. */
  bar: boolean;
  /** Name of the speech model; "" is the first one. */
  model?: string;
}

export type ExportFormat = 'md' | 'pdf';

export interface ExportResult {
  files: string[];
  warnings: string[];
}
