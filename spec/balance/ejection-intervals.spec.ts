import { describe, expect, it } from 'vitest';
import type { EjectionConfig } from '../../src/balance/ejection-config.js';
import { EjectionLab, type Server } from './ejection-lab.js';

function mixed(lab: EjectionLab, server: Server, failures: number, successes: number): void {
  lab.fail(server, failures);
  lab.succeed(server, successes);
}

describe('the rate of failures', () => {
  const only: EjectionConfig = { consecutive: Infinity, latencyFactor: Infinity };

  it('ejects at the end of the interval from one half on', () => {
    const lab = new EjectionLab(3, only);
    mixed(lab, lab.servers[0]!, 10, 10);
    lab.tickAt(9_999);
    expect(lab.news()).toEqual([]);

    lab.tickAt(10_000);

    expect(lab.news()).toEqual([{ name: 'a', type: 'ejected', reason: 'failureRate', duration: 30_000, times: 1 }]);
    expect(lab.servers[0]!.record.until).toBe(40_000);
  });

  it.each([
    { case: 'fewer than that', failures: 10, successes: 11, config: {} },
    { case: 'too few requests', failures: 19, successes: 0, config: {} },
    { case: 'fewer than was asked for', failures: 16, successes: 4, config: { failureRate: 0.81 } },
    { case: 'fewer requests than were asked for', failures: 39, successes: 0, config: { minRequests: 40 } },
    { case: 'it is off', failures: 100, successes: 0, config: { failureRate: Infinity } },
  ])('does not: $case', ({ failures, successes, config }) => {
    const lab = new EjectionLab(3, { ...only, ...config });
    mixed(lab, lab.servers[0]!, failures, successes);
    lab.tickAt(10_000);
    expect(lab.news()).toEqual([]);
  });

  it('ejects with the rate and the number of requests that were asked for', () => {
    const lab = new EjectionLab(3, { ...only, failureRate: 0.2, minRequests: 5 });
    mixed(lab, lab.servers[0]!, 1, 4);
    lab.tickAt(10_000);
    expect(lab.news()).toMatchObject([{ name: 'a', reason: 'failureRate' }]);
  });

  it('counts one interval at a time', () => {
    const lab = new EjectionLab(3, only);
    lab.fail(lab.servers[0]!, 10);
    lab.tickAt(10_000);
    lab.fail(lab.servers[0]!, 10);
    lab.tickAt(20_000);
    expect(lab.news()).toEqual([]);
    expect(lab.servers[0]!.record).toMatchObject({ failures: 20, recentFailures: 0 });
  });

  it('ejects the worst first', () => {
    const lab = new EjectionLab(4, only);
    mixed(lab, lab.servers[0]!, 12, 8);
    mixed(lab, lab.servers[1]!, 19, 1);
    mixed(lab, lab.servers[2]!, 18, 2);
    lab.tickAt(10_000);
    expect(lab.news()).toMatchObject([{ name: 'b' }]);
  });
});

