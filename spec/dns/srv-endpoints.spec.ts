import { NEVER } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { srvEndpoints } from '../../src/dns/srv-endpoints.js';
import type { ServerAddress } from '../../src/dns/server-address.js';
import { transport, type Transport } from '../../src/endpoint/transport.js';
import { addressesOf, newLab, watch, type Lab } from './look-ups.js';

const NAME = '_cache._tcp.test';
const A = { target: 'a.test', port: 7000, weight: 3, priority: 2 };
const B = { target: 'b.test', port: 7001, weight: 5, priority: 0 };

let lab: Lab;

beforeEach(async () => {
  lab = await newLab();
});

function weightsOf(transports: readonly Transport<unknown>[]): Record<string, readonly (number | undefined)[]> {
  return Object.fromEntries(transports.map(({ address, weight, priority }) => [address, [weight, priority]]));
}

describe('the servers of a service', () => {
  it('are its targets by name, with weight and priority', async () => {
    lab.dns.services(NAME, [A, B]);
    const source = srvEndpoints(NAME, lab.config);
    expect(lab.clock.pending).toBe(0);

    const seen = watch(source);
    expect(await lab.rest()).toBe(30_000);
    expect(seen.values.map(weightsOf)).toEqual([{ 'a.test:7000': [3, 2], 'b.test:7001': [5, 0] }]);
    expect(lab.dns.queries).toEqual([`SRV ${NAME}`]);
  });

  it('are asked for in that interval, and emitted where something has changed', async () => {
    lab.dns.services(NAME, [A, B]);
    const seen = watch(srvEndpoints(NAME, { ...lab.config, interval: 1_000 }));
    expect(await lab.rest()).toBe(1_000);
    lab.dns.services(NAME, [B, A]);
    await lab.after(1_000);
    expect(seen.values).toHaveLength(1);

    lab.dns.services(NAME, [A, { ...B, weight: 6 }]);
    await lab.after(1_000);
    lab.dns.services(NAME, [A, { ...B, weight: 6, priority: 1 }]);
    await lab.after(1_000);
    lab.dns.services(NAME, [A]);
    await lab.after(1_000);

    expect(seen.values.slice(1).map(weightsOf)).toEqual([
      { 'a.test:7000': [3, 2], 'b.test:7001': [6, 0] },
      { 'a.test:7000': [3, 2], 'b.test:7001': [6, 1] },
      { 'a.test:7000': [3, 2] },
    ]);
    expect(seen.values.map(([first]) => first)).toEqual(seen.values.map(() => seen.values[0]![0]));
  });

  it('have a weight of 1 where it is 0', async () => {
    lab.dns.services(NAME, [
      { ...A, weight: 0, priority: 1 },
      { ...B, weight: 0 },
      { ...B, target: 'c.test', weight: 100 },
    ]);
    const seen = watch(srvEndpoints(NAME, lab.config));
    await lab.rest();
    expect(seen.values.map(weightsOf)).toEqual([
      { 'a.test:7000': [1, 1], 'b.test:7001': [undefined, undefined], 'c.test:7001': [100, 0] },
    ]);
  });

  it('are merged where one is listed twice: the first priority counts, and its largest weight', async () => {
    lab.dns.services(NAME, [
      A,
      { ...A, priority: 1 },
      { ...A, priority: 1, weight: 7 },
      { ...A, priority: 1, weight: 4 },
      { ...A, weight: 9 },
    ]);
    const seen = watch(srvEndpoints(NAME, lab.config));
    await lab.rest();
    expect(seen.values.map(weightsOf)).toEqual([{ 'a.test:7000': [7, 1] }]);
  });

  it('are two where one host listens on two ports', async () => {
    lab.dns.services(NAME, [A, { ...A, port: 7001 }]);
    const seen = watch(srvEndpoints(NAME, lab.config));
    await lab.rest();
    expect(addressesOf(seen)).toEqual([['a.test:7000', 'a.test:7001']]);
  });

  it('are connected to as the option `transport` says', async () => {
    const asked: ServerAddress[] = [];
    lab.dns.services(NAME, [A]);
    const seen = watch(
      srvEndpoints(NAME, {
        ...lab.config,
        transport: (server) => {
          asked.push(server);
          return transport(() => NEVER, { address: `my ${server.name}` });
        },
      }),
    );
    await lab.rest();
    expect(asked).toEqual([{ host: 'a.test', port: 7000, name: 'a.test' }]);
    lab.dns.services(NAME, [{ ...A, weight: 4 }]);
    await lab.after(30_000);
    expect(asked).toHaveLength(1);
    expect(seen.values.map(weightsOf)).toEqual([{ 'my a.test': [3, 2] }, { 'my a.test': [4, 2] }]);
  });
});

describe('a look-up of a service', () => {
  it.each([
    [
      'is answered by SERVFAIL',
      (): void => lab.dns.reply('SRV', NAME, 'SERVFAIL'),
      'querySrv ESERVFAIL _cache._tcp.test',
    ],
    ['finds no such name', (): void => lab.dns.forget(NAME), 'querySrv ENOTFOUND _cache._tcp.test'],
    ['finds no records', (): void => lab.dns.services(NAME, []), 'querySrv ENODATA _cache._tcp.test'],
    [
      'finds that there is no such service',
      (): void => lab.dns.services(NAME, [{ ...A, target: '.' }]),
      'its records say that there is no such service',
    ],
  ])('that %s keeps what is known', async (_, breakIt, message) => {
    lab.dns.services(NAME, [A]);
    const seen = watch(srvEndpoints(NAME, lab.config));
    await lab.rest();
    breakIt();
    expect(await lab.after(30_000)).toBe(100);
    expect(lab.errors.map((error) => error.message)).toEqual([
      `srvEndpoints ${NAME}: ${message}; the 1 known before stay`,
    ]);

    lab.dns.services(NAME, [A, B]);
    expect(await lab.after(100)).toBe(30_000);
    expect(addressesOf(seen)).toEqual([['a.test:7000'], ['a.test:7000', 'b.test:7001']]);
  });

  it('leaves out a target that is none', async () => {
    lab.dns.services(NAME, [A, { ...A, target: '.' }]);
    const seen = watch(srvEndpoints(NAME, lab.config));
    await lab.rest();
    expect(addressesOf(seen)).toEqual([['a.test:7000']]);
  });

  it('ends with its subscription', async () => {
    lab.dns.reply('SRV', NAME, 'silence');
    const seen = watch(srvEndpoints(NAME, lab.config));
    expect([lab.clock.pending, lab.clock.keepsAlive]).toEqual([1, false]);
    seen.stop();
    expect(lab.clock.pending).toBe(0);
  });
});
