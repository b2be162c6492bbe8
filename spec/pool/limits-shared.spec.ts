import { describe, expect, it } from 'vitest';
import { quota } from '../../src/index.js';
import { ask, hasPlace, LimitsWorld } from './limits-lab.js';
import { borrowNow, record } from './pool-lab.js';

describe('pools that share a limit', () => {
  it('lend a client together no more than it allows, in the order of asking', () => {
    const world = new LimitsWorld([quota({ max: 2 })]);
    const [one, other] = [world.add(), world.add()];
    const asked = [one, other, other, one, other].map((pool) => ask(pool, 'a'));
    const counts = (): number[] => asked.map(({ values }) => values.length);
    expect(counts()).toEqual([1, 1, 0, 0, 0]);
    asked[0]!.only.release();
    expect(counts()).toEqual([1, 1, 1, 0, 0]);
    asked[1]!.only.release();
    asked[2]!.only.release();
    expect(counts()).toEqual([1, 1, 1, 1, 1]);
  });

  it('pass the place of one that closes on', () => {
    const world = new LimitsWorld();
    const [one, other] = [world.add(), world.add()];
    const lease = ask(one, 'a').only;
    const parked = [ask(one, 'a'), ask(other, 'a'), ask(one, 'a'), ask(other, 'a')];
    void one.close();
    expect(parked.map(({ failed }) => failed)).toEqual([true, false, true, false]);
    lease.release();
    expect(parked.map(({ values }) => values.length)).toEqual([0, 1, 0, 0]);
  });

  it('may be called from within a grant that a release in another one has brought about', () => {
    const world = new LimitsWorld();
    const [one, other] = [world.add({ max: 1 }), world.add({ max: 1 })];
    const first = ask(one, 'a').only;
    const sockets: number[] = [];
    other.borrow({ key: 'a' }).subscribe((lease) => {
      // The lease whose end gave this one leave has found its place.
      expect(one.stats).toMatchObject({ leases: 0, lent: 0, idle: 1 });
      const again = borrowNow(one);
      sockets.push(again.socket.id);
      again.release();
      lease.release();
    });
    first.release();
    expect(sockets).toEqual([0]);
    expect(one.stats).toMatchObject({ owned: 1, idle: 1, released: 2 });
    expect(other.stats).toMatchObject({ owned: 1, idle: 1, released: 1 });
    expect(hasPlace(one, 'a')).toBe(true);
  });

  it('hand leases to and fro without end to the stack', () => {
    const world = new LimitsWorld();
    const pools = [world.add({ max: 1, maxWaiting: Infinity }), world.add({ max: 1, maxWaiting: Infinity })];
    const holder = ask(pools[0]!, 'a').only;
    let served = 0;
    for (let i = 0; i < 20_000; i++) {
      pools[i % 2]!.borrow({ key: 'a' }).subscribe((lease) => {
        served++;
        lease.release();
      });
    }
    holder.release();
    expect(served).toBe(20_000);
  });

  it('may be closed by whoever is given leave', async () => {
    const world = new LimitsWorld();
    const [one, other] = [world.add(), world.add()];
    const lease = ask(one, 'a').only;
    other.borrow({ key: 'a' }).subscribe((next) => {
      void one.close();
      void other.close();
      next.release();
    });
    const failed = ask(one, 'a');
    lease.release();
    expect(failed.error).toMatchObject({ code: 'RXPOOL_POOL_CLOSED' });
    await Promise.all([one.close(), other.close()]);
    expect(hasPlace(world.add(), 'a')).toBe(true);
  });

  it('may be left by whoever waits, out of the grant of another', () => {
    const world = new LimitsWorld();
    const [one, other] = [world.add(), world.add()];
    const lease = ask(one, 'a').only;
    const second = record(one.borrow({ key: 'a' }));
    const third = ask(other, 'a');
    second.subscription.add(() => third.subscription.unsubscribe());
    lease.release();
    expect(second.values).toHaveLength(1);
    expect(third.values).toHaveLength(0);
    second.only.release();
    expect(hasPlace(other, 'a')).toBe(true);
  });
});
