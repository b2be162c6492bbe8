import { describe, expect, it } from 'vitest';
import { EjectionLab, type Server } from './ejection-lab.js';

describe('failures in a row', () => {
  it('eject at the fifth, for 30 s', () => {
    const lab = new EjectionLab(3);
    lab.fail(lab.servers[1]!, 4);
    expect(lab.news()).toEqual([]);

    lab.fail(lab.servers[1]!);

    expect(lab.news()).toEqual([{ name: 'b', type: 'ejected', reason: 'consecutive', duration: 30_000, times: 1 }]);
    expect(lab.lendable()).toBe('ac');
    expect(lab.servers[1]!.record).toMatchObject({ state: 'ejected', until: 30_000, ejections: 1, failures: 5 });
  });

  it('start over with a success', () => {
    const lab = new EjectionLab(2);
    lab.fail(lab.servers[0]!, 4);
    lab.succeed(lab.servers[0]!);
    lab.fail(lab.servers[0]!, 4);
    expect(lab.news()).toEqual([]);
  });

  it('may be spread over intervals', () => {
    const lab = new EjectionLab(2);
    lab.fail(lab.servers[0]!, 4);
    lab.tickAt(10_000);
    lab.fail(lab.servers[0]!);
    expect(lab.news()).toMatchObject([{ name: 'a', reason: 'consecutive' }]);
  });

  it.each([1, 2, 9])('eject at number %i if so many are asked for', (consecutive) => {
    const lab = new EjectionLab(2, { consecutive });
    lab.fail(lab.servers[0]!, consecutive - 1);
    expect(lab.news()).toEqual([]);
    lab.fail(lab.servers[0]!);
    expect(lab.news()).toMatchObject([{ name: 'a', reason: 'consecutive' }]);
  });

  it('never eject when that is off', () => {
    const lab = new EjectionLab(2, { consecutive: Infinity, failureRate: Infinity });
    lab.fail(lab.servers[0]!, 1_000);
    lab.runUntil(100_000);
    expect(lab.news()).toEqual([]);
  });
});

describe('the share of endpoints that may be out', () => {
  it.each([
    { size: 1, maxEjected: 1, room: 0 },
    { size: 2, maxEjected: 1, room: 1 },
    { size: 3, maxEjected: 1, room: 2 },
    { size: 2, maxEjected: 0, room: 1 },
    { size: 10, maxEjected: 0.1, room: 1 },
    { size: 19, maxEjected: 0.1, room: 1 },
    { size: 20, maxEjected: 0.1, room: 2 },
    { size: 100, maxEjected: 0.29, room: 29 },
  ])('is $room of $size with $maxEjected', ({ size, maxEjected, room }) => {
    const lab = new EjectionLab(size, { maxEjected });
    for (const server of lab.servers) lab.fail(server, 50);
    expect(lab.ejection.outCount).toBe(room);
    expect(lab.news()).toHaveLength(room);
  });

  it('includes those that are still to be tried', () => {
    const lab = new EjectionLab(3);
    lab.ejectUntilProbing(lab.servers[0]!);
    lab.fail(lab.servers[1]!, 5);
    expect(lab.ejection.outCount).toBe(1);
    expect(lab.servers[1]!.record.state).toBe('in');
  });

  it('is looked at again at the next failure', () => {
    const lab = new EjectionLab(3);
    lab.ejectUntilProbing(lab.servers[0]!);
    lab.fail(lab.servers[1]!, 5);
    lab.probe(lab.servers[0]!, 'succeeded');
    lab.news();

    lab.fail(lab.servers[1]!);

    expect(lab.news()).toMatchObject([{ name: 'b', type: 'ejected', reason: 'consecutive' }]);
  });

  it('is looked at again at the end of an interval, though nothing has failed since', () => {
    const lab = new EjectionLab(3);
    lab.ejectUntilProbing(lab.servers[0]!);
    lab.fail(lab.servers[1]!, 5);
    lab.probe(lab.servers[0]!, 'succeeded');
    lab.news();
    lab.runUntil(lab.now + 10_000);
    expect(lab.news()).toMatchObject([{ name: 'b', type: 'ejected', reason: 'consecutive' }]);
  });

  it('goes to the worst first', () => {
    const lab = new EjectionLab(3);
    lab.ejectUntilProbing(lab.servers[0]!);
    lab.fail(lab.servers[1]!, 5);
    lab.fail(lab.servers[2]!, 6);
    lab.probe(lab.servers[0]!, 'succeeded');
    lab.news();

    lab.runUntil(lab.now + 10_000);

    expect(lab.news()).toMatchObject([{ name: 'c', type: 'ejected', reason: 'consecutive' }]);
  });
});

