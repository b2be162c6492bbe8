import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { dnsEndpoints, srvEndpoints } from '../../src/dns/index.js';

const dns = (config: object, name: unknown = 'cache.test'): unknown =>
  dnsEndpoints(name as string, { port: 7000, ...config });
const srv = (config: object, name: unknown = '_cache._tcp.test'): unknown => srvEndpoints(name as string, config);

const names = { dnsEndpoints: dns, srvEndpoints: srv };

describe.each(['dnsEndpoints', 'srvEndpoints'] as const)('%s', (name) => {
  it.each([
    [{ transport: 'tcp' }, `${name}: transport must be a function, got "tcp"`],
    [{ onError: 5 }, `${name}: onError must be a function, got 5`],
    [{ clock: 'now' }, `${name}: clock must be an object, got "now"`],
    [{ backoff: 100 }, `${name}: backoff must be a function, got 100`],
    [{ backoff: () => 100 }, `${name}: backoff must be made by exponentialBackoff`],
    [{ servers: '10.0.0.1' }, `${name}: servers must be an object, got "10.0.0.1"`],
    [{ servers: {} }, `${name}: servers must be an array of one address or more`],
    [{ servers: [] }, `${name}: servers must be an array of one address or more`],
    [{ servers: ['ns.internal'] }, `${name}: servers: Invalid IP address: ns.internal`],
    [{ timeout: '1s' }, `${name}: timeout must be a number from 1 to Infinity, got "1s"`],
  ])('refuses %o', (config, message) => {
    expect(() => names[name](config)).toThrow(new TypeError(message));
  });

  it('refuses a timeout out of range, an option that it does not know, and what is no name', () => {
    expect(() => names[name]({ timeout: 0 })).toThrow(
      new RangeError(`${name}: timeout must be a number from 1 to Infinity, got 0`),
    );
    expect(() => names[name]({ ttl: 5 })).toThrow(`${name}: unknown option ttl; known are transport,`);
    for (const wrong of ['', null, 5]) {
      expect(() => names[name]({}, wrong)).toThrow(new TypeError(`${name}: pass the name to look up`));
    }
  });

  it('takes what is allowed, an RxJS scheduler as its clock included', () => {
    const clock = new TestScheduler(() => undefined);
    expect(() => names[name]({ clock, servers: ['10.0.0.1', '[::1]:5353'], timeout: Infinity })).not.toThrow();
  });
});

describe('dnsEndpoints', () => {
  it.each([
    [{ port: 0 }, 'dnsEndpoints: port must be an integer from 1 to 65535, got 0'],
    [{ port: 65_536 }, 'dnsEndpoints: port must be an integer from 1 to 65535, got 65536'],
    [{ family: 5 }, 'dnsEndpoints: family must be one of 4, 6, 0, got 5'],
    [{ minTtl: 0 }, 'dnsEndpoints: minTtl must be a number from 1 to Infinity, got 0'],
    [{ maxTtl: NaN }, 'dnsEndpoints: maxTtl must be a number from 1 to Infinity, got NaN'],
    [{ maxTtl: 4_999 }, 'dnsEndpoints: maxTtl must be at least minTtl, 5000, got 4999'],
    [{ minTtl: 100, maxTtl: 99 }, 'dnsEndpoints: maxTtl must be at least minTtl, 100, got 99'],
  ])('refuses %o', (config, message) => {
    expect(() => dns(config)).toThrow(new RangeError(message));
  });

  it('requires a port', () => {
    expect(() => dns({ port: undefined })).toThrow(new TypeError('dnsEndpoints: port is missing'));
  });

  it('takes the whole range of what is allowed', () => {
    expect(() => dns({ port: 1, family: 0, minTtl: 1, maxTtl: 1 })).not.toThrow();
    expect(() => dns({ port: 65_535, minTtl: Infinity, maxTtl: Infinity })).not.toThrow();
  });
});

describe('srvEndpoints', () => {
  it('refuses an interval out of range, and options of addresses', () => {
    expect(() => srv({ interval: 0 })).toThrow(
      new RangeError('srvEndpoints: interval must be a number from 1 to Infinity, got 0'),
    );
    expect(() => srv({ port: 7000 })).toThrow('srvEndpoints: unknown option port');
  });
});
