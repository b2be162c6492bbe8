import { EMPTY, NEVER, Observable, of, throwError, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FakeSocket } from '../endpoint/fake-transport.js';
import {
  borrowMany,
  borrowNow,
  instantLab,
  record,
  reportOf,
  stockIdle,
  type FakeLease,
  type Lab,
} from './pool-lab.js';

type Hook = 'prepare' | 'validate' | 'validateEvery' | 'clean' | 'restore';
type Act = (lab: HookLab) => unknown;

const HOOKS: readonly Hook[] = ['prepare', 'validate', 'validateEvery', 'clean', 'restore'];
const MAX = 4;
const HOOK_TIMEOUT = 1_000;

/** A pool of four with one hook that does as the test says with one connection, and as it should with all others. */
interface HookLab extends Lab {
  /** Lent while the hook misbehaves. */
  readonly bystander: FakeLease;
  /** Sockets that the hook has run on. */
  readonly victims: FakeSocket[];
}

const thrower = (): never => {
  throw new Error('hook');
};

/** Runs the hook once on a connection, where it does `act`. */
async function runHook(hook: Hook, act: Act): Promise<HookLab> {
  let isArmed = false;
  const victims: FakeSocket[] = [];
  const asTold = (socket: FakeSocket): unknown => {
    if (!isArmed) return true;
    isArmed = false;
    victims.push(socket);
    return act(hookLab);
  };
  const options = {
    prepare: {
      prepare: (socket: FakeSocket) => {
        const answer = asTold(socket);
        return answer === true ? undefined : (answer as ObservableInput<unknown>);
      },
    },
    validate: { validate: (socket: FakeSocket) => asTold(socket) as boolean },
    validateEvery: { validate: (socket: FakeSocket) => asTold(socket) as boolean, validateEvery: 2_000 },
    clean: { clean: asTold },
    restore: {},
  };
  const lab = instantLab({ max: MAX, hookTimeout: HOOK_TIMEOUT, ...options[hook] });
  const { pool, transport, clock } = lab;
  if (hook === 'restore') transport.restore = (socket) => asTold(socket) as boolean;
  const bystander = borrowNow(pool);
  const hookLab: HookLab = { ...lab, bystander, victims };
  if (hook === 'prepare') {
    isArmed = true;
    record(pool.use(() => EMPTY));
  } else if (hook === 'validate') {
    stockIdle(pool, 1);
    clock.advance(501);
    isArmed = true;
    record(pool.use(() => EMPTY));
  } else if (hook === 'validateEvery') {
    stockIdle(pool, 1);
    isArmed = true;
    clock.advance(2_000);
  } else {
    const lease = borrowNow(pool);
    isArmed = true;
    lease.release();
  }
  expect(victims).toHaveLength(1);
  await clock.advanceAsync(HOOK_TIMEOUT);
  return hookLab;
}

/** All slots can be lent, each to somebody else, and nothing is left when they are back. */
async function expectNoLostSlot({ pool, clock, bystander, transport }: HookLab): Promise<void> {
  expect(bystander.socket.closed).toBe(false);
  bystander.release();
  await clock.advanceAsync(120_000);
  const leases = borrowMany(pool, MAX);
  expect(new Set(leases.map(({ socket }) => socket)).size).toBe(MAX);
  expect(pool.stats).toMatchObject({ lent: MAX, owned: MAX, waiting: 0 });
  for (const lease of leases) lease.release();
  await pool.close();
  expect([transport.active, clock.pending]).toEqual([0, 0]);
}

const failures: [string, Act][] = [
  ['throws', thrower],
  ['rejects', async () => Promise.reject(new Error('hook'))],
  ['errors', () => throwError(() => new Error('hook'))],
  [
    'errors later',
    () =>
      new Observable((subscriber) => {
        queueMicrotask(() => subscriber.error(new Error('hook')));
      }),
  ],
  ['hangs as a promise', async () => new Promise(() => undefined)],
  ['hangs as an Observable', () => NEVER],
];

const nonsense: [string, Act][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a number', () => 7],
  ['an object', () => ({})],
  ['a promise of a text', async () => 'true'],
  ['an Observable of a number', () => of(1)],
  ['something that is only half a promise', () => ({ then: 7 })],
  ['a promise whose then throws', () => ({ then: thrower })],
];

