import type { Observable } from 'rxjs';
import { onTestFinished } from 'vitest';
import type { DiscoveryError } from '../../src/dns/discovery-error.js';
import { exponentialBackoff } from '../../src/endpoint/backoff.js';
import type { Transport } from '../../src/endpoint/transport.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { record, type Recording } from '../endpoint/record.js';
import { until } from '../integration/pools.js';
import { startDnsServer, type DnsServer } from './dns-server.js';

/** Unlike every other time that these tests have to do with. */
export const TIMEOUT = 123_456;

/** A name server of its own, in real time, and a clock that stands still. */
export interface Lab {
  readonly dns: DnsServer;
  readonly clock: VirtualClock;
  readonly errors: DiscoveryError[];
  /** Options for a source that uses these. */
  readonly config: {
    readonly servers: readonly string[];
    readonly clock: VirtualClock;
    readonly timeout: number;
    readonly backoff: ReturnType<typeof exponentialBackoff>;
    readonly onError: (error: DiscoveryError) => void;
  };
  /** Waits for the end of a look-up. @returns how long it is until the next one, in ms */
  rest(): Promise<number>;
  /** Lets so much time pass, and waits for the end of the look-up that begins with it. @returns as `rest` */
  after(ms: number): Promise<number>;
}

export async function newLab(): Promise<Lab> {
  const dns = await startDnsServer();
  const clock = new VirtualClock();
  const errors: DiscoveryError[] = [];
  const waits = (): number[] => clock.upcoming.map(({ at }) => at - clock.now());

  async function rest(): Promise<number> {
    // While a query is open there is a timer for its timeout.
    await until(() => clock.pending === 1 && waits()[0] !== TIMEOUT);
    return waits()[0]!;
  }

  return {
    dns,
    clock,
    errors,
    config: {
      servers: [dns.address],
      clock,
      timeout: TIMEOUT,
      backoff: exponentialBackoff({ initial: 100, jitter: 'none' }),
      onError: (error) => errors.push(error),
    },
    rest,
    after(ms) {
      clock.advance(ms);
      return rest();
    },
  };
}

/** Subscribes until the end of the test, and notes what comes. */
export function watch<S, D>(source: Observable<readonly Transport<S, D>[]>): Recording<readonly Transport<S, D>[]> {
  const recording = record(source);
  onTestFinished(() => recording.stop());
  return recording;
}

/** The addresses of each list so far, in alphabetical order. */
export function addressesOf(recording: Recording<readonly Transport<unknown>[]>): string[][] {
  return recording.values.map((transports) => transports.map(({ address }) => address).sort());
}
