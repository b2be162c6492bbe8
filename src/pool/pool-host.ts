import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SizingHost } from './sizing.js';
import type { Slot } from './slot.js';

/** `validate` before a grant or while idle; `restore` after a loan, with the pool's `clean`. */
export type Hook = 'validate' | 'restore';

/** The world, as the core sees it. Nothing here throws, and answers may come while the question is being asked. */
export interface PoolHost<C> extends SizingHost<C> {
  /** Whether the endpoint is failing for more than the loss of a connection that had lived: its latest attempt may not have succeeded. */
  down(endpoint: PooledEndpoint<C>): boolean;
  /** Opens a connection for the slot, on the turn just taken. Answered by `opened` or `openFailed`. */
  open(slot: Slot<C>): void;
  /** Gives up the attempt under way on the slot. Answered by `aborted`. */
  abort(slot: Slot<C>): void;
  /** Closes the slot's connection. Answered by `closed`; may be asked again, with force. */
  close(slot: Slot<C>, force: boolean): void;
  /** The connection is about to be lent: may it be? */
  look(slot: Slot<C>): boolean;
  /** Whether the connection can be validated. */
  validates(slot: Slot<C>): boolean;
  /** A cheap look at an idle connection: may it stay? */
  usable(slot: Slot<C>): boolean;
  /** Runs a hook on the connection: is it good? After `undefined` the answer comes by `checked`. */
  check(hook: Hook, slot: Slot<C>, ticket: number): boolean | undefined;
  /** The connection is idle and need not keep the process alive, until the next look. */
  rest(slot: Slot<C>): void;
  /** The connection has been lent for a while: from now on it is noticed if its lease is garbage collected. */
  guard(slot: Slot<C>): void;
  /** The connection that was in the slot is no longer the pool's, but its borrower's. */
  disown(slot: Slot<C>, connection: C): void;
  /** Calls `tick` at `at` instead of at any time named before. */
  wake(at: number): void;
  /** While somebody waits, for a connection or for leave to do so, the process must not exit. */
  keepAlive(on: boolean): void;
  /** The error for a waiter whose time is up, which was `timeout` ms; `lacking` is the leave of a limit that it had not got. */
  timedOut(waited: number, timeout: number, label: string | undefined, lacking: string | undefined): unknown;
  /** The error for waiters once every endpoint, or the one they want, has given up, `undefined` before. */
  exhausted(endpoint?: PooledEndpoint<C>): unknown;
  /** The error for waiters who do not want to wait while every endpoint, or the one they want, is down. */
  unavailable(endpoint: PooledEndpoint<C> | undefined, label: string | undefined): unknown;
  /** The connection has been given to somebody who will not give it back: it keeps the process alive until it closes. */
  hold(slot: Slot<C>): void;
  /** No more than so many connections can be open from now on. */
  shrunk(reach: number): void;
  /** Somebody waits, and no further connection can be opened for now. */
  insist(): void;
  /** Whether a connection that somebody waits for is to be closed all the same, for those with whom a budget is shared. */
  owes(): boolean;
  /** Bytes that wait to be written to the connection. */
  pending(slot: Slot<C>): number;
  /** So many connections are open now. */
  grown(open: number): void;
  /** After `close`: nothing is owned any more. */
  drained(): void;
}
