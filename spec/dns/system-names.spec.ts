import { lookup, Resolver } from 'node:dns/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dnsEndpoints, type DnsEndpointsConfig } from '../../src/dns/dns-endpoints.js';
import type { DiscoveryError } from '../../src/dns/discovery-error.js';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { addressesOf, watch } from './look-ups.js';

/** What the name servers and the system answer, since no test can know what those of its machine do. */
const answers = vi.hoisted(() => ({ dns: vi.fn(), system: vi.fn() }));

vi.mock('node:dns/promises', () => ({
  lookup: answers.system,
  Resolver: class {
    readonly resolve4 = answers.dns;
    readonly resolve6 = answers.dns;
    setServers(): void {}
    cancel(): void {}
  },
}));

const failure = (code: string): Error => Object.assign(new Error(code), { code });

let clock: VirtualClock;
let errors: DiscoveryError[];

beforeEach(() => {
  clock = new VirtualClock();
  errors = [];
  answers.dns.mockReset().mockRejectedValue(failure('ENOTFOUND'));
  answers.system.mockReset().mockResolvedValue([{ address: '127.0.0.1', family: 4 }]);
});

async function watchName(name: string, config: Partial<DnsEndpointsConfig> = {}): Promise<ReturnType<typeof watch>> {
  const backoff = exponentialBackoff({ jitter: 'none' });
  const onError = (error: DiscoveryError): number => errors.push(error);
  const seen = watch(dnsEndpoints(name, { port: 7000, clock, backoff, onError, ...config }));
  await clock.advanceAsync(0);
  return seen;
}

/** How long it is until the next look-up, in ms. */
const wait = (): number => clock.upcoming[0]!.at - clock.now();

it('stand in for all of the module that is used', () => {
  expect([lookup, new Resolver().resolve4]).toEqual([answers.system, answers.dns]);
});

describe('the system is asked at once', () => {
  it.each(['localhost', 'LOCALHOST', 'app.localhost', 'localhost.', '127.0.0.1', '::1'])('for %s', async (name) => {
    const seen = await watchName(name);
    expect(addressesOf(seen)).toEqual([['127.0.0.1:7000']]);
    expect(answers.system.mock.calls).toEqual([[name, { all: true, family: 0 }]]);
    expect(answers.dns).not.toHaveBeenCalled();
  });

  it('for the family that is wanted, also with name servers of its own', async () => {
    await watchName('localhost', { family: 6, servers: ['127.0.0.1:5353'] });
    expect(answers.system.mock.calls).toEqual([['localhost', { all: true, family: 6 }]]);
  });

  it.each(['localhost.internal', 'mylocalhost', '10.0.0.1.internal'])('but not for %s', async (name) => {
    answers.dns.mockResolvedValue([{ address: '10.0.0.1', ttl: 30 }]);
    await watchName(name);
    expect(answers.system).not.toHaveBeenCalled();
  });
});

describe('the system is asked for a name that the name servers do not give', () => {
  it.each(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'])('which is %s', async (code) => {
    answers.dns.mockRejectedValue(failure(code));
    const seen = await watchName('cache');
    expect(addressesOf(seen)).toEqual([['127.0.0.1:7000']]);
    expect(errors).toEqual([]);
  });

  it('and again after 30 s, within the bounds of a TTL', async () => {
    await watchName('cache');
    expect(wait()).toBe(30_000);
    answers.system.mockResolvedValue([{ address: '::1', family: 6 }]);
    await clock.advanceAsync(30_000);
    expect(answers.system).toHaveBeenCalledTimes(2);

    clock = new VirtualClock();
    await watchName('cache', { maxTtl: 10_000 });
    expect(wait()).toBe(10_000);
  });

  it('and its failure is one of the look-up', async () => {
    answers.system.mockRejectedValue(failure('ENOTFOUND'));
    const seen = await watchName('cache');
    expect(seen.values).toEqual([]);
    expect(wait()).toBe(100);
    expect(errors.map(({ message }) => message)).toEqual(['dnsEndpoints cache: ENOTFOUND; no servers are known']);
  });
});

it('addresses of the system stay, too, where a name server that knows the name does not answer for their family', async () => {
  answers.system.mockResolvedValue([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
  const seen = await watchName('cache');
  answers.dns.mockResolvedValueOnce([{ address: '10.0.0.1', ttl: 30 }]).mockRejectedValueOnce(failure('ESERVFAIL'));
  await clock.advanceAsync(30_000);
  expect(addressesOf(seen)).toEqual([
    ['127.0.0.1:7000', '[::1]:7000'],
    ['10.0.0.1:7000', '[::1]:7000'],
  ]);
});

describe('the system is not asked', () => {
  it.each(['ESERVFAIL', 'ETIMEOUT', 'EREFUSED'])('where a name server fails with %s', async (code) => {
    answers.dns.mockImplementation(async () => {
      throw failure(answers.dns.mock.calls.length === 1 ? 'ENOTFOUND' : code);
    });
    await watchName('cache');
    expect(answers.system).not.toHaveBeenCalled();
    expect(errors.map(({ cause }) => (cause as Error).message)).toEqual([code]);
  });

  it('where the name servers are chosen', async () => {
    await watchName('cache', { servers: ['127.0.0.1:5353'] });
    expect(answers.system).not.toHaveBeenCalled();
    expect(errors).toHaveLength(1);
  });

  it('where one family is known', async () => {
    answers.dns.mockResolvedValueOnce([{ address: '10.0.0.1', ttl: 30 }]);
    const seen = await watchName('cache');
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000']]);
    expect(answers.system).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it('for a name that DNS has known before', async () => {
    answers.dns.mockResolvedValueOnce([{ address: '10.0.0.1', ttl: 30 }]);
    const seen = await watchName('cache', { family: 4 });
    await clock.advanceAsync(30_000);
    expect(answers.system).not.toHaveBeenCalled();
    expect(addressesOf(seen)).toEqual([['10.0.0.1:7000']]);
    expect(errors).toHaveLength(1);
  });
});
