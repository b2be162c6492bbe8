import { describeError } from '../endpoint/describe-error.js';
import type { EndpointStatus } from '../endpoint/endpoint-status.js';
import { RxpoolError } from '../endpoint/rxpool-error.js';

/** What the pool was doing when a borrower's time was up. */
export interface PoolPicture {
  readonly pool: string;
  /** How long the borrower had waited, in ms. */
  readonly waited: number;
  readonly max: number;
  readonly lent: number;
  readonly idle: number;
  readonly checking: number;
  readonly connecting: number;
  /** Borrowers that still wait. */
  readonly waiting: number;
  readonly endpoints: readonly { readonly address: string; readonly status: EndpointStatus }[];
}

/** A borrower got nothing within its `timeout`. `info` and the message say why; `cause` is the latest error of an endpoint that is down. */
export class AcquireTimeoutError extends RxpoolError<PoolPicture> {
  static override readonly code: string = 'RXPOOL_ACQUIRE_TIMEOUT';

  constructor(picture: PoolPicture) {
    super(describe(picture), { info: picture, retryable: true, cause: latestError(picture) });
  }
}

function describe({ pool, waited, max, lent, idle, checking, connecting, waiting, endpoints }: PoolPicture): string {
  const slots = `${String(lent)} lent, ${String(idle)} idle, ${String(checking)} checking, ${String(connecting)} connecting of ${String(max)}`;
  const addresses = endpoints.map(
    ({ address, status }) =>
      `${address} ${status.state}${status.error === undefined ? '' : ` (${describeError(status.error)})`}`,
  );
  return `pool ${pool}: no connection within ${String(Math.round(waited))} ms (${slots}; ${String(waiting)} more waiting; ${addresses.join('; ')})`;
}

function latestError({ endpoints }: PoolPicture): unknown {
  let latest: EndpointStatus | undefined;
  for (const { status } of endpoints) {
    if (status.error !== undefined && (latest === undefined || status.since >= latest.since)) latest = status;
  }
  return latest?.error;
}
