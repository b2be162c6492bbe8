interface Waiting {
  readonly n: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait until so many connections are open. */
export class Readiness {
  private waiting: readonly Waiting[] = [];

  /** @param warm asks for that many connections, 0 when nobody waits any more */
  constructor(private readonly warm: (n: number) => void) {}

  wait(n: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting = [...this.waiting, { n, resolve, reject }];
      this.ask();
    });
  }

  /** So many are open now. */
  grown(open: number): void {
    if (this.waiting.length === 0) return;
    const ready = this.waiting.filter(({ n }) => n <= open);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter(({ n }) => n > open);
    for (const { resolve } of ready) resolve();
    this.ask();
  }

  /** No more than so many can be open from now on. */
  shrunk(reach: number): void {
    const hopeless = this.waiting.filter(({ n }) => n > reach);
    if (hopeless.length === 0) return;
    this.waiting = this.waiting.filter(({ n }) => n <= reach);
    for (const { n, reject } of hopeless) {
      reject(new RangeError(`ready: no more than ${String(reach)} connections can be open any more, not ${String(n)}`));
    }
    this.ask();
  }

  fail(error: unknown): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { reject } of waiting) reject(error);
    if (waiting.length > 0) this.ask();
  }

  private ask(): void {
    this.warm(Math.max(0, ...this.waiting.map(({ n }) => n)));
  }
}
