import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { record } from './pool-lab.js';
import { NetworkLab } from '../testing/network-lab.js';

/** A pool of one connection, now idle, to a server whose ends of the connections the test writes to. */
function idle(config: PoolConfig<SimulatedSocket> = {}) {
  const lab = new NetworkLab();
  const { clock, network } = lab;
  const peers: SimulatedSocket[] = [];
  network.listen('server:1', (peer) => {
    peer.on('error', () => undefined);
    peer.resume();
    peers.push(peer);
  });
  const pool = lab.pool('server:1', { max: 1, idleTimeout: Infinity, ...config });
  record(pool.use(() => EMPTY));
  clock.advance(10);
  expect(pool.stats).toMatchObject({ idle: 1, owned: 1 });
  const push = (text: string): void => {
    peers.at(-1)!.write(text);
    clock.advance(10);
  };
  const read = (): string => {
    let heard = '';
    const lease = record(pool.borrow());
    clock.advance(10);
    lease.only.data$.subscribe({ next: (data) => (heard += data.toString()), error: () => undefined });
    clock.advance(10);
    lease.only.release();
    clock.advance(10);
    return heard;
  };
  return { pool, clock, network, peers, push, read };
}

describe("onIdleData 'keep'", () => {
  it('gives what has arrived while idle to the next borrower, in order', () => {
    const { pool, push, read } = idle({ onIdleData: 'keep' });
    push('one ');
    push('two ');
    push('three');
    expect(read()).toBe('one two three');
    expect(pool.stats).toMatchObject({ opened: 1, closed: 0 });
  });

  it('gives it once, and what comes later to the one after', () => {
    const { pool, push, read } = idle({ onIdleData: 'keep' });
    push('one');
    expect([read(), read()]).toEqual(['one', '']);
    push('two');
    expect(read()).toBe('two');
    expect(pool.stats.opened).toBe(1);
  });

  it('gives what a borrower has left unread to the next', () => {
    const { pool, clock, peers, read } = idle({ onIdleData: 'keep' });
    const lease = record(pool.borrow()).only;
    peers[0]!.write('for whoever reads');
    clock.advance(10);
    lease.release();
    clock.advance(10);
    expect(read()).toBe('for whoever reads');
    expect(pool.stats.opened).toBe(1);
  });

  it('lets such a connection stay through every look', () => {
    const { pool, clock, push, read } = idle({ onIdleData: 'keep' });
    push('still here');
    clock.advance(600_000);
    expect(pool.stats).toMatchObject({ idle: 1, closed: 0 });
    expect(read()).toBe('still here');
  });

  it('keeps what arrives while validate runs', async () => {
    const { pool, clock, push, read } = idle({
      onIdleData: 'keep',
      validate: async () => true,
      validateAfter: Infinity,
      validateEvery: 1_000,
    });
    while (pool.stats.checking === 0) clock.advance(1);
    push('late');
    await clock.advanceAsync(10);
    expect(pool.stats.idle).toBe(1);
    expect(read()).toBe('late');
  });

  it('does not lend a connection that has ended, whatever it has said before', () => {
    const { pool, clock, network, peers } = idle({ onIdleData: 'keep' });
    const [before] = [...network.sockets];
    peers[0]!.destroy();
    clock.advance(10);
    const lease = record(pool.borrow());
    clock.advance(1_000);
    expect(lease.only.socket).not.toBe(before);
  });
});

describe.each<[string, PoolConfig<SimulatedSocket>]>([
  ["'reset'", { onIdleData: 'reset' }],
  ['nothing, as by default', {}],
])('onIdleData %s', (_name, config) => {
  it('does not lend a connection on which something has arrived', () => {
    const { pool, network, push, read } = idle(config);
    const [before] = [...network.sockets];
    push('out of turn');
    expect(read()).toBe('');
    expect(before!.destroyed).toBe(true);
    expect(pool.stats).toMatchObject({ opened: 2, closed: 1, idle: 1 });
  });

  it('closes it at the next look', () => {
    const { pool, clock, push } = idle(config);
    push('out of turn');
    clock.advance(30_000);
    expect(pool.stats).toMatchObject({ idle: 0, closed: 1 });
  });

  it('does not take back a connection with something unread', () => {
    const { pool, clock, peers } = idle(config);
    const lease = record(pool.borrow()).only;
    peers[0]!.write('unread');
    clock.advance(10);
    lease.release();
    expect(pool.stats).toMatchObject({ idle: 0, closing: 1 });
    clock.advance(10);
    expect(pool.stats).toMatchObject({ owned: 0, closed: 1 });
  });
});
