import type { Document, SessionItem, Step } from '../src/backend';
import { sampleDocument } from './sample';

const endless = 'registry.example/payments@sha256:'.concat('0123456789abcdef'.repeat(20));
const arabic = 'انشر الإصدار ‏2.4.1 على بيئة الاختبار ثم تحقق من الحالة';
const hebrew = 'הרץ את הפקודה `kubectl get pods` ובדוק שהכול תקין';

/** Texts that break a page which trusts them, in every place that shows text. */
export function hostileDocument(): Document {
  const document = sampleDocument();
  const long: Step[] = Array.from({ length: 300 }, (_, i) => ({ id: `h${i}`, kind: 'note', title: i % 7 === 0 ? `${endless} ${i}` : `Step ${i} of a list that does not end` }));
  return {
    ...document,
    title: `${endless} ${arabic} ${'very '.repeat(60)}long`,
    author: endless,
    owner: arabic,
    version: '2026.11.23-rc1+build.0123456789abcdef0123456789abcdef',
    appliesTo: 'Debian GNU/Linux 12 (bookworm), Ubuntu 24.04, Red Hat Enterprise Linux 9.4, and whatever runs in '.concat(endless),
    sections: [
      { id: 'sec-1', kind: 'purpose', title: `${'Purpose'.repeat(40)}`, body: `${arabic}\n\n${endless}\n\n- ${hebrew}\n- \`${endless}\`` },
      { id: 'sec-2', kind: 'procedure', title: 'Procedure', body: '', steps: [...steps(), ...long] },
      { id: 'sec-3', kind: 'verification', title: arabic, body: '' },
    ],
  };
}

function steps(): Step[] {
  return [
    { id: 'a1', kind: 'heading', title: `${endless} heading` },
    {
      id: 'a2',
      kind: 'command',
      title: `Run \`${endless}\` with its options`,
      body: `\`${endless}\``,
      command: {
        line: ["cat <<'EOF' | kubectl apply -f -", ...Array.from({ length: 18 }, (_, i) => `  key-${i}: ${i === 5 ? endless : 'value'}`), 'EOF'].join('\n'),
        folder: `/srv/${'deep/'.repeat(60)}folder`,
        host: 'a-host-with-a-very-long-name.region-1.cluster.internal.example.org',
        user: 'deployment-robot-with-a-long-name',
        exit: 137,
        output: `${'='.repeat(600)}\n<b>not bold</b> \u202e reversed\n${'column '.repeat(120)}\n`,
        omitted: 123_456_789,
      },
      callouts: [
        { kind: 'caution', text: `${arabic} ${endless}` },
        { kind: 'note', text: '' },
      ],
      spoken: [{ text: `${endless} ${arabic}`, start: 3_723_000, end: 3_725_000 }, { text: '', start: 3_726_000, end: 3_727_000, dropped: true }],
    },
    { id: 'a3', kind: 'click', title: `Click **${endless}**`, label: endless, role: 'push button', window: `${endless} - ${arabic}`, sources: { label: 'screen' }, body: arabic },
    { id: 'a4', kind: 'type', title: hebrew, typed: endless, label: endless, role: 'entry', window: arabic, sources: { label: 'pointer' } },
    {
      id: 'a5',
      kind: 'click',
      title: '<img src=x onerror=alert(1)> \u0007\u202eklaxon',
      figures: [
        { id: 'g1', frame: 'a.png', origin: { x: 0, y: 0, w: 7680, h: 200 }, alt: endless },
        { id: 'g2', frame: 'b.png', origin: { x: 0, y: 0, w: 90, h: 4000 }, alt: arabic },
      ],
    },
  ];
}

export const hostileSessions: SessionItem[] = [
  { id: 'session-1', title: `${endless} ${arabic}`, started: '2026-11-20T14:05:00Z', lengthMs: 14_400_000, state: 'finished', document: '', events: 123_456 },
  { id: 'session-2', title: arabic, started: 'no date', lengthMs: 0, state: 'recovered', document: '', events: 0 },
  { id: 'session-3', title: '', started: '', lengthMs: 1, state: 'finished', document: 'doc-1', events: 1 },
];
