import { NEVER, type Observable } from 'rxjs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DiscoveryError } from '../../src/dns/discovery-error.js';
import { dnsEndpoints, type DnsEndpointsConfig } from '../../src/dns/dns-endpoints.js';
import type { ServerAddress } from '../../src/dns/server-address.js';
import { transport, type Transport } from '../../src/endpoint/transport.js';
import { until } from '../integration/pools.js';
import { addressesOf, newLab, TIMEOUT, watch, type Lab } from './look-ups.js';

const NAME = 'cache.test';
const PORT = 7000;

let lab: Lab;

beforeEach(async () => {
  lab = await newLab();
});

function source(config: Partial<DnsEndpointsConfig> = {}): Observable<readonly Transport<unknown>[]> {
  return dnsEndpoints(NAME, { port: PORT, family: 4, ...lab.config, ...config });
}

describe('the addresses of a name', () => {
  it('are looked up, of both families, once somebody subscribes', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1', '10.0.0.2', 'fd00::1']);
    const both = dnsEndpoints(NAME, { port: PORT, ...lab.config });
    expect(lab.clock.pending).toBe(0);

    const seen = watch(both);
    await lab.rest();

    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000', '10.0.0.2:7000', '[fd00::1]:7000']]);
    expect([...lab.dns.queries].sort()).toEqual([`A ${NAME}`, `AAAA ${NAME}`]);
    expect(lab.errors).toEqual([]);
  });

  it.each([
    [4, 'A', '10.0.0.1:7000'],
    [6, 'AAAA', '[fd00::1]:7000'],
  ] as const)('are those of family %d alone where that is asked for', async (family, type, address) => {
    lab.dns.addresses(NAME, ['10.0.0.1', 'fd00::1']);
    const seen = watch(source({ family }));
    await lab.rest();

    expect(addressesOf(seen)).toEqual([[address]]);
    expect(lab.dns.queries).toEqual([`${type} ${NAME}`]);
  });

  it('are looked up for each subscriber on its own', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const cold = source();
    const first = watch(cold);
    await lab.rest();
    first.stop();
    lab.dns.addresses(NAME, ['10.0.0.2']);
    const second = watch(cold);
    await lab.rest();

    expect(addressesOf(first)).toEqual([['10.0.0.1:7000']]);
    expect(addressesOf(second)).toEqual([['10.0.0.2:7000']]);
  });

  it('are merged where one comes twice', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1', '10.0.0.2', '10.0.0.1']);
    const seen = watch(source());
    await lab.rest();
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000', '10.0.0.2:7000']]);
  });

  it('are connected to as the option `transport` says, which is asked once for each', async () => {
    const asked: ServerAddress[] = [];
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const seen = watch(
      dnsEndpoints(NAME, {
        port: PORT,
        ...lab.config,
        transport: (server) => {
          asked.push(server);
          return transport(() => NEVER, { address: `my ${server.host}` });
        },
      }),
    );
    await lab.rest();
    lab.dns.addresses(NAME, ['10.0.0.1', '10.0.0.2']);
    await lab.after(30_000);

    expect(addressesOf(seen)).toEqual([['my 10.0.0.1'], ['my 10.0.0.1', 'my 10.0.0.2']]);
    expect(asked).toEqual([
      { host: '10.0.0.1', port: PORT, name: NAME },
      { host: '10.0.0.2', port: PORT, name: NAME },
    ]);
    expect(seen.values[1]).toContain(seen.values[0]![0]);
  });
});

describe('an answer', () => {
  it('stands for its shortest TTL', async () => {
    lab.dns.reply('A', NAME, { ttl: 60, data: ['10.0.0.1'] });
    lab.dns.reply('AAAA', NAME, { ttl: 20, data: ['fd00::1'] });
    watch(source({ family: 0 }));
    expect(await lab.rest()).toBe(20_000);

    lab.clock.advance(19_999);
    expect(lab.clock.pending).toBe(1);
    expect(await lab.after(1)).toBe(20_000);
    expect(lab.dns.queries).toHaveLength(4);
  });

  it.each([
    ['at least 5 s', 0, {}, 5_000],
    ['at most 5 min', 86_400, {}, 300_000],
    ['at least minTtl', 30, { minTtl: 45_000 }, 45_000],
    ['at least minTtl, above the default of maxTtl', 30, { minTtl: 600_000 }, 600_000],
    ['at most maxTtl', 30, { maxTtl: 10_000 }, 10_000],
    ['its TTL between them', 30, { minTtl: 10_000, maxTtl: 45_000 }, 30_000],
  ])('stands for %s', async (_, ttl, config, expected) => {
    lab.dns.addresses(NAME, ['10.0.0.1'], ttl);
    watch(source(config));
    expect(await lab.rest()).toBe(expected);
  });

  it('is emitted where the set has changed, not for another order', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1', '10.0.0.2']);
    const seen = watch(source());
    await lab.rest();
    lab.dns.addresses(NAME, ['10.0.0.2', '10.0.0.1']);
    await lab.after(30_000);
    expect(seen.values).toHaveLength(1);

    lab.dns.addresses(NAME, ['10.0.0.2', '10.0.0.3']);
    await lab.after(30_000);
    lab.dns.addresses(NAME, ['10.0.0.2']);
    await lab.after(30_000);

    expect(addressesOf(seen)).toEqual([
      ['10.0.0.1:7000', '10.0.0.2:7000'],
      ['10.0.0.2:7000', '10.0.0.3:7000'],
      ['10.0.0.2:7000'],
    ]);
  });
});

