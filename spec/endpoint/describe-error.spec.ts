import { describe, expect, it } from 'vitest';
import { describeError } from '../../src/endpoint/describe-error.js';

describe('describeError', () => {
  it.each([
    [new Error('refused'), 'refused'],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new TypeError(''), 'TypeError'],
    [Object.assign(new Error(''), { code: 5 }), 'Error'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [Symbol('s'), 'Symbol(s)'],
    [{ toString: () => 'an object of sorts' }, 'an object of sorts'],
  ])('puts %o in a few words', (error, words) => {
    expect(describeError(error)).toBe(words);
  });

  it('cuts what is too long', () => {
    expect(describeError(new Error('x'.repeat(1_000)))).toBe(`${'x'.repeat(200)}…`);
    expect(describeError('x'.repeat(1_000))).toBe(`${'x'.repeat(200)}…`);
    expect(describeError('x'.repeat(200))).toBe('x'.repeat(200));
  });

  it.each<[string, unknown]>([
    ['an object without a prototype', Object.create(null)],
    [
      'one whose toString throws',
      {
        toString() {
          throw new Error('not even that');
        },
      },
    ],
  ])('does not throw for %s: an error must not fail because of its cause', (_name, error) => {
    expect(() => describeError(error)).not.toThrow();
  });
});

it('an error that cannot be put in words is at least said to be one', () => {
  expect(describeError(Object.create(null))).toBe('an error that cannot be shown');
});
