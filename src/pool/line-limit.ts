import type { LogLevel } from './logger.js';

/** The length of a window, in ms, and the most lines of a kind in one. */
const WINDOW = 10_000;
const MOST = 5;

/** The most kinds that are counted apart in a window. */
const MOST_KINDS = 1_000;

/** Lines of one kind that were held back in a window. */
export interface HeldBack {
  readonly kind: string;
  readonly level: LogLevel;
  readonly count: number;
}

/** Lets a few lines of each kind through in each window, and counts the others. Bounded, and without a timer. */
export class LineLimit {
  private readonly kinds = new Map<string, { seen: number; readonly level: LogLevel }>();
  private end = -Infinity;

  isOver(at: number): boolean {
    return at >= this.end;
  }

  /** Begins a new window; what the last one held back. */
  restart(at: number): HeldBack[] {
    const heldBack = [...this.kinds]
      .filter(([, { seen }]) => seen > MOST)
      .map(([kind, { seen, level }]) => ({ kind, level, count: seen - MOST }));
    this.kinds.clear();
    this.end = at + WINDOW;
    return heldBack;
  }

  /** Whether a line of this kind may be written. */
  admits(type: string, endpoint: string | undefined, level: LogLevel): boolean {
    const kind = this.kindOf(type, endpoint);
    const known = this.kinds.get(kind);
    if (known !== undefined) return ++known.seen <= MOST;
    this.kinds.set(kind, { seen: 1, level });
    return true;
  }

  private kindOf(type: string, endpoint: string | undefined): string {
    if (endpoint === undefined) return type;
    const kind = `${type} ${endpoint}`;
    return this.kinds.has(kind) || this.kinds.size < MOST_KINDS ? kind : `${type} elsewhere`;
  }
}
