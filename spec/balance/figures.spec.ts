import { describe, expect, it } from 'vitest';
import { leastInUse } from '../../src/balance/least-in-use.js';
import { peakEwma } from '../../src/balance/peak-ewma.js';
import type { Picker } from '../../src/balance/picker.js';
import { powerOfTwo } from '../../src/balance/power-of-two.js';
import { roundRobin } from '../../src/balance/round-robin.js';
import { weighted } from '../../src/balance/weighted.js';
import { Churn } from '../../docs/plots/churn.js';
import { leavingServer } from '../../docs/plots/leaving-server.js';
import { ANSWER_WITHIN, CONSECUTIVE, returningServer } from '../../docs/plots/returning-server.js';
import { exclusive, quantile, slowServer } from '../../docs/plots/slow-server.js';
import type { Failure } from '../../docs/plots/server.js';

// All in virtual time and with seeds: the numbers are the same each time.

describe('of ten servers at 60 % of what they can do, one takes 20 times as long', () => {
  const inTurn = slowServer(roundRobin());

  it.each<[string, () => Picker]>([
    ['powerOfTwo', powerOfTwo],
    ['peakEwma', peakEwma],
  ])('with shared connections %s has at most a third of the p99 of roundRobin, and no less throughput', (_, picker) => {
    const latencies = slowServer(picker());
    expect(quantile(latencies, 0.99)).toBeLessThan(quantile(inTurn, 0.99) / 3);
    expect(latencies.throughput).toBeGreaterThanOrEqual(inTurn.throughput);
  });

  it('with a connection for each request the slow one has less than 1 % of them, whatever the picker: it is seldom idle', () => {
    const pickers = [roundRobin, leastInUse, powerOfTwo, peakEwma];
    const latencies = pickers.map((picker) => slowServer(picker(), exclusive));
    for (const { toSlow } of latencies) expect(toSlow).toBeLessThan(0.01);
    const [worst, ...others] = latencies.map((one) => quantile(one, 0.999));
    for (const other of others) expect(other).toBeLessThan(worst!);
    expect(others.at(-1)).toBeLessThan(worst! / 3);
  });
});

describe.each<Failure>(['dead', 'silent', 'hung'])('one of ten servers is %s for a while', (failure) => {
  describe.each([
    { picker: roundRobin, most: 1.03, seconds: 1 },
    // It goes by chance, which shows in a single second.
    { picker: powerOfTwo, most: 1.25, seconds: 2 },
  ])('with $picker.name', ({ picker, most, seconds }) => {
    const returned = returningServer({ balance: picker(), failure });

    it('few requests fail', () => {
      const { connections, failed, requests } = returned;
      expect(connections).toBeGreaterThan(0);
      expect(failed).toBeLessThanOrEqual(CONSECUTIVE * connections + 0.001 * requests);
    });

    it('it is used again within one probe interval of its recovery', () => {
      const { recoveredAt, readmittedAt, probeInterval } = returned;
      // The probe is let in when it has been answered, and one may have been sent just before.
      expect(readmittedAt - recoveredAt).toBeLessThanOrEqual(probeInterval + ANSWER_WITHIN);
    });

    it('it gets more each time, up to its fair share and not much beyond', () => {
      const shares = inSteps(returned.sharesSinceReturn, seconds);
      const starting = shares.slice(0, 10 / seconds);
      for (const [i, share] of starting.entries()) if (i > 0) expect(share).toBeGreaterThan(starting[i - 1]!);
      expect(starting[0]).toBeLessThan(0.03);
      expect(Math.max(...shares)).toBeLessThan(0.1 * most);
      for (const share of shares.slice(10 / seconds)) expect(share).toBeGreaterThan(0.1 / most);
    });
  });
});

it('a server that returns gets its share as well where connections are opened on demand only', () => {
  const returned = returningServer({ balance: roundRobin(), failure: 'dead', minPerEndpoint: 0 });
  const shares = returned.sharesSinceReturn;
  expect(shares[0]).toBeLessThan(0.03);
  expect(Math.min(...shares.slice(-3))).toBeGreaterThan(0.09);
  expect(Math.max(...shares)).toBeLessThan(0.12);
});

/** The means of so many each. */
function inSteps(shares: readonly number[], size: number): number[] {
  return Array.from({ length: Math.floor(shares.length / size) }, (_, i) => {
    return shares.slice(i * size, (i + 1) * size).reduce((sum, share) => sum + share, 0) / size;
  });
}

it('a server that leaves takes its keys away, and no others move', () => {
  for (let left = 0; left < 10; left++) {
    const { before, after } = leavingServer(left, 2_000);
    const moved = before.filter((home, key) => home !== after[key]);
    expect(moved.length).toBeLessThanOrEqual((1 / 10 + 0.02) * before.length);
    expect(new Set(moved)).toEqual(new Set([left]));
  }
});

describe('500 changes of endpoints a second, for a minute under load', () => {
  const churn = new Churn(weighted());
  const { world } = churn;
  churn.run(60);
  world.drain();

  it('lose no lease and leave nobody waiting', () => {
    expect(churn.changes).toBe(30_000);
    expect(world.begun).toBeGreaterThan(10_000);
    expect(world.ended).toHaveLength(world.begun);
    expect(world.ended.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(world.pool.stats).toMatchObject({ waiting: 0, leases: 0, borrowed: world.begun, released: world.begun });
  });

  it('leave no socket and no timer behind', async () => {
    expect(await world.close()).toEqual({ sockets: 0, timers: 0 });
  });
});
