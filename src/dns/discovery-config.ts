import type { Socket } from 'node:net';
import type { SchedulerLike } from 'rxjs';
import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import type { Transport } from '../endpoint/transport.js';
import type { DiscoveryError } from './discovery-error.js';
import type { ServerAddress } from './server-address.js';

/** What every source of addresses takes. */
export interface DiscoveryConfig<S = Socket, D = Buffer> {
  /**
   * How to connect to a server: returns a transport, a plain object as those of `tcp` and `tls`. It is called once for each server that
   * comes, and must give each an `address` of its own. @default `tcp`
   */
  readonly transport?: (server: ServerAddress) => Transport<S, D>;
  /** Is told of each failure. What is known stays as it is meanwhile. @default a warning of the process for the first of several in a row */
  readonly onError?: (error: DiscoveryError) => void;
  /** @default the system's clock */
  readonly clock?: Clock | SchedulerLike;
}

export const discoveryRules: Readonly<Record<keyof DiscoveryConfig, Rule>> = {
  transport: { is: 'function' },
  onError: { is: 'function' },
  clock: { is: 'object' },
};
