import { describeError } from '../endpoint/describe-error.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';

export interface DiscoveryFailure {
  /** What was asked for, for example `dnsEndpoints cache.internal`. */
  readonly source: string;
  /** How many servers are known from before, and stay. */
  readonly known: number;
}

/** A source of addresses could not be read, or made no sense. What was known stays, and it is tried again. `cause` says why. */
export class DiscoveryError extends RxpoolError<DiscoveryFailure> {
  static override readonly code = 'RXPOOL_DISCOVERY';
  declare readonly code: typeof DiscoveryError.code;

  constructor(failure: DiscoveryFailure, cause: unknown) {
    const { source, known } = failure;
    const rest = known === 0 ? 'no servers are known' : `the ${String(known)} known before stay`;
    super(`${source}: ${describeError(cause)}; ${rest}`, { info: failure, retryable: true, cause });
  }
}
