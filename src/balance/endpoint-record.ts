/** Whatever has a record to be judged by. */
export interface Judged {
  readonly record: EndpointRecord;
}

/** A returning endpoint's share in the first tenth of its slow start. */
const COLDEST = 0.1;

/** What is known of one endpoint's behaviour. Written by {@link Ejection} only, and read by whoever likes. */
export class EndpointRecord {
  /** `probing`: the ejection is over, and one borrower at a time may try whether the endpoint is good again. */
  state: 'in' | 'ejected' | 'probing' = 'in';
  isDown = false;

  /** Since the beginning, whether they counted or not. */
  successes = 0;
  failures = 0;
  ejections = 0;

  /** Those since the last success. */
  failuresInRow = 0;
  /** In the current interval, as far as they count. */
  recentSuccesses = 0;
  recentFailures = 0;
  /** Time in use, of the recent successes: a refusal may be quick, and says nothing about speed. */
  recentTime = 0;

  /** Ejections in a row; one fewer for each interval that it stays in. */
  timesInRow = 0;
  /** When it is to return, or was to when it last did. */
  until = 0;
  /** When the probe under way keeps others from trying no longer; `Infinity` while there is none. */
  probeUntil: number = Infinity;
  /** What began before this says nothing about how the endpoint is now. */
  countsFrom: number = Infinity;

  private decayedAt = 0;
  private coldAt = 0;
  private warmAt = 0;

  /** How much of its share it is to get, from 0.1 to 1. */
  warmth(now: number): number {
    if (now >= this.warmAt) return 1;
    return Math.max(COLDEST, (now - this.coldAt) / (this.warmAt - this.coldAt));
  }

  /** Somebody tries it, and nobody else is to do so. */
  get isOnTrial(): boolean {
    return this.state === 'probing' && this.probeUntil !== Infinity;
  }

  /** Neither out nor down. */
  get isGood(): boolean {
    return this.state === 'in' && !this.isDown;
  }

  /** When it becomes `probing`, or open to a further probe, by time alone. */
  get deadline(): number {
    return this.state === 'ejected' ? this.until : this.probeUntil;
  }

  get recentRequests(): number {
    return this.recentSuccesses + this.recentFailures;
  }

  get failureRate(): number {
    return this.recentFailures / this.recentRequests;
  }

  get meanTime(): number {
    return this.recentTime / this.recentSuccesses;
  }

  /** Nothing of what has been so far counts. */
  forget(countsFrom: number): void {
    this.countsFrom = countsFrom;
    this.probeUntil = Infinity;
    this.failuresInRow = 0;
    this.startInterval();
  }

  startInterval(): void {
    this.recentSuccesses = 0;
    this.recentFailures = 0;
    this.recentTime = 0;
  }

  /** It is in from now on, and each interval that it stays so takes one of its times away. */
  startDecay(now: number): void {
    this.decayedAt = now;
  }

  /** Only while it is in. */
  decay(now: number, interval: number): void {
    const passed = Math.max(0, Math.floor((now - this.decayedAt) / interval));
    this.timesInRow = Math.max(0, this.timesInRow - passed);
    this.decayedAt += passed * interval;
  }

  startSlowly(now: number, duration: number): void {
    this.coldAt = now;
    this.warmAt = now + duration;
  }
}
