import type { Judge } from './judge.js';
import type { Lane } from './lane.js';
import type { PoolHost } from './pool-host.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Sizing } from './sizing.js';
import type { Slot } from './slot.js';
import type { Stock } from './stock.js';
import type { WaitQueue } from './wait-queue.js';
import type { Waiter } from './waiter.js';

interface RoomParts<C> {
  readonly queue: WaitQueue<C>;
  readonly stock: Stock<C>;
  readonly sizing: Sizing<C>;
  readonly judge: Judge<C>;
}

/** Finds what a full pool can give up for somebody who wants an endpoint that has no room. */
export class RoomMaker<C> {
  constructor(
    private readonly parts: RoomParts<C>,
    private readonly host: PoolHost<C>,
  ) {}

  /**
   * Whether the place of the connection is due to somebody else: who comes first, wants another endpoint, and without it would wait for as
   * long as the pool is full of connections that others want.
   */
  isOwed({ endpoint }: Slot<C>, waiter: Waiter<C>): boolean {
    const { queue, sizing, stock } = this.parts;
    const { closing, slots } = stock.table;
    if (queue.lanes.length === 1 || closing.size > 0 || !sizing.isAboveMin(endpoint)) return false;
    // One that others still have is on its way out already.
    if (slots.some(({ doom, connection }) => doom === 'surplus' && connection !== undefined)) return false;
    return queue.lanes.some(
      (lane) => !lane.takes(endpoint) && lane.first?.comesBefore(waiter) === true && sizing.needsRoom(lane.endpoint),
    );
  }

  /** Gives up a connection that was about to be lent: at once, or when those who have it already are done. */
  surrender(slot: Slot<C>): void {
    const { stock } = this.parts;
    if (slot.leases > 1) {
      stock.sharing.end(slot);
      stock.dismiss(slot, 'surplus');
    } else stock.shut(slot, 'surplus');
  }

  /** Gives up one connection for somebody who could be served elsewhere: an attempt at an endpoint that is down, or an idle one. */
  make(): boolean {
    const { queue, stock, sizing } = this.parts;
    const { table } = stock;
    const hasNothing = table.connecting.size === 0 && table.idle.size === 0;
    if (queue.size === 0 || table.closing.size > 0 || hasNothing) return false;
    const wanted = sizing.wantsRoom(queue.size);
    if (wanted === undefined) return false;
    const probe = this.host.failing(wanted) ? undefined : this.probeFor(wanted);
    if (probe !== undefined) {
      stock.abort(probe);
      return true;
    }
    const idle = table.longestIdle((endpoint) => endpoint !== wanted && this.isToSpare(endpoint));
    if (idle === undefined) return false;
    stock.shut(idle, 'surplus');
    return true;
  }

  /** An attempt at an endpoint that is down, for which nobody waits who comes before those that would be served without it. */
  private probeFor(wanted: PooledEndpoint<C>): Slot<C> | undefined {
    const { queue, stock } = this.parts;
    const { slots, connecting } = stock.table;
    const served = this.firstLacking(queue.lanes.filter((lane) => lane.takes(wanted)));
    return slots.find(({ state, endpoint }) => {
      if (state !== connecting || !this.host.failing(endpoint) || !this.isToSpare(endpoint)) return false;
      if (served === undefined) return true;
      return !queue.lanes.some((lane) => lane.endpoint === endpoint && lane.first?.comesBefore(served) === true);
    });
  }

  /** Not the only connection of one that is to be tried: its place would be kept, and be of no use to anybody else. */
  private isToSpare(endpoint: PooledEndpoint<C>): boolean {
    const { sizing, judge } = this.parts;
    return sizing.isAboveMin(endpoint) && !(judge.isToTry(endpoint) && endpoint.owned === 1);
  }

  /** Whoever comes first in these lanes, without those who insist on an endpoint of which enough connections are on their way. */
  firstLacking(lanes: readonly Lane<C>[]): Waiter<C> | undefined {
    let senior: Waiter<C> | undefined;
    for (const { first, endpoint } of lanes) {
      if (first === undefined || (endpoint !== undefined && this.parts.sizing.lacks(endpoint) <= 0)) continue;
      if (senior === undefined || first.comesBefore(senior)) senior = first;
    }
    return senior;
  }
}
