import type { Observable, Subscription } from 'rxjs';
import { Attempt, type AttemptOwner } from '../endpoint/attempt.js';
import { closeWithin } from '../endpoint/close-within.js';
import { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import { endpointBrand, type Endpoint } from '../endpoint/endpoint.js';
import type { Transport } from '../endpoint/transport.js';
import type { Turn } from '../endpoint/turn.js';
import type { Permit } from '../limit/permit.js';
import { inContext, type Within } from './in-context.js';
import type { Loan } from './loan.js';
import type { PoolCore } from './pool-core.js';
import type { Slot } from './slot.js';

/** Somebody who wants to know how a loan ends. */
export interface Witness {
  /** The async context to hear of a loss in, where that matters. */
  readonly within?: Within | undefined;
  /** Which loan, of several on one connection. */
  readonly loan: Loan | undefined;
  /** The loan is over; the connection is about to be given back. */
  ended(): void;
  /** The connection has been given back. */
  gaveBack?(): void;
  lost(error: ConnectionLostError): void;
}

/** Who has a connection opened, and hears what becomes of it. */
export interface ConnectionOwner<S, D> {
  readonly core: PoolCore<Connection<S, D>>;
  /** Notes the async context of its caller, if that is wanted. */
  readonly asyncContext: (() => Within) | undefined;
  adopt(connection: Connection<S, D>, socket: S): void;
  opened(connection: Connection<S, D>, latency: number): void;
  /** It could not be opened. */
  failed(connection: Connection<S, D>, error: unknown): void;
  /** It has closed. */
  gone(connection: Connection<S, D>, error: unknown): void;
  /** Nothing is left of an attempt that was given up. */
  abandoned(connection: Connection<S, D>): void;
}

/** A connection of a pool, from the start of its opening to its close: what its slot holds and its lease points to. */
export class Connection<S, D> implements AttemptOwner<S> {
  /** Set once it is open: nobody but its owner knows of it before. */
  socket!: S;
  readonly transport: Transport<S, D>;
  readonly core: PoolCore<Connection<S, D>>;
  readonly attempt: Attempt<S, D>;
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
  /** The check under way, where its answer takes time. */
  checking: Subscription | undefined;

  constructor(
    private readonly owner: ConnectionOwner<S, D>,
    readonly endpoint: Endpoint<S, D>,
    readonly slot: Slot<Connection<S, D>>,
    turn: Turn,
    /** Leave to be open, from a budget. */
    readonly permit: Permit | undefined,
  ) {
    const dialling = endpoint[endpointBrand];
    this.core = owner.core;
    this.transport = dialling.transport;
    this.attempt = new Attempt(dialling, turn, this);
  }

  /** @see {@link ConnectionOwner.asyncContext} */
  get asyncContext(): (() => Within) | undefined {
    return this.owner.asyncContext;
  }

  adopt(socket: S): void {
    this.owner.adopt(this, socket);
  }

  opened(socket: S, latency: number): void {
    this.socket = socket;
    this.owner.opened(this, latency);
  }

  failed(error: unknown): void {
    this.owner.failed(this, error);
  }

  lost(error: unknown): void {
    this.owner.gone(this, error);
  }

  abandoned(): void {
    this.owner.abandoned(this);
  }

  /** Nothing of it is left, and nothing is awaited of it. */
  end(): void {
    this.checking?.unsubscribe();
    this.attempt.end();
  }

  /** The connection has closed under its borrower, or is about to. The first reason counts. */
  lose(error: unknown): void {
    if (this.loss !== undefined) return;
    const loss = error instanceof ConnectionLostError ? error : new ConnectionLostError(this.transport.address, error);
    this.loss = loss;
    const { witnesses } = this;
    this.witnesses = undefined;
    for (const witness of witnesses ?? []) inContext(witness.within, () => witness.lost(loss));
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
    return closeWithin(this.endpoint[endpointBrand], this.socket, force);
  }

  /** Closes a socket that is the pool's no longer. */
  abandon(force: boolean): void {
    this.close(force).subscribe({
      complete: () => {
        this.end();
      },
    });
  }
}
