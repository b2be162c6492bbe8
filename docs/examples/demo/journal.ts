import { AcquireTimeoutError, type PoolEvent } from 'rxpool';

export interface Entry {
  /** Seconds since the start. */
  readonly at: number;
  readonly text: string;
  /** How often, lately. */
  times: number;
  isTold: boolean;
}

/** How many entries are kept, and how far back the same news is counted instead of told again. */
const KEPT = 50;
const RECENT = 3;

/** What has happened: the news in words, and the losses of each address in numbers. */
export class Journal {
  readonly entries: Entry[] = [];
  private readonly losses = new Map<string, { resets: number; reconnects: number }>();
  private readonly startedAt = performance.now();

  get elapsed(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }

  /** Connections of an address that were lost, and those opened since in their place. */
  lossesOf(address: string): { resets: number; reconnects: number } {
    let losses = this.losses.get(address);
    if (losses === undefined) this.losses.set(address, (losses = { resets: 0, reconnects: 0 }));
    return losses;
  }

  note(text: string): void {
    this.entries.push({ at: this.elapsed, text, times: 1, isTold: false });
    if (this.entries.length > KEPT) this.entries.shift();
  }

  /** News that come in numbers: a server that dies takes all its connections along. */
  count(text: string): void {
    const recent = this.entries.slice(-RECENT).find((entry) => entry.text === text && !entry.isTold);
    if (recent === undefined) this.note(text);
    else recent.times++;
  }

  /** What nobody has asked for yet, oldest first. */
  news(): readonly Entry[] {
    const news = this.entries.filter(({ isTold }) => !isTold);
    for (const entry of news) entry.isTold = true;
    return news;
  }

  /** For `pool.events$`. Most events are the daily round of borrowing and releasing, which the numbers tell better. */
  record(event: PoolEvent): void {
    switch (event.type) {
      case 'lost':
        this.lossesOf(event.endpoint).resets++;
        this.count(reasonOf(event.error));
        break;
      case 'failed':
        this.count(`attempt failed: ${reasonOf(event.error)}`);
        break;
      case 'opened': {
        // A pool opens connections to grow as well; what replaces a lost one is a reconnect.
        const losses = this.lossesOf(event.endpoint);
        if (losses.reconnects === losses.resets) break;
        losses.reconnects++;
        this.count(`${event.endpoint} reconnected`);
        break;
      }
      case 'ejected':
        this.note(`${event.endpoint} ejected for ${Math.round(event.duration)} ms`);
        break;
      case 'readmitted':
        this.note(`${event.endpoint} readmitted`);
        break;
      case 'timedOut':
        this.count('a borrower timed out');
        break;
      case 'rejected':
        this.count('a borrower was turned away: the queue is full');
        break;
      default:
    }
  }
}

/** An error in a few words, the same each time. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Its message tells what the pool was doing, and so is never the same; here the screen tells that.
  if (error instanceof AcquireTimeoutError) return 'no socket in time';
  // Where a name has several addresses, Node's error holds theirs and has no message of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error.message;
}
