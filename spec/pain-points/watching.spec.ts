import { describe, expect, it } from 'vitest';
import { createPool, endpoint, toHandler, type ConnectionHandler } from '../../src/index.js';
import { createNetwork, VirtualClock, type SimulatedSocket } from '../../src/testing/index.js';
import { unhandledDuring } from '../endpoint/unhandled.js';
import { record } from '../pool/pool-lab.js';
import { collectGarbage } from '../protocol/collect-garbage.js';
import { echo } from '../testing/network-lab.js';
import { createWorld } from './world.js';

describe('pain points of other pools', () => {
  it('28: what is kept of an address is never freed', async () => {
    const clock = new VirtualClock();
    const network = createNetwork({ clock });
    network.listen('server:1', echo);

    /** Uses an address that answers, and one that does not, and lets go of them. */
    async function useOnce(): Promise<WeakRef<object>[]> {
      const made = ['server:1', 'nobody:1'].flatMap((address) => {
        const one = endpoint(network.tcp(address), { clock, random: network.random });
        const pool = createPool(one, { clock, min: 1 });
        one.status$.subscribe().unsubscribe();
        one.subscribe().unsubscribe();
        return [one, pool];
      });
      await clock.advanceAsync(60_000);
      for (const one of made) {
        if ('close' in one) void one.close();
      }
      await clock.advanceAsync(1_000);
      return made.map((one) => new WeakRef(one));
    }

    const made = await useOnce();
    await collectGarbage();
    expect(made.map((one) => one.deref())).toEqual(made.map(() => undefined));
    expect([clock.pending, network.sockets.size]).toEqual([0, 0]);
  });

  it('29: nobody can see what the pool is doing: a burst between two looks', () => {
    const { clock, pool } = createWorld({ max: 2 });
    const events = record(pool.events$);
    const snapshots = record(pool.stats$);
    expect(snapshots.only).toMatchObject({ owned: 0, waiting: 0 });
    const leases = Array.from({ length: 6 }, () => record(pool.borrow()));
    clock.advance(50);
    for (const { values } of leases) for (const lease of values) lease.release();
    for (const { values } of leases.slice(2)) for (const lease of values) lease.release();
    for (const { values } of leases.slice(4)) for (const lease of values) lease.release();
    clock.advance(1_000);
    expect(snapshots.values[1]).toMatchObject({
      ...{ lent: 0, waiting: 0, idle: 2 },
      ...{ borrowed: 6, released: 6, queued: 6, opened: 2, failed: 0, lost: 0 },
    });
    const count = (name: string): number => events.values.filter(({ type }) => type === name).length;
    expect(['queued', 'borrowed', 'released', 'opened'].map(count)).toEqual([6, 6, 6, 2]);
  });

  it('29: or how much of a slow use was waiting', () => {
    const { clock, pool } = createWorld({ max: 1 }, { acceptDelay: 18 });
    const [first, second] = [record(pool.borrow()), record(pool.borrow())];
    const waits: number[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'borrowed') waits.push(event.waited);
    });
    clock.advance(50);
    expect(pool.slots[0]).toMatchObject({ state: 'lent', endpoint: 'server:1', inUse: 30, latency: 20 });
    expect(pool.endpoints[0]).toMatchObject({ address: 'server:1', open: 1, status: { state: 'up' } });
    first.only.release();
    clock.advance(100);
    second.only.release();
    expect(waits).toEqual([20, 50]);
    const { connectTime, waitTime, useTime } = pool.stats;
    expect([connectTime.max, waitTime.max, useTime.max]).toEqual([20, 50, 100]);
  });

  it('a listener that throws stops reconnecting', async () => {
    const no = (): never => {
      throw new Error('no');
    };
    const handler = (): ConnectionHandler<SimulatedSocket, Buffer> => ({ onConnect: no, onReset: no });
    const { clock, network, server, pool } = createWorld({ min: 1, logger: { print: no }, handler });
    const single = endpoint(network.tcp('server:1'), { clock, random: network.random });
    const once = (): (() => void) => {
      let calls = 0;
      return () => {
        if (calls++ === 0) no();
      };
    };
    const errors = await unhandledDuring(7, () => {
      pool.events$.subscribe(once());
      pool.stats$.subscribe(once());
      pool.status$.subscribe(once());
      single.subscribe(toHandler(handler()));
      clock.advance(10_000);
      server.reset();
      clock.advance(10_000);
    });
    expect(errors).toEqual(Array.from({ length: 7 }, () => new Error('no')));
    expect(pool.stats).toMatchObject({ idle: 1, lost: 1, opened: 2 });
    expect(single.status.state).toBe('up');
  });
});
