import { describe, expect, it } from 'vitest';
import { checkConfig, type Rule } from '../../src/endpoint/check-config.js';

const RULES: Readonly<Record<string, Rule>> = {
  size: { integer: [1, 10] },
  wait: { number: [0, Infinity] },
  order: { oneOf: ['lifo', 'fifo'] },
  name: { is: 'string' },
  hook: { is: 'function' },
  retry: { is: 'object' },
  eager: { is: 'boolean' },
  delay: { anyOf: [{ number: [0, 100] }, { is: 'function' }] },
};

const check = (config: unknown): void => checkConfig('pool', config, RULES);

describe('checkConfig', () => {
  it('passes what the rules allow, and what is left out', () => {
    for (const config of [
      undefined,
      {},
      { size: 1 },
      { size: 10, wait: Infinity, order: 'fifo', name: '', hook: check, retry: {}, eager: false, delay: 0.5 },
      { delay: check },
      { size: undefined, wait: undefined },
    ]) {
      expect(() => check(config)).not.toThrow();
    }
  });

  it.each([
    [{ size: 0 }, 'pool: size must be an integer from 1 to 10, got 0'],
    [{ size: 11 }, 'pool: size must be an integer from 1 to 10, got 11'],
    [{ size: 1.5 }, 'pool: size must be an integer from 1 to 10, got 1.5'],
    [{ size: NaN }, 'pool: size must be an integer from 1 to 10, got NaN'],
    [{ size: Infinity }, 'pool: size must be an integer from 1 to 10, got Infinity'],
    [{ wait: -1 }, 'pool: wait must be a number from 0 to Infinity, got -1'],
    [{ order: 'random' }, 'pool: order must be one of "lifo", "fifo", got "random"'],
    [{ delay: 101 }, 'pool: delay must be a number from 0 to 100 or a function, got 101'],
  ])('throws a RangeError for a value out of range: %o', (config, message) => {
    expect(() => check(config)).toThrow(new RangeError(message));
  });

  it.each([
    [{ size: '5' }, 'pool: size must be an integer from 1 to 10, got "5"'],
    [{ size: null }, 'pool: size must be an integer from 1 to 10, got null'],
    [{ size: 5n }, 'pool: size must be an integer from 1 to 10, got 5'],
    [{ order: 1 }, 'pool: order must be one of "lifo", "fifo", got 1'],
    [{ name: 5 }, 'pool: name must be a string, got 5'],
    [{ name: Symbol('s') }, 'pool: name must be a string, got Symbol(s)'],
    [{ hook: 'now' }, 'pool: hook must be a function, got "now"'],
    [{ hook: [] }, 'pool: hook must be a function, got an array'],
    [{ retry: null }, 'pool: retry must be an object, got null'],
    [{ retry: check }, 'pool: retry must be an object, got function check'],
    [{ eager: 'yes' }, 'pool: eager must be a boolean, got "yes"'],
    [{ delay: 'soon' }, 'pool: delay must be a number from 0 to 100 or a function, got "soon"'],
    [{ delay: {} }, 'pool: delay must be a number from 0 to 100 or a function, got an object'],
  ])('throws a TypeError for a value of the wrong type: %o', (config, message) => {
    expect(() => check(config)).toThrow(new TypeError(message));
  });

  it('does not take a number in a string for a number, nor cut what it shows in silence', () => {
    expect(() => check({ size: 'x'.repeat(100) })).toThrow(
      new TypeError(`pool: size must be an integer from 1 to 10, got "${'x'.repeat(60)}…"`),
    );
  });

  it('names an option it does not know, and those it does', () => {
    expect(() => check({ sise: 5 })).toThrow(
      new TypeError('pool: unknown option sise; known are size, wait, order, name, hook, retry, eager, delay'),
    );
  });

  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf', '__proto__'])(
    'does not know %s, though every object has it',
    (option) => {
      const config: unknown = JSON.parse(`{ "${option}": 5 }`);
      expect(() => check(config)).toThrow(
        new TypeError(`pool: unknown option ${option}; known are ${Object.keys(RULES).join(', ')}`),
      );
      const left: unknown = Object.defineProperty({}, option, { value: undefined, enumerable: true });
      expect(() => check(left)).toThrow(`pool: unknown option ${option}; known are`);
    },
  );

  it('does not look at what a config inherits', () => {
    expect(() => check(Object.create({ sise: 5 }))).not.toThrow();
  });

  it.each([
    [5, '5'],
    ['text', '"text"'],
    [null, 'null'],
    [true, 'true'],
    [check, 'function check'],
  ])('refuses %s for a config', (config, shown) => {
    expect(() => check(config)).toThrow(new TypeError(`pool: config must be an object, got ${shown}`));
  });
});
