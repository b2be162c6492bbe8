import type { Entrant, Limit } from '../../src/index.js';
import { rule, type Breaches } from './breach.js';

/** Who hears of the ways in and out of a limit. */
export interface LimitWatch {
  /** Somebody waits for leave, and no longer does: with leave, or since it has given up. */
  waits(entrant: Entrant): void;
  waitsNoLonger(entrant: Entrant, hasLeave: boolean): void;
  /** Somebody has leave now, and what the leave was for did not happen. */
  entered?(key: string): void;
  retracted?(key: string): void;
}

/** A limit that is as the one within, and knows who has leave of it. */
export class WatchedLimit implements Limit {
  readonly name: string;
  readonly bound: string;
  /** How many of each key are in. */
  private readonly inside = new Map<string, number>();
  private readonly stands = new Map<Entrant, Entrant>();

  constructor(
    private readonly limit: Limit,
    /** How many of a key may be in at once. */
    private readonly most: number,
    private readonly watch: LimitWatch,
    private readonly breaches: Breaches,
  ) {
    this.name = limit.name;
    this.bound = limit.bound;
  }

  get isEmpty(): boolean {
    return this.stands.size === 0 && [...this.inside.values()].every((count) => count === 0);
  }

  isFull(key: string): boolean {
    return this.countOf(key) >= this.most;
  }

  enter(key: string, entrant?: Entrant): boolean {
    const stand = entrant && this.standOf(key, entrant);
    const isIn = this.limit.enter(key, stand);
    if (isIn) this.entered(key);
    else if (entrant !== undefined && stand !== undefined) {
      this.stands.set(entrant, stand);
      this.watch.waits(entrant);
    }
    return isIn;
  }

  leave(key: string, entrant: Entrant): void {
    const stand = this.stands.get(entrant);
    this.breaches.guard(() => rule(this.stands.delete(entrant), 'who leaves the line of a limit stood in it'));
    this.watch.waitsNoLonger(entrant, false);
    if (stand !== undefined) this.limit.leave(key, stand);
  }

  exit(key: string): void {
    this.left(key);
    this.limit.exit(key);
  }

  retract(key: string): void {
    this.left(key);
    this.watch.retracted?.(key);
    this.limit.retract(key);
  }

  private standOf(key: string, entrant: Entrant): Entrant {
    return {
      ...{ before: undefined, after: undefined },
      admitted: () => {
        this.stands.delete(entrant);
        this.entered(key);
        this.watch.waitsNoLonger(entrant, true);
        entrant.admitted();
      },
    };
  }

  private entered(key: string): void {
    const count = this.countOf(key) + 1;
    this.inside.set(key, count);
    this.breaches.guard(() => rule(count <= this.most, 'never more leases of a key than its quota', () => key));
    this.watch.entered?.(key);
  }

  private left(key: string): void {
    const count = this.countOf(key);
    this.breaches.guard(() => rule(count > 0, 'who leaves a limit had leave of it', () => `${this.name} of ${key}`));
    this.inside.set(key, count - 1);
  }

  private countOf(key: string): number {
    return this.inside.get(key) ?? 0;
  }
}
