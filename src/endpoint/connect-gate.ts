import { AskerLine } from './asker-line.js';
import type { Asker } from './asker.js';
import type { Timer } from './clock.js';
import { ConnectDelay } from './connect-delay.js';
import type { EndpointStatus } from './endpoint-status.js';
import type { GateConfig } from './gate-config.js';
import { RetriesExhaustedError } from './retries-exhausted-error.js';
import { StatusSource } from './status-source.js';
import type { Turn } from './turn.js';

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
  private failures = 0;
  private era = 0;
  private error: unknown;
  /** From a failure until a connection has lived `resetAfter`. */
  private unproven = false;
  /** The connections opened since the last failure, oldest first: its age proves the endpoint. */
  private readonly survivors = new Set<Turn>();
  private timer: Timer | undefined;

  constructor(private readonly config: GateConfig) {
    this.source = new StatusSource(config.clock);
    this.delay = new ConnectDelay(config.clock, config.delay);
  }

  get status(): EndpointStatus {
    this.prove();
    this.update();
    return this.source.value;
  }

  /** Calls back at each change of `status`, until the returned function is called. */
  watch(changed: () => void): () => void {
    return this.source.watch(changed);
  }

  /** Unproven, and not revived by hand. */
  get failing(): boolean {
    return this.failures > 0;
  }

  /** How long until the next attempt may start, in ms, where that is known. */
  get retryIn(): number | undefined {
    if (this.exhausted !== undefined || this.delay.nextAt === Infinity) return undefined;
    return this.failing ? Math.max(0, this.delay.nextAt - this.config.clock.now()) : 0;
  }

  /** A turn now; or none, and the asker stands in line and is called. Asking again while in line only tells anew whether it is urgent. */
  take(asker: Asker): Turn | undefined {
    const isCalled = asker === this.called;
    if (!isCalled) this.line.join(asker);
    if (isCalled ? this.isFree() : asker === this.next()) {
      this.called = undefined;
      this.line.leave(asker);
      this.connecting++;
      this.update();
      return { takenAt: this.config.clock.now(), era: this.era, connectedAt: 0, excused: false, isOver: false };
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
    if (this.unproven && turn.era === this.era) {
      this.survivors.add(turn);
      this.delay.pace(this.config.urgentMax);
    }
    this.settle();
  }

  failed(turn: Turn, error: unknown): void {
    this.connecting--;
    if (turn.era === this.era) this.count(error);
    this.settle();
  }

  /** The attempt was given up by whoever had asked for it. */
  abandoned(): void {
    this.connecting--;
    this.settle();
  }

  /** An established connection closed under us. Losing one of several that had lived is routine; losing the last one is news. */
  lost(turn: Turn, error: unknown): void {
    const young = this.config.clock.now() - turn.connectedAt < this.config.resetAfter;
    if (!this.ended(turn)) return;
    const last = this.open === 0;
    const counts = turn.era === this.era ? young || last : !this.failing && last;
    if (counts && !turn.excused) this.count(error);
    this.settle();
  }

  /** An established connection was closed on purpose. */
  closed(turn: Turn): void {
    if (this.ended(turn)) this.settle();
  }

  /** Ends a delay, and revives a gate that has given up. */
  retryNow(): void {
    if (this.exhausted !== undefined) this.failures = 0;
    this.exhausted = undefined;
    this.delay.end();
    this.settle();
  }

  /** False for an end that has been told before. */
  private ended(turn: Turn): boolean {
    if (turn.isOver) return false;
    turn.isOver = true;
    this.prove();
    this.open--;
    this.survivors.delete(turn);
    return true;
  }

  /** Forgets the failures once a connection has lived long enough. Asked when it matters, so that no timer waits for it. */
  private prove(): void {
    if (this.config.clock.now() >= this.provenAt) this.forget();
  }

  private forget(): void {
    this.failures = 0;
    this.unproven = false;
    this.survivors.clear();
    this.error = undefined;
  }

  private count(error: unknown): void {
    this.era++;
    this.failures++;
    this.survivors.clear();
    this.unproven = true;
    this.error = error;
    if (this.failures > this.config.count || !this.config.shouldRetry(error)) {
      this.exhaust(error);
      return;
    }
    this.delay.start(error, this.failures, {
      ready: () => this.settle(),
      giveUp: (reason) => this.exhaust(reason),
    });
  }

  private exhaust(error: unknown): void {
    this.delay.cancel();
    const exhausted = new RetriesExhaustedError(this.config.address, this.failures, error);
    this.exhausted = exhausted;
    this.update();
    for (const asker of this.line.snapshot()) if (this.exhausted === exhausted) asker.gaveUp(exhausted);
  }

  private isFree(): boolean {
    this.prove();
    return this.exhausted === undefined && this.connecting < (this.unproven ? 1 : this.config.maxConnecting);
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

  /** One timer, armed only while somebody waits for it. */
  private arm(): void {
    this.delay.watch(this.failing && (this.line.size > 0 || this.connecting > 0));
    this.timer?.cancel();
    this.timer = undefined;
    if (!this.unproven || this.exhausted !== undefined || this.line.size === 0) return;
    const at = Math.min(this.provenAt, this.failing && this.connecting === 0 ? this.probeAt : Infinity);
    if (at === Infinity) return;
    this.timer = this.config.clock.set(at, () => {
      this.timer = undefined;
      this.serve();
    });
    if (!this.line.keepsAlive) this.timer.unref();
  }

  /** When the next probe may go out. */
  private get probeAt(): number {
    const urgentAt = this.line.firstUrgent === undefined ? Infinity : this.delay.since + this.config.urgentMax;
    return Math.min(this.delay.nextAt, urgentAt);
  }

  /** When the endpoint is proven, if the oldest connection lives until then. */
  private get provenAt(): number {
    const [oldest] = this.survivors;
    return oldest === undefined ? Infinity : oldest.connectedAt + this.config.resetAfter;
  }

  private update(): void {
    const state = this.state();
    const waiting = state === 'down' && this.connecting === 0 && this.delay.nextAt !== Infinity;
    this.source.set(state, state === 'idle' ? undefined : this.error, waiting ? this.delay.nextAt : undefined);
  }

  private state(): EndpointStatus['state'] {
    if (this.exhausted !== undefined) return 'failed';
    if (this.open > 0) return 'up';
    if (this.failing) return 'down';
    return this.connecting > 0 ? 'connecting' : 'idle';
  }
}
