import { defer, retry, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exponentialBackoff, type BackoffConfig } from '../../src/endpoint/backoff.js';
import { marbles } from './marbles.js';

const REFUSED = new Error('refused');

function durations(config: BackoffConfig, retries: number): number[] {
  const { duration } = exponentialBackoff(config);
  return Array.from({ length: retries }, (_, i) => duration(i + 1));
}

describe('exponentialBackoff', () => {
  it('doubles from 100 ms up to 30 s by default, before jitter', () => {
    expect(durations({ jitter: 'none' }, 11)).toEqual([
      ...[100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000],
    ]);
  });

  it('takes initial, factor and max', () => {
    expect(durations({ initial: 10, factor: 3, max: 100, jitter: 'none' }, 4)).toEqual([10, 30, 90, 100]);
    expect(durations({ initial: 10, factor: 1, jitter: 'none' }, 3)).toEqual([10, 10, 10]);
    expect(durations({ initial: 500, max: 100, jitter: 'none' }, 2)).toEqual([100, 100]);
  });

  it('stays at max however often it is asked', () => {
    const { duration } = exponentialBackoff({ jitter: 'none' });
    expect([1_000, 1_025, 10_000, Number.MAX_SAFE_INTEGER].map((attempt) => duration(attempt))).toEqual([
      ...[30_000, 30_000, 30_000, 30_000],
    ]);
  });

  it('that starts at 0 stays at 0 however often it is asked', () => {
    const { duration } = exponentialBackoff({ initial: 0, jitter: 'none' });
    expect([1, 2, 1_024, 1_025, 10_000].map((attempt) => duration(attempt))).toEqual([0, 0, 0, 0, 0]);
  });

  it.each([
    ['full', 0, 0],
    ['full', 0.5, 50],
    ['full', 0.999, 99.9],
    ['equal', 0, 50],
    ['equal', 0.5, 75],
    ['equal', 0.999, 99.95],
    ['none', 0.5, 100],
  ] as const)('with jitter %s and a random of %d makes 100 ms %d ms', (jitter, chance, expected) => {
    expect(exponentialBackoff({ jitter, random: () => chance }).duration(1)).toBeCloseTo(expected, 9);
  });

  it('has full jitter by default, of Math.random', () => {
    const all = Array.from({ length: 200 }, () => exponentialBackoff().duration(1));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(100);
    expect(new Set(all).size).toBeGreaterThan(100);
  });

  it('lets whoever asks for a duration bring their own random', () => {
    expect(exponentialBackoff({ random: () => 0.9 }).duration(2, () => 0.25)).toBe(50);
  });

  it('works in a plain retry of RxJS', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, REFUSED);
      const delay = exponentialBackoff({ initial: 3, jitter: 'none' });

      expectObservable(source.pipe(retry({ count: 2, delay }))).toBe('------------#', {}, REFUSED);
      expectSubscriptions(source.subscriptions).toBe(['^!', '----^!', '-----------^!']);
    });
  });

  it('rethrows what is not worth retrying, at once', () => {
    const final = Object.assign(new Error('wrong password'), { retryable: false });
    marbles(({ expectObservable }) => {
      let attempts = 0;
      const source = defer(() => throwError(() => (++attempts < 2 ? REFUSED : final)));
      const delay = exponentialBackoff({ initial: 3, jitter: 'none' });

      expectObservable(source.pipe(retry({ delay }))).toBe('---#', {}, final);
    });
  });

  it.each([undefined, null, 'text', 5, { retryable: true }, { retryable: undefined }, new Error('plain')])(
    'retries %s',
    (error) => {
      marbles(({ expectObservable }) => {
        const delay = exponentialBackoff({ initial: 3, jitter: 'none' });
        expectObservable(delay(error, 1)).toBe('---(a|)', { a: 0 });
      });
    },
  );

  it.each<[BackoffConfig, string]>([
    [{ initial: -1 }, 'exponentialBackoff: initial must be a number from 0 to 9007199254740991, got -1'],
    [{ initial: NaN }, 'exponentialBackoff: initial must be a number from 0 to 9007199254740991, got NaN'],
    [{ factor: 0.5 }, 'exponentialBackoff: factor must be a number from 1 to 9007199254740991, got 0.5'],
    [{ max: Infinity }, 'exponentialBackoff: max must be a number from 0 to 9007199254740991, got Infinity'],
    [{ jitter: 'some' as never }, 'exponentialBackoff: jitter must be one of "full", "equal", "none", got "some"'],
  ])('refuses %o', (config, message) => {
    expect(() => exponentialBackoff(config)).toThrow(new RangeError(message));
  });

  it('refuses a random that is no function, and options it does not know', () => {
    expect(() => exponentialBackoff({ random: 0.5 as never })).toThrow(
      new TypeError('exponentialBackoff: random must be a function, got 0.5'),
    );
    expect(() => exponentialBackoff({ inital: 5 } as never)).toThrow(
      new TypeError('exponentialBackoff: unknown option inital; known are initial, factor, max, jitter, random'),
    );
  });
});
