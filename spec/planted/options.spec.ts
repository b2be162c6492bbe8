import { expect, it } from 'vitest';
import { readOptions } from './options.js';

const NAMES = ['one-too-many', 'one-too-few'];

it('are two jobs over all bugs where nothing else is said', () => {
  expect(readOptions([], NAMES)).toEqual({ only: [], list: false, jobs: 2 });
});

it('name the bugs to plant, and how many at a time', () => {
  const args = ['--only', 'one-too-few', '--only', 'one-too-many', '--jobs', '1'];
  expect(readOptions(args, NAMES)).toEqual({ only: ['one-too-few', 'one-too-many'], list: false, jobs: 1 });
});

it('refuse a bug that is not in the list', () => {
  expect(() => readOptions(['--only', 'one-too'], NAMES)).toThrow('no bug is named one-too; see --list');
});

it.each(['0', '1.5', 'two'])('refuse %s jobs', (jobs) => {
  expect(() => readOptions(['--jobs', jobs], NAMES)).toThrow(`--jobs must be an integer from 1, got ${jobs}`);
});

it('refuse what they do not know', () => {
  expect(() => readOptions(['--fast'], NAMES)).toThrow("Unknown option '--fast'");
});
