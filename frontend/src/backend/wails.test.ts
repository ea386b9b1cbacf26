import { expect, it, vi } from 'vitest';
import { wailsBackend } from './wails';

function host(app: object, runtime: object = {}): Window {
  return { go: { app }, runtime } as unknown as Window;
}

it('turns a rejection into a fault', async () => {
  const Start = () => Promise.reject('{"code":"busy","message":"A recording is already running.","help":"Stop it first."}');
  const backend = wailsBackend(host({ RecorderAPI: { Start } }));
  const options = { title: '', target: { kind: 'all' as const, display: 0, window: 0, region: { x: 0, y: 0, w: 0, h: 0 } }, microphone: '', countdownSeconds: 0 };
  await expect(backend.recorder.start(options)).rejects.toMatchObject({ code: 'busy', help: 'Stop it first.' });
});

it('tells when the program is not there', async () => {
  await expect(wailsBackend({} as Window).library.documents()).rejects.toMatchObject({ code: 'detached' });
});

it('takes nil slices of Go as empty lists', async () => {
  const backend = wailsBackend(host({ LibraryAPI: { Documents: async () => null }, RecorderAPI: { Status: async () => ({ state: 'idle', warnings: null }) } }));
  expect(await backend.library.documents()).toEqual([]);
  expect((await backend.recorder.status()).warnings).toEqual([]);
});

it('fills in what Go leaves out of a target', async () => {
  const backend = wailsBackend(host({ SettingsAPI: { Get: async () => ({ target: { kind: 'display' }, deny: null }) } }));
  const { target, deny } = await backend.settings.get();
  expect(target).toEqual({ kind: 'display', display: 0, window: 0, region: { x: 0, y: 0, w: 0, h: 0 } });
  expect(deny).toEqual([]);
});

it('sends edits as JSON', async () => {
  const Apply = vi.fn(async () => ({ document: { sections: null }, numbers: null }));
  const backend = wailsBackend(host({ EditorAPI: { Apply } }));
  const snapshot = await backend.editor.apply('d', 3, { op: 'delete-step', step: 's1' }, true);
  expect(Apply).toHaveBeenCalledWith('d', 3, '{"op":"delete-step","step":"s1"}', true);
  expect(snapshot.document.sections).toEqual([]);
});

it('escapes ids in addresses', () => {
  expect(wailsBackend({} as Window).editor.figureURL('a/b', '../c', 4)).toBe('/figures/a%2Fb/..%2Fc.png?r=4');
});

it('listens to events and stops', () => {
  const off = vi.fn();
  let tell: (value: unknown) => void = () => undefined;
  const EventsOn = vi.fn((_name: string, listener: (value: unknown) => void) => {
    tell = listener;
    return off;
  });
  const seen: unknown[] = [];
  const end = wailsBackend(host({}, { EventsOn })).events.onStatus((status) => seen.push(status));
  tell({ state: 'recording', warnings: null });
  expect(EventsOn.mock.calls[0]?.[0]).toBe('recorder:status');
  expect(seen).toEqual([{ state: 'recording', warnings: [], error: '', troubles: [], holds: [], removedMs: 0, compact: false, said: [], unheardMs: 0 }]);
  end();
  expect(off).toHaveBeenCalledOnce();
});
