import { expect, it } from 'vitest';
import { keysOf, parts } from './keys';

const none = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };

it.each([
  [{ key: 'r', code: 'KeyR', ctrlKey: true, altKey: true }, 'Ctrl+Alt+R'],
  [{ key: 'R', code: 'KeyR', ctrlKey: true, shiftKey: true }, 'Ctrl+Shift+R'],
  [{ key: '!', code: 'Digit1', ctrlKey: true, shiftKey: true }, 'Ctrl+Shift+1'],
  [{ key: 'F9', code: 'F9' }, 'F9'],
  [{ key: ' ', code: 'Space', metaKey: true }, 'Super+Space'],
  [{ key: 'PageUp', code: 'PageUp', altKey: true }, 'Alt+Page Up'],
  [{ key: '+', code: 'BracketRight', ctrlKey: true }, 'Ctrl++'],
  [{ key: 'к', code: 'KeyR', ctrlKey: true }, 'Ctrl+К'],
  [{ key: 'Control', code: 'ControlLeft', ctrlKey: true }, ''],
  [{ key: 'Dead', code: 'Equal', altKey: true }, ''],
])('reads %j as %s', (event, keys) => expect(keysOf({ ...none, ...event })).toBe(keys));

it('parts keys, plus itself too', () => {
  expect(parts('Ctrl+Alt+R')).toEqual(['Ctrl', 'Alt', 'R']);
  expect(parts('Ctrl++')).toEqual(['Ctrl', '+']);
  expect(parts('')).toEqual([]);
});