describe('use times', () => {
  const only: EjectionConfig = { consecutive: Infinity, failureRate: Infinity };

  /** Each has 20 leases of its mean time. The interval is long enough for all of them. */
  function withTimes(times: readonly number[], config: EjectionConfig = {}): EjectionLab {
    const lab = new EjectionLab(times.length, { ...only, interval: 1_000_000, ...config });
    times.forEach((held, i) => lab.succeed(lab.servers[i]!, 20, held));
    lab.runUntil(2_000_000);
    expect(lab.servers[0]!.record.recentSuccesses).toBe(0);
    return lab;
  }

  it('eject who takes five times the median of the others', () => {
    const lab = withTimes([10, 12, 60, 14]);
    expect(lab.news()).toMatchObject([
      { name: 'c', type: 'ejected', reason: 'latency', times: 1 },
      { type: 'probing' },
    ]);
  });

  it('are means, so that half of the leases may be quick', () => {
    const lab = new EjectionLab(3, { ...only, interval: 100_000 });
    lab.succeed(lab.servers[0]!, 20, 10);
    lab.succeed(lab.servers[1]!, 20, 10);
    lab.succeed(lab.servers[2]!, 10, 100);
    lab.succeed(lab.servers[2]!, 10, 0);
    lab.runUntil(110_000);
    expect(lab.news()).toMatchObject([{ name: 'c', reason: 'latency' }]);
  });

  it.each([
    { case: 'it is less than that', times: [10, 10, 49], config: {} },
    { case: 'there are only two', times: [10, 1_000], config: {} },
    { case: 'they have had too few leases', times: [10, 10, 1_000], config: { minRequests: 21 } },
    { case: 'it is less than was asked for', times: [10, 10, 50], config: { latencyFactor: 5.1 } },
    { case: 'it is off', times: [10, 10, 10_000], config: { latencyFactor: Infinity } },
    { case: 'half of the others are as slow', times: [10, 90, 90], config: {} },
    { case: 'the median is below what the clock can tell', times: [0, 0, 4], config: {} },
    { case: 'all take no time', times: [0, 0, 0], config: {} },
  ])('do not: $case', ({ times, config }) => {
    expect(withTimes(times, config).news()).toEqual([]);
  });

  it('of an interval before do not count', () => {
    const lab = new EjectionLab(3, { ...only, interval: 100_000 });
    const c = lab.servers[2]!;
    lab.succeed(c, 20, 100);
    lab.runUntil(200_000);
    for (const server of lab.servers) lab.succeed(server, 20, 10);
    lab.runUntil(400_000);
    expect(c.record.recentSuccesses).toBe(0);
    expect(lab.news()).toEqual([]);
  });

  it('are compared with those of the others, be they quicker or slower', () => {
    const lab = withTimes([10, 100, 140], { latencyFactor: 1.5, maxEjected: 1 });
    // 100 is less than 1.5 times the median of 10 and 140.
    expect(lab.news().filter(({ type }) => type === 'ejected')).toMatchObject([{ name: 'c', reason: 'latency' }]);
  });

  it('do not when few of the leases have succeeded', () => {
    const lab = new EjectionLab(3, { ...only, interval: 100_000 });
    lab.succeed(lab.servers[0]!, 20, 10);
    lab.succeed(lab.servers[1]!, 20, 10);
    lab.succeed(lab.servers[2]!, 1, 1_000);
    lab.fail(lab.servers[2]!, 19);
    lab.runUntil(200_000);
    expect(lab.servers[2]!.record.recentRequests).toBe(0);
    expect(lab.news()).toEqual([]);
  });

  it('do not when one of three has had too few leases to be compared with', () => {
    const lab = new EjectionLab(3, { ...only, interval: 100_000 });
    lab.succeed(lab.servers[0]!, 20, 10);
    lab.succeed(lab.servers[1]!, 19, 10);
    lab.succeed(lab.servers[2]!, 20, 1_000);
    lab.runUntil(200_000);
    expect(lab.servers[2]!.record.recentSuccesses).toBe(0);
    expect(lab.news()).toEqual([]);
  });

  it('eject with the factor that was asked for', () => {
    expect(withTimes([10, 10, 20], { latencyFactor: 2 }).news()).toMatchObject([{ name: 'c' }, { type: 'probing' }]);
  });

  it('eject the slowest first', () => {
    expect(withTimes([10, 100, 200, 10, 10, 10]).news()[0]).toMatchObject({ name: 'c', reason: 'latency' });
  });

  it('count a median between two when the others are even in number', () => {
    // Of 10 and 30 it is 20.
    expect(withTimes([10, 30, 99]).news()).toEqual([]);
    expect(withTimes([10, 30, 100]).news()[0]).toMatchObject({ name: 'c' });
  });

  it('are those of successes', () => {
    const lab = new EjectionLab(3, { ...only, interval: 100_000 });
    for (const server of lab.servers) lab.succeed(server, 20, 10);
    for (let i = 0; i < 20; i++) lab.ejection.failed(lab.servers[0]!, lab.now - 300, lab.now);
    lab.runUntil(110_000);
    expect(lab.servers[0]!.record).toMatchObject({ failures: 20, recentFailures: 0 });
    expect(lab.news()).toEqual([]);
  });

  it('are never below nothing, whatever the clock says', () => {
    const lab = new EjectionLab(1);
    lab.now = 50;
    lab.ejection.succeeded(lab.servers[0]!, 100, 50);
    expect(lab.servers[0]!.record.recentTime).toBe(0);
  });
});

describe('an interval', () => {
  it('begins with the first outcome, and needs no timer before', () => {
    const lab = new EjectionLab(2);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);

    lab.now = 500;
    lab.succeed(lab.servers[0]!);
    expect(lab.ejection.nextDeadline()).toBe(10_500);
    lab.now = 900;
    lab.fail(lab.servers[0]!);
    expect(lab.ejection.nextDeadline()).toBe(10_500);

    lab.tickAt(10_500);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
    lab.fail(lab.servers[0]!);
    expect(lab.ejection.nextDeadline()).toBe(20_500);
  });

  it('lasts as long as was asked for', () => {
    const lab = new EjectionLab(2, { interval: 250, consecutive: Infinity });
    lab.fail(lab.servers[0]!, 20);
    expect(lab.ejection.nextDeadline()).toBe(250);
    lab.tickAt(250);
    expect(lab.news()).toMatchObject([{ name: 'a', reason: 'failureRate' }]);
  });

  it('does not begin with an outcome that does not count', () => {
    const lab = new EjectionLab(2);
    const [a] = lab.servers;
    lab.fail(a!, 5);
    lab.tickAt(10_000);
    lab.ejection.succeeded(a!, 0, 10_000);
    lab.ejection.failed(a!, 0, 10_000);
    expect(lab.ejection.nextDeadline()).toBe(30_000);
  });

  it('judges nobody for what they have been out for already', () => {
    const lab = new EjectionLab(3, { baseTime: 1_000, minRequests: 5 });
    const a = lab.servers[0]!;
    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');
    lab.tickAt(10_000);
    expect(a.record).toMatchObject({ state: 'in', ejections: 1 });
  });

  it('ejects nobody for two reasons', () => {
    const lab = new EjectionLab(3, { interval: 100_000, consecutive: Infinity, maxEjected: 1 });
    const c = lab.servers[2]!;
    lab.succeed(lab.servers[0]!, 20, 10);
    lab.succeed(lab.servers[1]!, 20, 10);
    lab.succeed(c, 20, 1_000);
    lab.fail(c, 20);
    lab.tickAt(200_000);
    expect(lab.news()).toMatchObject([{ name: 'c', reason: 'failureRate', times: 1 }]);
  });

  it('judges nobody twice for the same', () => {
    const lab = new EjectionLab(3);
    lab.fail(lab.servers[0]!, 20);
    lab.tickAt(10_000);
    expect(lab.news()).toHaveLength(1);
  });
});
