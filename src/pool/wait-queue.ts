import { Deadlines } from '../limit/deadlines.js';
import { Lane } from './lane.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import { TimeSum } from './time-sum.js';
import type { Waiter } from './waiter.js';

type Expired<C> = readonly [waiter: Waiter<C>, timeout: number];

/**
 * The borrowers that wait: the highest priority first, and within it first come first served among those whom a given connection could
 * serve. Joining, leaving and being served do not depend on how many wait.
 */
export class WaitQueue<C> {
  /** How many wait, those that are parked included, and how long all have waited. */
  readonly time: TimeSum;
  /** How many have ever joined. */
  private joined = 0;
  /** From the highest priority to the lowest. The one of those who ask for nothing special stays, also while it is empty. */
  readonly lanes: Lane<C>[] = [new Lane(0, undefined)];
  /** Those who have no leave of a limit yet. It is none of the lanes, so that nobody serves them or opens a connection for them. */
  readonly parked: Lane<C> = new Lane(0, undefined);
  private readonly deadlines = new Deadlines<Waiter<C>>();

  constructor(now: number) {
    this.time = new TimeSum(now);
  }

  /** How many wait for a connection. */
  get size(): number {
    return this.time.count - this.parked.size;
  }

  push(waiter: Waiter<C>, now: number, timeout: number): void {
    this.time.begin(now);
    waiter.queuedAt = now;
    waiter.number = this.joined++;
    if (waiter.pass?.isIn === false) this.parked.push(waiter);
    else this.laneOf(waiter).push(waiter);
    if (timeout !== Infinity) this.deadlines.add(waiter, timeout);
  }

  /** One that was parked waits for a connection from now on, behind those who do already. False if it is too late for that. */
  admit(waiter: Waiter<C>, now: number): boolean {
    const { lane, deadlines, queuedAt } = waiter;
    // Whose deadline has come is about to be failed, in its turn.
    if (lane !== this.parked || (deadlines !== undefined && queuedAt + deadlines.timeout <= now)) return false;
    lane.remove(waiter);
    waiter.number = this.joined++;
    this.laneOf(waiter).push(waiter);
    return true;
  }

  /** Whoever waits for the endpoint because of its key waits from now on for the one that the key has now, in the order of arrival. */
  relocate(endpoint: PooledEndpoint<C>, locate: (key: string) => PooledEndpoint<C> | undefined): void {
    const joined = new Set<Lane<C>>();
    for (const lane of this.lanes.filter((one) => one.endpoint === endpoint)) {
      for (const one of lane.each()) {
        const other = one.key === undefined ? endpoint : locate(one.key);
        if (other === endpoint) continue;
        lane.remove(one);
        one.moveTo?.(other);
        const target = this.laneOf(one);
        target.push(one);
        joined.add(target);
      }
      if (lane.first === undefined) this.close(lane);
    }
    for (const lane of joined) {
      const all = lane.each().sort((one, other) => one.number - other.number);
      for (const one of all) lane.remove(one);
      for (const one of all) lane.push(one);
    }
  }

  /** Those who are parked and want no other endpoint wait for a connection of it from now on. */
  unpark(endpoint: PooledEndpoint<C>, now: number): void {
    for (let one = this.parked.first; one !== undefined;) {
      const { after } = one;
      if (one.endpoint === endpoint && one.key === undefined) this.admit(one, now);
      one = after;
    }
  }

  /** Who is next in line for a connection of the endpoint. */
  firstFor(endpoint: PooledEndpoint<C>): Waiter<C> | undefined {
    let senior: Waiter<C> | undefined;
    for (const lane of this.lanes) {
      if (senior !== undefined && lane.priority < senior.priority) break;
      const { first } = lane;
      if (first === undefined || !lane.takes(endpoint)) continue;
      if (senior === undefined || first.number < senior.number) senior = first;
    }
    return senior;
  }

  /** Takes a waiter out of any place; one that no longer waits is left alone. */
  remove(waiter: Waiter<C>, now: number): boolean {
    const { lane } = waiter;
    if (lane === undefined) return false;
    lane.remove(waiter);
    this.time.end(now);
    this.deadlines.remove(waiter);
    if (lane.first === undefined && this.lanes.length > 1) this.close(lane);
    return true;
  }

  /**
   * Takes out those whose deadline has come, one after the other, each with its timeout; of those who wait now, not of those who join
   * meanwhile.
   */
  *expired(now: number): Generator<Expired<C>> {
    // Whoever fails and asks again at once, with no time to wait, would else hold up the event loop.
    const among = this.joined;
    for (let one = this.takeExpired(now, among); one !== undefined; one = this.takeExpired(now, among)) yield one;
  }

  /** The next deadline, `Infinity` without one. */
  nextDeadline(): number {
    let next = Infinity;
    for (const { first, timeout } of this.deadlines.lists) {
      if (first !== undefined) next = Math.min(next, first.queuedAt + timeout);
    }
    return next;
  }

  private takeExpired(now: number, among: number): Expired<C> | undefined {
    for (const list of this.deadlines.lists) {
      const { first } = list;
      if (first === undefined || first.queuedAt + list.timeout > now || first.number >= among) continue;
      this.remove(first, now);
      return [first, list.timeout];
    }
    return undefined;
  }

  private laneOf({ priority, endpoint }: Waiter<C>): Lane<C> {
    const { lanes } = this;
    let at = 0;
    for (const lane of lanes) {
      if (lane.priority === priority && lane.endpoint === endpoint) return lane;
      if (lane.priority > priority) at++;
    }
    const lane = new Lane<C>(priority, endpoint);
    lanes.splice(at, 0, lane);
    return lane;
  }

  private close(lane: Lane<C>): void {
    if (lane.priority === 0 && lane.endpoint === undefined) return;
    this.lanes.splice(this.lanes.indexOf(lane), 1);
  }
}
