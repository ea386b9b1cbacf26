import type { Backend, Events } from './backend';
import { Fault, toFault } from './fault';
import type {
  Check,
  DocumentItem,
  ExportResult,
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
  Target,
} from './types';

// Wails binds the structs of package app under window.go.app and its runtime
// under window.runtime; both are there before this module runs.
type Sent<T extends { target: Target }> = Omit<T, 'target'> & { target?: Partial<Target> };

interface Bound {
  RecorderAPI: {
    Preflight(): Promise<Preflight>;
    Start(options: StartOptions): Promise<RecorderStatus>;
    Pause(): Promise<void>;
    Resume(): Promise<void>;
    Mark(text: string): Promise<void>;
    Stop(): Promise<RecorderStatus>;
    Discard(): Promise<void>;
    OffTheRecord(): Promise<void>;
    Expand(large: boolean): Promise<void>;
    Room(more: boolean): Promise<void>;
    PickRegion(): Promise<Rect>;
    Status(): Promise<RecorderStatus>;
    Monitor(device: string): Promise<void>;
    StopMonitor(): Promise<void>;
  };
  LibraryAPI: {
    Sessions(): Promise<SessionItem[] | null>;
    Documents(): Promise<DocumentItem[] | null>;
    DeleteSession(id: string): Promise<void>;
    DeleteDocument(id: string): Promise<void>;
    Draft(session: string): Promise<string>;
    Search(words: string): Promise<SearchHit[] | null>;
  };
  EditorAPI: {
    Open(id: string): Promise<Snapshot>;
    Apply(id: string, revision: number, edit: string, coalesce: boolean): Promise<Snapshot>;
    Undo(id: string): Promise<Snapshot>;
    Redo(id: string): Promise<Snapshot>;
    Close(id: string): Promise<void>;
  };
  ExportAPI: {
    ChooseFolder(): Promise<string>;
    DefaultFolder(): Promise<string>;
    Export(id: string, format: string, folder: string): Promise<ExportResult>;
    Reveal(path: string): Promise<void>;
    Cancel(job: string): Promise<void>;
  };
  SettingsAPI: {
    Doctor(): Promise<Check[] | null>;
    Models(): Promise<ModelItem[] | null>;
    AddModel(): Promise<ModelItem[] | null>;
    UseModel(name: string): Promise<void>;
    Get(): Promise<Sent<Settings>>;
    Set(settings: Settings): Promise<void>;
    Defaults(): Promise<Sent<Settings>>;
    HotkeyProblems(): Promise<Record<string, string> | null>;
    CheckHotkey(text: string): Promise<string>;
    HoldHotkeys(hold: boolean): Promise<void>;
  };
}

interface Runtime {
  EventsOn(name: string, listener: (...data: never[]) => void): () => void;
  ClipboardSetText(text: string): Promise<boolean>;
}

declare global {
  interface Window {
    go?: { app?: Bound };
    runtime?: Runtime;
  }
}

