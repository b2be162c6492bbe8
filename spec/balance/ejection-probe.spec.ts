import { describe, expect, it } from 'vitest';
import { EjectionLab, type Server } from './ejection-lab.js';

/** With one that is probing, since 30 s. */
function probingLab(): { lab: EjectionLab; a: Server } {
  const lab = new EjectionLab(3);
  const a = lab.servers[0]!;
  lab.ejectUntilProbing(a);
  lab.news();
  return { lab, a };
}

describe('an endpoint whose time is over', () => {
  it('is lent to one borrower', () => {
    const { lab, a } = probingLab();
    expect(lab.lendable()).toBe('abc');
    lab.ejection.probeBegan(a, lab.now);
    expect(lab.lendable()).toBe('bc');
    expect(a.record.state).toBe('probing');
  });

  it('returns with a success', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    lab.now = 31_000;
    lab.ejection.succeeded(a, 30_000, 31_000);

    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
    expect(lab.ejection.outCount).toBe(0);
    expect(lab.lendable()).toBe('abc');
    // The interval that the success has begun; the probe needs no deadline any longer.
    expect(lab.ejection.nextDeadline()).toBe(41_000);
  });

  it('goes again with a failure, for longer', () => {
    const { lab, a } = probingLab();
    lab.probe(a, 'failed');
    expect(lab.news()).toEqual([{ name: 'a', type: 'ejected', reason: 'probe', duration: 60_000, times: 2 }]);
    expect(lab.lendable()).toBe('bc');
    expect(a.record.until).toBe(90_000);
  });

  it('is lent again when that is over too', () => {
    const { lab, a } = probingLab();
    lab.probe(a, 'failed');
    lab.tickAt(90_000);
    expect(lab.lendable()).toBe('abc');
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
  });

  it('goes again even when there would be no room for another', () => {
    const lab = new EjectionLab(30, { maxEjected: 0.1 });
    const [a, b, c] = lab.servers as [Server, Server, Server];
    for (const server of [a, b, c]) lab.fail(server, 5);
    for (const server of lab.servers.slice(20)) lab.remove(server);
    lab.runUntil(30_000);
    lab.probe(c, 'failed');
    expect(lab.told.at(-1)).toMatchObject({ name: 'c', reason: 'probe' });
  });

  it('starts with nothing against it', () => {
    const { lab, a } = probingLab();
    lab.probe(a, 'succeeded');
    lab.fail(a, 4);
    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
    lab.fail(a);
    expect(lab.news()).toMatchObject([{ name: 'a', type: 'ejected', reason: 'consecutive', times: 2 }]);
  });
});

describe('a probe without a verdict', () => {
  it('leaves the endpoint to the next borrower', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    lab.ejection.probeLeft(a, 30_000);

    expect(lab.lendable()).toBe('abc');
    expect(lab.news()).toEqual([]);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
    lab.probe(a, 'succeeded');
    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
  });

  it('is left by its own lease, not by one from before the ejection', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    lab.ejection.probeLeft(a, 0);
    expect(lab.lendable()).toBe('bc');
  });

  it('keeps others from trying no longer than the base time', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    expect(lab.ejection.nextDeadline()).toBe(60_000);
    lab.tickAt(59_999);
    expect(lab.lendable()).toBe('bc');

    lab.tickAt(60_000);

    expect(lab.lendable()).toBe('abc');
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
    expect(lab.news()).toEqual([]);
  });

  it('is still a verdict when it ends after that', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    lab.tickAt(60_000);
    lab.ejection.succeeded(a, 30_000, 70_000);
    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
  });

  it('is not made longer by another that begins meanwhile', () => {
    const { lab, a } = probingLab();
    lab.ejection.probeBegan(a, 30_000);
    lab.ejection.probeBegan(a, 50_000);
    expect(lab.ejection.nextDeadline()).toBe(60_000);
  });
});

describe('a lease from before the ejection', () => {
  it.each(['succeeded', 'failed'] as const)('that has %s changes nothing while the endpoint is out', (outcome) => {
    const lab = new EjectionLab(3);
    const a = lab.servers[0]!;
    lab.now = 100;
    lab.fail(a, 5);
    const { until } = a.record;
    lab.news();

    lab.ejection[outcome](a, 50, 200);
    lab.ejection[outcome](a, 150, 200);
    lab.tickAt(until);
    lab.ejection[outcome](a, 50, until);
    lab.ejection.probeBegan(a, until);
    lab.ejection[outcome](a, 50, until);

    expect(lab.news()).toEqual([{ name: 'a', type: 'probing' }]);
    expect(a.record).toMatchObject({ state: 'probing', until, timesInRow: 1, failuresInRow: 0, recentSuccesses: 0 });
    // They are counted all the same.
    expect(a.record.successes + a.record.failures).toBe(9);
  });

  it('is no verdict after the return either', () => {
    const { lab, a } = probingLab();
    lab.probe(a, 'succeeded');
    for (let i = 0; i < 50; i++) lab.ejection.failed(a, 0, lab.now);
    lab.runUntil(100_000);
    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
    expect(a.record.failures).toBe(55);
  });
});

describe('an endpoint that is in', () => {
  it('has no probes', () => {
    const lab = new EjectionLab(3);
    const a = lab.servers[0]!;
    lab.ejection.probeBegan(a, 0);
    lab.ejection.probeLeft(a, 0);
    expect(lab.lendable()).toBe('abc');
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
    expect(a.record.probeUntil).toBe(Infinity);
  });
});

describe('an endpoint that is ejected', () => {
  it('has no probes before its time', () => {
    const lab = new EjectionLab(3);
    const a = lab.servers[0]!;
    lab.fail(a, 5);
    lab.ejection.probeBegan(a, 0);
    lab.ejection.probeLeft(a, 0);
    lab.ejection.succeeded(a, 0, 0);
    expect(lab.lendable()).toBe('bc');
    expect(a.record).toMatchObject({ state: 'ejected', probeUntil: Infinity });
  });
});
