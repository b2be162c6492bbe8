import type { Candidate } from './candidate.js';
import type { PickSet } from './pick-set.js';
import type { Choose } from './picker.js';
import type { Picks } from './picks.js';
import type { Placed } from './placed.js';

/** A list without gaps, for a picker that chooses by itself. */
export class ChosenSet<T extends Candidate & Placed> implements PickSet<T> {
  /** The picker looks for itself each time. */
  readonly isByLoad = false;
  private readonly list: T[] = [];

  constructor(
    private readonly choose: Choose,
    private readonly picks: Picks<T>,
  ) {}

  get size(): number {
    return this.list.length;
  }

  add(one: T): void {
    if (one.place >= 0) return;
    one.place = this.list.length;
    this.list.push(one);
  }

  remove(one: T): void {
    const { place } = one;
    if (place < 0) return;
    one.place = -1;
    const last = this.list.pop();
    if (last === undefined || last === one) return;
    last.place = place;
    this.list[place] = last;
  }

  changed(): void {
    // The picker looks for itself.
  }

  pick(): T | undefined {
    const { list } = this;
    if (list.length === 0) return undefined;
    const chosen = this.ask(list);
    const one = isPlaced(chosen) ? list[chosen.place] : undefined;
    if (one !== undefined && one === chosen) return one;
    if (chosen !== FAILED) this.picks.chose(chosen);
    return this.picks.next(list);
  }

  pickAmong(list: readonly T[]): T | undefined {
    if (list.length === 0) return undefined;
    const chosen = this.ask(list);
    const one = list.find((other) => other === chosen);
    if (one !== undefined) return one;
    if (chosen !== FAILED) this.picks.chose(chosen);
    return this.picks.next(list);
  }

  private ask(list: readonly T[]): unknown {
    try {
      return this.choose(list, this.picks.config.random);
    } catch (error) {
      this.picks.threw(error);
      return FAILED;
    }
  }
}

/** Told already, so that it need not be told what was returned. */
const FAILED = Symbol('failed');

function isPlaced(value: unknown): value is Placed {
  return typeof value === 'object' && value !== null && 'place' in value && typeof value.place === 'number';
}
