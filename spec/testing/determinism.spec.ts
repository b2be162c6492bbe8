import { first } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exponentialBackoff } from '../../src/index.js';
import { lines } from '../../src/protocol/index.js';
import { createNetwork, exponential, logNormal, uniform } from '../../src/testing/index.js';
import { echo, NetworkLab } from './network-lab.js';

/** What becomes of a pool and its users in a minute of random faults. */
function eventsOf(seed: number): string[] {
  const lab = new NetworkLab({ seed, latency: logNormal(20, 1) });
  const { clock, network } = lab;
  const server = network.listen('server:1', echo, {
    acceptDelay: exponential(10),
    accept: () => (network.random() < 0.1 ? 'refuse' : 'accept'),
  });
  const pool = lab.pool('server:1', {
    max: 5,
    acquireTimeout: 1_000,
    retry: { delay: exponentialBackoff({ initial: 20, max: 500 }) },
  });
  pool.events$.subscribe((event) => lab.note(event.type));
  const faults = [
    () => server.reset(),
    () => server.partition(),
    () => server.heal(),
    () => server.crash(),
    () => server.listen(),
    () => server.close(),
  ];
  const within = uniform(100, 2_000);
  const fault = (): void => {
    faults[Math.floor(network.random() * faults.length)]!();
    if (typeof within === 'function') clock.set(clock.now() + within(network.random), fault);
  };
  fault();
  const asking = (): void => {
    pool
      .use((socket, lease) => {
        socket.write('hello\n');
        return lease.data$.pipe(lines(), first());
      })
      .subscribe({ next: (answer) => lab.note(answer), error: (error: unknown) => lab.note((error as Error).name) });
    clock.set(clock.now() + 100 * network.random(), asking);
  };
  asking();
  clock.advance(60_000);
  return lab.log;
}

describe('a seed', () => {
  it('makes everything happen again, at the same times and in the same order', () => {
    const events = eventsOf(7);
    expect(eventsOf(7)).toEqual(events);
    // Enough has happened for that to say something.
    for (const told of ['opened', 'failed', 'lost', 'hello', 'timedOut', 'ConnectionLostError']) {
      expect(events.filter((event) => event.endsWith(` ${told}`)).length).toBeGreaterThan(0);
    }
  });

  it('other than that makes other things happen', () => {
    expect(eventsOf(8)).not.toEqual(eventsOf(7));
  });

  it('gives the numbers of network.random, from 0 to below 1, spread evenly', () => {
    const numbers = (seed?: number): number[] => {
      const { random } = createNetwork(seed === undefined ? {} : { seed });
      return Array.from({ length: 10_000 }, random);
    };
    const some = numbers(3);
    expect(numbers(3)).toEqual(some);
    expect(numbers(4)).not.toEqual(some);
    expect(numbers()).toEqual(numbers(1));
    expect(Math.min(...some)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...some)).toBeLessThan(1);
    const tenths = Array.from({ length: 10 }, (_, i) => some.filter((one) => Math.floor(one * 10) === i).length);
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('is one for each network: another network does not disturb it', () => {
    const alone = createNetwork({ seed: 5 });
    const expected = [alone.random(), alone.random()];
    const one = createNetwork({ seed: 5 });
    const other = createNetwork({ seed: 5 });
    const first = one.random();
    other.random();
    other.random();
    expect([first, one.random()]).toEqual(expected);
  });
});
