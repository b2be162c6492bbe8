import { Subject } from 'rxjs';
import { exponentialBackoff } from '../endpoint/backoff.js';
import type { Clock } from '../endpoint/clock.js';
import { endpointBrand } from '../endpoint/endpoint.js';
import { systemClock } from '../endpoint/system-clock.js';
import { AbortWatch } from '../pool/abort-watch.js';
import type { Lease } from '../pool/lease.js';
import type { Pool } from '../pool/pool.js';
import { answerOf } from './request-answer.js';
import { RequestBudget } from './request-budget.js';
import { Channel } from './request-channel.js';
import type { RequestClientConfig } from './request-client-config.js';
import { RequestDeadlines } from './request-deadlines.js';
import type { Due } from './request-due.js';
import type { Protocol } from './request-protocol.js';
import type { RequestSocket } from './request-socket.js';

/** Quick at first, since another connection is likely to be there, and slow enough for a server that starts again. */
const BACKOFF = { initial: 20, max: 1_000 };

/**
 * What the requests of one client share.
 *
 * @internal
 */
export class RequestCore<Request, Frame, Answer> {
  readonly clock: Clock;
  readonly aborts = new AbortWatch();
  readonly pushes = new Subject<Frame>();
  /** Something has changed in how the client is. */
  readonly changes = new Subject<void>();
  readonly timeout: number;
  /** Requests of which anything is left. */
  inFlight = 0;
  /** Somebody waits for a connection. */
  stalled: () => void = () => {};
  private readonly deadlines: RequestDeadlines;
  private readonly budget: RequestBudget;
  private readonly channels = new WeakMap<RequestSocket, Channel<Request, Frame>>();
  /** Those with requests to be written at the end of the turn. */
  private due: Channel<Request, Frame>[] = [];
  private isChanged = false;

  constructor(
    readonly pool: Pool<RequestSocket, Uint8Array>,
    private readonly protocol: Protocol<Request, Frame, Answer>,
    private readonly config: RequestClientConfig,
  ) {
    this.clock = pool.endpoints[0]?.endpoint[endpointBrand].clock ?? systemClock();
    this.timeout = config.timeout ?? 30_000;
    this.deadlines = new RequestDeadlines(this.clock);
    this.budget = new RequestBudget(config.retryBudget ?? 0.2);
  }

  get isFull(): boolean {
    return this.inFlight >= this.maxInFlight;
  }

  get maxInFlight(): number {
    return this.config.maxInFlight ?? 10_000;
  }

  enter(one: Due, timeout: number): void {
    this.inFlight++;
    this.deadlines.add(one, timeout);
    this.budget.earn(this.clock.now());
    if (this.changes.observed) this.changed();
  }

  leave(one: Due): void {
    this.inFlight--;
    this.deadlines.remove(one);
    if (this.changes.observed) this.changed();
  }

  /** Nobody wants the answer any more, but it must come all the same. */
  awaitLate(one: Due): void {
    this.deadlines.remove(one);
    this.deadlines.add(one, this.config.lateAfter ?? 5_000);
  }

  /** How long to wait after so many attempts, or `undefined` when there is to be no further one. */
  pauseBefore(attempts: number): number | undefined {
    const { retries = 3, backoff = exponentialBackoff(BACKOFF) } = this.config;
    return attempts <= retries && this.budget.spend(this.clock.now()) ? backoff.duration(attempts) : undefined;
  }

  channelOf(lease: Lease<RequestSocket, Uint8Array>): Channel<Request, Frame> {
    const { socket } = lease;
    const known = this.channels.get(socket);
    if (known !== undefined) return known;
    const channel = Channel.of(socket, lease.endpoint[endpointBrand].transport, this.protocol);
    this.channels.set(socket, channel);
    channel.onPush((frame) => this.pushes.next(frame));
    return channel;
  }

  flushLater(channel: Channel<Request, Frame>): void {
    if (channel.isDue) return;
    channel.isDue = true;
    if (this.due.push(channel) === 1) this.clock.defer(this.flush);
  }

  /** What whoever asked gets for a frame. Throws what is wrong with it. */
  answerOf(frame: Frame, request: Request): Answer {
    return answerOf(this.protocol, frame, request);
  }

  private readonly flush = (): void => {
    const { due } = this;
    this.due = [];
    for (const channel of due) channel.flush(this.config.maxBuffered ?? 16_777_216);
  };

  /** Told once a turn, however much happens in it. */
  private changed(): void {
    if (this.isChanged) return;
    this.isChanged = true;
    this.clock.defer(() => {
      this.isChanged = false;
      this.changes.next();
    });
  }
}
