import type { Subscription } from 'rxjs';
import { exponentialBackoff } from '../endpoint/backoff.js';
import type { Timer } from '../endpoint/clock.js';
import type { Lease } from '../pool/lease.js';
import type { Channel } from './request-channel.js';
import type { RequestCore } from './request-core.js';
import type { ChannelUser } from './request-exchange.js';
import type { RequestSocket } from './request-socket.js';

/** How often the connection is given back for a moment, in ms, so that the pool can close it: for its age, or for good. */
const REST_EVERY = 1_000;

const backoff = exponentialBackoff();

/**
 * Keeps a connection in use for as long as somebody listens for pushes: what is idle is not read, and what then comes
 * unasked would cost the connection.
 *
 * @internal
 */
export class RequestListener<Request, Frame> implements ChannelUser {
  private lease: Lease<RequestSocket, Uint8Array> | undefined;
  private channel: Channel<Request, Frame> | undefined;
  private waiting: Subscription | undefined;
  private timer: Timer | undefined;
  private failures = 0;
  private isListening = false;

  constructor(private readonly core: RequestCore<Request, Frame, unknown>) {}

  start(): void {
    this.isListening = true;
    this.borrow();
  }

  stop(): void {
    this.isListening = false;
    this.waiting?.unsubscribe();
    this.timer?.cancel();
    this.giveBack();
  }

  /** Gives the connection back if nobody else has it, and takes one again. */
  rest(): void {
    if (this.channel?.isAlone !== true) return;
    this.giveBack();
    this.borrow();
  }

  lost(cause: unknown): void {
    this.lease?.destroy(cause);
    this.lease = undefined;
    this.channel = undefined;
    this.timer?.cancel();
    this.again();
  }

  private borrow(): void {
    if (!this.isListening) return;
    const { pool } = this.core;
    const lease = pool.tryBorrow();
    if (lease !== undefined) this.lent(lease);
    else {
      this.waiting = pool.borrow().subscribe({
        next: (one) => this.lent(one),
        error: () => this.again(),
      });
    }
  }

  private lent(lease: Lease<RequestSocket, Uint8Array>): void {
    this.failures = 0;
    this.lease = lease;
    this.channel = this.core.channelOf(lease);
    this.restLater();
    this.channel.listen(this);
  }

  /** Not at once: a connection that is lost as soon as it is there would be asked for without end. */
  private again(): void {
    if (!this.isListening) return;
    const { clock } = this.core;
    this.failures++;
    this.timer = clock.set(clock.now() + backoff.duration(this.failures), () => this.borrow());
  }

  private restLater(): void {
    const { clock } = this.core;
    this.timer?.cancel();
    this.timer = clock.set(clock.now() + REST_EVERY, () => {
      this.restLater();
      this.rest();
    });
    this.timer.unref();
  }

  private giveBack(): void {
    const { lease, channel } = this;
    this.lease = undefined;
    this.channel = undefined;
    if (lease !== undefined) channel?.unlisten(this, lease);
  }
}