describe('what is told', () => {
  it('is told when all is as it says', () => {
    const lab = new EjectionLab(3);
    const seen: unknown[] = [];
    lab.onChange = (server, { type }) => {
      const { ejection } = lab;
      seen.push([type, server.record.state, ejection.mayLend(server), ejection.outCount, ejection.nextDeadline()]);
    };
    const a = lab.servers[0]!;

    lab.ejectUntilProbing(a);
    lab.probe(a, 'succeeded');

    expect(seen).toEqual([
      ['ejected', 'ejected', false, 1, 10_000],
      ['probing', 'probing', true, 1, Infinity],
      ['readmitted', 'in', true, 0, 40_000],
    ]);
  });

  it('may lead to further calls', () => {
    const lab = new EjectionLab(20);
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.onChange = (server, { type }) => {
      if (server === a && type === 'ejected') lab.fail(b, 5);
      if (server === a && type === 'probing') lab.remove(b);
      if (server === b && type === 'ejected') lab.fail(c, 5);
    };

    lab.fail(a, 5);
    lab.runUntil(30_000);

    expect(lab.news().map(({ name, type }) => `${name} ${type}`)).toEqual(['a ejected', 'b ejected', 'a probing']);
    expect(lab.ejection.outCount).toBe(1);
  });

  it('may let one in whose probe is about to be over', () => {
    const lab = new EjectionLab(3, { maxEjected: 1, panic: 0 });
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.ejectUntilProbing(b);
    lab.now = 31_000;
    lab.fail(a, 5);
    lab.probe(b, 'failed');
    lab.tickAt(61_000);
    lab.ejection.probeBegan(a, 61_000);
    lab.news();
    lab.onChange = (server) => {
      if (server === b) lab.remove(c);
    };

    lab.tickAt(91_000);

    expect([b.record.until, a.record.until]).toEqual([91_000, 61_000]);
    expect(lab.news()).toEqual([
      { name: 'b', type: 'probing' },
      { name: 'a', type: 'readmitted' },
    ]);
    expect(a.record.state).toBe('in');
  });

  it('is not told of an outlier that somebody has removed meanwhile', () => {
    const lab = new EjectionLab(30, { consecutive: Infinity });
    const [a, b] = lab.servers as [Server, Server];
    lab.onChange = () => lab.remove(b);
    lab.fail(a, 20);
    lab.fail(b, 20);

    lab.tickAt(10_000);

    expect(lab.news()).toMatchObject([{ name: 'a', type: 'ejected' }]);
    expect(lab.ejection.outCount).toBe(1);
  });
});

describe('an outcome', () => {
  it('looks at no endpoint but its own', () => {
    const lab = new EjectionLab(100, { consecutive: 2_000 });
    const [a, ...others] = lab.servers;
    const looks: string[] = [];
    for (const { name, record } of others) {
      lab.servers.forEach((server) => {
        if (server.name === name)
          Object.defineProperty(server, 'record', { get: () => (looks.push(name), record), configurable: true });
      });
    }

    for (let i = 0; i < 1_000; i++) {
      lab.fail(a!);
      lab.ejection.mayLend(a!);
      lab.ejection.probeBegan(a!, lab.now);
      lab.ejection.probeLeft(a!, lab.now);
      lab.ejection.nextDeadline();
    }
    lab.succeed(a!, 1_000);
    expect(looks).toEqual([]);

    lab.tickAt(10_000);
    expect(new Set(looks).size).toBe(99);
  });
});
