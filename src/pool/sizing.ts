import type { PooledEndpoint } from './pooled-endpoint.js';

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
  /** Takes a turn to dial there now. After a no, the gate calls when asking again is worth it. */
  turn(endpoint: PooledEndpoint<C>): boolean;
}

/** Decides how many connections a pool opens and closes, and where it opens them. */
export class Sizing<C> {
  /** Connections wanted beyond `min`, for as long as somebody waits for the pool to be ready. */
  warm = 0;
  private next = 0;
  constructor(
    private readonly config: SizingConfig,
    private readonly endpoints: readonly PooledEndpoint<C>[],
    private readonly host: SizingHost<C>,
  ) {}

  /** Whether one more slot may be owned. */
  hasRoom(owned: number): boolean {
    return owned < this.config.max;
  }

  /** Whether an idle connection of the endpoint may go without a replacement being due. */
  isSpare(endpoint: PooledEndpoint<C>, open: number): boolean {
    return (
      open + this.underWay() > Math.max(this.config.min, this.warm) && liveOf(endpoint) > this.config.minPerEndpoint
    );
  }

  /**
   * Where to open the next connection, its turn taken; `undefined` when none is wanted or possible.
   *
   * An endpoint that is failing is dialled one probe at a time and besides what is wanted: no borrower counts on it while another endpoint
   * has room, and its return is noticed without anybody waiting.
   *
   * @param unserved waiters for whom no open connection is on its way
   * @param open connections that are open
   */
  pick(unserved: number, open: number): PooledEndpoint<C> | undefined {
    const underWay = this.underWay();
    const wanted = unserved > underWay || open + underWay < Math.max(this.config.min, this.warm);
    return (
      this.find((endpoint) => (wanted || this.isShort(endpoint)) && !this.host.failing(endpoint)) ??
      this.find((endpoint) => (wanted || this.isShort(endpoint) || endpoint.isDead) && this.host.failing(endpoint))
    );
  }

  /** Whether a borrower waits whom an endpoint that is well could serve, if only there were room. */
  wantsRoom(unserved: number): boolean {
    if (unserved <= this.underWay()) return false;
    return this.endpoints.some((endpoint) => this.mayOpen(endpoint, 1) && !this.host.failing(endpoint));
  }

  /** @param given slots that would be given up for it */
  private mayOpen(endpoint: PooledEndpoint<C>, given = 0): boolean {
    const { max, minPerEndpoint, maxPerEndpoint } = this.config;
    if (endpoint.asked || endpoint.owned >= maxPerEndpoint) return false;
    // What the `minPerEndpoint` of the others needs is kept free for them, also while they are down.
    let taken = 0;
    for (const one of this.endpoints) taken += one === endpoint ? one.owned : Math.max(one.owned, minPerEndpoint);
    return taken - given < max;
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
