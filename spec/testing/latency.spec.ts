import { describe, expect, it } from 'vitest';
import { exponential, logNormal, uniform, type Latency } from '../../src/testing/index.js';
import { NetworkLab } from './network-lab.js';

/** Many draws, the shortest first. */
function draws(latency: Latency): number[] {
  if (typeof latency === 'number') throw new Error('there is nothing to draw');
  const { network } = new NetworkLab({ seed: 1 });
  return Array.from({ length: 20_000 }, () => latency(network.random)).sort((a, b) => a - b);
}

/** How long some ways through a network take, in the order in which they end. */
function ways(latency: Latency, seed = 1): number[] {
  const lab = new NetworkLab({ latency, seed });
  const times: number[] = [];
  lab.network.listen('server:1', () => times.push(lab.clock.now()));
  for (let i = 0; i < 50; i++) lab.network.connect('server:1');
  lab.clock.advance(1_000);
  expect(times).toHaveLength(50);
  return times;
}

function mean(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

/** The time below which so many of a hundred are. */
function percentile(times: readonly number[], percent: number): number {
  return times[Math.ceil((percent / 100) * times.length) - 1]!;
}

/** Within so many percent. */
function expectNear(actual: number, expected: number, percent: number): void {
  expect(actual).toBeGreaterThan(expected * (1 - percent / 100));
  expect(actual).toBeLessThan(expected * (1 + percent / 100));
}

describe('a latency', () => {
  it('that is a number is always the same', () => {
    expect(new Set(ways(7))).toEqual(new Set([7]));
  });

  it('may be none: a message then arrives at the same time, but not within the call that sends it', () => {
    const lab = new NetworkLab({ latency: 0 });
    lab.network.listen('server:1', () => lab.note('accepted'));
    lab.client('server:1');
    expect(lab.log).toEqual([]);
    lab.clock.advance(0);
    expect(lab.log).toEqual(['0 accepted', '0 client connect']);
  });

  it('may be endless: nothing arrives', () => {
    const lab = new NetworkLab({ latency: Infinity });
    lab.network.listen('server:1', () => lab.note('accepted'));
    lab.client('server:1');
    lab.clock.advance(1e9);
    expect(lab.log).toEqual([]);
  });

  it('that is uniform lies anywhere between its bounds', () => {
    const times = draws(uniform(20, 60));
    expect(times[0]).toBeGreaterThanOrEqual(20);
    expect(times.at(-1)).toBeLessThan(60);
    expectNear(mean(times), 40, 2);
    for (const percent of [10, 25, 50, 75, 90]) expectNear(percentile(times, percent), 20 + 0.4 * percent, 4);
  });

  it('that is exponential is mostly short and now and then several times its mean', () => {
    const times = draws(exponential(10));
    expect(times[0]).toBeGreaterThanOrEqual(0);
    expectNear(mean(times), 10, 5);
    expectNear(percentile(times, 50), 10 * Math.LN2, 6);
    expectNear(percentile(times, 99), 10 * Math.log(100), 12);
    expect(times.at(-1)).toBeGreaterThan(60);
  });

  it('that is log-normal has half of all below its median, and a long tail', () => {
    const times = draws(logNormal(10));
    expectNear(percentile(times, 50), 10, 4);
    expectNear(percentile(times, 16), 10 * Math.exp(-0.5), 6);
    expectNear(percentile(times, 84), 10 * Math.exp(0.5), 6);
    expectNear(percentile(times, 99), 10 * Math.exp(2.33 * 0.5), 10);
    expectNear(mean(times), 10 * Math.exp(0.5 ** 2 / 2), 4);
  });

  it('that is log-normal spreads as its sigma says', () => {
    expectNear(percentile(draws(logNormal(10, 1.5)), 99), 10 * Math.exp(2.33 * 1.5), 20);
    const narrow = draws(logNormal(10, 0));
    expectNear(narrow[0]!, 10, 0.001);
    expectNear(narrow.at(-1)!, 10, 0.001);
  });

  it('may be a function of one’s own; whatever it returns is a time', () => {
    const lab = new NetworkLab({ latency: (random) => (random() < 0.5 ? NaN : -100) });
    lab.network.listen('server:1', (socket) => lab.follow('server', socket));
    lab.client('server:1').write('hello');
    lab.clock.advance(0);
    expect(lab.log).toEqual(['0 client connect', '0 server reads hello']);
  });

  it('is drawn anew for each message, from the seed', () => {
    expect(ways(uniform(0, 100), 3)).toEqual(ways(uniform(0, 100), 3));
    expect(ways(uniform(0, 100), 3)).not.toEqual(ways(uniform(0, 100), 4));
  });

  it('that is random keeps the order of each direction', () => {
    const lab = new NetworkLab({ latency: exponential(1_000), seed: 11 });
    const atServer: string[] = [];
    const atClient: string[] = [];
    lab.network.listen('server:1', (socket) => {
      socket.on('data', (data: Buffer) => {
        atServer.push(data.toString());
        socket.write(data);
      });
      socket.on('end', () => atServer.push('end'));
    });
    const client = lab.network.connect('server:1');
    client.on('data', (data: Buffer) => atClient.push(data.toString()));
    client.on('end', () => atClient.push('end'));
    const sent = Array.from({ length: 50 }, (_, i) => `message ${i};`);
    for (const text of sent) {
      client.write(text);
      lab.clock.advance(100);
    }
    client.end();
    lab.clock.advance(1_000_000);
    expect(atServer).toEqual([...sent, 'end']);
    expect(atClient).toEqual([...sent, 'end']);
  });
});
