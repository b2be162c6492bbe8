import type { Balancer } from './balancer.js';
import type { Judge } from './judge.js';
import type { PooledEndpoint } from './pooled-endpoint.js';
import type { SlotTable } from './slot-table.js';

export interface SizingConfig {
  readonly min: number;
  readonly max: number;
  readonly minPerEndpoint: number;
  readonly maxPerEndpoint: number;
  /** Endpoints come and go, and nobody knows how many there will be. */
  readonly isDiscovered: boolean;
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
  private readonly table: SlotTable<C>;
  private readonly balancer: Balancer<C>;
  private readonly endpoints: readonly PooledEndpoint<C>[];

  constructor(
    private readonly config: SizingConfig,
    { table, balancer }: { readonly table: SlotTable<C>; readonly balancer: Balancer<C> },
    private readonly judge: Judge<C>,
    private readonly host: SizingHost<C>,
  ) {
    this.table = table;
    this.balancer = balancer;
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
    const endpoints = this.config.isDiscovered ? Infinity : this.endpoints.length;
    return Math.min(this.max - this.table.taken, this.config.maxPerEndpoint * endpoints);
  }

  /** Whether one more slot may be owned. */
  get hasRoom(): boolean {
    return this.table.owned < this.limit;
  }

  /** Whether more is open or being opened than there may be. */
  get isOver(): boolean {
    return this.table.live > this.limitBut(this.judge.awaited);
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
    const isWanted = (one: PooledEndpoint<C>): boolean =>
      (isAnyWanted && one.isInScope) || this.isShort(one) || this.lacks(one) > 0;
    // Where the others serve whoever waits, nobody else would ever find out that it is back.
    if (isAnyWanted) for (const one of this.endpoints) one.isDead ||= one.isLost && this.host.failing(one);
    const picked =
      this.find((one) => one === first && (liveOf(one) === 0 || !this.host.failing(one))) ??
      this.find((one) => isWanted(one) && !this.host.failing(one)) ??
      this.find((one) => (isWanted(one) || one.isDead) && this.host.failing(one)) ??
      this.find((one) => this.judge.isToTry(one) || (one.isFilling && this.isBelowShare(one))) ??
      // What is in scope has no room for those who wait.
      this.find((one) => !one.isInScope && waiting > 0 && isAnyWanted && !this.host.failing(one));
    if (picked !== undefined) this.isStretched = false;
    return picked;
  }

  /** Whether there are borrowers in the queue for whom no connection is on its way. */
  lacksAny(waiting: number): boolean {
    return this.unserved(waiting, this.underWay()) > 0 || this.endpoints.some((one) => this.lacks(one) > 0);
  }

  /** Whether the endpoint has fewer connections than its weight beside that of the others would have it. */
  isBelowShare(endpoint: PooledEndpoint<C>): boolean {
    const others = this.table.shares - endpoint.share;
    if (others <= 0) return false;
    return liveOf(endpoint) < Math.floor(((this.table.open - endpoint.open) * endpoint.weight) / others);
  }

  /** The endpoint that could serve somebody who waits, or be probed for who insists on it, if only there were room. */
  wantsRoom(waiting: number): PooledEndpoint<C> | undefined {
    const isAnyWanted = this.unserved(waiting, this.underWay()) > 0;
    return this.endpoints.find((one) => {
      const isWell = !this.host.failing(one);
      const isWanted =
        (isAnyWanted && isWell && one.isInScope) || (this.lacks(one) > 0 && (isWell || liveOf(one) === 0));
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

  /** With so many places kept for somebody, as far as one is left. */
  private limitBut(kept: number): number {
    const { limit } = this;
    return Math.max(Math.min(1, limit), limit - kept);
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
    if (endpoint.asked || endpoint.owned >= maxPerEndpoint || !this.judge.mayOpen(endpoint)) return false;
    // What the `minPerEndpoint` of the others needs is kept free for them, also while they are down; not where closed slots leave too few.
    let taken = this.table.owned;
    if (minPerEndpoint > 0 && minPerEndpoint * this.endpoints.length <= this.limit) {
      for (const one of this.endpoints) if (one !== endpoint) taken += Math.max(0, minPerEndpoint - one.owned);
    }
    // It leaves a place each to those that it stands in for, and to those that are to be tried: there they are found to be back.
    const kept = endpoint.standsInFor + (this.judge.isToTry(endpoint) ? 0 : this.judge.awaited);
    return taken - given < this.limitBut(kept);
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

  /** The one that the balancer picks, of those that fit and have a turn. */
  private find(fits: (endpoint: PooledEndpoint<C>) => boolean): PooledEndpoint<C> | undefined {
    const candidates = this.endpoints.filter((one) => this.mayOpen(one) && fits(one));
    for (let one = this.balancer.among(candidates); one !== undefined; one = this.balancer.among(candidates)) {
      // Asking the one before may have changed that.
      if (this.mayOpen(one) && this.takeTurn(one)) return one;
      candidates.splice(candidates.indexOf(one), 1);
    }
    return undefined;
  }

  private takeTurn(endpoint: PooledEndpoint<C>): boolean {
    // Noted before it is asked, since it may call back at once.
    endpoint.asked = true;
    if (!this.host.turn(endpoint)) return false;
    endpoint.asked = false;
    return true;
  }
}

function liveOf(endpoint: PooledEndpoint<unknown>): number {
  return endpoint.connecting + endpoint.open;
}
