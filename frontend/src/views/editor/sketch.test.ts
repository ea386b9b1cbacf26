import { expect, it } from 'vitest';
import { heightOf } from './sketch';

const step = { id: 's', kind: 'note' as const, title: 'Look' };

it('grows with what a step holds', () => {
  const bare = heightOf(step);
  expect(heightOf({ ...step, body: 'One line' })).toBeGreaterThan(bare);
  expect(heightOf({ ...step, body: 'x'.repeat(500) })).toBeGreaterThan(heightOf({ ...step, body: 'x' }));
  expect(heightOf({ ...step, command: { line: 'a\nb\nc' } })).toBeGreaterThan(heightOf({ ...step, command: { line: 'a' } }));
});

it('takes a picture as tall as it is shown, also where its size is not known', () => {
  const figure = { id: 'f', frame: 'a.png', alt: '' };
  const of = (w: number, h: number) => heightOf({ ...step, figures: [{ ...figure, origin: { x: 0, y: 0, w, h } }] }) - heightOf(step);
  expect(of(1480, 200)).toBeLessThan(of(740, 200));
  expect(of(100, 9000)).toBe(of(0, 0));
});