describe('a look-up that fails', () => {
  it('keeps what is known, is told, and is tried again with backoff until it succeeds', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const seen = watch(source());
    expect(await lab.rest()).toBe(30_000);

    lab.dns.reply('A', NAME, 'SERVFAIL');
    expect(await lab.after(30_000)).toBe(100);
    expect(await lab.after(100)).toBe(200);
    expect(await lab.after(200)).toBe(400);
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000']]);
    expect(lab.errors).toHaveLength(3);
    expect(lab.errors[0]).toBeInstanceOf(DiscoveryError);
    expect(lab.errors[0]).toMatchObject({
      message: 'dnsEndpoints cache.test: queryA ESERVFAIL cache.test; the 1 known before stay',
      code: 'RXPOOL_DISCOVERY',
      retryable: true,
      info: { source: 'dnsEndpoints cache.test', known: 1 },
      cause: { code: 'ESERVFAIL' },
    });

    lab.dns.addresses(NAME, ['10.0.0.2']);
    expect(await lab.after(400)).toBe(30_000);
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000'], ['10.0.0.2:7000']]);

    lab.dns.reply('A', NAME, 'SERVFAIL');
    expect(await lab.after(30_000)).toBe(100);
    expect({ ended: seen.completed, errors: seen.errors }).toEqual({ ended: false, errors: [] });
  });

  it('is tried again before anything is known, too', async () => {
    lab.dns.reply('A', NAME, 'SERVFAIL');
    const seen = watch(source());
    expect(await lab.rest()).toBe(100);
    expect(seen.values).toEqual([]);
    expect(lab.errors[0]!.message).toBe('dnsEndpoints cache.test: queryA ESERVFAIL cache.test; no servers are known');

    lab.dns.addresses(NAME, ['10.0.0.1']);
    await lab.after(100);
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000']]);
  });

  it('is one that finds nothing, too: the name or its records are gone', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const seen = watch(source());
    await lab.rest();

    lab.dns.addresses(NAME, []);
    expect(await lab.after(30_000)).toBe(100);
    lab.dns.forget(NAME);
    expect(await lab.after(100)).toBe(200);

    expect(seen.values).toHaveLength(1);
    expect(lab.errors.map(({ cause }) => (cause as { code: string }).code)).toEqual(['ENODATA', 'ENOTFOUND']);
  });

  it('is given up when the answer takes too long, and told', async () => {
    lab.dns.reply('A', NAME, 'silence');
    watch(source());
    await until(() => lab.dns.queries.length === 1);
    expect(lab.clock.upcoming.map(({ at }) => at - lab.clock.now())).toEqual([TIMEOUT]);

    expect(await lab.after(TIMEOUT)).toBe(100);
    expect(lab.errors.map(({ message }) => message)).toEqual([
      `dnsEndpoints cache.test: no answer within ${TIMEOUT} ms; no servers are known`,
    ]);
  });

  it('is tried again after a turn of the event loop at the soonest', async () => {
    lab.dns.reply('A', NAME, 'SERVFAIL');
    watch(source({ backoff: Object.assign(() => NEVER, { duration: () => 0 }) }));
    expect(await lab.rest()).toBe(1);
  });
});

describe('where one family is not answered', () => {
  it('its addresses stay, the others go by their answer', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1', 'fd00::1']);
    const seen = watch(source({ family: 0 }));
    await lab.rest();

    lab.dns.addresses(NAME, ['10.0.0.2']);
    lab.dns.reply('AAAA', NAME, 'SERVFAIL');
    expect(await lab.after(30_000)).toBe(100);
    expect(await lab.after(100)).toBe(200);
    lab.dns.addresses(NAME, ['10.0.0.2']);
    expect(await lab.after(200)).toBe(30_000);

    expect(addressesOf(seen)).toEqual([
      ['10.0.0.1:7000', '[fd00::1]:7000'],
      ['10.0.0.2:7000', '[fd00::1]:7000'],
      ['10.0.0.2:7000'],
    ]);
    expect(lab.errors.map(({ message }) => message)).toEqual([
      'dnsEndpoints cache.test: queryAaaa ESERVFAIL cache.test; the 2 known before stay',
      'dnsEndpoints cache.test: queryAaaa ESERVFAIL cache.test; the 2 known before stay',
    ]);
  });

  it('and the other has nothing, all stay', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1', 'fd00::1']);
    const seen = watch(source({ family: 0 }));
    await lab.rest();

    lab.dns.addresses(NAME, []);
    lab.dns.reply('AAAA', NAME, 'SERVFAIL');
    await lab.after(30_000);

    expect(seen.values).toHaveLength(1);
    expect(lab.errors.map(({ cause }) => (cause as { code: string }).code)).toEqual(['ESERVFAIL']);
  });
});

