import { describe, expect, it } from 'vitest';
import { createPool, type SlotView } from '../../src/index.js';
import { fakeTransport, type FakeAttempt, type FakeSocket } from '../endpoint/fake-transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { CoreLab, type CountingWaiter, type ThingSlot } from './core-lab.js';
import { afterPromises, record, type FakeLease } from './pool-lab.js';
import { Random } from './random.js';

const SEEDS = Array.from({ length: 30 }, (_, i) => 1_000 + i);
const STEPS = 400;

describe('a random walk on the core', () => {
  it.each(SEEDS)('keeps every rule after every step (seed %i)', (seed) => {
    const random = new Random(seed);
    const config = { max: 1 + random.below(5), min: 0, maxWaiting: 6, order: random.pick(['lifo', 'fifo'] as const)! };
    const lab = new CoreLab(config);
    const waiters = new Map<CountingWaiter, 'waits' | 'left'>();
    const lentByHand: ThingSlot[] = [];
    let grantsSeen = 0;

    const collect = (): void => {
      for (const [waiter, state] of waiters) {
        if (waiter.told > 1 || (state === 'left' && waiter.told > 0)) throw new Error('told twice, or after it left');
        if (waiter.told === 0) continue;
        lentByHand.push(...waiter.grants);
        grantsSeen += waiter.grants.length;
        waiters.delete(waiter);
      }
    };
    const steps: (() => void)[] = [
      () => waiters.set(lab.wait(10 + random.below(300)), 'waits'),
      () => waiters.set(lab.wait(Infinity), 'waits'),
      () => {
        const slot = lab.borrow();
        if (slot !== undefined) lentByHand.push(slot);
        if (slot !== undefined) grantsSeen++;
      },
      () => {
        const waiter = random.pick([...waiters.keys()]);
        if (waiter === undefined) return;
        lab.core.lobby.cancel(waiter);
        waiters.set(waiter, 'left');
      },
      () => take((slot) => lab.core.release(slot, undefined)),
      () => take((slot) => lab.core.release(slot, undefined)),
      () => take((slot) => lab.core.destroy(slot, undefined, 'destroyed')),
      () => take((slot) => lab.core.detach(slot)),
      () => take((slot) => lab.lose(slot)),
      () => void lab.accept(),
      () => void lab.accept(),
      () => lab.refuse(),
      () => lab.finishClose(),
      () => lab.finishClose(),
      () => lab.answer(random.next() < 0.7),
      () => {
        const idle = lab.core.stock.table.slots.filter(
          ({ state }) => state.name === 'idle' || state.name === 'checking',
        );
        const slot = random.pick(idle);
        if (slot !== undefined) lab.lose(slot);
      },
      () => lab.advance(random.below(150)),
      () => void (lab.host.answer = random.pick([true, true, false, undefined])),
    ];
    function take(end: (slot: ThingSlot) => void): void {
      const slot = random.take(lentByHand);
      if (slot !== undefined) end(slot);
    }
    function check(step: number): void {
      const where = `seed ${seed}, step ${step}`;
      const { counts } = lab;
      const owned = Object.values(counts).reduce((sum, n) => sum + n, 0);
      expect(counts, where).toEqual(lab.recount);
      expect(owned, where).toBe(lab.core.stock.table.owned);
      expect(owned, where).toBeLessThanOrEqual(config.max);
      expect(counts['connecting'], where).toBe(lab.host.opening.length);
      expect(counts['closing'], where).toBe(lab.host.closing.length);
      expect(counts['lent'], where).toBe(lentByHand.length);
      expect(new Set(lentByHand).size, where).toBe(lentByHand.length);
      const waiting = [...waiters.values()].filter((state) => state === 'waits').length;
      expect(lab.core.waiting, where).toBe(waiting);
      expect(lab.host.isKeptAlive, where).toBe(waiting > 0);
      if (waiting > 0 && counts['checking'] === 0) {
        expect(counts['idle'], where).toBe(0);
        expect(owned === config.max || counts['connecting']! >= waiting, where).toBe(true);
      }
    }

    for (let step = 0; step < STEPS; step++) {
      random.pick(steps)!();
      collect();
      check(step);
    }
    lab.core.close('closed');
    collect();
    for (const slot of lentByHand.splice(0)) lab.core.release(slot, undefined);
    while (lab.host.closing.length > 0) lab.finishClose();
    expect(lab.host.isDrained, `seed ${seed}`).toBe(1);
    expect(
      [...waiters.values()].filter((state) => state === 'waits'),
      `seed ${seed}`,
    ).toEqual([]);
    const { released, destroyed, detached, lostLent, opened, lost, closed } = lab.core.recorder.totals;
    expect(released + destroyed + detached + lostLent, `seed ${seed}`).toBe(grantsSeen);
    expect(lost + closed + detached, `seed ${seed}`).toBe(opened);
  });
});

