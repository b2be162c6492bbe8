import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Takes what a socket delivers at a pace of its own, and looks at how much is read that it has not consumed. */
export class SlowConsumer {
  /** Bytes read and not consumed, at the instant when there were most of them. */
  most = 0;
  consumed = 0;
  /** When it is done with all that it has begun. */
  private doneAt: number | undefined;

  /** @param pace in bytes a ms */
  constructor(
    private readonly socket: Pick<Socket, 'bytesRead'>,
    private readonly pace: number,
  ) {}

  /** Bytes read and not consumed, wherever they are kept. */
  get held(): number {
    return this.socket.bytesRead - this.consumed;
  }

  readonly work = async (chunk: Uint8Array): Promise<void> => {
    // Counted from the end of the one before: a timer that is late makes the next one shorter.
    this.doneAt = (this.doneAt ?? performance.now()) + chunk.length / this.pace;
    for (let now = performance.now(); now < this.doneAt; now = performance.now()) await sleep(this.doneAt - now);
    // From one of these looks to the next it only grows.
    this.most = Math.max(this.most, this.held);
    this.consumed += chunk.length;
  };
}
