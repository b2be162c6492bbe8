import { describe, expect, it } from 'vitest';
import { listedServers } from '../../src/node/from-file-list.js';

describe('listedServers', () => {
  it('reads addresses, with weight and priority where they are given', () => {
    const list = [
      'a.internal:7000',
      '[::1]:7001',
      { host: 'c.internal', port: 7002 },
      { host: '10.0.0.4', port: 65_535, weight: 2.5, priority: 1 },
    ];
    expect(listedServers(JSON.stringify(list))).toEqual([
      { host: 'a.internal', port: 7000, name: 'a.internal', weight: 1, priority: 0 },
      { host: '::1', port: 7001, name: '::1', weight: 1, priority: 0 },
      { host: 'c.internal', port: 7002, name: 'c.internal', weight: 1, priority: 0 },
      { host: '10.0.0.4', port: 65_535, name: '10.0.0.4', weight: 2.5, priority: 1 },
    ]);
    expect(listedServers('[]')).toEqual([]);
  });

  it.each([
    ['', 'Unexpected end of JSON input'],
    ['["a:1"', /JSON/],
    ['{}', 'the list must be an array of "host:port" and { "host", "port", "weight", "priority" }'],
    ['"a:1"', 'the list must be an array of "host:port" and { "host", "port", "weight", "priority" }'],
    ['null', 'the list must be an array of "host:port" and { "host", "port", "weight", "priority" }'],
  ])('refuses %j', (text, message) => {
    expect(() => listedServers(text)).toThrow(message);
  });

  it.each([
    ['7000', 'entry 2 of 2 must be "host:port" or { "host", "port", "weight", "priority" }'],
    ['null', 'entry 2 of 2 must be "host:port" or { "host", "port", "weight", "priority" }'],
    ['["a:1"]', 'entry 2 of 2 must be "host:port" or { "host", "port", "weight", "priority" }'],
    ['"a"', 'entry 2 of 2: an address must be "host:port", got "a"'],
    ['"::1:7000"', 'entry 2 of 2: an address must be "host:port", got "::1:7000"'],
    ['"a:99999"', 'entry 2 of 2: port must be an integer from 0 to 65535, got 99999'],
    ['"a:0"', 'entry 2 of 2: port must be an integer from 1 to 65535, got 0'],
    ['{ "host": "a" }', 'entry 2 of 2 must have a host and a port'],
    ['{ "port": 1 }', 'entry 2 of 2 must have a host and a port'],
    ['{ "host": "", "port": 1 }', 'entry 2 of 2 must have a host and a port'],
    ['{ "host": 5, "port": 1 }', 'entry 2 of 2: host must be a string, got 5'],
    ['{ "host": "a", "port": "1" }', 'entry 2 of 2: port must be an integer from 1 to 65535, got "1"'],
    ['{ "host": "a", "port": 65536 }', 'entry 2 of 2: port must be an integer from 1 to 65535, got 65536'],
    [
      '{ "host": "a", "port": 1, "wieght": 2 }',
      'entry 2 of 2: unknown option wieght; known are host, port, weight, priority',
    ],
    ['{ "host": "a", "port": 1, "weight": -1 }', 'entry 2 of 2: weight must be a number from 0.001 to 1000000, got -1'],
    ['{ "host": "a", "port": 1, "weight": 0 }', 'entry 2 of 2: weight must be a number from 0.001 to 1000000, got 0'],
    [
      '{ "host": "a", "port": 1, "weight": 1e999 }',
      'entry 2 of 2: weight must be a number from 0.001 to 1000000, got Infinity',
    ],
    [
      '{ "host": "a", "port": 1, "weight": "NaN" }',
      'entry 2 of 2: weight must be a number from 0.001 to 1000000, got "NaN"',
    ],
    [
      '{ "host": "a", "port": 1, "priority": 0.5 }',
      'entry 2 of 2: priority must be an integer from 0 to 65535, got 0.5',
    ],
    ['{ "host": "a", "port": 1, "priority": -1 }', 'entry 2 of 2: priority must be an integer from 0 to 65535, got -1'],
  ])('refuses the entry %s, and says which one it is', (entry, message) => {
    expect(() => listedServers(`["a:1", ${entry}]`)).toThrow(message);
  });
});
