import { first, switchMap, timeout } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionLostError, createPool, endpoint, fromFactory } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { createNetwork, VirtualClock, type SimulatedSocket } from '../../src/testing/index.js';
import { inMarbles, record, reportOf } from '../pool/pool-lab.js';
import { echo, NetworkLab } from '../testing/network-lab.js';
import { ask, createWorld, useOnce } from './world.js';

describe('pain points of other pools', () => {
  it("3: an 'error' that nobody listens to ends the process", () => {
    const { clock, network, server, pool } = createWorld({ min: 4 });
    // These look on, without a handler for an error that must not come.
    pool.status$.subscribe();
    pool.stats$.subscribe();
    pool.events$.subscribe();
    clock.advance(1);
    const all = [...network.sockets];
    const hearAll = (): void => {
      for (const socket of all) expect(socket.listenerCount('error')).toBeGreaterThan(0);
    };
    expect(all).toHaveLength(4);
    hearAll();
    clock.advance(10);
    const [kept, given, destroyed] = [1, 2, 3].map(() => record(pool.borrow()).only);
    hearAll();
    given!.release();
    destroyed!.destroy();
    hearAll();
    server.reset();
    clock.advance(10);
    // Without a listener this throws.
    for (const socket of all) socket.emit('error', new Error('late'));
    kept!.release();
    clock.advance(10_000);
    expect(pool.stats).toMatchObject({ idle: 4, lost: 3 });
  });

  it('4: a half-open connection is lent again after the answer has not come', () => {
    let idle: number | undefined;
    inMarbles(({ cold, expectObservable }, time) => {
      const network = createNetwork({ clock: time });
      const server = network.listen('server:1', echo);
      const pool = createPool(network.tcp('server:1'), { clock: time, max: 1 });
      const hello$ = pool.use((socket, lease) => {
        socket.write('hello\n');
        return lease.data$.pipe(lines(), first(), timeout(100));
      });
      expectObservable(hello$).toBe('4ms (a|)', { a: 'hello' });
      cold('10ms c').subscribe(() => server.partition());
      const timedOut = expect.objectContaining({ name: 'TimeoutError' }) as unknown;
      expectObservable(cold('20ms a').pipe(switchMap(() => hello$))).toBe('120ms #', undefined, timedOut);
      cold('150ms c').subscribe(() => ({ idle } = pool.stats));
      cold('200ms c').subscribe(() => server.heal());
      expectObservable(cold('300ms (a|)').pipe(switchMap(() => hello$))).toBe('304ms (a|)', { a: 'hello' });
    });
    expect(idle).toBe(0);
  });

  it('4: closing a half-open connection never ends', async () => {
    const { clock, network, server, pool } = createWorld({ min: 2 });
    clock.advance(10);
    server.crash();
    const report = pool.close();
    await clock.advanceAsync(1_100);
    expect(await reportOf(report)).toEqual({ closed: 2, destroyed: 0, left: 0 });
    expect(network.sockets.size).toBe(0);
  });

  it.each<[string, (peer: SimulatedSocket) => void]>([
    ['ended', (peer) => peer.end()],
    ['reset', (peer) => peer.resetAndDestroy()],
    ['told something and ended', (peer) => peer.end('timed out for inactivity')],
    ['told something', (peer) => peer.write('going down')],
  ])('5: a dead connection is lent: it was %s while idle', (_name, die) => {
    const { clock, server, pool } = createWorld({ max: 2 });
    const leases = [record(pool.borrow()), record(pool.borrow())];
    clock.advance(10);
    const used = leases.map(({ only }) => only.socket);
    for (const { only } of leases) only.release();
    clock.advance(10_000);
    for (const peer of server.sockets) die(peer);
    clock.advance(1);
    const answers = [ask(pool, 'one'), ask(pool, 'two')];
    const lent = record(pool.borrow());
    clock.advance(1_000);
    expect(answers.map(({ only }) => only)).toEqual(['one', 'two']);
    expect(used).not.toContain(lent.only.socket);
  });

  it('18: a resource that has died while idle cannot be removed', () => {
    const { clock, network, server, pool } = createWorld({ max: 2 });
    const lent = record(pool.borrow());
    clock.advance(10);
    useOnce({ pool, clock });
    expect(pool.stats).toMatchObject({ idle: 1, lent: 1 });
    server.reset();
    clock.advance(10);
    expect([pool.stats.owned, network.sockets.size]).toEqual([0, 0]);
    lent.only.release();
    lent.only.destroy();
    const next = [record(pool.borrow()), record(pool.borrow())];
    clock.advance(1_000);
    expect(next.map(({ values }) => values.length)).toEqual([1, 1]);
    expect(pool.stats).toMatchObject({ lent: 2, owned: 2 });
  });

  it.each<[string, number, () => boolean | Promise<boolean>]>([
    ['rejects', 0, async () => Promise.reject(new Error('ping'))],
    [
      'throws',
      0,
      () => {
        throw new Error('ping');
      },
    ],
    ['says no', 0, async () => false],
    ['says nonsense', 0, async () => 'yes' as unknown as boolean],
    ['never answers', 1_000, async () => new Promise(() => {})],
  ])('19: a validator that %s wedges the pool', async (_name, ms, validate) => {
    const clock = new VirtualClock();
    const [created, destroyed]: [object[], object[]] = [[], []];
    const create = (): object => {
      created.push({ id: created.length });
      return created.at(-1)!;
    };
    const factory = fromFactory({ create, destroy: (one) => destroyed.push(one), validate });
    const pool = createPool(factory, { clock, max: 1, validateAfter: 0, hookTimeout: 1_000 });
    for (let i = 0; i < 3; i++) {
      const lease = record(pool.borrow());
      await clock.advanceAsync(ms);
      expect(lease.only.socket).toBe(created[i]);
      lease.only.release();
      await clock.advanceAsync(100);
    }
    expect(destroyed).toEqual(created.slice(0, 2));
    expect(pool.stats).toMatchObject({ owned: 1, idle: 1 });
  });

  it('19: an option does nothing', () => {
    const { network } = new NetworkLab();
    const ofAnother = { max: 1, testOnReturn: true };
    expect(() => createPool(network.tcp('server:1'), ofAnother)).toThrow(/testOnReturn/);
  });

  it('27: a clean close ends the stream for good', () => {
    const { clock, network, server } = createWorld();
    const events = record(endpoint(network.tcp('server:1'), { clock, random: network.random }));
    clock.advance(10_000);
    for (const peer of server.sockets) peer.end();
    clock.advance(10_000);
    expect(events.values.map(({ type }) => type)).toEqual([
      'connecting',
      'connected',
      'reset',
      'connecting',
      'reconnected',
    ]);
    expect(events.values[2]).toMatchObject({ error: expect.any(ConnectionLostError) as unknown });
    expect(events.isOver).toBe(false);
  });

  it('27: what is sent before there is a connection, or as it closes, is lost without a word', () => {
    const lab = new NetworkLab();
    let heard = 0;
    const server = lab.network.listen('server:1', (socket) => {
      socket.on('data', (data: Buffer) => {
        if (++heard % 4 === 0) socket.resetAndDestroy();
        else if (heard % 2 === 0) socket.end();
        else socket.write(data);
      });
    });
    const pool = lab.pool('server:1', { max: 2 });
    server.close();
    const asked = Array.from({ length: 20 }, (_, i) => ask(pool, `message ${i}`));
    lab.clock.advance(1_000);
    expect(heard).toBe(0);
    server.listen();
    lab.clock.advance(60_000);
    expect(heard).toBe(20);
    const answers = asked.flatMap(({ values }) => values);
    expect([answers.length, asked.filter(({ failed }) => failed).length]).toEqual([10, 10]);
  });

  it('a borrowed socket that is silent is taken for idle, and lent twice', () => {
    const { clock, pool } = createWorld({ max: 2, idleTimeout: 1_000 });
    const silent = record(pool.borrow());
    clock.advance(10);
    const { socket } = silent.only;
    for (let i = 0; i < 100; i++) {
      expect(useOnce({ pool, clock })).not.toBe(socket);
      clock.advance(10_000);
    }
    expect([pool.stats.lent, socket.readyState]).toEqual([1, 'open']);
  });
});
