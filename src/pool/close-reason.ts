/** Why the pool closed a connection. */
export type CloseReason =
  /** Nobody borrowed it for `idleTimeout`. */
  | 'idle'
  /** It had lived for `maxLifetime`, or had been lent `maxUses` times. */
  | 'lifetime'
  | 'uses'
  /** `retire()` was called. */
  | 'retired'
  /** Its endpoint is no longer one of the pool's. */
  | 'removed'
  /** Its endpoint was ejected. */
  | 'ejected'
  /** A look or a hook found it bad. */
  | 'unhealthy'
  /** There were more than `max` or `free` allow, or a borrower needed its place for another endpoint. */
  | 'surplus'
  /** `reset()` or `close()` of its slot was called. */
  | 'reset'
  /** Somebody who shares the budget needed its permit. */
  | 'evicted'
  /** Its lease was garbage collected without having been released. */
  | 'leaked'
  /** Its borrower destroyed it. */
  | 'destroyed'
  /** The pool closed. */
  | 'shutdown';

/** Whether nobody knows what is on its way to the socket, so that waiting for a good end makes no sense. */
export function isForced(reason: CloseReason | undefined): boolean {
  return reason === 'destroyed' || reason === 'leaked' || reason === 'unhealthy';
}
