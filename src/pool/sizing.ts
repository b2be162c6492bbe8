import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotTable } from './slot-table.js';

export interface SizingConfig {
  readonly min: number;
  readonly max: number;
  readonly minPerEndpoint: number;
  readonly maxPerEndpoint: number;
}

/** Whom {@link Sizing} asks before it decides. */
export interface SizingHost<C> {
  /** Whether the endpoint has failed and has not yet proven itself again. */
  failing(endpoint: PooledEndpoint<C>): boolean;
  /** Takes a turn to dial there now. After a no, the host calls when asking again is worth it. */
  turn(endpoint: PooledEndpoint<C>): boolean;
}

/** Decides how many connections a pool opens and closes, and where it opens them. */
export class Sizing<C> {
  min: number;
  max: number;
  /** Connections wanted beyond `min`, for as long as somebody waits for the pool to be ready. */
  warm = 0;
  /** One connection more is wanted than are open, because those that are have much to do. */
  isStretched = false;
  private readonly endpoints: readonly PooledEndpoint<C>[];
  private next = 0;

  constructor(
    private readonly config: SizingConfig,
    private readonly table: SlotTable<C>,
    private readonly host: SizingHost<C>,
  ) {
    this.min = config.min;
    this.max = config.max;
    this.endpoints = table.endpoints;
  }

  /** The limits as they are now. */
  get limits(): SizingConfig {
    return { ...this.config, min: this.min, max: this.max };
  }

  /** The most connections that there can be. */
  get reach(): number {
    return Math.min(this.max - this.table.taken, this.config.maxPerEndpoint * this.endpoints.length);
  }

  /** Whether one more slot may be owned. */
  get hasRoom(): boolean {
    return this.table.owned < this.limit;
  }

  /** Whether more is open or being opened than there may be. */
  get isOver(): boolean {
    return this.table.live > this.limit;
  }

  /** Whether an idle connection of the endpoint may go without a replacement being due. */
  isSpare(endpoint: PooledEndpoint<C>): boolean {
    return this.table.open + this.underWay() > this.floor && this.isAboveMin(endpoint);
  }

  /**
   * Where to open the next connection, its turn taken; `undefined` when none is wanted or possible.
   *
   * An endpoint that is failing is dialled one probe at a time and besides what is wanted: no borrower counts on it while another endpoint
   * has room, and its return is noticed without anybody waiting.
   *
   * @param waiting borrowers in the queue
   * @param first the one that comes before all others, if it can be had
   */
  pick(waiting: number, first?: PooledEndpoint<C>): PooledEndpoint<C> | undefined {
    const underWay = this.underWay();
    const { open } = this.table;
    const isAnyWanted = this.unserved(waiting, underWay) > 0 || open + underWay < this.floor || this.isStretched;
    const isWanted = (one: PooledEndpoint<C>): boolean => isAnyWanted || this.isShort(one) || this.lacks(one) > 0;
    // Where the others serve whoever waits, nobody else would ever find out that it is back.
    if (isAnyWanted) for (const one of this.endpoints) one.isDead ||= one.isLost && this.host.failing(one);
    const picked =
      this.find((one) => one === first && (liveOf(one) === 0 || !this.host.failing(one))) ??
      this.find((one) => isWanted(one) && !this.host.failing(one)) ??
      this.find((one) => (isWanted(one) || one.isDead) && this.host.failing(one));
    if (picked !== undefined) this.isStretched = false;
    return picked;
  }

  /** The endpoint that could serve somebody who waits, or be probed for who insists on it, if only there were room. */
  wantsRoom(waiting: number): PooledEndpoint<C> | undefined {
    const isAnyWanted = this.unserved(waiting, this.underWay()) > 0;
    return this.endpoints.find((one) => {
      const isWell = !this.host.failing(one);
      const isWanted = (isAnyWanted && isWell) || (this.lacks(one) > 0 && (isWell || liveOf(one) === 0));
      return isWanted && this.isCrowded(one);
    });
  }

  /** Whether somebody waits for this endpoint only, which has no connection, and could if one of another were given up. */
  needsRoom(endpoint: PooledEndpoint<C> | undefined): boolean {
    if (endpoint === undefined || this.lacks(endpoint) <= 0) return false;
    return liveOf(endpoint) === 0 && this.isCrowded(endpoint);
  }

  /** Whether the endpoint has more connections than are kept for it. */
  isAboveMin(endpoint: PooledEndpoint<C>): boolean {
    return liveOf(endpoint) > this.config.minPerEndpoint;
  }

  private get limit(): number {
    return this.max - this.table.out;
  }

  private get floor(): number {
    return Math.min(Math.max(this.min, this.warm), this.limit);
  }

  /** Waiters for whom no connection is on its way, of those who take any endpoint's. */
  private unserved(waiting: number, underWay: number): number {
    let unserved = waiting - this.table.checking.size - underWay;
    for (const endpoint of this.endpoints) {
      if (endpoint.waiting > 0) unserved -= Math.max(0, this.lacks(endpoint));
    }
    return unserved;
  }

  /** Waiters for this endpoint only for whom no connection is on its way. */
  lacks(endpoint: PooledEndpoint<C>): number {
    if (endpoint.waiting === 0) return 0;
    const connecting = this.host.failing(endpoint) ? 0 : endpoint.connecting;
    return endpoint.waiting - connecting - this.table.checkingAt(endpoint);
  }

  /** Whether there would be room for one more if one connection of another endpoint were given up, and only then. */
  private isCrowded(endpoint: PooledEndpoint<C>): boolean {
    return this.mayOpen(endpoint, 1) && !this.mayOpen(endpoint);
  }

  /** @param given slots that would be given up for it */
  private mayOpen(endpoint: PooledEndpoint<C>, given = 0): boolean {
    const { minPerEndpoint, maxPerEndpoint } = this.config;
    if (endpoint.asked || endpoint.owned >= maxPerEndpoint) return false;
    // What the `minPerEndpoint` of the others needs is kept free for them, also while they are down; not where closed slots leave too few.
    const kept = minPerEndpoint * this.endpoints.length > this.limit ? 0 : minPerEndpoint;
    let taken = 0;
    for (const one of this.endpoints) taken += one === endpoint ? one.owned : Math.max(one.owned, kept);
    return taken - given < this.limit;
  }

  /** Attempts that can be counted on: not those at an endpoint that is failing. */
  private underWay(): number {
    let underWay = 0;
    for (const endpoint of this.endpoints) if (!this.host.failing(endpoint)) underWay += endpoint.connecting;
    return underWay;
  }

  private isShort(endpoint: PooledEndpoint<C>): boolean {
    return liveOf(endpoint) < this.config.minPerEndpoint;
  }

  /** Goes round the endpoints, starting behind the last one picked. */
  private find(fits: (endpoint: PooledEndpoint<C>) => boolean): PooledEndpoint<C> | undefined {
    const { endpoints } = this;
    for (let i = 0; i < endpoints.length; i++) {
      const at = (this.next + i) % endpoints.length;
      const endpoint = endpoints[at];
      if (endpoint === undefined || !this.mayOpen(endpoint) || !fits(endpoint)) continue;
      // Noted before it is asked, since it may call back at once.
      endpoint.asked = true;
      if (!this.host.turn(endpoint)) continue;
      endpoint.asked = false;
      this.next = (at + 1) % endpoints.length;
      return endpoint;
    }
    return undefined;
  }
}

function liveOf(endpoint: PooledEndpoint<unknown>): number {
  return endpoint.connecting + endpoint.open;
}
