import { expect, it } from 'vitest';
import type { Bug } from './bug.js';
import { plant } from './plant.js';

const bug: Bug = {
  name: 'one-too-many',
  breaks: 'counts one too many',
  rule: 'bounded',
  file: 'src/count.ts',
  find: 'size < max',
  replace: 'size <= max',
  hints: [],
};

it('replaces the text and nothing else', () => {
  expect(plant(bug, 'return size < max; // max')).toBe('return size <= max; // max');
});

it('puts the replacement in as it is written, whatever it looks like', () => {
  expect(plant({ ...bug, replace: '$& $1' }, 'return size < max;')).toBe('return $& $1;');
});

it.each([
  [0, 'return size;'],
  [2, 'size < max && size < max'],
])('refuses a file in which the text occurs %i times', (times, text) => {
  expect(() => plant(bug, text)).toThrow(
    `one-too-many: the text to replace occurs ${times} times in src/count.ts, not once`,
  );
});

it('refuses a bug that changes nothing', () => {
  expect(() => plant({ ...bug, replace: bug.find }, 'size < max')).toThrow('replaces the text by itself');
});