describe('a failure', () => {
  it('of the one who is told costs nothing', async () => {
    lab.dns.reply('A', NAME, 'SERVFAIL');
    const seen = watch(
      source({
        onError: () => {
          throw new Error('cannot listen');
        },
      }),
    );
    await lab.rest();
    lab.dns.addresses(NAME, ['10.0.0.1']);
    await lab.after(100);
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000']]);
  });

  it('is a warning of the process where nobody is told, the first of several in a row', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    lab.dns.reply('A', NAME, 'SERVFAIL');
    const { servers, clock, timeout, backoff } = lab.config;
    watch(dnsEndpoints(NAME, { port: PORT, family: 4, servers, clock, timeout, backoff }));
    await lab.rest();
    await lab.after(100);
    expect(warn).toHaveBeenCalledTimes(1);

    lab.dns.addresses(NAME, ['10.0.0.1']);
    await lab.after(200);
    lab.dns.reply('A', NAME, 'SERVFAIL');
    await lab.after(30_000);
    expect(warn.mock.calls).toEqual([[expect.any(DiscoveryError)], [expect.any(DiscoveryError)]]);
    warn.mockRestore();
  });

  it.each([
    [
      'to make a transport',
      () => {
        throw new Error('no certificate');
      },
      'no certificate',
    ],
    [
      'to return one',
      () => ({}) as Transport<never, never>,
      'transport must return a transport, a plain object as that of tcp("localhost:5000")',
    ],
  ])('of the option `transport` %s is told, and what is known stays', async (_, make, message) => {
    let isBroken = false;
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const seen = watch(
      dnsEndpoints(NAME, {
        port: PORT,
        family: 4,
        ...lab.config,
        transport: ({ host }) => (isBroken ? make() : transport(() => NEVER, { address: host })),
      }),
    );
    await lab.rest();
    isBroken = true;
    lab.dns.addresses(NAME, ['10.0.0.1', '10.0.0.2']);
    expect(await lab.after(30_000)).toBe(100);
    expect(lab.errors[0]!.message).toBe(`dnsEndpoints cache.test: ${message}; the 1 known before stay`);

    isBroken = false;
    await lab.after(100);
    expect(addressesOf(seen)).toEqual([['10.0.0.1'], ['10.0.0.1', '10.0.0.2']]);
  });
});

describe('unsubscribing', () => {
  it('leaves nothing behind, whether a query is open or the next one waited for', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const resting = watch(source());
    await lab.rest();
    resting.stop();
    expect(lab.clock.pending).toBe(0);

    lab.dns.reply('A', NAME, 'silence');
    lab.dns.reply('AAAA', NAME, 'silence');
    const asking = watch(source({ family: 0 }));
    expect(lab.clock.pending).toBe(2);
    await until(() => lab.dns.queries.length === 3);
    asking.stop();
    expect(lab.clock.pending).toBe(0);

    lab.dns.reply('A', NAME, 'SERVFAIL');
    const failing = watch(source());
    await lab.rest();
    failing.stop();
    expect(lab.clock.pending).toBe(0);
    expect(lab.errors).toHaveLength(1);
  });

  it('may be done while a list is emitted', async () => {
    lab.dns.addresses(NAME, ['10.0.0.1']);
    const seen: unknown[] = [];
    await new Promise<void>((resolve) => {
      const subscription = source().subscribe((transports) => {
        seen.push(transports);
        subscription.unsubscribe();
        resolve();
      });
    });
    expect(seen).toHaveLength(1);
    expect(lab.clock.pending).toBe(0);
  });
});

it('never keeps the process alive by a timer', async () => {
  lab.dns.addresses(NAME, ['10.0.0.1']);
  watch(source());
  expect(lab.clock.keepsAlive).toBe(false);
  await lab.rest();
  expect(lab.clock.keepsAlive).toBe(false);
  lab.dns.reply('A', NAME, 'SERVFAIL');
  await lab.after(30_000);
  expect(lab.clock.keepsAlive).toBe(false);
});
