import { IdleSet } from './idle-set.js';
import { LoadSet } from './load-set.js';

/** What one pool knows of one of its endpoints. */
export class PooledEndpoint<C> {
  readonly idle: IdleSet<C>;
  /** Those lent that may be lent once more at the same time. */
  readonly shared: LoadSet<C> = new LoadSet();
  connecting = 0;
  /** Connections that are idle, lent or checking. */
  open = 0;
  closing = 0;
  /** Borrowers in the queue who want this endpoint and no other. */
  waiting = 0;
  /** `validate` hooks that have not answered yet. */
  validating = 0;
  /** What has been idle since before this time is validated before its next grant: another one was lost. */
  suspectAt: number = -Infinity;
  /** The last attempt failed: its return is looked out for, whether or not somebody waits. */
  isDead = false;
  /** Its last connection was lost, and it has not been tried since. */
  isLost = false;
  /** The gate was asked for a turn, said no, and will call. */
  asked = false;

  constructor(
    readonly index: number,
    readonly address: string,
    order: 'lifo' | 'fifo',
  ) {
    this.idle = new IdleSet(order);
  }

  /** Sockets from the start of dialling until they have closed. */
  get owned(): number {
    return this.connecting + this.open + this.closing;
  }
}
