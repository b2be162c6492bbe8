import type { Clock, Timer } from '../endpoint/clock.js';
import { Line } from '../limit/line.js';
import type { OutboundConfig } from './outbound-config.js';
import type { Outgoing } from './outgoing.js';
import { SendOverflowError } from './send-overflow-error.js';
import { OPEN, type WebSocketLike } from './web-socket-like.js';

/** Who has something to send. */
export interface OutboxOwner {
  /** It is the socket's now. */
  sent?(): void;
  dropped(message: Outgoing): void;
  /** Nothing waits any more. */
  emptied(): void;
}

/** Messages that wait for a socket, or for room in it. They go out in the order in which they came. */
export class Outbox {
  /** How many wait that count. */
  size = 0;
  private readonly line = new Line<Outgoing>();
  private socket: WebSocketLike | undefined;
  private timer: Timer | undefined;
  private readonly highWaterMark: number;
  private readonly maxQueued: number;
  private readonly overflow: 'error' | 'dropOldest' | 'dropNewest';
  private readonly pollInterval: number;

  constructor(
    private readonly clock: Clock,
    config: OutboundConfig,
    private readonly owner: OutboxOwner,
  ) {
    this.highWaterMark = config.highWaterMark ?? 1_048_576;
    this.maxQueued = config.maxQueued ?? 1_000;
    this.overflow = config.overflow ?? 'error';
    this.pollInterval = config.pollInterval ?? 20;
  }

  get isEmpty(): boolean {
    return this.line.first === undefined;
  }

  /** From now on they go to this socket. */
  attach(socket: WebSocketLike): void {
    this.socket = socket;
    this.flush();
  }

  /** The socket is gone: what waits goes on waiting. */
  detach(): void {
    this.socket = undefined;
    this.timer?.cancel();
  }

  /** @throws SendOverflowError where that is the policy */
  put(message: Outgoing): void {
    this.line.push(message);
    if (message.sent === undefined) this.size++;
    this.flush();
    if (this.size <= this.maxQueued) return;
    const victim = (this.overflow === 'dropOldest' ? this.oldest() : undefined) ?? message;
    this.remove(victim);
    if (this.overflow === 'error') throw new SendOverflowError(this.maxQueued);
    this.owner.dropped(victim);
  }

  remove(message: Outgoing): void {
    if (message.sent === undefined) this.size--;
    this.line.remove(message);
  }

  /** Those that wait, the first to go first. */
  each(): Outgoing[] {
    return this.line.each();
  }

  private oldest(): Outgoing | undefined {
    let one = this.line.first;
    while (one?.sent !== undefined) one = one.after;
    return one;
  }

  private readonly flush = (): void => {
    this.timer?.cancel();
    const { owner, line } = this;
    let hasSent = false;
    for (let { first } = line; first !== undefined && this.hasRoom(); { first } = line) {
      this.remove(first);
      this.socket?.send(first.data as string);
      hasSent = true;
      (first.sent ?? owner.sent)?.();
    }
    if (!this.isEmpty) this.lookAgain();
    else if (hasSent) owner.emptied();
  };

  private hasRoom(): boolean {
    const { socket } = this;
    return socket?.readyState === OPEN && socket.bufferedAmount < this.highWaterMark;
  }

  private lookAgain(): void {
    if (this.socket?.readyState !== OPEN) return;
    this.timer = this.clock.set(this.clock.now() + this.pollInterval, this.flush);
  }
}
