import { describe, expect, it } from 'vitest';
import {
  createNetwork,
  VirtualClock,
  type NetworkConfig,
  type ServerConfig,
  type SimulatedTcpOptions,
} from '../../src/testing/index.js';

const network = createNetwork({ clock: new VirtualClock() });

const latencyRange = 'must be a number from 0 to Infinity or a function';

describe('createNetwork', () => {
  it.each<[object, string]>([
    [{ latency: -1 }, `RangeError: createNetwork: latency ${latencyRange}, got -1`],
    [{ latency: NaN }, `RangeError: createNetwork: latency ${latencyRange}, got NaN`],
    [{ latency: '5' }, `TypeError: createNetwork: latency ${latencyRange}, got "5"`],
    [{ seed: -1 }, 'RangeError: createNetwork: seed must be an integer from 0 to 9007199254740991, got -1'],
    [{ seed: 0.5 }, 'RangeError: createNetwork: seed must be an integer from 0 to 9007199254740991, got 0.5'],
    [{ clock: 5 }, 'TypeError: createNetwork: clock must be an object, got 5'],
    [{ sead: 5 }, 'TypeError: createNetwork: unknown option sead; known are clock, seed, latency'],
  ])('refuses %j', (config: NetworkConfig, message) => {
    expect(thrownBy(() => createNetwork(config))).toBe(message);
  });

  it('needs no options', () => {
    expect(createNetwork({}).sockets.size).toBe(0);
    expect(createNetwork().sockets.size).toBe(0);
  });
});

describe('listen', () => {
  it.each<[object, string]>([
    [{ latency: -5 }, `RangeError: listen: latency ${latencyRange}, got -5`],
    [{ acceptDelay: -5 }, `RangeError: listen: acceptDelay ${latencyRange}, got -5`],
    [{ accept: 'refuse' }, 'TypeError: listen: accept must be a function, got "refuse"'],
    [{ window: 0 }, 'RangeError: listen: window must be an integer from 1 to 9007199254740991, got 0'],
    [{ window: Infinity }, 'RangeError: listen: window must be an integer from 1 to 9007199254740991, got Infinity'],
    [
      { segment: 0 },
      'RangeError: listen: segment must be an integer from 1 to 9007199254740991 or one of Infinity, got 0',
    ],
    [{ delay: 5 }, 'TypeError: listen: unknown option delay; known are latency, acceptDelay, accept, window, segment'],
  ])('refuses %j', (config: ServerConfig, message) => {
    expect(thrownBy(() => network.listen('server:1', undefined, config))).toBe(message);
  });

  it('leaves the address free when it has refused', () => {
    expect(thrownBy(() => network.listen('free:1', undefined, { window: 0 }))).toContain('RangeError');
    expect(network.listen('free:1').isListening).toBe(true);
  });

  it('refuses what cannot serve', () => {
    // @ts-expect-error -- to see what a program without types is told
    expect(thrownBy(() => network.listen('server:1', { window: 5 }))).toBe(
      'TypeError: listen: serve must be a function of a socket',
    );
  });

  it('refuses an address that is taken, whether or not its server still listens', () => {
    const server = network.listen('taken:1');
    const message = 'Error: listen: there is a server at taken:1 already; its listen() starts it again';
    expect(thrownBy(() => network.listen('taken:1'))).toBe(message);
    server.close();
    expect(thrownBy(() => network.listen('taken:1'))).toBe(message);
    server.crash();
    expect(thrownBy(() => network.listen('taken:1'))).toBe(message);
  });

  it('takes all that an option may be', () => {
    network.listen('options:1', undefined, {
      latency: () => 5,
      acceptDelay: Infinity,
      accept: () => 'refuse',
      window: 1,
      segment: Infinity,
    });
    network.listen('options:2', undefined, { segment: 1 });
  });
});

describe('network.tcp', () => {
  it.each<[object, string]>([
    [{ connectTimeout: 0 }, 'RangeError: network.tcp: connectTimeout must be a number from 1 to Infinity, got 0'],
    [{ closeTimeout: -1 }, 'RangeError: network.tcp: closeTimeout must be a number from 0 to Infinity, got -1'],
    [{ closeTimeout: 'soon' }, 'TypeError: network.tcp: closeTimeout must be a number from 0 to Infinity, got "soon"'],
    [
      { conectTimeout: 5 },
      'TypeError: network.tcp: unknown option conectTimeout; known are connectTimeout, closeTimeout',
    ],
  ])('refuses %j', (options: SimulatedTcpOptions, message) => {
    expect(thrownBy(() => network.tcp('server:1', options))).toBe(message);
  });

  it('has the address that it was given', () => {
    expect(network.tcp('cache:11211').address).toBe('cache:11211');
    expect(network.tcp('a name').address).toBe('a name');
  });
});

function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}
