import { concat, Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import type { Transport } from '../endpoint/transport.js';
import { answerOf } from './request-answer.js';
import { Channel } from './request-channel.js';
import type { Exchange } from './request-exchange.js';
import { RequestLostError } from './request-lost-error.js';
import type { Protocol } from './request-protocol.js';
import { checkProtocol } from './request-protocol-check.js';
import type { RequestSocket } from './request-socket.js';

/**
 * Asks on a socket before it is lent to anybody: login, selection, subscriptions, on every connect and reconnect. For the
 * option `prepare` of a pool or an endpoint.
 *
 * The messages are sent one after the other, each when the one before it is answered. Emits the answers; errors with the
 * first that is an error, and the attempt to connect has failed. Where what is sent depends on what was answered, chain
 * several calls with `concatMap`.
 *
 * @example
 * ```ts
 * import { createPool } from 'rxpool';
 * import { converse, lines, requestClient, type Protocol } from 'rxpool/protocol';
 * import { tcp } from 'rxpool/tcp';
 *
 * const protocol: Protocol<string, string> = {
 *   frames: lines(),
 *   encode: (line) => `${line}\r\n`,
 *   answer: (line) => {
 *     if (line.startsWith('-')) throw new Error(line);
 *     return line;
 *   },
 * };
 * const pool = createPool(tcp('mail.internal:110'), {
 *   concurrency: 10,
 *   prepare: (socket, transport) => converse(socket, transport, protocol, ['USER me', 'PASS secret']),
 * });
 * const client = requestClient(pool, protocol);
 * client.request('STAT').subscribe({ next: console.log, error: report });
 * ```
 *
 * @param protocol The same object that the {@link requestClient} is given: what has been read of the next frame is handed
 * on, and so are pushes that came meanwhile.
 * @throws TypeError or RangeError for a wrong protocol.
 */
export function converse<S extends RequestSocket, D extends Uint8Array, Request, Frame, Answer = Frame>(
  socket: S,
  transport: Transport<S, D>,
  protocol: Protocol<Request, Frame, Answer>,
  messages: readonly Request[],
): Observable<Answer> {
  checkProtocol('converse', protocol);
  const answers = messages.map(
    (message) =>
      new Observable<Answer>((subscriber) => {
        const channel = Channel.of<Request, Frame>(
          socket,
          { data: () => transport.data(socket), pending: () => transport.pending?.(socket) ?? 0 },
          protocol,
        );
        const question = new Question(channel, message, transport.address, subscriber, (frame) =>
          answerOf(protocol, frame, message),
        );
        channel.add(question);
        channel.flush();
        return question;
      }),
  );
  return concat(...answers);
}

class Question<Request, Frame, Answer> implements Exchange<Request, Frame>, Unsubscribable {
  id = 0;
  before: Exchange<Request, Frame> | undefined;
  after: Exchange<Request, Frame> | undefined;

  private isDone = false;

  constructor(
    private readonly channel: Channel<Request, Frame>,
    readonly message: Request,
    private readonly address: string,
    private readonly subscriber: Subscriber<Answer>,
    private readonly answerOf: (frame: Frame) => Answer,
  ) {}

  answered(frame: Frame, isLast: boolean): void {
    const { subscriber } = this;
    if (isLast) this.end();
    if (subscriber.closed) return;
    try {
      subscriber.next(this.answerOf(frame));
    } catch (error) {
      subscriber.error(error);
    }
    if (isLast) subscriber.complete();
  }

  refused(error: unknown): void {
    this.end();
    this.subscriber.error(error);
  }

  lost(cause: unknown): void {
    this.isDone = true;
    this.subscriber.error(new RequestLostError({ address: this.address, written: this.id !== 0, attempts: 1 }, cause));
  }

  /** One whose answer is on its way keeps its place; the connection is closed, or somebody asks on behind it. */
  unsubscribe(): void {
    if (this.id !== 0 || this.isDone) return;
    this.channel.remove(this);
    this.end();
  }

  private end(): void {
    this.isDone = true;
    this.channel.end();
  }
}
