import type { Heaped } from '../endpoint/heap.js';
import { isForced, type CloseReason } from './close-reason.js';
import type { Loan } from './loan.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotState } from './slot-state.js';

/** A place in a pool, which holds one connection after another. Its index never shifts. */
export class Slot<C> implements Heaped {
  connection: C | undefined;
  /** Whether there is anything to be done after each loan of the connection. */
  hasHooks = false;
  /** Whether it is to be looked at before each, besides the checks that have their time. */
  hasLook = false;
  /** How long the connection took to open, in ms. */
  latency = 0;
  openedAt = 0;
  /** When it will have lived long enough, fixed at its birth; 0 = it goes as soon as nobody uses it. */
  expiresAt = 0;
  /** Why it goes, where that is not its age. */
  doom: CloseReason | undefined;
  /** Loans of this connection that have ended. */
  uses = 0;
  /** When the latest loan began, and how long its borrower had waited, in ms. */
  lentAt = 0;
  waited = 0;
  /** What is known of the latest loan besides, and of all that are under way. */
  loan: Loan | undefined;
  loans: Set<Loan> | undefined;
  /** Loans under way, where a connection may have several; else 0. */
  leases = 0;
  /** Where it stands among those that may be lent once more, and since which turn. */
  place = -1;
  order = 0;
  /** How many allocations of any connection there had been when it was last allocated. */
  allocations = 0;
  /** When it last became idle. */
  idleSince = 0;
  /** When it was last known to be good. */
  checkedAt = 0;
  reason: CloseReason = 'idle';
  /** Takes no further connection. */
  isOut = false;

  constructor(
    readonly index: number,
    public endpoint: PooledEndpoint<C>,
    /** Changed by the slot table only, which counts. */
    public state: SlotState,
  ) {}

  /** Sees to it that the connection is lent no more. */
  condemn(reason: CloseReason): void {
    if (!isForced(this.doom)) this.doom = reason;
    this.expiresAt = 0;
  }
}
