import { describe, expect, it } from 'vitest';
import { EjectionLab, type Server } from './ejection-lab.js';

describe('panic', () => {
  it('begins when fewer than half of the endpoints are good, and ends when half of them are', () => {
    const lab = new EjectionLab(4);
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.fail(a, 5);
    lab.ejection.setDown(b, true);
    expect(lab.ejection.isPanic).toBe(false);
    expect(lab.lendable()).toBe('bcd');

    lab.ejection.setDown(c, true);
    expect(lab.ejection.isPanic).toBe(true);
    expect(lab.lendable()).toBe('abcd');

    lab.ejection.setDown(c, false);
    expect(lab.ejection.isPanic).toBe(false);
    expect(lab.lendable()).toBe('bcd');
  });

  it('counts one that is both out and down once, whichever came first', () => {
    const lab = new EjectionLab(4);
    const [a, b] = lab.servers as [Server, Server];
    lab.ejection.setDown(a, true);
    lab.ejection.setDown(a, true);
    lab.fail(a, 5);
    lab.ejection.setDown(b, true);
    expect(lab.ejection.isPanic).toBe(false);

    lab.runUntil(30_000);
    lab.probe(a, 'succeeded');
    expect(lab.ejection.isPanic).toBe(false);
    lab.ejection.setDown(lab.servers[2]!, true);
    expect(lab.ejection.isPanic).toBe(true);
    lab.ejection.setDown(a, false);
    expect(lab.ejection.isPanic).toBe(false);
  });

  it.each([
    { panic: 0, isPanic: [false, false, false] },
    { panic: 0.3, isPanic: [false, false, true] },
    { panic: 0.5, isPanic: [false, true, true] },
    { panic: 1, isPanic: [true, true, true] },
  ])('begins below $panic, if that was asked for', ({ panic, isPanic }) => {
    const lab = new EjectionLab(3, { panic });
    lab.fail(lab.servers[0]!, 5);
    const seen = [lab.ejection.isPanic];
    for (const server of lab.servers.slice(1)) {
      lab.ejection.setDown(server, true);
      seen.push(lab.ejection.isPanic);
    }
    expect(seen).toEqual(isPanic);
    expect(lab.lendable()).toBe(isPanic[2] ? 'abc' : 'bc');
  });

  it('is not there when all is well, nor without endpoints', () => {
    expect(new EjectionLab(2).ejection.isPanic).toBe(false);
    expect(new EjectionLab(0, { panic: 1 }).ejection.isPanic).toBe(false);
  });

  it('ends no ejection: what happens in it is no verdict before the time is over', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    lab.ejection.setDown(b, true);
    lab.now = 1_000;
    lab.ejection.probeBegan(a, 1_000);
    lab.ejection.succeeded(a, 1_000, 2_000);
    expect(a.record.state).toBe('ejected');

    lab.ejection.setDown(b, false);
    expect(lab.lendable()).toBe('b');
  });

  it('lends one that is probing as often as is asked for, and the first verdict counts', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.ejectUntilProbing(a);
    lab.ejection.setDown(b, true);
    lab.ejection.probeBegan(a, 30_000);
    expect(lab.lendable()).toBe('ab');
    lab.ejection.probeBegan(a, 31_000);

    lab.ejection.succeeded(a, 31_000, 32_000);
    lab.ejection.failed(a, 30_000, 33_000);

    expect(a.record).toMatchObject({ state: 'in', failuresInRow: 1 });
  });
});

describe('all bad at once', () => {
  it('leaves the others in, and uses all when they are down as well', () => {
    const lab = new EjectionLab(10);
    for (let i = 0; i < 100; i++) for (const server of lab.servers) lab.fail(server);
    lab.runUntil(20_000);
    expect(lab.ejection.outCount).toBe(1);
    expect(lab.lendable()).toBe('bcdefghij');

    for (const server of lab.servers) lab.ejection.setDown(server, true);
    expect(lab.lendable()).toBe('abcdefghij');
  });

  it('is over as soon as one works again', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    for (let i = 0; i < 10; i++) for (const server of lab.servers) lab.fail(server);
    for (const server of lab.servers) lab.ejection.setDown(server, true);
    expect(lab.lendable()).toBe('ab');

    lab.ejection.setDown(b, false);
    lab.succeed(b);
    expect(lab.ejection.isPanic).toBe(false);
    expect(lab.lendable()).toBe('b');
    lab.ejection.setDown(a, false);
    expect(lab.lendable()).toBe('b');
  });
});
