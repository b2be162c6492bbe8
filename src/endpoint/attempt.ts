import type { Observer, Subscription } from 'rxjs';
import { closeWithin } from './close-within.js';
import { ConnectionLostError } from './connection-lost-error.js';
import type { Dialling } from './dialling.js';
import { prepare } from './prepare.js';
import type { OpenOptions } from './transport.js';
import type { Turn } from './turn.js';

/** Who makes an attempt, and hears what becomes of it. The gate is told of each outcome before. */
export interface AttemptOwner<S> {
  /** The socket is prepared, and is remembered next as it is then. What this throws is a failed attempt. */
  adopt?(socket: S): void;
  /** The connection is up, `latency` ms after the attempt began. */
  opened(socket: S, latency: number): void;
  failed(error: unknown): void;
  /** The connection, which was up, has closed. */
  lost(error: unknown): void;
  /** Nothing is left of an attempt that was given up, also not of a socket that was being prepared. */
  abandoned(): void;
}

/**
 * One attempt, on a turn of the gate, and the connection that comes of it.
 *
 * There are as many of these as there are connections, each for as long as it lives: it is one object, and lets go of what it needs no more.
 */
export class Attempt<S, D> implements Observer<S> {
  private stage: 'attempt' | 'given up' | 'up' | 'over' = 'attempt';
  /** Why there is nothing in an attempt whose socket had opened: known before that socket has closed. */
  private refusal: { readonly error: unknown } | undefined;
  /** The subscription that is the connection. */
  private opening: Subscription | undefined;
  private unprepared: S | undefined;
  /** What is done to the unprepared socket: it is prepared, or dropped. */
  private doing: Subscription | undefined;

  constructor(
    private readonly endpoint: Dialling<S, D>,
    private readonly turn: Turn,
    private readonly owner: AttemptOwner<S>,
  ) {}

  start(options?: OpenOptions): void {
    const { transport } = this.endpoint;
    try {
      const opening = transport.open(options).subscribe(this);
      // Whoever was told of it within `subscribe` may have ended it.
      if (this.stage === 'over') opening.unsubscribe();
      else this.opening = opening;
    } catch (error) {
      this.fail(error);
    }
  }

  /** The attempt is no longer wanted. One that is up stays. */
  giveUp(): void {
    if (this.stage !== 'attempt') return;
    this.stage = 'given up';
    if (this.refusal !== undefined) return;
    this.doing?.unsubscribe();
    if (this.unprepared !== undefined) this.drop(this.unprepared);
    else this.fail(undefined);
  }

  /** The end of the connection was asked for: it says nothing about the endpoint. */
  excuse(): void {
    this.turn.excused = true;
  }

  /** Aborts the attempt or closes the connection, and tells nobody. */
  end(): void {
    const { stage, refusal } = this;
    if (stage === 'over') return;
    const { gate } = this.endpoint;
    // The socket goes before its turn passes on.
    this.letGo();
    if (stage === 'up') gate.closed(this.turn);
    else if (refusal !== undefined) gate.failed(this.turn, refusal.error);
    else gate.abandoned();
  }

  /** The transport has opened the socket. */
  next(socket: S): void {
    if (!this.isWaitedFor() || this.unprepared !== undefined) return;
    this.unprepared = socket;
    const doing = prepare(this.endpoint, socket).subscribe({
      error: (error: unknown) => {
        this.refuse(socket, error);
      },
      complete: () => {
        this.up(socket);
      },
    });
    if (this.isWaitedFor()) this.doing = doing;
    else doing.unsubscribe();
  }

  /** The attempt has failed, or the socket has closed. */
  error(error: unknown): void {
    this.fail(error);
  }

  /** A transport that ends without an error has lost its socket all the same. */
  complete(): void {
    this.fail(new ConnectionLostError(this.endpoint.transport.address));
  }

  private up(socket: S): void {
    if (!this.isWaitedFor()) return;
    const { transport, gate } = this.endpoint;
    try {
      this.owner.adopt?.(socket);
      transport.remember?.(socket);
    } catch (error) {
      this.refuse(socket, error);
      return;
    }
    // Whoever was just given the socket may have given up the attempt.
    if (!this.isWaitedFor()) return;
    this.stage = 'up';
    this.unprepared = undefined;
    this.doing = undefined;
    gate.connected(this.turn);
    this.owner.opened(socket, this.turn.connectedAt - this.turn.takenAt);
  }

  private isWaitedFor(): boolean {
    return this.stage === 'attempt' && this.refusal === undefined;
  }

  private refuse(socket: S, error: unknown): void {
    if (!this.isWaitedFor()) return;
    this.refusal = { error };
    this.drop(socket);
  }

  /** The socket of an attempt that came to nothing keeps its place until it has really closed. */
  private drop(socket: S): void {
    this.doing = closeWithin(this.endpoint, socket, true).subscribe({
      complete: () => {
        this.fail(undefined);
      },
    });
  }

  private fail(cause: unknown): void {
    const { stage, turn, owner, refusal } = this;
    if (stage === 'over') return;
    const { gate } = this.endpoint;
    this.letGo();
    const { error } = refusal ?? { error: cause };
    if (stage === 'up') gate.lost(turn, error);
    else if (stage === 'given up' && refusal === undefined) gate.abandoned();
    else gate.failed(turn, error);
    if (stage === 'up') owner.lost(error);
    else if (stage === 'given up') owner.abandoned();
    else owner.failed(error);
  }

  private letGo(): void {
    this.stage = 'over';
    this.doing?.unsubscribe();
    this.opening?.unsubscribe();
  }
}
