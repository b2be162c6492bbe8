import { Line } from '../limit/line.js';
import type { Exchange } from './request-exchange.js';
import { RequestUnaskedError } from './request-unasked-error.js';
import type { Protocol } from './request-protocol.js';

/** A number that every language can hold. */
const HIGHEST_ID = 2_147_483_647;

/**
 * The written requests of one connection whose answers are still to come.
 *
 * @internal
 */
export class RequestReplies<Request, Frame> {
  private readonly inOrder = new Line<Exchange<Request, Frame>>();
  private readonly byId = new Map<number, Exchange<Request, Frame>>();
  private readonly highestId: number;
  private lastId = 0;

  constructor(private readonly protocol: Protocol<Request, Frame, unknown>) {
    this.highestId = protocol.maxId ?? HIGHEST_ID;
  }

  /** @throws RangeError when there are as many requests as there are ids. */
  nextId(): number {
    if (this.byId.size >= this.highestId) throw new RangeError(`all ${String(this.highestId)} ids are taken`);
    do this.lastId = this.lastId >= this.highestId ? 1 : this.lastId + 1;
    while (this.byId.has(this.lastId));
    return this.lastId;
  }

  expect(exchange: Exchange<Request, Frame>): void {
    if (this.protocol.idOf === undefined) this.inOrder.push(exchange);
    else this.byId.set(exchange.id, exchange);
  }

  remove(exchange: Exchange<Request, Frame>): void {
    if (this.protocol.idOf === undefined) this.inOrder.remove(exchange);
    else this.byId.delete(exchange.id);
  }

  /**
   * The request that a frame answers, or `undefined` for a push.
   *
   * @throws RequestUnaskedError for an answer that nobody waits for, where that means that nothing fits any more.
   */
  whose(frame: Frame): Exchange<Request, Frame> | undefined {
    const { protocol } = this;
    if (protocol.idOf !== undefined) {
      const id = protocol.idOf(frame);
      return id === undefined ? undefined : this.byId.get(id);
    }
    if (protocol.isPush?.(frame) === true) return undefined;
    const { first } = this.inOrder;
    if (first === undefined) throw new RequestUnaskedError(frame);
    return first;
  }

  /** All of them, the one that was written first in front. Nothing is left. */
  takeAll(): Exchange<Request, Frame>[] {
    const all = [...this.byId.values()];
    this.byId.clear();
    for (let { first } = this.inOrder; first !== undefined; first = this.inOrder.first) {
      this.inOrder.remove(first);
      all.push(first);
    }
    return all;
  }
}
