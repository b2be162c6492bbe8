import type { Entrant, Limit } from './limit.js';

/** The way of one borrow through the limits of its pool, one after the other, and out of them again. */
export class Pass implements Entrant {
  before: Entrant | undefined;
  after: Entrant | undefined;
  /** How many of the limits have given leave. */
  private passed = 0;
  private isInLine = false;
  private isOver = false;
  private whenIn: (() => void) | undefined;

  constructor(
    private readonly limits: readonly Limit[],
    readonly key: string,
  ) {}

  /** Whether all have given leave. */
  get isIn(): boolean {
    return this.passed === this.limits.length;
  }

  /** The limit that has not given leave yet. */
  get obstacle(): Limit | undefined {
    return this.limits[this.passed];
  }

  /** The leave that it has not got, in words. */
  get lacking(): string | undefined {
    const { obstacle, key } = this;
    return obstacle && `no leave of the ${obstacle.name} (${obstacle.bound}) for key ${JSON.stringify(key)}`;
  }

  /** Goes as far as it can without waiting; whether it is in. */
  enter(): boolean {
    while (this.obstacle?.enter(this.key) === true) this.passed++;
    return this.isIn;
  }

  /** Goes on, waiting where it must, and calls back when it is in. */
  wait(whenIn: () => void): void {
    this.whenIn = whenIn;
    this.goOn();
  }

  admitted(): void {
    if (!this.isInLine) return;
    this.isInLine = false;
    this.passed++;
    this.goOn();
  }

  /** The lease that it was for is over. */
  exit(): void {
    this.end((limit) => {
      limit.exit(this.key);
    });
  }

  /** There was no lease; wherever it is, it goes back. */
  withdraw(): void {
    this.end((limit) => {
      limit.retract(this.key);
    });
  }

  private goOn(): void {
    while (!this.isInLine) {
      const { obstacle } = this;
      if (obstacle === undefined) {
        this.whenIn?.();
        return;
      }
      if (obstacle.enter(this.key, this)) this.passed++;
      else this.isInLine = true;
    }
  }

  private end(out: (limit: Limit) => void): void {
    if (this.isOver) return;
    this.isOver = true;
    const { obstacle, passed, isInLine } = this;
    this.isInLine = false;
    if (isInLine) obstacle?.leave(this.key, this);
    for (const limit of this.limits.slice(0, passed)) out(limit);
  }
}
