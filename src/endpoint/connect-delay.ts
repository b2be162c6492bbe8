import { Subscription } from 'rxjs';
import type { Clock } from './clock.js';
import type { DelayOutcome, RetryDelay } from './retry-delay.js';

/** The wait between a failure of an endpoint and its next attempt. */
export class ConnectDelay {
  /** When it began: with the failure, or with the connection after which it paces the next. */
  since = 0;
  /** When the next attempt may start; `Infinity` while only a notifier knows. */
  nextAt = 0;
  /** When a loss is told of no more, if nobody dials again: a notifier runs for those only who do. */
  restsAt = 0;
  /** Starts the notifier and returns what stops it. */
  private run: (() => () => void) | undefined;
  private running: Subscription | undefined;
  private round = 0;

  constructor(
    private readonly clock: Clock,
    private readonly delay: RetryDelay,
  ) {}

  /** Starts over after failure number `failures`. */
  start(error: unknown, failures: number, outcome: DelayOutcome): void {
    this.cancel();
    const { round } = this;
    this.since = this.clock.now();
    this.nextAt = Infinity;
    this.restsAt = this.since + this.delay.pace();
    const length = this.delay.start(error, failures);
    // Even a delay of 0 lets the event loop turn once.
    if (typeof length === 'number') {
      this.nextAt = this.since + Math.max(length, 1);
      this.restsAt = this.nextAt;
    } else {
      this.run = () =>
        length({
          ready: () => {
            if (round !== this.round) return;
            this.end();
            outcome.ready();
          },
          giveUp: (reason) => {
            if (round === this.round) outcome.giveUp(reason);
          },
        });
    }
  }

  /** A notifier runs while somebody waits for it, and starts over for the next one. */
  watch(isWaitedFor: boolean): void {
    if (!isWaitedFor) {
      this.running?.unsubscribe();
      this.running = undefined;
    } else if (this.run !== undefined && this.running === undefined) {
      const running = new Subscription();
      this.running = running;
      running.add(this.run());
    }
  }

  /** The next attempt may start now, but no sooner than a moment after the failure. */
  end(): void {
    this.cancel();
    this.nextAt = Math.max(this.clock.now(), this.since + 1);
  }

  /** The next attempt may start a first delay from now. */
  pace(longest: number): void {
    this.cancel();
    this.since = this.clock.now();
    this.nextAt = this.since + Math.min(this.delay.pace(), longest);
  }

  cancel(): void {
    this.round++;
    this.run = undefined;
    this.watch(false);
  }
}
