import { expect, it } from 'vitest';
import { Fault, toFault } from './fault';

it('reads the JSON that Go sends', () => {
  const fault = toFault('{"code":"disk-full","message":"The disk is full.","help":"Free some space."}');
  expect(fault).toMatchObject({ code: 'disk-full', message: 'The disk is full.', help: 'Free some space.' });
});

it('reads that JSON in an Error too, as Wails 2.13 rejects', () => {
  const fault = toFault(new Error('{"code":"conflict","message":"It was changed elsewhere.","help":"Look."}'));
  expect(fault).toMatchObject({ code: 'conflict', message: 'It was changed elsewhere.', help: 'Look.' });
});

it.each([
  ['plain words', 'plain words'],
  ['{"broken', '{"broken'],
  ['null', 'null'],
  ['{"code":"x"}', '{"code":"x"}'],
  ['', 'Something went wrong.'],
])('keeps %j as the message', (reason, message) => expect(toFault(reason)).toMatchObject({ code: 'internal', message }));

it('takes errors and other values', () => {
  expect(toFault(new TypeError('no such method')).message).toBe('no such method');
  expect(toFault(undefined).message).toBe('Something went wrong.');
  const fault = new Fault('a', 'b');
  expect(toFault(fault)).toBe(fault);
});
