import type { Subscriber, Subscription, Unsubscribable } from 'rxjs';
import type { Timer } from '../endpoint/clock.js';
import type { ConnectionLostError } from '../endpoint/connection-lost-error.js';
import { isRetryable } from '../endpoint/is-retryable.js';
import type { DeadlineList } from '../limit/deadline-list.js';
import { inContext, type Within } from '../pool/in-context.js';
import type { Lease } from '../pool/lease.js';
import type { Channel } from './request-channel.js';
import type { RequestConfig } from './request-config.js';
import type { RequestCore } from './request-core.js';
import type { Due } from './request-due.js';
import type { Exchange } from './request-exchange.js';
import { RequestLostError } from './request-lost-error.js';
import type { RequestSocket } from './request-socket.js';
import { RequestTimeoutError } from './request-timeout-error.js';

/**
 * One request of a client, from the subscription until nothing of it is left: over the wait for a connection, all
 * attempts, and the wait for the answer that nobody wants any more.
 *
 * @internal
 */
export class RequestRun<Request, Frame, Answer> implements Exchange<Request, Frame>, Due, Unsubscribable {
  id = 0;
  before: Exchange<Request, Frame> | undefined;
  after: Exchange<Request, Frame> | undefined;
  dueAt = Infinity;
  deadlines: DeadlineList<Due> | undefined;
  earlier: Due | undefined;
  later: Due | undefined;
  /** Whoever asked has heard the end, or has left. */
  private isTold = false;
  private isFinished = false;
  private attempts = 1;
  private isAnswered = false;
  private lease: Lease<RequestSocket, Uint8Array> | undefined;
  private channel: Channel<Request, Frame> | undefined;
  /** For a connection. */
  private waiting: Subscription | undefined;
  /** For the next attempt. */
  private pause: Timer | undefined;
  private unwatch: (() => void) | undefined;
  /** The async context of whoever asked, if that is wanted. */
  private within: Within | undefined;

  constructor(
    private readonly core: RequestCore<Request, Frame, Answer>,
    readonly message: Request,
    private readonly config: RequestConfig,
    private readonly timeout: number,
    private readonly subscriber: Subscriber<Answer>,
  ) {}

  start(): void {
    const { core, config } = this;
    const { signal } = config;
    core.enter(this, this.timeout);
    if (signal !== undefined) this.unwatch = core.aborts.add(signal, (reason) => this.giveUp(reason));
    this.borrow();
  }

  /** Whoever asked has left. */
  unsubscribe(): void {
    if (this.isTold) return;
    this.isTold = true;
    this.forget();
  }

  answered(frame: Frame, isLast: boolean): void {
    if (isLast) this.finish();
    if (this.isTold) return;
    this.isAnswered = true;
    let answer: Answer;
    try {
      answer = this.core.answerOf(frame, this.message);
    } catch (error) {
      this.isTold = true;
      if (!isLast) this.forget();
      this.tell(() => this.subscriber.error(error));
      return;
    }
    if (isLast) this.isTold = true;
    if (this.within !== undefined) this.tell(() => this.give(answer, isLast));
    else this.give(answer, isLast);
  }

  refused(error: unknown): void {
    this.finish();
    this.fail(error);
  }

  lost(cause: unknown): void {
    const { lease, core, config } = this;
    // It may have been given up while others were told.
    if (lease === undefined) return;
    const written = this.id !== 0;
    const { address } = lease.endpoint;
    // The pool may know more of it than that nothing comes any more.
    const reason = cause ?? lossOf(lease)?.cause;
    this.id = 0;
    this.lease = undefined;
    this.channel = undefined;
    lease.destroy(cause);
    const mayRetry = !written || (config.idempotent === true && !this.isAnswered && isRetryable(reason));
    const pause = mayRetry && !this.isTold ? core.pauseBefore(this.attempts) : undefined;
    if (pause !== undefined) {
      this.attempts++;
      this.pause = core.clock.set(core.clock.now() + pause, () => {
        this.pause = undefined;
        this.borrow();
      });
      return;
    }
    this.finish();
    this.fail(new RequestLostError({ address, written, attempts: this.attempts }, reason));
  }

  /** Its time is over: that of whoever asked, or that of an answer that nobody wants any more. */
  expired(): void {
    const { core, timeout, attempts, channel } = this;
    const written = this.id !== 0;
    const error = new RequestTimeoutError({ pool: core.pool.name, timeout, written, attempts }, core.pool.status.error);
    if (!this.isTold) this.giveUp(error);
    else if (channel?.canSkip === true) {
      // The others may finish. But no further request is to get the id of this one.
      channel.remove(this);
      this.finish(error);
    } else channel?.fail(error);
  }

  private borrow(): void {
    const lease = this.core.pool.tryBorrow();
    if (lease !== undefined) {
      this.lent(lease);
      return;
    }
    this.waiting = this.core.pool.borrow().subscribe({
      next: (one) => this.lent(one),
      error: (error: unknown) => {
        this.finish();
        this.fail(error);
      },
    });
    this.core.stalled();
  }

  private lent(lease: Lease<RequestSocket, Uint8Array>): void {
    this.waiting = undefined;
    this.lease = lease;
    this.within ??= lease.asyncContext?.();
    const channel = this.core.channelOf(lease);
    this.channel = channel;
    channel.add(this);
    this.core.flushLater(channel);
  }

  private giveUp(error: unknown): void {
    if (this.isTold) return;
    this.isTold = true;
    this.forget();
    this.tell(() => this.subscriber.error(error));
  }

  /** Nobody wants the answer. If it is on its way, its place is kept. */
  private forget(): void {
    if (this.isFinished) return;
    if (this.id === 0) {
      this.waiting?.unsubscribe();
      this.pause?.cancel();
      this.channel?.remove(this);
      this.finish();
      return;
    }
    this.unwatch?.();
    this.unwatch = undefined;
    this.core.awaitLate(this);
  }

  /** Nothing of it is left in the client, nor on a connection. */
  private finish(fault?: unknown): void {
    // It may have been left just now, within what the pool tells of the end of its loan.
    if (this.isFinished) return;
    this.isFinished = true;
    const { lease, channel } = this;
    this.lease = undefined;
    this.channel = undefined;
    this.unwatch?.();
    this.unwatch = undefined;
    this.core.leave(this);
    if (lease === undefined) return;
    channel?.end(
      fault === undefined ? lease : { release: () => lease.destroy(fault), destroy: (error) => lease.destroy(error) },
    );
  }

  private fail(error: unknown): void {
    if (this.isTold) return;
    this.isTold = true;
    this.tell(() => this.subscriber.error(error));
  }

  private give(answer: Answer, isLast: boolean): void {
    this.subscriber.next(answer);
    if (isLast) this.subscriber.complete();
  }

  private tell(say: () => void): void {
    inContext(this.within, say);
  }
}

/** Why the connection of a lease was lost, if the pool knows of it by now. */
function lossOf(lease: Lease<RequestSocket, Uint8Array>): ConnectionLostError | undefined {
  let loss: ConnectionLostError | undefined;
  lease.lost$.subscribe((error) => (loss = error)).unsubscribe();
  return loss;
}
