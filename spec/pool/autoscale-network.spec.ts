import { describe, expect, it } from 'vitest';
import { autoscale, type Pool } from '../../src/index.js';
import type { SimulatedSocket } from '../../src/testing/index.js';
import { echo, NetworkLab } from '../testing/network-lab.js';
import { turns } from './autoscale-lab.js';
import { record } from './pool-lab.js';

/** How long a loan takes, in ms, on average. */
const HELD = 200;

/** Borrowers who come by chance and stay for as long as chance has it: exponential times between them, and for each. */
class Crowd {
  came = 0;
  served = 0;
  waited = 0;

  constructor(
    private readonly lab: NetworkLab,
    private readonly pool: Pool<SimulatedSocket, Buffer>,
    /** Loans under way at once, on average. */
    public load: number,
  ) {
    this.next();
  }

  private next(): void {
    if (this.load === 0) return;
    this.later(HELD / this.load, () => {
      this.borrow();
      this.next();
    });
  }

  private borrow(): void {
    const { clock } = this.lab;
    const cameAt = clock.now();
    this.came++;
    this.pool.borrow({ timeout: Infinity }).subscribe({
      next: (lease) => {
        this.served++;
        this.waited += clock.now() - cameAt;
        this.later(HELD, () => lease.release());
      },
      error: () => undefined,
    });
  }

  private later(mean: number, fn: () => void): void {
    const { clock, network } = this.lab;
    clock.set(clock.now() - mean * Math.log(1 - network.random()), fn);
  }
}

describe('autoscale over a network', () => {
  it.each([1, 2, 3, 4, 5])('follows a load that comes and goes by chance, seed %d', (seed) => {
    const lab = new NetworkLab({ seed });
    const server = lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { max: 2 });
    const decisions = record(autoscale(pool, { min: 2, max: 50 }));
    const resized: unknown[] = [];
    pool.events$.subscribe((event) => {
      if (event.type === 'resized') resized.push([event.max, event.reason]);
    });
    const crowd = new Crowd(lab, pool, 1);
    const sizeAfter = (seconds: number, load: number): number => {
      crowd.load = load;
      lab.clock.advance(seconds * 1_000);
      expect(server.sockets.size).toBeLessThanOrEqual(pool.stats.max);
      return pool.stats.max;
    };

    const quiet = sizeAfter(120, 1);
    const busy = sizeAfter(300, 8);
    const quietAgain = sizeAfter(300, 1);
    const empty = sizeAfter(600, 0);

    // The loads ÷ 0.7 are 2 and 12; a second of such a crowd may have three times the one load, or half as much again as the other.
    expect([quiet, quietAgain].filter((size) => size < 3 || size > 7)).toEqual([]);
    expect([busy].filter((size) => size < 14 || size > 22)).toEqual([]);
    expect(empty).toBe(2);
    expect(turns([2, ...decisions.values.map(({ to }) => to)])).toBeLessThanOrEqual(6);
    expect(crowd.served).toBe(crowd.came);
    expect(crowd.waited / crowd.served).toBeLessThan(10);
    expect(resized).toEqual(decisions.values.map(({ to, reason }) => [to, reason]));
  });

  it('does not grow because of a server that is gone, and does once it is back', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { max: 6 });
    const decisions = record(autoscale(pool, { min: 2, max: 50 }));
    const crowd = new Crowd(lab, pool, 3);
    lab.clock.advance(30_000);
    server.close();
    server.reset();
    const before = decisions.values.length;
    lab.clock.advance(120_000);
    expect([pool.status.state, pool.stats.waiting > 1_000]).toEqual(['down', true]);
    expect(decisions.values).toHaveLength(before);
    server.listen();
    lab.clock.advance(60_000);
    expect(pool.stats.waiting).toBe(0);
    expect(decisions.values[before]?.to).toBeGreaterThan(6);
    crowd.load = 0;
    lab.clock.advance(10_000);
    expect(crowd.served).toBe(crowd.came);
  });

  it('does not grow because of an address that never answers', () => {
    const lab = new NetworkLab();
    lab.network.listen('server:1', echo, { accept: () => 'ignore' });
    const pool = lab.pool('server:1', { max: 4 }, { connectTimeout: 60_000 });
    const decisions = record(autoscale(pool, { min: 2, max: 50 }));
    new Crowd(lab, pool, 3);
    lab.clock.advance(50_000);
    expect(pool.stats).toMatchObject({ connecting: 4, max: 4 });
    expect(pool.status.state).toBe('connecting');
    expect(decisions.values).toEqual([]);
  });

  it('keeps no process alive, and leaves nothing when the pool closes', async () => {
    const lab = new NetworkLab();
    lab.network.listen('server:1', echo);
    const pool = lab.pool('server:1', { min: 1 });
    const decisions = record(autoscale(pool, { min: 1, max: 10 }));
    lab.clock.advance(10_000);
    expect(lab.clock.keepsAlive).toBe(false);
    const closed = pool.close();
    expect(decisions.completed).toBe(true);
    await lab.clock.advanceAsync(100);
    await closed;
    expect(lab.clock.pending).toBe(0);
  });
});
