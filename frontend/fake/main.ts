import { mount } from 'svelte';
import { AppState } from '../src/state/app.svelte';
import '../src/ui/styles/index.css';
import App from '../src/views/App.svelte';
import { FakeBackend } from './backend';
import { hostileDocument, hostileSessions } from './hostile';
import { sampleDocument } from './sample';

// Query: page=library|record|settings|editor, empty, recording, steps=N,
// theme=light|dark, alert, dialog=md|pdf|done, hostile, bare, drafting, bar,
// trouble, hold, removed, finishing, target=display|window|region, drawn, keys,
// conflict, exporting.
const query = new URLSearchParams(location.search);
const document_ = query.has('hostile') ? hostileDocument() : sampleDocument(Number(query.get('steps') ?? 0));
const fake = new FakeBackend(query.has('empty') ? [] : [document_]);
if (query.has('empty')) fake.sessionItems = [];
if (query.has('hostile')) fake.sessionItems = hostileSessions;
if (query.has('bare')) fake.bare = true;
fake.settingsValues = { ...fake.settingsValues, theme: (query.get('theme') as 'light' | 'dark' | null) ?? 'system' };
if (query.has('recording')) fake.roll(query.get('recording') === 'paused' ? 'paused' : query.get('recording') === 'countdown' ? 'countdown' : 'recording');

fake.status = {
  ...fake.status,
  compact: query.has('bar'),
  state: query.has('finishing') ? 'finishing' : fake.status.state,
  removedMs: query.has('removed') ? 30_000 : 0,
  holds: query.has('hold') ? ['screen locked'] : [],
  troubles: query.has('trouble')
    ? [
        { source: 'disk', message: 'The disk is getting full: the disk is getting full: 1894 MB free, about 12 minutes at the present rate.', help: 'Free some space. The recording stops by itself, and is kept, when 200 MB are left.', sinceMs: 700_000 },
        { source: 'microphone', message: 'The microphone has been silent for 20 s.', help: 'Is it muted? Run `runreel doctor`.', sinceMs: 710_000 },
      ]
    : [],
};
if (query.has('conflict')) fake.problems = { pause: 'another program on this desktop has them', mark: 'they are bound to another action too' };

const app = new AppState(fake);
const target = document.getElementById('app');
if (target) mount(App, { target, props: { app } });

const page = query.get('page');
setTimeout(async () => {
  if (page === 'editor') {
    const began = performance.now();
    await app.edit('doc-1');
    requestAnimationFrame(() => setTimeout(() => (document.title = `opened in ${Math.round(performance.now() - began)} ms`), 0));
    app.editor.selected = query.get('step') ?? '';
    app.editor.show = query.get('step') ?? '';
  }
  if (page === 'record' || page === 'settings' || page === 'library') await app.go(page);
  const kind = query.get('target');
  if (kind === 'display' || kind === 'window' || kind === 'region') await app.recorder.chooseKind(kind);
  if (query.has('drawn')) await app.recorder.drawRegion();
  if (query.has('keys')) await app.settings.listen('pause');
  if (query.has('exporting')) {
    fake.hold = new Promise(() => undefined);
    void app.exporter.begin({ document: 'doc-1', title: document_.title, format: 'pdf' }).then(() => app.exporter.run());
    fake.sendJob({ id: 'export-1', kind: 'export', session: '', document: 'doc-1', state: 'running', progress: 0.4, message: '', help: '' });
    await new Promise((done) => setTimeout(done, 100));
  }
  if (query.has('drafting')) {
    app.drafting = 'session-1';
    app.jobs.take({ id: 'j', kind: 'transcribe', session: 'session-1', document: '', state: 'running', progress: 0.42, message: 'Listening to 12 minutes of speech', help: '' });
  }
  if (query.has('alert')) app.alerts.fail(JSON.stringify({ code: 'disk-full', message: 'The disk is full.', help: 'Free some space, then open the session in the library.' }), () => undefined);
  if (query.has('dialog')) await app.exporter.begin({ document: 'doc-1', title: document_.title, format: query.get('dialog') === 'pdf' ? 'pdf' : 'md' });
  if (query.get('dialog') === 'done') await app.exporter.run();
  document.body.dataset.ready = 'true';
}, 50);
