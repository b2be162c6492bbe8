import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import type { Endpoint } from '../endpoint/endpoint.js';
import type { Connection, Witness } from './connection.js';
import type { Within } from './in-context.js';
import { inspect } from './inspect.js';
import type { Loan } from './loan.js';
import { LeaseEndedError } from './lease-ended-error.js';
import { withinContext } from './within-context.js';

export interface DestroyOptions {
  /** Do not wait for those who have the socket at the same time. @default false */
  readonly now?: boolean | undefined;
}

/**
 * The right of one borrower to one socket, from the grant to its end.
 *
 * The first ending counts, later ones do nothing. **`release()` is the only statement that the socket is at a message boundary**:
 * `unsubscribe()` and `using` destroy the socket of an unreleased lease, because an answer may still be on its way.
 *
 * @example
 * ```ts
 * using lease = await pool.acquire();
 * lease.socket.write('quit\r\n');
 * lease.release(); // said last; an exception before it destroys the socket
 * ```
 */
export class Lease<S = unknown, D = unknown> implements Unsubscribable, Disposable {
  private hasEnded = false;

  /** @internal */
  constructor(
    private readonly connection: Connection<S, D>,
    /** @internal What is known of the loan besides, as of one of several on one connection. */
    readonly loan: Loan | undefined,
  ) {
    if (loan === undefined) connection.lease = this;
    else {
      loan.lease = this;
      connection.sharers++;
    }
  }

  /** The endpoint that the socket is connected to. */
  get endpoint(): Endpoint<S, D> {
    return this.connection.endpoint;
  }

  /** The raw socket. After the end of the lease this throws `LeaseEndedError`. */
  get socket(): S {
    if (this.hasEnded) throw new LeaseEndedError(this.connection.transport.address);
    return this.connection.socket;
  }

  /**
   * What arrives on the socket, for as long as the lease and the subscription last. Completes at the peer's end of stream and at the end of
   * the lease; errors with `ConnectionLostError` when the connection is lost. Reading through it leaves the socket as it was.
   */
  get data$(): Observable<D> {
    const data$ = new Observable<D>((subscriber) => {
      this.until(subscriber, (error) => subscriber.error(error));
      if (subscriber.closed) return;
      const { transport, socket } = this.connection;
      subscriber.add(transport.data(socket).subscribe(subscriber));
    });
    const { asyncContext } = this;
    return asyncContext === undefined ? data$ : withinContext(data$, asyncContext);
  }

  /** Emits the error and completes when the connection is lost; completes without one at the end of the lease. */
  get lost$(): Observable<ConnectionLostError> {
    return new Observable<ConnectionLostError>((subscriber) => {
      this.until(subscriber, (error) => {
        subscriber.next(error);
        subscriber.complete();
      });
    });
  }

  /** Gives the socket back. It is at a message boundary: nothing more will arrive that the next borrower does not ask for. */
  release(): void {
    if (this.hasEnded) return;
    this.end();
    const { connection } = this;
    // The plain release has a path of its own, without the closure of the other one.
    if (connection.witnesses === undefined && connection.loss === undefined && connection.owned) {
      connection.core.release(connection.slot, this.loan);
    } else this.giveBack(connection);
  }

  /**
   * Gives the socket back and has it closed at once. `error` goes into the pool's event.
   *
   * A socket that others have at the same time is lent to nobody else, and closed when the last of them is done; with `now` it is taken from
   * them, too.
   */
  destroy(error?: unknown, { now = false }: DestroyOptions = {}): void {
    if (this.hasEnded) return;
    this.end();
    const { connection, loan } = this;
    const { core, slot } = connection;
    connection.endLoan(loan, () => {
      if (!connection.owned) this.abandon(true);
      else if (now) core.revoke(slot, 'destroyed', error);
      else core.destroy(slot, loan, error);
    });
  }

  /**
   * Takes the socket out of the pool for good: it is the caller's, who closes it. Its slot is free at once.
   *
   * @throws TypeError while others have the socket at the same time.
   */
  detach(): S {
    const { socket, connection, loan } = this;
    if (connection.sharers > 1 && connection.loss === undefined) {
      throw new TypeError(`detach: ${String(connection.sharers - 1)} other leases have the socket, too`);
    }
    this.end();
    connection.endLoan(loan, () => {
      if (connection.owned) connection.core.detach(connection.slot);
    });
    return socket;
  }

  /** The same as `destroy()`, so that a lease can be added to a subscription or given to `using`. */
  unsubscribe(): void {
    this.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** @internal True after its end, and after the loss of its connection. */
  get isOver(): boolean {
    return this.hasEnded || this.connection.loss !== undefined;
  }

  /** @internal */
  [inspect](): string {
    const { transport, slot } = this.connection;
    return `Lease of ${transport.address} #${String(slot.index)}${this.isOver ? ', over' : ''}`;
  }

  /** @internal Notes the async context of its caller, if that is wanted. */
  get asyncContext(): (() => Within) | undefined {
    return this.connection.asyncContext;
  }

  /** @internal Tells somebody of the end or the loss, whichever comes first; at once if it has come. */
  witness(witness: Witness): void {
    const { connection } = this;
    if (this.hasEnded) witness.ended();
    else if (connection.loss !== undefined) witness.lost(connection.loss);
    else (connection.witnesses ??= []).push(witness);
  }

  /** Tells a subscriber, for as long as it is there. */
  private until(subscriber: Subscriber<unknown>, lost: Witness['lost']): void {
    const witness: Witness = {
      loan: this.loan,
      within: this.asyncContext?.(),
      ended: () => subscriber.complete(),
      lost,
    };
    this.witness(witness);
    subscriber.add(() => {
      const { witnesses } = this.connection;
      // A copy, since the list may be gone through just now.
      if (witnesses !== undefined) this.connection.witnesses = witnesses.filter((one) => one !== witness);
    });
  }

  private end(): void {
    this.hasEnded = true;
    if (this.loan !== undefined) this.connection.sharers--;
  }

  private giveBack(connection: Connection<S, D>): void {
    connection.endLoan(this.loan, () => {
      if (connection.owned) connection.core.release(connection.slot, this.loan);
      // The pool has closed and left the socket to us, so nobody is there to take it back.
      else this.abandon(false);
    });
  }

  /** Closes a socket that is the pool's no longer, when nobody has it any more. */
  private abandon(force: boolean): void {
    if (this.connection.sharers === 0) this.connection.abandon(force);
  }
}
