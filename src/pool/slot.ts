import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotState } from './slot-state.js';

/** Why the pool closed a connection. */
export type CloseReason = 'idle' | 'unhealthy' | 'destroyed' | 'shutdown';

/** A place in a pool, which holds one connection after another. Its index never shifts. */
export class Slot<C> {
  connection: C | undefined;
  /** Whether the transport wants to be asked before, and told after, each loan of the connection. */
  hasHooks = false;
  /** How long the connection took to open, in ms. */
  latency = 0;
  openedAt = 0;
  /** Loans of this connection that have ended. */
  uses = 0;
  /** When the latest loan began, and how long its borrower had waited, in ms. */
  lentAt = 0;
  waited = 0;
  /** When it last became idle. */
  idleSince = 0;
  reason: CloseReason = 'idle';

  constructor(
    readonly index: number,
    public endpoint: PooledEndpoint<C>,
    /** Changed by the slot table only, which counts. */
    public state: SlotState,
  ) {}
}
