import { Line, type Lined } from '../limit/line.js';

/** A part of what was read: its size counts until all values that were made of it are consumed. */
export interface Batch {
  bytes: number;
  /** How many are not consumed yet. */
  values: number;
}

/** A value that waits, or is worked on. */
export interface Held<T> extends Lined<Held<T>> {
  readonly value: T;
  readonly batch: Batch;
}

/**
 * What was read and is not consumed: the values that wait, those that are worked on, and their sizes.
 *
 * @internal
 */
export class Backlog<T> {
  /** Bytes that are held. */
  bytes = 0;
  /** How many values wait. */
  waiting = 0;
  /** Looks for more, when nothing that waits can be started. False = there is nothing, for now. */
  refill = (): boolean => false;
  private active = 0;
  private readonly line = new Line<Held<T>>();
  private end: (() => void) | undefined;
  private isPumping = false;

  /** @param start begins to work on a value; {@link consumed} says that it is done, be it at once */
  constructor(
    private readonly concurrency: number,
    private readonly start: (held: Held<T>) => void,
  ) {}

  get isEmpty(): boolean {
    return this.active === 0 && this.waiting === 0;
  }

  /** The size of the batch counts once the batch is {@link weigh}ed. */
  add(value: T, batch: Batch): void {
    batch.values++;
    this.waiting++;
    this.line.push({ value, batch, before: undefined, after: undefined });
  }

  weigh(batch: Batch, bytes: number): void {
    batch.bytes = bytes;
    this.bytes += bytes;
  }

  consumed({ batch }: Held<T>): void {
    this.active--;
    this.release(batch);
    this.pump();
  }

  /** Drops the value that has waited longest. */
  dropOldest(): void {
    const oldest = this.shift();
    if (oldest !== undefined) this.release(oldest.batch);
  }

  /** Nothing more comes. `end` is called when all that came is consumed. */
  finish(end: () => void): void {
    this.end = end;
    this.pump();
  }

  /** Starts what can be started, in a loop: work that is done at once says so from within. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    do this.startWaiting();
    while (this.refill());
    this.isPumping = false;
    if (this.isEmpty) this.end?.();
  }

  private startWaiting(): void {
    while (this.active < this.concurrency) {
      const held = this.shift();
      if (held === undefined) return;
      this.active++;
      this.start(held);
    }
  }

  private shift(): Held<T> | undefined {
    const { first } = this.line;
    if (first === undefined) return undefined;
    this.line.remove(first);
    this.waiting--;
    return first;
  }

  private release(batch: Batch): void {
    batch.values--;
    if (batch.values === 0) this.bytes -= batch.bytes;
  }
}
