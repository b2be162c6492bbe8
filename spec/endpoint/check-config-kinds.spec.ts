import { describe, expect, it } from 'vitest';
import { checkConfig, type Rule } from '../../src/endpoint/check-config.js';

const RULES: Readonly<Record<string, Rule>> = {
  level: { oneOf: [0, 'high'] },
  size: { anyOf: [{ oneOf: ['small', 'large'] }, { integer: [1, 10] }] },
  hook: { anyOf: [{ is: 'function' }, { is: 'object' }] },
  name: { is: 'string' },
};

const check = (config: unknown): void => checkConfig('pool', config, RULES);

describe('an option that may be of several kinds', () => {
  it.each([
    [{ level: 1 }, 'pool: level must be one of 0, "high", got 1'],
    [{ level: 'low' }, 'pool: level must be one of 0, "high", got "low"'],
    [{ size: 'huge' }, 'pool: size must be one of "small", "large" or an integer from 1 to 10, got "huge"'],
    [{ size: 11 }, 'pool: size must be one of "small", "large" or an integer from 1 to 10, got 11'],
  ])('is out of range where one of its kinds fits: %o', (config, message) => {
    expect(() => check(config)).toThrow(new RangeError(message));
  });

  it.each([
    [{ level: true }, 'pool: level must be one of 0, "high", got true'],
    [{ size: null }, 'pool: size must be one of "small", "large" or an integer from 1 to 10, got null'],
    [{ hook: 5 }, 'pool: hook must be a function or an object, got 5'],
  ])('is of the wrong type where none does: %o', (config, message) => {
    expect(() => check(config)).toThrow(new TypeError(message));
  });
});

describe('what is shown of a value', () => {
  it('is a text of 60 characters in full, and of a longer one the first 60', () => {
    expect(() => check({ level: 'x'.repeat(60) })).toThrow(`got "${'x'.repeat(60)}"`);
    expect(() => check({ level: 'x'.repeat(61) })).toThrow(`got "${'x'.repeat(60)}…"`);
  });

  it('is of a function without a name that it is one', () => {
    expect(() =>
      check({
        name: (
          () => () =>
            5
        )(),
      }),
    ).toThrow(new TypeError('pool: name must be a string, got function'));
  });
});
