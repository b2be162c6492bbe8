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
  /** What the borrower has said of itself. */
  readonly label?: string;
  /** How long the borrower had waited, in ms. */
  readonly waited: number;
  readonly max: number;
  readonly lent: number;
  /** Leases that are out; more than `lent` where connections are shared. */
  readonly leases: number;
  readonly idle: number;
  readonly checking: number;
  readonly connecting: number;
  /** Borrowers that still wait. */
  readonly waiting: number;
  readonly endpoints: readonly { readonly address: string; readonly status: EndpointStatus }[];
  /** Why no endpoints are known, where their source has failed. */
  readonly discoveryError?: unknown;
  /** Who has what: the leases with a label, and with `leakAfter` all of them. */
  readonly holders: readonly Holder[];
}

/** More of them do not help a reader; `info` has them all. */
const MOST_HOLDERS = 10;

/** How many slots are in which state. */
export function describeSlots({
  lent,
  idle,
  checking,
  connecting,
  max,
}: Pick<PoolPicture, 'lent' | 'idle' | 'checking' | 'connecting' | 'max'>): string {
  return `${String(lent)} lent, ${String(idle)} idle, ${String(checking)} checking, ${String(connecting)} connecting of ${String(max)}`;
}

/** The picture in one line. */
export function describePicture(picture: PoolPicture): string {
  const { leases, waiting, endpoints, discoveryError, holders } = picture;
  const addresses = endpoints.map(({ address, status }) => {
    const error = pressingError(status);
    return `${address} ${status.state}${error === undefined ? '' : ` (${describeError(error)})`}`;
  });
  if (endpoints.length === 0) {
    const why = discoveryError === undefined ? '' : ` (${describeError(discoveryError)})`;
    addresses.push(`no endpoints known${why}`);
  }
  const longest = [...holders].sort((a, b) => b.held - a.held).slice(0, MOST_HOLDERS);
  const names = longest.map(
    ({ label = 'somebody', endpoint, slot, held }) =>
      `${label} has ${endpoint} #${String(slot)} for ${String(Math.round(held))} ms`,
  );
  if (holders.length > MOST_HOLDERS) names.push(`${String(holders.length - MOST_HOLDERS)} more`);
  // Else it would look as if nobody else had any.
  const others = leases - holders.length;
  if (holders.length > 0 && others > 0) names.push(`${String(others)} more without a label`);
  return `${describeSlots(picture)}; ${[`${String(waiting)} more waiting`, ...addresses, ...names].join('; ')}`;
}

/** The latest error of an endpoint that is not up. */
export function latestError({ endpoints, discoveryError }: PoolPicture): unknown {
  let latest: EndpointStatus | undefined;
  for (const { status } of endpoints) {
    if (pressingError(status) !== undefined && (latest === undefined || status.since >= latest.since)) latest = status;
  }
  return latest?.error ?? discoveryError;
}

/** What went wrong before an endpoint was up again is not what is wrong now. */
function pressingError({ state, error }: EndpointStatus): unknown {
  return state === 'up' ? undefined : error;
}
