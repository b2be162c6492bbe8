import type { Observable, Subscription } from 'rxjs';
import { closeWithin } from '../endpoint/close-within.js';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Transport } from '../endpoint/transport.js';
import type { Turn } from '../endpoint/turn.js';
import type { Permit } from '../limit/permit.js';
import type { Loan } from './loan.js';
import type { PoolCore } from './pool-core.js';
import type { Slot } from './slot.js';

/** Somebody who wants to know how a loan ends. */
export interface Witness {
  /** Which loan, of several on one connection. */
  readonly loan: Loan | undefined;
  /** The loan is over; the connection is about to be given back. */
  ended(): void;
  /** The connection has been given back. */
  gaveBack?(): void;
  lost(error: ConnectionLostError): void;
}

/** An open connection of a pool: what its slot holds and its lease points to. */
export class Connection<S, D> {
  /** Why it is no longer its borrower's to use. */
  loss: ConnectionLostError | undefined;
  /** Those who want to hear of the loss, or of the end of the loan. */
  witnesses: Witness[] | undefined;
  /** False from the moment the pool counts the socket no more: it has closed, or it is the borrower's. */
  owned = true;
  /** The latest lease, until it is watched for being garbage collected. */
  lease: object | undefined;
  /** Given to somebody who will not give it back: it keeps the process alive until it closes. */
  isHeld = false;
  /** Leases that it has at the same time, where they are told apart. */
  sharers = 0;
  /** The close under way. */
  closing: Subscription | undefined;

  constructor(
    readonly socket: S,
    readonly transport: Transport<S, D>,
    readonly endpoint: Endpoint<S, D>,
    readonly slot: Slot<Connection<S, D>>,
    readonly core: PoolCore<Connection<S, D>>,
    readonly turn: Turn,
    /** Its subscription to the attempt that opened it: the connection itself. */
    readonly life: Subscription,
    /** Leave to be open, from a budget. */
    readonly permit: Permit | undefined,
  ) {}

  /** The connection has closed under its borrower, or is about to. The first reason counts. */
  lose(error: unknown): void {
    if (this.loss !== undefined) return;
    const loss = error instanceof ConnectionLostError ? error : new ConnectionLostError(this.transport.address, error);
    this.loss = loss;
    const { witnesses } = this;
    this.witnesses = undefined;
    if (witnesses !== undefined) for (const witness of witnesses) witness.lost(loss);
  }

  /** Ends a loan: those who read stop before the connection goes on to the next borrower, and one of them may close or lose it. */
  endLoan(loan: Loan | undefined, giveBack: () => void): void {
    const witnesses = this.witnesses?.filter((one) => one.loan === loan) ?? [];
    this.witnesses = this.witnesses?.filter((one) => one.loan !== loan);
    for (const witness of witnesses) witness.ended();
    if (this.loss === undefined) giveBack();
    for (const witness of witnesses) witness.gaveBack?.();
  }

  /** Closes the socket, and completes when that is done; never errors. */
  close(force: boolean): Observable<never> {
    const { clock, hookTimeout } = this.endpoint[endpointBrand];
    return closeWithin(hookTimeout, clock, this.transport, this.socket, { force });
  }

  /** Closes a socket that is the pool's no longer. */
  abandon(force: boolean): void {
    this.close(force).subscribe({
      complete: () => {
        this.life.unsubscribe();
      },
    });
  }
}
