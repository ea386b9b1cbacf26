/** What a person presses, as the program writes it. */
export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}

const names: Record<string, string> = {
  ' ': 'Space',
  ArrowLeft: 'Left',
  ArrowUp: 'Up',
  ArrowRight: 'Right',
  ArrowDown: 'Down',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  PrintScreen: 'Print Screen',
  ContextMenu: 'Menu',
};
const modifiers = ['Control', 'Alt', 'Shift', 'Meta', 'Super', 'Hyper', 'OS', 'AltGraph', 'CapsLock', 'NumLock', 'Dead', 'Unidentified'];

/** Keys such as "Ctrl+Alt+R"; "" while only modifiers are down. */
export function keysOf(event: Pressed): string {
  if (modifiers.includes(event.key)) return '';
  const held = [
    [event.ctrlKey, 'Ctrl'],
    [event.altKey, 'Alt'],
    [event.shiftKey, 'Shift'],
    [event.metaKey, 'Super'],
  ] as const;
  return [...held.filter(([down]) => down).map(([, name]) => name), keyName(event)].join('+');
}

function keyName({ key, code }: Pressed): string {
  // With Shift the top row gives signs, but the key is the digit.
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit && !/\p{L}/u.test(key)) return digit;
  if (key.length === 1 && key !== ' ') return key.toUpperCase();
  return names[key] ?? key;
}

/** "Ctrl+Alt+R" as its keys, for showing. */
export function parts(keys: string): string[] {
  if (keys === '') return [];
  if (keys.endsWith('++')) return [...keys.slice(0, -2).split('+'), '+'];
  return keys.split('+');
}
