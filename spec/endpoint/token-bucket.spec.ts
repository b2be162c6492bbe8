import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../src/endpoint/token-bucket.js';

describe('a token bucket', () => {
  it('gives tokens until it is empty, and then says how long the next one takes', () => {
    const bucket = new TokenBucket({ perSecond: 4, burst: 2 });
    expect([1_000, 1_000, 1_000, 1_100].map((now) => bucket.take(now))).toEqual([0, 0, 250, 150]);
    expect(bucket.readyAt).toBe(1_250);
    expect([1_250, 1_250].map((now) => bucket.take(now))).toEqual([0, 250]);
  });

  it('never has more tokens than a burst', () => {
    const bucket = new TokenBucket({ perSecond: 4, burst: 2 });
    bucket.take(1_000);
    expect([9_000, 9_000, 9_000].map((now) => bucket.take(now))).toEqual([0, 0, 250]);
  });

  it('takes tokens back, but not more than it has room for', () => {
    const bucket = new TokenBucket({ perSecond: 4, burst: 2 });
    for (const now of [1_000, 1_000]) bucket.take(now);
    bucket.giveBack();
    expect([1_000, 1_000].map((now) => bucket.take(now))).toEqual([0, 250]);
    for (let i = 0; i < 5; i++) bucket.giveBack();
    expect([2_000, 2_000, 2_000].map((now) => bucket.take(now))).toEqual([0, 0, 250]);
  });

  it('knows how long it takes to fill', () => {
    expect(new TokenBucket({ perSecond: 4, burst: 2 }).fillTime).toBe(500);
    expect(new TokenBucket({ perSecond: 0.5 }).fillTime).toBe(2_000);
  });

  it('has a token at the very time that it names', () => {
    const bucket = new TokenBucket({ perSecond: 3, burst: 7 });
    const start = 1_700_000_000_000.7;
    for (let i = 0; i < 7; i++) bucket.take(start);
    for (let i = 0; i < 1_000; i++) {
      const at = bucket.readyAt;
      expect(bucket.take(at)).toBe(0);
    }
    expect(bucket.readyAt).toBeCloseTo(start + 1_001 * (1_000 / 3), 0);
  });
});
