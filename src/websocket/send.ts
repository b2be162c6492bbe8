import { Observable, type SchedulerLike } from 'rxjs';
import { checkConfig } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { subscribeUntilClosed } from '../endpoint/subscribe-until-closed.js';
import { toClock } from '../endpoint/to-clock.js';
import { outboundRules, type OutboundConfig } from './outbound-config.js';
import { Outbox } from './outbox.js';
import { outgoing, type Sendable } from './outgoing.js';
import { addressOf } from './parse-url.js';
import { pullInto } from './pull-into.js';
import { WebSocketClosedError } from './web-socket-closed-error.js';
import type { CloseLike, WebSocketLike } from './web-socket-like.js';

export interface SendConfig extends OutboundConfig {
  /** @default the system's clock */
  readonly clock?: Clock | SchedulerLike | undefined;
}

/** How far a {@link send} has come, in messages. */
export interface Sent {
  /** Handed to the socket. */
  readonly sent: number;
  readonly dropped: number;
}

const CLOSED = 3;

/**
 * Sends messages as fast as a WebSocket gets rid of them, and completes when it has taken them all.
 *
 * A WebSocket takes whatever it is given and keeps it in memory. Here it is given nothing while its `bufferedAmount` is `highWaterMark` or
 * more. An async iterable is asked for a message when the one before has been taken; an Observable cannot be asked, so what it emits
 * waits, up to `maxQueued` messages. Emits how far it has come after each message.
 *
 * Errors: {@link WebSocketClosedError} when the socket closes before all is taken; `SendOverflowError` where that is the policy;
 * `TypeError` for a message that is neither text nor bytes; those of the source.
 *
 * @example
 * ```ts
 * import { interval, map } from 'rxjs';
 * import { createPool } from 'rxpool';
 * import { send, webSocket } from 'rxpool/websocket';
 *
 * const uploads = createPool(webSocket('wss://uploads.example/'));
 * uploads
 *   .use((socket) => send(socket, interval(1).pipe(map(String)), { overflow: 'dropOldest' }))
 *   .subscribe({ next: ({ sent, dropped }) => console.log(sent, dropped), error: report });
 * ```
 *
 * @throws TypeError or RangeError for a wrong option, naming it.
 */
export function send(
  socket: WebSocketLike,
  source: Observable<Sendable> | AsyncIterable<Sendable>,
  config: SendConfig = {},
): Observable<Sent> {
  checkConfig('send', config, { ...outboundRules, clock: { is: 'object' } });
  const clock = toClock(config.clock);

  return new Observable<Sent>((subscriber) => {
    let sent = 0;
    let dropped = 0;
    let hasAll = false;
    let wake: (() => void) | undefined;
    const outbox = new Outbox(clock, config, {
      sent: () => {
        sent++;
        subscriber.next({ sent, dropped });
      },
      dropped: () => {
        dropped++;
        subscriber.next({ sent, dropped });
      },
      emptied: () => {
        wake?.();
        end();
      },
    });

    function end(): void {
      if (hasAll && outbox.isEmpty) subscriber.complete();
    }

    function put(message: unknown): void {
      try {
        outbox.put(outgoing(message));
      } catch (error) {
        subscriber.error(error);
      }
    }

    function closed(close: CloseLike): void {
      subscriber.error(new WebSocketClosedError('url' in socket ? addressOf(socket.url) : 'the peer', close));
    }

    if (socket.readyState === CLOSED) {
      closed({ code: 1006, reason: 'it was closed before', wasClean: false });
      return;
    }
    socket.addEventListener('close', closed);
    subscriber.add(() => {
      outbox.detach();
      socket.removeEventListener('close', closed);
      wake?.();
    });
    outbox.attach(socket);
    const done = (): void => {
      hasAll = true;
      end();
    };
    if (Symbol.asyncIterator in source) {
      const untilTaken = async (): Promise<void> => {
        if (!outbox.isEmpty && !subscriber.closed) await new Promise<void>((taken) => (wake = taken));
      };
      void pullInto(source, subscriber, { put, done, untilTaken });
      return;
    }
    subscribeUntilClosed(source, subscriber, {
      next: put,
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: done,
    });
  });
}
