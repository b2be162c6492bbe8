import { Line } from '../limit/line.js';
import { BufferFullError } from './buffer-full-error.js';
import { checkBytes } from './check-bytes.js';
import { RequestBatch } from './request-batch.js';
import type { Exchange } from './request-exchange.js';
import type { Protocol } from './request-protocol.js';
import type { RequestReplies } from './request-replies.js';

/**
 * The requests of one connection that are not written yet.
 *
 * @internal
 */
export class RequestOutbox<Request, Frame> {
  private readonly line = new Line<Exchange<Request, Frame>>();

  constructor(
    private readonly protocol: Protocol<Request, Frame, unknown>,
    private readonly replies: RequestReplies<Request, Frame>,
  ) {}

  get isEmpty(): boolean {
    return this.line.first === undefined;
  }

  add(exchange: Exchange<Request, Frame>): void {
    this.line.push(exchange);
  }

  remove(exchange: Exchange<Request, Frame>): void {
    this.line.remove(exchange);
  }

  /** All of them. Nothing is left. */
  takeAll(): Exchange<Request, Frame>[] {
    const all: Exchange<Request, Frame>[] = [];
    for (let { first } = this.line; first !== undefined; first = this.line.first) {
      this.line.remove(first);
      all.push(first);
    }
    return all;
  }

  /** What is to be written now, behind so many pending bytes. Those in it wait for their replies from now on. */
  pack(maxBuffered: number, pending: number): RequestBatch {
    const batch = new RequestBatch();
    const { line } = this;
    for (let next = line.first; next !== undefined; next = line.first) {
      try {
        const id = this.replies.nextId();
        const part = this.protocol.encode(next.message, id);
        if (typeof part !== 'string') checkBytes(part);
        const buffered = pending + batch.size + part.length;
        if (buffered > maxBuffered) throw new BufferFullError('maxBuffered', { limit: maxBuffered, buffered });
        // Whoever asked may have left while it was encoded.
        if (line.first !== next) continue;
        line.remove(next);
        next.id = id;
        this.replies.expect(next);
        batch.add(part);
      } catch (error) {
        if (line.first !== next) continue;
        line.remove(next);
        next.refused(error);
      }
    }
    return batch;
  }
}
