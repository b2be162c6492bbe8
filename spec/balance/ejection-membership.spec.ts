import { describe, expect, it } from 'vitest';
import { EjectionLab, Server } from './ejection-lab.js';

describe('an endpoint that goes', () => {
  it('while ejected leaves its place to another, and no deadline', () => {
    const lab = new EjectionLab(3);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    lab.tickAt(10_000);

    lab.remove(a);

    expect(lab.ejection.outCount).toBe(0);
    expect(lab.ejection.nextDeadline()).toBe(Infinity);
    lab.fail(b, 5);
    expect(lab.told.at(-1)).toMatchObject({ name: 'b', type: 'ejected' });
  });

  it('is judged no longer', () => {
    const lab = new EjectionLab(4);
    const a = lab.servers[0]!;
    lab.remove(a);
    lab.succeed(a);
    lab.fail(a, 50);
    lab.ejection.probeBegan(a, 0);
    lab.ejection.probeLeft(a, 0);
    lab.runUntil(100_000);

    expect(lab.news()).toEqual([]);
    expect(a.record).toMatchObject({ failures: 50, successes: 1, failuresInRow: 0 });
  });

  it('takes what happened in the interval with it', () => {
    const lab = new EjectionLab(4, { consecutive: Infinity });
    lab.fail(lab.servers[0]!, 20);
    lab.remove(lab.servers[0]!);
    lab.tickAt(10_000);
    expect(lab.news()).toEqual([]);
  });

  it('may go twice, and may not have been there', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.remove(a);
    lab.remove(a);
    lab.remove(new Server('z'));
    expect(lab.ejection.isPanic).toBe(false);
    lab.ejection.setDown(b, true);
    expect(lab.ejection.isPanic).toBe(true);
  });

  it('counts among the good no longer, nor among the bad', () => {
    const lab = new EjectionLab(5);
    const [a, b, c, d, e] = lab.servers as [Server, Server, Server, Server, Server];
    const { ejection } = lab;
    lab.fail(a, 5);
    ejection.setDown(b, true);
    ejection.setDown(c, true);
    expect(ejection.isPanic).toBe(true);
    lab.remove(a);
    expect(ejection.isPanic).toBe(false);
    ejection.setDown(d, true);
    lab.remove(b);
    expect(ejection.isPanic).toBe(true);
    lab.remove(c);
    expect(ejection.isPanic).toBe(false);
    // What becomes of one that has gone is its own matter.
    ejection.setDown(a, true);
    expect(ejection.isPanic).toBe(false);
    lab.remove(e);
    expect(ejection.isPanic).toBe(true);
  });

  it('has the last one left come back if that is out, so that never all are', () => {
    const lab = new EjectionLab(3, { maxEjected: 1, panic: 0 });
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.fail(b, 5);
    lab.now = 1_000;
    lab.fail(a, 5);
    lab.news();

    lab.remove(c);

    expect(lab.news()).toEqual([{ name: 'b', type: 'readmitted' }]);
    expect(lab.lendable()).toBe('bc');
    lab.remove(b);
    expect(lab.news()).toEqual([{ name: 'a', type: 'readmitted' }]);
    // With one alone none is.
    lab.fail(a, 10);
    expect(lab.news()).toEqual([]);
  });

  it('has the one come back that would be tried first', () => {
    const chance = [0.9, 0.1];
    const lab = new EjectionLab(3, { maxEjected: 1, panic: 0, jitter: 1 }, () => chance.shift()!);
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.fail(a, 5);
    lab.fail(b, 5);
    lab.remove(c);
    expect(lab.told.at(-1)).toEqual({ name: 'b', type: 'readmitted' });
  });

  it('has one that is to be tried come back before one that is ejected', () => {
    const lab = new EjectionLab(3, { maxEjected: 1, panic: 0 });
    const [a, b, c] = lab.servers as [Server, Server, Server];
    lab.ejectUntilProbing(b);
    lab.fail(a, 5);
    lab.ejection.probeBegan(b, lab.now);
    lab.now += 1_000;
    lab.news();

    lab.remove(c);

    expect(lab.news()).toEqual([{ name: 'b', type: 'readmitted' }]);
    // The probe under way is a lease as any other now.
    lab.ejection.failed(b, lab.now - 1_000, lab.now);
    expect(b.record).toMatchObject({ state: 'in', failuresInRow: 1 });
  });

  it('has what began before no count for the one that comes back so', () => {
    const lab = new EjectionLab(2);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    lab.now = 1_000;
    lab.remove(b);
    lab.ejection.failed(a, 0, 1_000);
    expect(a.record.failuresInRow).toBe(0);
    lab.fail(a);
    expect(a.record.failuresInRow).toBe(1);
  });
});

describe('an endpoint that comes', () => {
  it('makes room for a further ejection', () => {
    const lab = new EjectionLab(19);
    const [a, b] = lab.servers as [Server, Server];
    lab.fail(a, 5);
    lab.fail(b, 5);
    expect(lab.ejection.outCount).toBe(1);
    lab.add();
    lab.fail(b);
    expect(lab.ejection.outCount).toBe(2);
  });

  it('may come twice, and may be down', () => {
    const lab = new EjectionLab(1);
    const [a] = lab.servers as [Server];
    lab.fail(a, 3);
    lab.ejection.add(a, 1_000);
    expect(a.record.failuresInRow).toBe(3);
    expect(lab.ejection.isPanic).toBe(false);

    const late = new Server('late');
    late.record.isDown = true;
    lab.ejection.add(late, 0);
    const later = new Server('later');
    later.record.isDown = true;
    lab.ejection.add(later, 0);
    expect(lab.ejection.isPanic).toBe(true);
  });

  it('starts anew if it was ejected when it went, with how often that was', () => {
    const lab = new EjectionLab(3);
    const a = lab.servers[0]!;
    lab.fail(a, 5);
    lab.now = 5_000;
    lab.remove(a);
    lab.now = 500_000;
    lab.ejection.add(a, lab.now, true);
    expect(lab.lendable()).toBe('abc');
    expect(a.record.warmth(lab.now)).toBe(0.1);
    lab.ejection.failed(a, 0, lab.now);
    expect(a.record.failuresInRow).toBe(0);

    lab.fail(a, 5);
    expect(lab.told.at(-1)).toMatchObject({ type: 'ejected', times: 2 });
    expect(a.record).toMatchObject({ ejections: 2, failures: 11 });
  });
});
