/** Over how long it is counted, in ms, and in how many parts that slides on. */
const WINDOW = 10_000;
const PARTS = 10;

/** Retries that are allowed however few requests there are, or a quiet client could never retry. */
const RESERVE = 10;

/** What one part of the window has seen. */
interface Part {
  requests: number;
  retries: number;
}

/**
 * How many retries there may be: at most a part of the requests of the last ten seconds. When a server is down for all,
 * retries must not multiply what is asked of it. After the `RetryBudget` of Finagle (Twitter, 2016), which has the same
 * window and the same 20 %.
 *
 * @internal
 */
export class RequestBudget {
  private readonly parts: Part[] = Array.from({ length: PARTS }, () => ({ requests: 0, retries: 0 }));
  private requests = 0;
  private retries = 0;
  /** The part that is being counted in, since the beginning of time. */
  private current = 0;

  constructor(private readonly ratio: number) {}

  /** A request has been made. */
  earn(now: number): void {
    this.partAt(now).requests++;
    this.requests++;
  }

  /** Takes one retry, if there is one left. */
  spend(now: number): boolean {
    const part = this.partAt(now);
    const allowed = this.ratio === 0 ? 0 : Math.max(RESERVE, this.ratio * this.requests);
    if (this.retries + 1 > allowed) return false;
    part.retries++;
    this.retries++;
    return true;
  }

  private partAt(now: number): Part {
    const at = Math.floor(now / (WINDOW / PARTS));
    for (let next = Math.max(this.current + 1, at - PARTS + 1); next <= at; next++) this.clear(next % PARTS);
    this.current = at;
    return this.parts[at % PARTS] ?? { requests: 0, retries: 0 };
  }

  private clear(index: number): void {
    const { requests = 0, retries = 0 } = this.parts[index] ?? {};
    this.requests -= requests;
    this.retries -= retries;
    this.parts[index] = { requests: 0, retries: 0 };
  }
}
