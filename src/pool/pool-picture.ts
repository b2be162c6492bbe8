import { describeError } from '../endpoint/describe-error.js';
import type { EndpointStatus } from '../endpoint/endpoint-status.js';

/** A lease that is out, with what its borrower has said of itself. */
export interface Holder {
  /** The endpoint's address. */
  readonly endpoint: string;
  readonly slot: number;
  /** For how long, in ms. */
  readonly held: number;
  readonly label?: string;
  /** Where it was borrowed; known with `leakAfter`. */
  readonly stack?: string;
}

/** What the pool was doing when a borrower got nothing. */
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
  /** Who has what: the leases with a label, and with `leakAfter` all of them. */
  readonly holders: readonly Holder[];
}

/** More of them do not help a reader; `info` has them all. */
const MOST_HOLDERS = 10;

/** The picture in one line. */
export function describePicture(picture: PoolPicture): string {
  const { lent, idle, checking, connecting, max, waiting, endpoints, holders } = picture;
  const slots = `${String(lent)} lent, ${String(idle)} idle, ${String(checking)} checking, ${String(connecting)} connecting of ${String(max)}`;
  const addresses = endpoints.map(
    ({ address, status }) =>
      `${address} ${status.state}${status.error === undefined ? '' : ` (${describeError(status.error)})`}`,
  );
  const longest = [...holders].sort((a, b) => b.held - a.held).slice(0, MOST_HOLDERS);
  const names = longest.map(
    ({ label = 'somebody', endpoint, slot, held }) =>
      `${label} has ${endpoint} #${String(slot)} for ${String(Math.round(held))} ms`,
  );
  if (holders.length > MOST_HOLDERS) names.push(`${String(holders.length - MOST_HOLDERS)} more`);
  return `${slots}; ${[`${String(waiting)} more waiting`, ...addresses, ...names].join('; ')}`;
}

/** The latest error of an endpoint that is down. */
export function latestError({ endpoints }: PoolPicture): unknown {
  let latest: EndpointStatus | undefined;
  for (const { status } of endpoints) {
    if (status.error !== undefined && (latest === undefined || status.since >= latest.since)) latest = status;
  }
  return latest?.error;
}
