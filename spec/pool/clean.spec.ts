import { concat, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/index.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { fakeTransport, type FakeSocket } from '../endpoint/fake-transport.js';
import { afterPromises, borrowNow, instantLab, record, type Lab } from './pool-lab.js';

type Clean = (socket: FakeSocket) => unknown;

async function returned(clean: Clean): Promise<Lab & { socket: FakeSocket }> {
  const lab = instantLab({ max: 1, clean });
  const lease = borrowNow(lab.pool);
  const { socket } = lease;
  lease.release();
  await afterPromises();
  return { ...lab, socket };
}

describe('clean', () => {
  it.each<[string, Clean]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['true', () => true],
    ['a number', () => 7],
    ['a text', () => 'done'],
    ['an object', () => ({})],
    ['what holds something false', () => [false]],
    ['a promise', async () => undefined],
    ['a promise of anything', async () => ({ ok: 1 })],
    ['an Observable that completes', () => EMPTY],
    ['an Observable of anything', () => of(0, '', null, true)],
    ['something like a promise', () => ({ then: (resolve: (value: unknown) => void) => resolve('done') })],
  ])('keeps the connection where it returns %s', async (_name, clean) => {
    const { pool, socket } = await returned(clean);
    expect(pool.stats).toMatchObject({ idle: 1, closed: 0 });
    expect(borrowNow(pool).socket).toBe(socket);
  });

  it.each<[string, Clean]>([
    ['false', () => false],
    ['a promise of false', async () => false],
    ['an Observable of false', () => of(false)],
    ['an Observable that says false after something else', () => of(true, false)],
    ['a rejected promise', async () => Promise.reject(new Error('clean'))],
    ['an Observable that errors', () => throwError(() => new Error('clean'))],
    [
      'an Observable that errors at its end',
      () =>
        concat(
          of(true),
          throwError(() => new Error('clean')),
        ),
    ],
    [
      'nothing, because it throws',
      () => {
        throw new Error('clean');
      },
    ],
  ])('closes the connection where it returns %s', async (_name, clean) => {
    const { pool, transport, socket } = await returned(clean);
    expect(socket.closed).toBe(true);
    expect(transport.closes).toMatchObject([{ force: true }]);
    expect(pool.stats).toMatchObject({ owned: 0, released: 1, closed: 1 });
    expect(borrowNow(pool).socket).not.toBe(socket);
  });

  it('runs on what is released, before anybody else gets it', () => {
    const log: string[] = [];
    const { pool } = instantLab({ max: 1, clean: ({ id }) => log.push(`clean ${id}`) });
    const lease = borrowNow(pool);
    pool.borrow().subscribe({ next: ({ socket }) => log.push(`lent ${socket.id}`), error: () => undefined });
    lease.release();
    expect(log).toEqual(['clean 0', 'lent 0']);
  });

  it('is given the socket and the transport that it came from, of several', () => {
    const transports = ['fake:1', 'fake:2'].map((address) => fakeTransport(address));
    for (const one of transports) one.onOpen = (attempt) => attempt.accept();
    const given: unknown[][] = [];
    const pool = createPool(transports, { clock: new VirtualClock(), max: 2, clean: (...all) => given.push(all) });
    for (const { address } of transports) {
      const [lease] = record(pool.borrow({ endpoint: address })).values;
      lease!.release();
    }
    expect(given).toHaveLength(2);
    for (const [index, [socket, transport]] of given.entries()) {
      expect(transport).toBe(transports[index]);
      expect(socket).toBe(transports[index]!.last.socket);
    }
  });

  it.each<[string, (lab: Lab) => void]>([
    ['is new', ({ pool }) => void borrowNow(pool)],
    ['was destroyed', ({ pool }) => borrowNow(pool).destroy()],
    ['was detached', ({ pool }) => void borrowNow(pool).detach()],
    [
      'was lost',
      ({ pool, transport }) => {
        borrowNow(pool);
        transport.last.lose();
      },
    ],
    [
      'has come back to a pool that is closing',
      ({ pool }) => {
        const lease = borrowNow(pool);
        void pool.close();
        lease.release();
      },
    ],
    [
      'has come back too old',
      ({ pool, clock }) => {
        const lease = borrowNow(pool);
        clock.advance(1_800_000);
        lease.release();
      },
    ],
    [
      'was retired while lent',
      ({ pool }) => {
        const lease = borrowNow(pool);
        pool.retire();
        lease.release();
      },
    ],
  ])('does not run on what %s', (_name, act) => {
    let runs = 0;
    const lab = instantLab({ max: 1, clean: () => ++runs });
    act(lab);
    expect(runs).toBe(0);
  });

  it('as an Observable is waited for to its completion, whatever it says before', async () => {
    const answer = new Subject<unknown>();
    const { pool } = instantLab({ max: 1, clean: () => answer });
    borrowNow(pool).release();
    const next = record(pool.borrow());
    answer.next(true);
    answer.next('almost');
    await afterPromises();
    expect([next.values.length, pool.stats.checking]).toEqual([0, 1]);
    answer.complete();
    expect(next.values).toHaveLength(1);
  });

  it('holds the slot for as long as it takes', async () => {
    const done = new Subject<void>();
    const { pool } = instantLab({ max: 1, clean: () => done });
    borrowNow(pool).release();
    expect(pool.tryBorrow()).toBeUndefined();
    expect(pool.stats).toMatchObject({ checking: 1, idle: 0, owned: 1, lent: 0 });
    done.complete();
    expect(pool.stats).toMatchObject({ checking: 0, idle: 1 });
  });

  it.each<[string, Clean]>([
    ['promise', async () => new Promise(() => undefined)],
    ['Observable', () => NEVER],
    ['Observable that says something and goes on', () => concat(of(true), NEVER)],
  ])('that is late as a %s costs the connection, and its late answer nothing', async (_name, clean) => {
    const { pool, transport, clock } = instantLab({ max: 1, clean, hookTimeout: 300 });
    borrowNow(pool).release();
    const next = record(pool.borrow());
    await clock.advanceAsync(299);
    expect(pool.stats.checking).toBe(1);
    await clock.advanceAsync(1);
    expect(next.only.socket.id).toBe(1);
    expect(transport.closes).toMatchObject([{ force: true }]);
  });

  it('and the restoring before and after it share one hookTimeout', async () => {
    const transport = fakeTransport();
    const steps: Subject<boolean>[] = [];
    const step = (): Subject<boolean> => {
      const next = new Subject<boolean>();
      steps.push(next);
      return next;
    };
    transport.restore = step;
    const { pool, clock } = instantLab({ max: 1, clean: step, hookTimeout: 300 }, transport);
    borrowNow(pool).release();
    for (const i of [0, 1]) {
      clock.advance(100);
      expect(steps).toHaveLength(i + 1);
      steps[i]!.next(true);
      steps[i]!.complete();
    }
    clock.advance(99);
    expect(pool.stats).toMatchObject({ checking: 1, closed: 0 });
    expect(steps).toHaveLength(3);
    clock.advance(1);
    expect(pool.stats).toMatchObject({ checking: 0, closed: 1 });
  });

  it.each([0, 1])('does not make up for a restoring that says no, be it the one before or the one after: %i', (at) => {
    const transport = fakeTransport();
    const log: string[] = [];
    transport.restore = () => {
      log.push('restore');
      return log.filter((what) => what === 'restore').length - 1 !== at;
    };
    const { pool } = instantLab({ max: 1, clean: () => log.push('clean') }, transport);
    borrowNow(pool).release();
    expect(pool.stats).toMatchObject({ idle: 0, closed: 1 });
    expect(log).toEqual(at === 0 ? ['restore'] : ['restore', 'clean', 'restore']);
  });

  it('is let go of when the connection is lost meanwhile', () => {
    let running = 0;
    const hanging = new Observable<never>(() => {
      running++;
      return () => running--;
    });
    const { pool, transport } = instantLab({ max: 1, clean: () => hanging });
    borrowNow(pool).release();
    expect(running).toBe(1);
    transport.last.lose();
    expect(running).toBe(0);
    expect(pool.stats).toMatchObject({ checking: 0, lost: 1 });
  });
});
