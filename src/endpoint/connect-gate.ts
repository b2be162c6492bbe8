import { AskerLine } from './asker-line.js';
import type { Asker } from './asker.js';
import type { Timer } from './clock.js';
import { ConnectDelay } from './connect-delay.js';
import type { EndpointStatus } from './endpoint-status.js';
import { Failures } from './failures.js';
import type { GateConfig } from './gate-config.js';
import { RetriesExhaustedError } from './retries-exhausted-error.js';
import { StatusSource } from './status-source.js';
import { newTurn, type Turn } from './turn.js';

/**
 * Who may dial an address, and when: shared by all subscriptions and pools of one endpoint.
 *
 * While the endpoint is healthy, `maxConnecting` attempts run at once. After a failure one probe goes out at a time, each after its delay.
 * After a probe succeeded the ramp stays narrow, one attempt at a time and a first delay apart, until a connection has lived `resetAfter`:
 * a server that accepts and drops is dialled no faster than one that refuses.
 */
export class ConnectGate {
  private readonly source: StatusSource;
  /** Set while the endpoint has given up. */
  exhausted: RetriesExhaustedError | undefined;
  private readonly line = new AskerLine();
  /** The asker whose turn it is, until it has taken it. */
  private called: Asker | undefined;
  private readonly delay: ConnectDelay;
  private connecting = 0;
  private open = 0;
  private readonly failures: Failures;
  private timer: Timer | undefined;

  constructor(private readonly config: GateConfig) {
    this.source = new StatusSource(config.clock);
    this.delay = new ConnectDelay(config.clock, config.delay);
    this.failures = new Failures(config.resetAfter);
  }

  get status(): EndpointStatus {
    this.failures.prove(this.config.clock.now());
    this.update();
    return this.source.value;
  }

  /** Calls back at each change of `status`, until the returned function is called. */
  watch(changed: () => void): () => void {
    return this.source.watch(changed);
  }

  /** Unproven, and not revived by hand. */
  get failing(): boolean {
    return this.failures.count > 0;
  }

  /** Given up; or failing, and not only because a connection that had lived was lost. */
  get down(): boolean {
    return this.exhausted !== undefined || (this.failing && this.failures.latest === 'failed');
  }

  /** How long until the next attempt may start, in ms, where that is known. */
  get retryIn(): number | undefined {
    if (this.exhausted !== undefined || this.delay.nextAt === Infinity) return undefined;
    const { readyAt } = this.config.bucket;
    return Math.max(0, (this.failing ? Math.max(this.delay.nextAt, readyAt) : readyAt) - this.config.clock.now());
  }

  /** A turn now; or none, and the asker stands in line and is called. Asking again while in line only tells anew whether it is urgent. */
  take(asker: Asker): Turn | undefined {
    const isCalled = asker === this.called;
    if (!isCalled) this.line.join(asker);
    if (isCalled ? this.isFree() : asker === this.next()) {
      this.called = undefined;
      this.line.leave(asker);
      this.connecting++;
      const now = this.config.clock.now();
      this.config.bucket.take(now);
      this.update();
      return newTurn(now, this.failures.era);
    }
    if (isCalled) this.line.join(asker);
    this.arm();
    return undefined;
  }

  /** The asker no longer wants a turn. The others lose nothing by it, and no delay starts over. */
  leave(asker: Asker): void {
    this.line.leave(asker);
    this.arm();
  }

  connected(turn: Turn): void {
    this.connecting--;
    this.open++;
    turn.connectedAt = this.config.clock.now();
    if (this.failures.opened(turn)) this.delay.pace(this.config.urgentMax);
    this.settle();
  }

  failed(turn: Turn, error: unknown): void {
    this.connecting--;
    if (turn.era === this.failures.era) this.count(error, false);
    this.settle();
  }

  /** The attempt was given up by whoever had asked for it; before it had begun, if so. */
  abandoned(isUnused = false): void {
    this.connecting--;
    if (isUnused) this.config.bucket.giveBack();
    this.settle();
  }

  /** An established connection closed under us. Losing one of several that had lived is routine; losing the last one is news. */
  lost(turn: Turn, error: unknown): void {
    const young = this.config.clock.now() - turn.connectedAt < this.config.resetAfter;
    if (!this.ended(turn)) return;
    const last = this.open === 0;
    const counts = turn.era === this.failures.era ? young || last : !this.failing && last;
    if (counts && !turn.excused) this.count(error, !young);
    this.settle();
  }

  /** An established connection was closed on purpose. */
  closed(turn: Turn): void {
    if (this.ended(turn)) this.settle();
  }

  /** Ends a delay, and revives a gate that has given up. */
  retryNow(): void {
    if (this.exhausted !== undefined) this.failures.count = 0;
    this.exhausted = undefined;
    this.delay.end();
    this.settle();
  }