/** The Go program behind this window. */
export function wailsBackend(host: Window = window): Backend {
  const call = async <T>(ask: (app: Bound) => Promise<T>): Promise<T> => {
    const app = host.go?.app;
    if (!app) throw new Fault('detached', 'The window is not connected to the program.', 'Close Runreel and start it again.');
    try {
      return await ask(app);
    } catch (reason) {
      throw toFault(reason);
    }
  };
  // Go sends a nil slice as null.
  const list = async <T>(ask: (app: Bound) => Promise<T[] | null>): Promise<T[]> => (await call(ask)) ?? [];

  return {
    recorder: {
      preflight: async () => wholePreflight(await call((app) => app.RecorderAPI.Preflight())),
      start: async (options) => wholeStatus(await call((app) => app.RecorderAPI.Start(options))),
      pause: () => call((app) => app.RecorderAPI.Pause()),
      resume: () => call((app) => app.RecorderAPI.Resume()),
      mark: (text) => call((app) => app.RecorderAPI.Mark(text)),
      stop: async () => wholeStatus(await call((app) => app.RecorderAPI.Stop())),
      discard: () => call((app) => app.RecorderAPI.Discard()),
      offTheRecord: () => call((app) => app.RecorderAPI.OffTheRecord()),
      expand: (large) => call((app) => app.RecorderAPI.Expand(large)),
      room: (more) => call((app) => app.RecorderAPI.Room(more)),
      pickRegion: () => call((app) => app.RecorderAPI.PickRegion()),
      status: async () => wholeStatus(await call((app) => app.RecorderAPI.Status())),
      monitor: (device) => call((app) => app.RecorderAPI.Monitor(device)),
      stopMonitor: () => call((app) => app.RecorderAPI.StopMonitor()),
    },
    library: {
      sessions: () => list((app) => app.LibraryAPI.Sessions()),
      documents: () => list((app) => app.LibraryAPI.Documents()),
      deleteSession: (id) => call((app) => app.LibraryAPI.DeleteSession(id)),
      deleteDocument: (id) => call((app) => app.LibraryAPI.DeleteDocument(id)),
      draft: (session) => call((app) => app.LibraryAPI.Draft(session)),
      search: (words) => list((app) => app.LibraryAPI.Search(words)),
    },
    editor: {
      open: async (id) => wholeSnapshot(await call((app) => app.EditorAPI.Open(id))),
      apply: async (id, revision, edit, coalesce) =>
        wholeSnapshot(await call((app) => app.EditorAPI.Apply(id, revision, JSON.stringify(edit), coalesce))),
      undo: async (id) => wholeSnapshot(await call((app) => app.EditorAPI.Undo(id))),
      redo: async (id) => wholeSnapshot(await call((app) => app.EditorAPI.Redo(id))),
      close: (id) => call((app) => app.EditorAPI.Close(id)),
      figureURL: (document, figure, revision) =>
        `/figures/${encodeURIComponent(document)}/${encodeURIComponent(figure)}.png?r=${revision}`,
    },
    exporter: {
      chooseFolder: () => call((app) => app.ExportAPI.ChooseFolder()),
      defaultFolder: () => call((app) => app.ExportAPI.DefaultFolder()),
      export: async (id, format, folder) => {
        const result = await call((app) => app.ExportAPI.Export(id, format, folder));
        return { files: result.files ?? [], warnings: result.warnings ?? [] };
      },
      reveal: (path) => call((app) => app.ExportAPI.Reveal(path)),
      cancel: (job) => call((app) => app.ExportAPI.Cancel(job)),
    },
    settings: {
      doctor: () => list((app) => app.SettingsAPI.Doctor()),
      models: () => list((app) => app.SettingsAPI.Models()),
      addModel: () => list((app) => app.SettingsAPI.AddModel()),
      useModel: (name) => call((app) => app.SettingsAPI.UseModel(name)),
      get: async () => wholeSettings(await call((app) => app.SettingsAPI.Get())),
      set: (settings) => call((app) => app.SettingsAPI.Set(settings)),
      defaults: async () => wholeSettings(await call((app) => app.SettingsAPI.Defaults())),
      hotkeyProblems: async () => (await call((app) => app.SettingsAPI.HotkeyProblems())) ?? {},
      checkHotkey: (text) => call((app) => app.SettingsAPI.CheckHotkey(text)),
      holdHotkeys: (hold) => call((app) => app.SettingsAPI.HoldHotkeys(hold)),
    },
    events: wailsEvents(host),
    copyText: async (text) => {
      const copied = await host.runtime?.ClipboardSetText(text);
      if (!copied) throw new Fault('clipboard', 'The text was not copied.', 'Select it and press Ctrl+C.');
    },
  };
}

function wailsEvents(host: Window): Events {
  const on = <T>(name: string, listener: (value: T) => void): (() => void) =>
    host.runtime?.EventsOn(name, listener as (...data: never[]) => void) ?? (() => undefined);
  return {
    onStatus: (listener) => on<RecorderStatus>('recorder:status', (status) => listener(wholeStatus(status))),
    onLevel: (listener) => on('recorder:level', listener),
    onJob: (listener) => on('job', listener),
    onAlert: (listener) => on<Notice>('alert', listener),
  };
}

function wholeStatus(status: RecorderStatus): RecorderStatus {
  return {
    ...status,
    warnings: status.warnings ?? [],
    error: status.error ?? '',
    troubles: status.troubles ?? [],
    holds: status.holds ?? [],
    removedMs: status.removedMs ?? 0,
    said: status.said ?? [],
    unheardMs: status.unheardMs ?? 0,
    compact: status.compact ?? false,
  };
}

function wholePreflight(found: Preflight): Preflight {
  return {
    ...found,
    displays: found.displays ?? [],
    microphones: found.microphones ?? [],
    windows: found.windows ?? [],
    never: found.never ?? '',
    checks: found.checks ?? [],
  };
}

// Go leaves out the fields of a target that have no value.
function wholeSettings(settings: Sent<Settings>): Settings {
  const { kind = 'all', display = 0, window: id = 0, region = { x: 0, y: 0, w: 0, h: 0 } } = settings.target ?? {};
  return { ...settings, target: { kind, display, window: id, region }, deny: settings.deny ?? [], hotkeys: settings.hotkeys ?? {} };
}

function wholeSnapshot(snapshot: Snapshot): Snapshot {
  const document = { ...snapshot.document, sections: snapshot.document.sections ?? [] };
  return { ...snapshot, document, numbers: snapshot.numbers ?? {} };
}
