import { defer, from, NEVER, Observable, Subscription, type ObservableInput } from 'rxjs';
import type { Clock } from './clock.js';
import { closeWithin } from './close-within.js';
import type { ConnectGate } from './connect-gate.js';
import { ConnectionLostError } from './connection-lost-error.js';
import { setDeadline } from './deadline.js';
import { HookTimeoutError } from './hook-timeout-error.js';
import type { OpenOptions, Transport } from './transport.js';
import type { Turn } from './turn.js';

/** A connection that is up: its socket, and how long it took to get there, in ms. */
export interface Opened<S> {
  readonly socket: S;
  readonly latency: number;
}

/** What {@link dial} needs to know of its endpoint. */
export interface Dialling<S, D> {
  readonly transport: Transport<S, D>;
  readonly gate: ConnectGate;
  readonly clock: Clock;
  prepare?(socket: S): ObservableInput<unknown> | undefined;
  readonly hookTimeout: number;
}

/** How an attempt is made. */
export interface DialOptions<S> extends OpenOptions {
  /** The attempt is no longer wanted; it completes once nothing is left of it, also of a socket that was being prepared. */
  readonly giveUp?: Observable<unknown>;
  /** Given the socket once it is prepared, before it is remembered as it is. What it throws is a failed attempt. */
  readonly adopt?: (socket: S) => void;
}

/**
 * One attempt and the life of the connection that comes of it. Emits once, when it is open and prepared; errors when the attempt fails or
 * the connection is lost; unsubscribing aborts or closes. The gate is told of each outcome before the subscriber is.
 */
export function dial<S, D>(
  endpoint: Dialling<S, D>,
  turn: Turn,
  { giveUp: givenUp = NEVER, adopt, ...options }: DialOptions<S> = {},
): Observable<Opened<S>> {
  const { transport, gate, clock, hookTimeout } = endpoint;
  return new Observable<Opened<S>>((subscriber) => {
    // Whoever left while it was told of the attempt does not want it made.
    if (subscriber.closed) {
      gate.abandoned();
      return;
    }
    const opening = new Subscription();
    let stage: 'attempt' | 'refused' | 'given up' | 'up' | 'over' = 'attempt';
    let refusal: unknown;
    let preparing: Subscription | undefined;
    let unprepared: S | undefined;
    let isWanted = true;

    function fail(cause: unknown): void {
      const was = stage;
      if (was === 'over') return;
      stage = 'over';
      preparing?.unsubscribe();
      const error = was === 'refused' ? refusal : cause;
      if (was === 'up') gate.lost(turn, error);
      else if (was === 'given up') gate.abandoned();
      else gate.failed(turn, error);
      if (isWanted) subscriber.error(error);
      else subscriber.complete();
    }

    subscriber.add(() => {
      const was = stage;
      stage = 'over';
      preparing?.unsubscribe();
      // The socket goes before its turn passes on.
      opening.unsubscribe();
      if (was === 'up') gate.closed(turn);
      else if (was === 'refused') gate.failed(turn, refusal);
      else if (was !== 'over') gate.abandoned();
    });

    /** The socket of an attempt that came to nothing keeps its place until it has really closed. */
    function drop(socket: S): void {
      const closed = closeWithin(hookTimeout, clock, transport, socket, { force: true });
      subscriber.add(
        closed.subscribe({
          complete: () => {
            fail(refusal);
          },
        }),
      );
    }

    function refuse(socket: S, error: unknown): void {
      if (stage !== 'attempt') return;
      stage = 'refused';
      refusal = error;
      drop(socket);
    }

    function giveUp(): void {
      if (stage !== 'attempt' && stage !== 'refused') return;
      isWanted = false;
      if (stage === 'refused') return;
      stage = 'given up';
      preparing?.unsubscribe();
      if (unprepared !== undefined) drop(unprepared);
      else {
        opening.unsubscribe();
        fail(undefined);
      }
    }

    function isWaitedFor(): boolean {
      return stage === 'attempt';
    }

    function up(socket: S): void {
      if (!isWaitedFor()) return;
      try {
        adopt?.(socket);
        transport.remember?.(socket);
      } catch (error) {
        refuse(socket, error);
        return;
      }
      // Whoever was just given the socket may have given up the attempt.
      if (!isWaitedFor()) return;
      stage = 'up';
      gate.connected(turn);
      subscriber.next({ socket, latency: turn.connectedAt - turn.takenAt });
    }

    function open(socket: S): void {
      unprepared = socket;
      preparing = prepare(endpoint, socket).subscribe({
        error: (error: unknown) => {
          refuse(socket, error);
        },
        complete: () => {
          up(socket);
        },
      });
    }

    subscriber.add(givenUp.subscribe(giveUp));
    opening.add(
      defer(() => transport.open(options)).subscribe({
        next(socket) {
          if (preparing === undefined) open(socket);
        },
        error: fail,
        complete: () => {
          fail(new ConnectionLostError(transport.address));
        },
      }),
    );
  });
}

/** Completes when the hook has; errors when it fails or is late. */
function prepare<S, D>(endpoint: Dialling<S, D>, socket: S): Observable<never> {
  return new Observable<never>((subscriber) => {
    const { clock, hookTimeout, transport } = endpoint;
    const answer = endpoint.prepare?.(socket);
    if (answer === undefined) {
      subscriber.complete();
      return;
    }
    const timer = setDeadline(clock, clock.now() + hookTimeout, () => {
      subscriber.error(new HookTimeoutError('prepare', transport.address, hookTimeout));
    });
    subscriber.add(() => {
      timer.cancel();
    });
    let isDone = false;
    const running = from(answer).subscribe({
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        isDone = true;
      },
    });
    subscriber.add(running);
    // Done only when it has let go of the socket: operators complete before they tear down.
    running.add(() => {
      if (isDone) subscriber.complete();
    });
  });
}
