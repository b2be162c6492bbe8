import type { AsyncLocalStorage } from 'node:async_hooks';
import { quota, rateLimit, type Clock, type Entrant, type Limit } from '../../src/index.js';
import { rule, type Breaches } from './breach.js';
import type { Client } from './client.js';
import { RateBook } from './rate-book.js';
import type { ManySettings } from './settings-many.js';
import { WatchedLimit, type LimitWatch } from './watched-limit.js';

/** The limits of a world's clients, and who waits for leave of them. */
export class ClientLimits {
  readonly limits: readonly WatchedLimit[];
  private readonly known = new WeakMap<Entrant, Client>();

  constructor(
    { quota: max, rate }: ManySettings,
    private readonly clock: Clock,
    private readonly context: AsyncLocalStorage<Client>,
    /** A client's place in the queue begins anew. */
    private readonly renumber: (client: Client) => void,
    private readonly breaches: Breaches,
  ) {
    const limits: WatchedLimit[] = [];
    if (max !== Infinity) limits.push(this.watched(quota({ max }), max));
    if (rate !== undefined) {
      const book = new RateBook(rate, 'a key never has more leave than its rate gives', () => clock.now());
      limits.push(this.watched(rateLimit({ ...rate, clock }), Infinity, book));
    }
    this.limits = limits;
  }

  /** Whether leave of some limit is missing for the key. */
  mayRefuse(key: string): boolean {
    return this.limits.some((limit) => limit.name === 'rate limit' || limit.isFull(key));
  }

  checkNothingIsLeft(): void {
    for (const limit of this.limits) rule(limit.isEmpty, 'each leave of a limit is given back', () => limit.name);
  }

  private watched(limit: Limit, most: number, book?: RateBook): WatchedLimit {
    const watch: LimitWatch = {
      waits: (entrant) => {
        const asking = this.context.getStore();
        const client = this.known.get(entrant) ?? (asking?.isAsking === true ? asking : undefined);
        if (client === undefined) return;
        this.known.set(entrant, client);
        client.isParked = true;
      },
      waitsNoLonger: (entrant, hasLeave) => {
        const client = this.known.get(entrant);
        if (client === undefined) return;
        // Whose time is up at this moment is not served any more, and is about to be told.
        client.isParked = hasLeave && this.clock.now() >= client.deadline;
        if (hasLeave) this.renumber(client);
      },
      entered: (key) => this.breaches.guard(() => book?.took(key)),
      retracted: (key) => book?.gaveBack(key),
    };
    return new WatchedLimit(limit, most, watch, this.breaches);
  }
}
