import type { Rule } from '../endpoint/check-config.js';
import type { Clock } from '../endpoint/clock.js';
import { Alarm } from './alarm.js';
import type { VainWait } from './wait-errors.js';

export interface ReadyConfig {
  /** The longest to wait, in ms. @default Infinity */
  readonly timeout?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

export const readyRules: Readonly<Record<keyof ReadyConfig, Rule>> = {
  timeout: { number: [0, Infinity] },
  signal: { is: 'object' },
};

interface Waiting {
  readonly n: number;
  readonly since: number;
  readonly timeout: number;
  /** Ends the watch over its signal. */
  unwatch: (() => void) | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface ReadinessOwner {
  /** Asks for that many connections, 0 when nobody waits any more. */
  warm(n: number): void;
  /** The error of a wait for so many connections. */
  timedOut(wait: VainWait, n: number): unknown;
  /** Calls back when the signal aborts, until the returned function is called. */
  onAbort(signal: AbortSignal, aborted: (reason: unknown) => void): () => void;
}

/** Those who wait until so many connections are open. They keep the process alive. */
export class Readiness {
  private waiting: readonly Waiting[] = [];
  private readonly alarm: Alarm;

  constructor(
    private readonly clock: Clock,
    private readonly owner: ReadinessOwner,
  ) {
    this.alarm = new Alarm(clock, () => {
      this.expire();
    });
  }

  wait(n: number, { timeout = Infinity, signal }: ReadyConfig): Promise<void> {
    return new Promise((resolve, reject) => {
      const one: Waiting = { n, since: this.clock.now(), timeout, unwatch: undefined, resolve, reject };
      one.unwatch = signal && this.owner.onAbort(signal, (reason) => this.reject([one], () => reason));
      this.waiting = [...this.waiting, one];
      this.ask();
    });
  }

  /** So many are open now. */
  grown(open: number): void {
    for (const { resolve } of this.leave((one) => one.n <= open)) resolve();
  }

  /** No more than so many can be open from now on. */
  shrunk(reach: number): void {
    const hopeless = this.waiting.filter(({ n }) => n > reach);
    this.reject(hopeless, ({ n }) => {
      return new RangeError(`ready: no more than ${String(reach)} connections can be open any more, not ${String(n)}`);
    });
  }

  fail(error: unknown): void {
    this.reject(this.waiting, () => error);
  }

  private expire(): void {
    const now = this.clock.now();
    const late = this.waiting.filter(({ since, timeout }) => since + timeout <= now);
    this.reject(late, ({ n, since, timeout }) => this.owner.timedOut({ waited: now - since, timeout }, n));
  }

  private reject(those: readonly Waiting[], error: (one: Waiting) => unknown): void {
    const errors = new Map(those.map((one) => [one, error(one)]));
    for (const one of this.leave((each) => errors.has(each))) one.reject(errors.get(one));
  }

  /** Lets those go who fit, and returns them. */
  private leave(fits: (one: Waiting) => boolean): readonly Waiting[] {
    const leaving = this.waiting.filter(fits);
    if (leaving.length === 0) return leaving;
    this.waiting = this.waiting.filter((one) => !leaving.includes(one));
    for (const { unwatch } of leaving) unwatch?.();
    this.ask();
    return leaving;
  }

  private ask(): void {
    this.alarm.set(Math.min(...this.waiting.map(({ since, timeout }) => since + timeout)));
    this.alarm.keepAlive(this.waiting.length > 0);
    this.owner.warm(Math.max(0, ...this.waiting.map(({ n }) => n)));
  }
}
