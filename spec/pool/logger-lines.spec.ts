import { describe, expect, it } from 'vitest';
import type { PoolEvent } from '../../src/index.js';
import { eventLine, levelOf } from '../../src/pool/event-line.js';

const at = 1_000_000;
const where = { endpoint: 'cache.internal:11211', slot: 3, at };
const failedWith = (error: unknown): PoolEvent => ({ type: 'failed', error, ...where });
const lineOf = (error: unknown): string => eventLine('cache', failedWith(error));

describe('the line of an event', () => {
  it.each<[PoolEvent, string, string]>([
    [{ type: 'connecting', ...where }, 'debug', 'connecting cache.internal:11211 #3'],
    [{ type: 'opened', latency: 12.4, ...where }, 'debug', 'opened cache.internal:11211 #3 in 12 ms'],
    [failedWith(new Error('refused')), 'warn', 'failed cache.internal:11211 #3: refused'],
    [{ type: 'lost', error: new Error('ECONNRESET'), ...where }, 'warn', 'lost cache.internal:11211 #3: ECONNRESET'],
    [{ type: 'closed', reason: 'idle', ...where }, 'debug', 'closed cache.internal:11211 #3: idle'],
    [{ type: 'borrowed', waited: 7, ...where }, 'debug', 'borrowed cache.internal:11211 #3 after 7 ms'],
    [{ type: 'released', held: 7.5, ...where }, 'debug', 'released cache.internal:11211 #3 after 8 ms'],
    [{ type: 'detached', held: 7, ...where }, 'debug', 'detached cache.internal:11211 #3 after 7 ms'],
    [{ type: 'destroyed', held: 7, ...where }, 'debug', 'destroyed cache.internal:11211 #3 after 7 ms'],
    [
      { type: 'destroyed', held: 7, error: new Error('late'), ...where },
      'debug',
      'destroyed cache.internal:11211 #3 after 7 ms: late',
    ],
    [
      { type: 'leaked', reason: 'held', held: 61_000, ...where },
      'warn',
      'leaked cache.internal:11211 #3: held for 61000 ms',
    ],
    [
      { type: 'leaked', reason: 'collected', held: 61_000, label: 'report', stack: 'Error\n    at a.js:1:2', ...where },
      'error',
      'leaked cache.internal:11211 #3: garbage collected after 61000 ms (report), Error at a.js:1:2',
    ],
    [
      { type: 'leftover', listeners: ['data', 'error'], ...where },
      'warn',
      'leftover cache.internal:11211 #3: data, error',
    ],
    [{ type: 'resized', min: 2, max: 20, at }, 'info', 'resized: min 2, max 20'],
    [{ type: 'resized', min: 2, max: 20, reason: 'demand', at }, 'info', 'resized: min 2, max 20, demand'],
    [{ type: 'queued', waiting: 2, at }, 'debug', 'queued, 2 waiting'],
    [{ type: 'cancelled', waited: 7, at }, 'debug', 'cancelled after 7 ms'],
    [{ type: 'timedOut', waited: 30_000, at }, 'warn', 'timedOut after 30000 ms'],
    [{ type: 'rejected', waiting: 10_000, at }, 'warn', 'rejected, 10000 waiting'],
    [{ type: 'closing', at }, 'info', 'closing'],
    [{ type: 'drained', at }, 'info', 'drained'],
  ])('%o', (event, level, words) => {
    expect(eventLine('cache', event)).toBe(`pool cache: ${words}`);
    expect(levelOf(event)).toBe(level);
  });
});

describe('text from outside', () => {
  it.each([
    ['a line end', 'a\r\npool cache: opened', 'a\\u000d\\u000apool cache: opened'],
    ['a colour', '\u001b[31mred', '\\u001b[31mred'],
    ['a terminal command of one byte', '\u009b2J', '\\u009b2J'],
    ['a NUL and a DEL', '\0\x7f', '\\u0000\\u007f'],
    ['a Unicode line end', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['a turn of direction', '\u202edab', '\\u202edab'],
    ['what has no width', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['an invisible character above the 16 bits', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', 'a\ud83d', 'a\\ud83d'],
  ])('cannot forge a line or hide in it: %s', (_name, message, shown) => {
    expect(lineOf(new Error(message))).toBe(`pool cache: failed cache.internal:11211 #3: ${shown}`);
  });

  it('is left alone where it is only text', () => {
    expect(lineOf(new Error('größer 😀 «x» \\u000a'))).toContain(': größer 😀 «x» \\u000a');
  });

  it('is cut', () => {
    expect(lineOf(new Error('x'.repeat(5_000)))).toBe(
      `pool cache: failed cache.internal:11211 #3: ${'x'.repeat(200)}…`,
    );
  });

  it('is cut and made printable in the names of pool and endpoint too', () => {
    const event: PoolEvent = { type: 'connecting', endpoint: `a\n${'x'.repeat(300)}`, slot: 0, at };
    expect(eventLine(`b\n${'y'.repeat(300)}`, event)).toBe(
      `pool b\\u000a${'y'.repeat(198)}…: connecting a\\u000a${'x'.repeat(198)}… #0`,
    );
  });

  it('is cut in what a borrower has said of itself or left behind', () => {
    const [label, stack] = ['l'.repeat(300), `s\n${'s'.repeat(2_000)}`];
    const leaked: PoolEvent = { type: 'leaked', reason: 'held', held: 1, label, stack, ...where };
    expect(eventLine('cache', leaked)).toBe(
      `pool cache: leaked cache.internal:11211 #3: held for 1 ms (${'l'.repeat(200)}…), s ${'s'.repeat(998)}…`,
    );
    const listeners = Array.from({ length: 500 }, () => 'data');
    const leftover: PoolEvent = { type: 'leftover', listeners, ...where };
    expect(eventLine('cache', leftover)).toBe(
      `pool cache: leftover cache.internal:11211 #3: ${listeners.join(', ').slice(0, 200)}…`,
    );
    const resized: PoolEvent = { type: 'resized', min: 0, max: 1, reason: 'r'.repeat(300), at };
    expect(eventLine('cache', resized)).toBe(`pool cache: resized: min 0, max 1, ${'r'.repeat(200)}…`);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['only text', 'only text'],
    [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [Object.create(null), 'an error that cannot be shown'],
  ])('may be any error: %o', (error, words) => {
    expect(lineOf(error)).toBe(`pool cache: failed cache.internal:11211 #3: ${words}`);
  });
});
