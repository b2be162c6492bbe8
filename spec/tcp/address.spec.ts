import { describe, expect, it } from 'vitest';
import { tcp, tls, type TcpOptions } from '../../src/tcp/index.js';

describe.each([
  ['tcp', tcp],
  ['tls', tls],
])('%s', (name, make) => {
  it.each([
    ['cache.internal:11211', 'cache.internal:11211'],
    ['localhost:1', 'localhost:1'],
    ['10.0.0.1:65535', '10.0.0.1:65535'],
    ['[::1]:5000', '[::1]:5000'],
    ['[fe80::1%eth0]:5000', '[fe80::1%eth0]:5000'],
  ])('names the target of %j', (target, address) => {
    expect(make(target).address).toBe(address);
  });

  it('takes a port for one on localhost', () => {
    expect(make(5000).address).toBe('localhost:5000');
  });

  it('names the target of options by host and port', () => {
    expect(make({ host: 'cache.internal', port: 11211 }).address).toBe('cache.internal:11211');
    expect(make({ host: '::1', port: 11211 }).address).toBe('[::1]:11211');
    expect(make({ port: 11211 }).address).toBe('localhost:11211');
  });

  it('names the target of a path by the path', () => {
    expect(make({ path: '/run/service.sock' }).address).toBe('/run/service.sock');
  });

  it('does not ask for options to name its target', () => {
    const asked: string[] = [];
    const ask =
      <T>(what: string, value: T): (() => T) =>
      () => {
        asked.push(what);
        return value;
      };
    expect(make({ host: ask('host', 'a.test'), port: ask('port', 1) }).address).toBe('(dynamic):(dynamic)');
    expect(make({ host: Promise.resolve('a.test'), port: 1 }).address).toBe('(dynamic):1');
    expect(asked).toEqual([]);
  });

  it('goes by the address that is given for it', () => {
    expect(make({ address: 'the cache', host: () => 'a.test', port: 1 }).address).toBe('the cache');
  });

  it.each([
    '',
    'localhost',
    'localhost:',
    ':5000',
    '::1:5000',
    '[::1]',
    'localhost:port',
    'http://localhost:1',
    'a b:',
    'a:1:2',
    'a:-1',
    'a:1.5',
  ])('refuses the address %j', (target) => {
    expect(() => make(target)).toThrow(
      new TypeError(`${name}: an address must be "host:port", got ${JSON.stringify(target)}`),
    );
  });

  it.each([-1, 65_536, 1.5, NaN, Infinity])('refuses the port %d', (port) => {
    const error = new RangeError(`${name}: port must be an integer from 0 to 65535, got ${port}`);
    expect(() => make(port)).toThrow(error);
    expect(() => make({ port })).toThrow(error);
  });

  it('refuses a port in an address that no port can be', () => {
    expect(() => make('localhost:65536')).toThrow(RangeError);
  });

  it.each([null, undefined, true, [], () => 1, Symbol('port')])('refuses the target %s', (target) => {
    expect(() => make(target as never)).toThrow(
      new TypeError(`${name}: pass "host:port", a port, or options with a port or a path`),
    );
  });

  it('refuses options without a port and a path', () => {
    expect(() => make({ host: 'localhost' } as TcpOptions)).toThrow(
      new TypeError(`${name}: options must have a port or a path`),
    );
  });

  it.each<[string, unknown, ErrorConstructor, string]>([
    ['connectTimeout', 0, RangeError, 'a number from 1 to Infinity, got 0'],
    ['connectTimeout', -5, RangeError, 'a number from 1 to Infinity, got -5'],
    ['connectTimeout', NaN, RangeError, 'a number from 1 to Infinity, got NaN'],
    ['connectTimeout', '10', TypeError, 'a number from 1 to Infinity, got "10"'],
    ['connectTimeout', () => 10, TypeError, 'a number from 1 to Infinity, got function'],
    ['closeTimeout', -1, RangeError, 'a number from 0 to Infinity, got -1'],
    ['closeTimeout', true, TypeError, 'a number from 0 to Infinity, got true'],
    ['address', 5, TypeError, 'a string, got 5'],
  ])('refuses %s: %s', (option, value, type, must) => {
    const wrong = (): unknown => make({ port: 1, [option]: value });
    expect(wrong).toThrow(type);
    expect(wrong).toThrow(`${name}: ${option} must be ${must}`);
  });

  it('takes Infinity for no limit of time, and undefined for an option left out', () => {
    expect(() => make({ port: 1, connectTimeout: Infinity, closeTimeout: Infinity })).not.toThrow();
    expect(make({ port: 1, connectTimeout: undefined, address: undefined }).address).toBe('localhost:1');
  });
});
