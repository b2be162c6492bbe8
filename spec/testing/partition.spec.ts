import { describe, expect, it } from 'vitest';
import { uniform, type NetworkConfig, type SimulatedServer, type SimulatedSocket } from '../../src/testing/index.js';
import { echo, NetworkLab } from './network-lab.js';

interface Pair {
  readonly lab: NetworkLab;
  readonly server: SimulatedServer;
  readonly client: SimulatedSocket;
  /** The server's end. */
  readonly accepted: SimulatedSocket;
}

function pair(config?: NetworkConfig): Pair {
  const lab = new NetworkLab(config);
  const server = lab.network.listen('server:1', (socket) => lab.follow('server', socket));
  const client = lab.client('server:1');
  lab.clock.advance(100);
  lab.taken();
  return { lab, server, client, accepted: [...server.sockets][0]! };
}

describe('a partition', () => {
  it('keeps back what goes in either direction, what is on its way included, and tells nobody', () => {
    const { lab, server, client, accepted } = pair({ latency: 10 });
    client.write('to the server');
    lab.clock.advance(5);
    server.partition();
    accepted.write('to the client');
    lab.clock.advance(3_600_000);
    expect(lab.log).toEqual([]);
    expect([client.readyState, accepted.readyState]).toEqual(['open', 'open']);
  });

  it('lets through on heal what it has kept back, in order, though it was sent at other times', () => {
    const { lab, server, client, accepted } = pair({ latency: uniform(0, 50) });
    server.partition();
    for (const text of ['a', 'b', 'c']) {
      client.write(text);
      accepted.write(text.toUpperCase());
      lab.clock.advance(20);
    }
    lab.clock.advance(1_000);
    server.heal();
    client.write('d');
    lab.clock.advance(100);
    const read = (name: string): string[] =>
      lab.log.filter((line) => line.includes(`${name} reads`)).map((line) => line.slice(-1));
    expect([read('server'), read('client')]).toEqual([
      ['a', 'b', 'c', 'd'],
      ['A', 'B', 'C'],
    ]);
  });

  it('keeps back ends and resets, too', () => {
    const { lab, server, client, accepted } = pair();
    server.partition();
    client.end('bye');
    accepted.resetAndDestroy();
    lab.clock.advance(100);
    expect(lab.taken()).toEqual(['100 server close']);
    server.heal();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['200 client ECONNRESET', '200 client close']);
  });

  it('tells nobody within the call of heal: what happens, happens on the clock', () => {
    const { lab, server, client } = pair();
    server.partition();
    client.write('hello');
    lab.clock.advance(100);
    server.heal();
    expect(lab.log).toEqual([]);
    lab.clock.advance(0);
    expect(lab.log).toEqual(['200 server reads hello']);
  });

  it('leaves who connects without an answer, until it heals', () => {
    const lab = new NetworkLab();
    const server = lab.network.listen('server:1', echo);
    server.partition();
    const patient = lab.watch('patient', lab.network.connect('server:1'));
    const other = lab.watch('other', lab.network.connect('server:1'));
    lab.clock.advance(1_000);
    expect([lab.taken(), patient.connecting]).toEqual([[], true]);
    other.destroy();
    lab.clock.advance(1_000);
    server.heal();
    lab.clock.advance(1_000);
    expect(lab.log).toEqual(['1000 other close', '2001 patient connect']);
    expect(server.sockets.size).toBe(1);
  });

  it('may come again while it heals: what has not arrived by then is kept back', () => {
    const { lab, server, client, accepted } = pair();
    server.partition();
    for (const text of ['a', 'b', 'c']) client.write(text);
    lab.clock.advance(100);
    accepted.once('data', () => server.partition());
    server.heal();
    lab.clock.advance(100);
    expect(lab.taken()).toEqual(['200 server reads a']);
    client.write('d');
    lab.clock.advance(100);
    expect(lab.taken()).toEqual([]);
    server.heal();
    lab.clock.advance(100);
    expect(lab.log.map((line) => line.slice(-1))).toEqual(['b', 'c', 'd']);
  });

  it('may come again before anything has arrived', () => {
    const { lab, server, client } = pair();
    server.partition();
    client.write('a');
    lab.clock.advance(100);
    server.heal();
    server.partition();
    lab.clock.advance(100);
    expect(lab.taken()).toEqual([]);
    server.heal();
    server.heal();
    lab.clock.advance(100);
    expect(lab.log).toEqual(['300 server reads a']);
  });

  it('still heals when a listener has thrown at what came first', () => {
    const { lab, server, client, accepted } = pair();
    server.partition();
    client.write('a');
    client.write('b');
    lab.clock.advance(100);
    accepted.once('data', () => {
      throw new Error('planted');
    });
    expect(() => {
      server.heal();
      lab.clock.advance(100);
    }).toThrow('planted');
    lab.clock.advance(100);
    client.write('c');
    lab.clock.advance(100);
    expect(lab.log.map((line) => line.slice(-1))).toEqual(['a', 'b', 'c']);
  });

  it('is nothing but a word where nothing is under way', () => {
    const { lab, server, client } = pair();
    server.heal();
    server.partition();
    server.partition();
    server.heal();
    client.write('hello');
    lab.clock.advance(100);
    expect(lab.log).toEqual(['101 server reads hello']);
  });
});
