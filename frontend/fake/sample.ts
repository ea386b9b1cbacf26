import type { Document, Step } from '../src/backend';

/** A document as a recording gives it, with more steps where asked. */
export function sampleDocument(more = 0): Document {
  const extra: Step[] = Array.from({ length: more }, (_, i) => ({
    id: `x${i}`,
    kind: i % 3 === 0 ? 'click' : 'command',
    title: i % 3 === 0 ? `Click **Button ${i}**` : `Run \`kubectl get pods -n team-${i}\``,
    body: i % 2 === 0 ? 'Wait until it is **ready**, then go on.' : '',
    command: i % 3 === 0 ? undefined : { line: `kubectl get pods -n team-${i}`, folder: '~/deploy', exit: 0, output: 'No resources found.' },
  }));
  return {
    schema: 1,
    id: 'doc-1',
    session: 'session-1',
    kind: 'sop',
    title: 'Roll out payments 2.4.1 to staging',
    author: 'Mira Okafor',
    owner: 'Payments SRE',
    version: '0.1',
    status: 'draft',
    appliesTo: 'Debian GNU/Linux 12',
    recorded: '2026-11-20T14:05:00Z',
    length: 754_000,
    sections: [
      { id: 'sec-1', kind: 'purpose', title: 'Purpose', body: 'Bring a new version of `payments` to **staging** and see that it takes traffic.' },
      { id: 'sec-2', kind: 'prerequisites', title: 'Prerequisites', body: '- Access to the cluster `stg-eu1`\n- `kubectl` 1.31 or later\n- The release is tagged and its image is built' },
      { id: 'sec-3', kind: 'procedure', title: 'Procedure', body: '', steps: [...steps(), ...extra] },
      { id: 'sec-4', kind: 'verification', title: 'Verification', body: '', steps: verification() },
      { id: 'sec-5', kind: 'rollback', title: 'Rollback', body: '' },
    ],
    revisions: [{ version: '0.1', date: '2026-11-20T14:20:00Z', change: 'First draft' }],
  };
}

function steps(): Step[] {
  return [
    { id: 's0', kind: 'heading', title: 'Get the release ready' },
    {
      id: 's1',
      kind: 'command',
      title: 'Run `kubectl config use-context stg-eu1`',
      body: 'Make sure that you are on **staging** and not on production.',
      command: { line: 'kubectl config use-context stg-eu1', folder: '~/deploy/payments', host: 'ops-laptop', user: 'mira', exit: 0, output: 'Switched to context "stg-eu1".', class: 'changes-state', production: true, productionBy: 'context stg-eu1' },
      spoken: [
        { text: 'First I make sure that I am on staging and not on production.', start: 12_400, end: 16_100 },
        { text: 'Um, let me see.', start: 16_900, end: 17_800, dropped: true },
      ],
      callouts: [{ kind: 'warning', text: 'The production context is called `prd-eu1`: look twice.' }],
      sources: { title: 'rule' },
    },
    {
      id: 's2',
      kind: 'command',
      title: 'Run `helm upgrade payments ./chart …`',
      body: '',
      command: {
        line: 'helm upgrade payments ./chart \\\n  --set image.tag=2.4.1 \\\n  --wait --timeout 5m',
        folder: '~/deploy/payments',
        host: 'ops-laptop',
        user: 'mira',
        exit: 1,
        output: 'Error: UPGRADE FAILED: timed out waiting for the condition\n',
        omitted: 18_400,
      },
      spoken: [{ text: 'It times out because one pod waits for its migration.', start: 95_000, end: 99_000 }],
    },
    {
      id: 's3',
      kind: 'click',
      title: 'Click **Roll out**',
      body: 'The bar turns green after about half a minute.',
      label: 'Roll out',
      role: 'push button',
      window: 'Deployments, payments - Deck',
      figures: [{ id: 'f1', frame: 'frames/a.png', origin: { x: 0, y: 0, w: 1280, h: 800 }, crop: { x: 0, y: 0, w: 900, h: 420 }, alt: 'The page Deployments with the button Roll out marked' }],
      spoken: [{ text: 'Now I press roll out and wait for the bar.', start: 121_000, end: 124_500 }],
      sources: { label: 'accessibility' },
    },
    { id: 's4', kind: 'type', title: 'Type `2.4.1` into **Version**', typed: '2.4.1', label: 'Version', role: 'entry', window: 'Roll out', sources: { label: 'screen' } },
    { id: 's5', kind: 'chord', title: 'Press **Ctrl+S**' },
  ];
}

function verification(): Step[] {
  return [
    {
      id: 'v1',
      kind: 'command',
      title: 'Run `curl -fsS https://payments.stg.example/healthz`',
      command: { line: 'curl -fsS https://payments.stg.example/healthz', folder: '~', host: 'ops-laptop', user: 'mira', exit: 0, output: '{"status":"ok","version":"2.4.1"}', class: 'read-only' },
      review: 'A rule proposes this. Check the address before use.',
    },
    { id: 'v2', kind: 'note', title: 'Look at the error rate for ten minutes', body: 'It stays below 0.1 %.' },
  ];
}
