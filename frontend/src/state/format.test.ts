import { expect, it } from 'vitest';
import { bytes, clock, count, day, length } from './format';

it('writes times', () => {
  expect([0, 7_900, 750_000, 3_723_000].map(clock)).toEqual(['0:00', '0:07', '12:30', '1:02:03']);
  expect([48_000, 754_000, 3_600_000, 3_900_000].map(length)).toEqual(['48 s', '13 min', '1 h', '1 h 5 min']);
});

it('writes sizes and counts', () => {
  expect([812, 1_500, 147_964_211, 999_900_000].map(bytes)).toEqual(['812 B', '1.5 kB', '148 MB', '1.0 GB']);
  expect([count(1, 'step'), count(0, 'step')]).toEqual(['1 step', '0 steps']);
});

it('writes days', () => {
  const now = new Date(2026, 10, 23, 11, 30);
  const at = (d: number, h: number) => day(new Date(2026, 10, d, h, 5).toISOString(), now);
  expect([at(23, 9), at(22, 23), at(20, 14)]).toEqual(['Today 09:05', 'Yesterday 23:05', '20 Nov 2026']);
  expect([day('nonsense', now), day('0001-01-01T00:00:00Z', now)]).toEqual(['', '']);
});