  /** False for an end that has been told before. */
  private ended(turn: Turn): boolean {
    if (turn.isOver) return false;
    turn.isOver = true;
    this.failures.prove(this.config.clock.now());
    this.open--;
    this.failures.closed(turn);
    return true;
  }

  private count(error: unknown, isRoutine: boolean): void {
    this.failures.add(error, isRoutine);
    if (this.failures.count > this.config.count || !this.config.shouldRetry(error)) {
      this.exhaust(error);
      return;
    }
    this.delay.start(error, this.failures.count, {
      ready: () => this.settle(),
      giveUp: (reason) => this.exhaust(reason),
    });
  }

  private exhaust(error: unknown): void {
    this.delay.cancel();
    const exhausted = (this.exhausted = new RetriesExhaustedError(this.config.address, this.failures.count, error));
    this.update();
    for (const asker of this.line.snapshot()) if (this.exhausted === exhausted) asker.gaveUp(exhausted);
  }

  private isFree(): boolean {
    const { clock, bucket } = this.config;
    this.failures.prove(clock.now());
    return this.exhausted === undefined && this.hasRoom && bucket.readyAt <= clock.now();
  }

  private get hasRoom(): boolean {
    return this.connecting < (this.failures.isUnproven ? 1 : this.config.maxConnecting);
  }

  /** Who may dial now. A delay that is cut short is cut for those in a hurry only. */
  private next(): Asker | undefined {
    if (!this.isFree()) return undefined;
    const now = this.config.clock.now();
    if (!this.failing || this.delay.nextAt <= now) return this.line.first;
    return this.delay.since + this.config.urgentMax <= now ? this.line.firstUrgent : undefined;
  }

  private settle(): void {
    this.update();
    this.serve();
  }

  /** Calls one after the other while turns are free. Who takes a turn may come again behind the others; who declines is out of the line. */
  private serve(): void {
    if (this.called !== undefined) return;
    let chances = this.line.size;
    for (let asker = this.next(); asker !== undefined && chances-- > 0; asker = this.next()) {
      this.line.leave(asker);
      this.called = asker;
      asker.turn();
      // As long as turns are taken, the line goes round.
      if ((this.called as Asker | undefined) === undefined) chances = this.line.size;
      this.called = undefined;
    }
    this.arm();
  }

  /** One timer, which holds the process only while somebody waits for it who does. */
  private arm(): void {
    this.update();
    this.delay.watch(this.failing && (this.line.size > 0 || this.connecting > 0));
    this.timer?.cancel();
    this.timer = undefined;
    const at = this.dueAt;
    if (at === Infinity) return;
    this.timer = this.config.clock.set(at, () => this.settle());
    if (!this.line.keepsAlive) this.timer.unref();
  }

  /** When there is something to do, or another status to tell. */
  private get dueAt(): number {
    if (this.exhausted !== undefined) return Infinity;
    if (this.line.size > 0) return Math.min(this.failures.provenAt, this.turnAt);
    if (!this.failures.isUnproven) return Infinity;
    return this.isResting && this.source.value.state === 'down' ? this.delay.restsAt : Infinity;
  }

  /** A connection that had lived was lost, and nobody dials nor wants to: once the delay is over, nothing is known to be wrong. */
  private get isResting(): boolean {
    return this.failures.latest === 'lost' && this.line.size === 0 && this.connecting === 0;
  }

  /** When there is a turn for those in line, if that is a matter of time. */
  private get turnAt(): number {
    const { readyAt } = this.config.bucket;
    if (!this.hasRoom) return Infinity;
    if (!this.failing) return readyAt > this.config.clock.now() ? readyAt : Infinity;
    const urgentAt = this.line.firstUrgent === undefined ? Infinity : this.delay.since + this.config.urgentMax;
    return Math.max(Math.min(this.delay.nextAt, urgentAt), readyAt);
  }

  private update(): void {
    const state = this.state();
    const { nextAt } = this.delay;
    const isKnown = state === 'down' && this.connecting === 0 && nextAt !== Infinity;
    const at = isKnown ? Math.max(nextAt, this.config.bucket.readyAt) : undefined;
    this.source.set(state, state === 'idle' ? undefined : this.failures.error, at);
  }

  private state(): EndpointStatus['state'] {
    if (this.exhausted !== undefined) return 'failed';
    if (this.open > 0) return 'up';
    const isOver = this.isResting && this.delay.restsAt <= this.config.clock.now();
    if (this.failing && this.failures.latest !== undefined && !isOver) return 'down';
    return this.connecting > 0 || (this.failing && this.line.size > 0) ? 'connecting' : 'idle';
  }
}
