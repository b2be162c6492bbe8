import { IdleSet } from './idle-set.js';

/** What one pool knows of one of its endpoints. */
export class PooledEndpoint<C> {
  readonly idle: IdleSet<C>;
  connecting = 0;
  /** Connections that are idle, lent or checking. */
  open = 0;
  closing = 0;
  /** The last attempt failed: its return is looked out for, whether or not somebody waits. */
  isDead = false;
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
