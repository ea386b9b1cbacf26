import type {
  Check,
  DocumentItem,
  Edit,
  ExportFormat,
  ExportResult,
  Job,
  ModelItem,
  Notice,
  Preflight,
  Rect,
  RecorderStatus,
  SearchHit,
  SessionItem,
  Settings,
  Snapshot,
  StartOptions,
} from './types';

/** What the window asks of the Go program. Every call rejects with a Fault. */
export interface Backend {
  recorder: RecorderBackend;
  library: LibraryBackend;
  editor: EditorBackend;
  exporter: ExportBackend;
  settings: SettingsBackend;
  events: Events;
  copyText(text: string): Promise<void>;
}

export interface RecorderBackend {
  preflight(): Promise<Preflight>;
  start(options: StartOptions): Promise<RecorderStatus>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  mark(text: string): Promise<void>;
  stop(): Promise<RecorderStatus>;
  discard(): Promise<void>;
  /** Pauses, and removes the last seconds as the settings say. */
  offTheRecord(): Promise<void>;
  /** Makes the window whole while it records, or a bar again. */
  expand(large: boolean): Promise<void>;
  /** Gives the bar room for a message of the page's own, or takes it back. */
  room(more: boolean): Promise<void>;
  /** Lets the person draw a part of the screen; the window hides meanwhile. */
  pickRegion(): Promise<Rect>;
  status(): Promise<RecorderStatus>;
  /** Sends levels of the microphone until the recording starts or stopMonitor. */
  monitor(device: string): Promise<void>;
  stopMonitor(): Promise<void>;
}

export interface LibraryBackend {
  sessions(): Promise<SessionItem[]>;
  documents(): Promise<DocumentItem[]>;
  deleteSession(id: string): Promise<void>;
  deleteDocument(id: string): Promise<void>;
  /** Resolves to the document's id once the draft is made. */
  draft(session: string): Promise<string>;
  search(words: string): Promise<SearchHit[]>;
}

export interface EditorBackend {
  open(id: string): Promise<Snapshot>;
  /** With coalesce the edit joins the one before it on the undo stack. */
  apply(id: string, revision: number, edit: Edit, coalesce: boolean): Promise<Snapshot>;
  undo(id: string): Promise<Snapshot>;
  redo(id: string): Promise<Snapshot>;
  close(id: string): Promise<void>;
  figureURL(document: string, figure: string, revision: number): string;
}

export interface ExportBackend {
  /** Asks for a folder; "" when that was cancelled. */
  chooseFolder(): Promise<string>;
  defaultFolder(): Promise<string>;
  export(id: string, format: ExportFormat, folder: string): Promise<ExportResult>;
  reveal(path: string): Promise<void>;
  /** Ends a running export by the id of its job. */
  cancel(job: string): Promise<void>;
}

export interface SettingsBackend {
  doctor(): Promise<Check[]>;
  models(): Promise<ModelItem[]>;
  addModel(): Promise<ModelItem[]>;
  useModel(name: string): Promise<void>;
  get(): Promise<Settings>;
  set(settings: Settings): Promise<void>;
  /** The settings of a new installation. */
  defaults(): Promise<Settings>;
  /** Why hotkeys do not work, by action; "" stands for all. */
  hotkeyProblems(): Promise<Record<string, string>>;
  /** Resolves to the keys as they are stored; rejects where they cannot be a hotkey. */
  checkHotkey(text: string): Promise<string>;
  /** Gives all hotkeys back while keys for one are pressed, and takes them again. */
  holdHotkeys(hold: boolean): Promise<void>;
}

/** Each function subscribes and returns what ends the subscription. */
export interface Events {
  onStatus(listener: (status: RecorderStatus) => void): () => void;
  onLevel(listener: (level: number) => void): () => void;
  onJob(listener: (job: Job) => void): () => void;
  onAlert(listener: (notice: Notice) => void): () => void;
}