describe('a random walk on a pool of two endpoints', () => {
  it.each(SEEDS)('keeps every rule after every step (seed %i)', async (seed) => {
    const random = new Random(seed);
    const clock = new VirtualClock();
    const transports = [fakeTransport('a'), fakeTransport('b')];
    for (const transport of transports) transport.holdCloses = true;
    const max = 2 + random.below(4);
    const config = {
      clock,
      max,
      maxWaiting: 8,
      idleTimeout: 300,
      validateAfter: 50,
      hookTimeout: 100,
      random: () => 0.5,
    };
    const pool = createPool(transports, { ...config, min: random.below(2), retry: { delay: 20, resetAfter: 100 } });
    const borrows: ReturnType<typeof record<FakeLease>>[] = [];
    const held = new Map<FakeSocket, FakeLease>();
    const taken = new WeakSet<FakeLease>();
    const detached: FakeSocket[] = [];
    const answers: ((ok: boolean) => void)[] = [];
    const slow = (): Promise<boolean> => new Promise((resolve) => answers.push(resolve));
    const attempts = (isOpen: boolean): FakeAttempt[] =>
      transports.flatMap(({ opens }) => opens.filter((one) => !one.isOver && (one.socket !== undefined) === isOpen));
    const pickLease = (): FakeLease | undefined => random.pick([...held.values()]);
    const endLease = (end: (lease: FakeLease) => void): void => {
      const lease = pickLease();
      if (lease === undefined) return;
      held.delete(lease.socket);
      end(lease);
    };
    const steps: (() => void)[] = [
      () => borrows.push(record(pool.borrow({ timeout: 10 + random.below(200) }))),
      () => borrows.push(record(pool.borrow({ timeout: Infinity }))),
      () => random.pick(borrows)?.subscription.unsubscribe(),
      () => endLease((lease) => lease.release()),
      () => endLease((lease) => lease.release()),
      () => endLease((lease) => lease.destroy()),
      () => endLease((lease) => detached.push(lease.detach())),
      () => random.pick(attempts(false))?.accept(),
      () => random.pick(attempts(false))?.accept(),
      () => random.pick(attempts(false))?.refuse(),
      () => random.pick(attempts(true).filter(({ socket }) => !detached.includes(socket!)))?.lose(),
      () => random.pick(transports.flatMap(({ closes }) => closes))?.finish(),
      () => random.take(answers)?.(random.next() < 0.7),
      () => clock.advance(random.below(120)),
      () => {
        const { restore } = random.pick([{ restore: () => true }, { restore: () => false }, { restore: slow }])!;
        for (const transport of transports) transport.restore = restore;
      },
      () => {
        const validate = random.pick([() => true, slow])!;
        for (const transport of transports) transport.validate = validate;
      },
    ];

    const collect = (): void => {
      for (const { values } of borrows) {
        for (const lease of values) {
          if (taken.has(lease)) continue;
          taken.add(lease);
          if (held.has(lease.socket) && !held.get(lease.socket)!.socket.closed) throw new Error(`shared, seed ${seed}`);
          held.set(lease.socket, lease);
        }
      }
      for (const [socket] of held) if (socket.closed) held.delete(socket);
    };
    const check = (step: number): void => {
      const where = `seed ${seed}, step ${step}`;
      const { stats } = pool;
      const count = (state: SlotView['state']): number => pool.slots.filter((slot) => slot.state === state).length;
      const { connecting, idle, lent, checking, closing, owned } = stats;
      const states = ['connecting', 'idle', 'lent', 'checking', 'closing'] as const;
      expect({ connecting, idle, lent, checking, closing }, where).toEqual(
        Object.fromEntries(states.map((state) => [state, count(state)])),
      );
      expect(connecting + idle + lent + checking + closing, where).toBe(owned);
      expect(owned, where).toBeLessThanOrEqual(max);
      const alive =
        attempts(false).length +
        attempts(true).length -
        attempts(true).filter(({ socket }) => detached.includes(socket!)).length;
      expect(alive, where).toBe(owned);
      expect(lent, where).toBe(held.size);
      for (const lease of held.values()) expect(lease.socket.closed, where).toBe(false);
      if (stats.waiting > 0 && checking === 0) expect(idle, where).toBe(0);
    };

    for (let step = 0; step < STEPS; step++) {
      random.pick(steps)!();
      if (random.next() < 0.3) await Promise.resolve();
      collect();
      check(step);
    }
    let isClosed = false;
    void pool.close({ timeout: 1_000 }).then(() => (isClosed = true));
    for (const { closes } of transports) for (const close of [...closes]) close.finish();
    clock.advance(10_000);
    await afterPromises();
    collect();
    expect(isClosed, `seed ${seed}`).toBe(true);
    expect(clock.pending, `seed ${seed}`).toBe(0);
    expect(pool.stats, `seed ${seed}`).toMatchObject({ owned: 0, waiting: 0 });
    const { opened, lost, closed } = pool.stats;
    expect(lost + closed + pool.stats.detached, `seed ${seed}`).toBe(opened);
    const open = attempts(true).map(({ socket }) => socket);
    expect(new Set(open), `seed ${seed}`).toEqual(new Set(detached.filter((socket) => !socket.closed)));
    expect(
      borrows.every(({ isOver, subscription }) => isOver || subscription.closed),
      `seed ${seed}`,
    ).toBe(true);
  });
});