describe.each(HOOKS)('%s', (hook) => {
  it.each(failures)('that %s costs its own connection and nothing else', async (_name, act) => {
    const lab = await runHook(hook, act);
    expect(lab.victims[0]!.closed).toBe(true);
    await expectNoLostSlot(lab);
  });

  it.each(nonsense)('that returns %s costs at most its own connection', async (_name, act) => {
    const lab = await runHook(hook, act);
    if (hook.startsWith('validate') || hook === 'restore') expect(lab.victims[0]!.closed).toBe(true);
    await expectNoLostSlot(lab);
  });

  it.each<[string, Act]>([
    ['borrows and gives back', ({ pool }) => record(pool.use(() => EMPTY))],
    ['takes what is idle', ({ pool }) => pool.tryBorrow()?.release()],
    ['borrows for longer than it may take', ({ pool }) => record(pool.borrow({ timeout: 10 }))],
    ['releases what somebody else has', ({ bystander }) => bystander.release()],
    ['destroys what somebody else has', ({ bystander }) => bystander.destroy()],
    ['makes the pool smaller', ({ pool }) => pool.resize({ max: 1 })],
    ['makes the pool larger', ({ pool }) => pool.resize({ max: MAX + 1, min: 2 })],
    ['frees what is idle', ({ pool }) => pool.free()],
    ['retires all connections', ({ pool }) => pool.retire()],
    ['resets every slot', ({ pool }) => pool.slots.forEach((slot) => slot.reset())],
    ['resets every slot by force', ({ pool }) => pool.slots.forEach((slot) => slot.reset({ force: true }))],
    ['waits for the pool to be ready', ({ pool }) => void pool.ready(MAX)],
  ])('may call back into the pool: it %s', async (_name, act) => {
    const { pool, transport, clock } = await runHook(hook, (lab) => {
      act(lab);
      return true;
    });
    await clock.advanceAsync(120_000);
    expect(pool.stats).toMatchObject({ connecting: 0, checking: 0, closing: 0, waiting: 0 });
    expect(pool.stats.owned).toBe(transport.active);
    pool.resize({ min: 0, max: MAX });
    const free = MAX - pool.stats.lent;
    const leases = borrowMany(pool, free);
    expect(new Set(leases.map(({ socket }) => socket)).size).toBe(free);
    expect(pool.stats).toMatchObject({ lent: MAX, owned: MAX });
    const report = pool.close({ borrowed: 'destroy' });
    expect(await reportOf(report)).toEqual({ closed: 0, destroyed: MAX, left: 0 });
    expect([transport.active, clock.pending]).toEqual([0, 0]);
  });

  it.each<[string, Act]>([
    ['says yes', () => true],
    ['throws', thrower],
    ['rejects', async () => Promise.reject(new Error('hook'))],
    ['hangs', () => NEVER],
  ])('may close the pool, whatever it does then: it %s', async (_name, act) => {
    let report: ReturnType<Lab['pool']['close']> | undefined;
    const lab = await runHook(hook, (inside) => {
      report = inside.pool.close({ timeout: Infinity });
      return act(inside);
    });
    expect(lab.victims[0]!.closed).toBe(true);
    expect(await reportOf(report!)).toBe('pending');
    expect(lab.bystander.socket.closed).toBe(false);
    lab.bystander.release();
    expect(await reportOf(report!)).toMatchObject({ destroyed: 0, left: 0 });
    expect(lab.pool.stats).toMatchObject({ owned: 0, connecting: 0, checking: 0, closing: 0 });
    expect([lab.transport.active, lab.clock.pending]).toEqual([0, 0]);
  });

  it('may wait for the pool to close', async () => {
    const lab = await runHook(hook, async ({ pool }) => pool.close({ borrowed: 'destroy' }));
    expect(await reportOf(lab.pool.close())).toMatchObject({ destroyed: 1, left: 0 });
    expect(lab.transport.active).toBe(0);
  });

  it('that hangs is let go of when its time is up', async () => {
    let running = 0;
    const hanging = new Observable<never>(() => {
      running++;
      return () => running--;
    });
    const lab = await runHook(hook, () => hanging);
    expect(running).toBe(0);
    await expectNoLostSlot(lab);
  });
});
