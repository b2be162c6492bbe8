import type { Clock } from '../endpoint/clock.js';
import type { Dispatcher } from './dispatcher.js';
import type { Judge } from './judge.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { Stock } from './stock.js';
import type { WaitQueue } from './wait-queue.js';

/** What an endpoint is worth beside others. */
interface Worth {
  readonly weight?: number | undefined;
  readonly priority?: number | undefined;
}

interface RosterParts<C> {
  readonly queue: WaitQueue<C>;
  readonly stock: Stock<C>;
  readonly judge: Judge<C>;
  readonly dispatcher: Dispatcher<C>;
}

/** Which endpoints the pool has. */
export class Roster<C> {
  constructor(
    private readonly parts: RosterParts<C>,
    private readonly clock: Clock,
  ) {}

  /** The pool has one endpoint more. Whoever adds it calls `settle`. */
  add(address: string, { weight, priority }: Worth = {}, startsSlowly = false): PooledEndpoint<C> {
    const { stock, judge } = this.parts;
    const endpoint = stock.table.add(address, weight, priority);
    judge.added(endpoint, startsSlowly);
    stock.balancer.added(endpoint);
    endpoint.isFilling = startsSlowly;
    return endpoint;
  }

  /** It has another share beside others now, or belongs to another group. */
  reweigh(endpoint: PooledEndpoint<C>, weight: number, priority: number): void {
    const { table, balancer } = this.parts.stock;
    table.shares += weight - endpoint.share;
    endpoint.share = weight;
    endpoint.priority = priority;
    balancer.weighed(endpoint);
    balancer.rescope();
  }

  /**
   * The pool has it no longer: what is idle is closed now, what is lent when it comes back, and those who want no other get `error`. Whoever
   * removes it calls `settle`.
   */
  remove(endpoint: PooledEndpoint<C>, error: (label?: string) => unknown): void {
    const { queue, stock, judge, dispatcher } = this.parts;
    const { table, balancer } = stock;
    table.remove(endpoint);
    judge.removed(endpoint);
    balancer.removed(endpoint);
    queue.unpark(endpoint, this.clock.now());
    queue.relocate(endpoint, (key) => balancer.locate(key));
    const lanes = queue.lanes.filter((lane) => lane.endpoint === endpoint);
    if (lanes.length > 0) dispatcher.fail(error, lanes);
    for (const slot of table.slots.filter((one) => one.endpoint === endpoint)) stock.dismiss(slot, 'removed');
  }
}
