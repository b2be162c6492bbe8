import type { Turn } from './turn.js';

/** What is known against an endpoint: how often it has failed since a connection last lived for `resetAfter`. */
export class Failures {
  count = 0;
  /** Tells what came before the latest failure from what came after it. */
  era = 0;
  error: unknown;
  /** The latest news: an attempt has failed or what came of it did not live, a connection that had lived was lost, or neither. */
  latest: 'failed' | 'lost' | undefined;
  /** From a failure until a connection has lived. */
  isUnproven = false;
  /** The connections opened since, oldest first: its age proves the endpoint. */
  private readonly survivors = new Set<Turn>();

  constructor(private readonly resetAfter: number) {}

  add(error: unknown, isRoutine: boolean): void {
    if (!isRoutine) this.latest = 'failed';
    else this.latest ??= 'lost';
    this.era++;
    this.count++;
    this.error = error;
    this.isUnproven = true;
    this.survivors.clear();
  }

  /** True where a connection has been opened that may prove the endpoint. */
  opened(turn: Turn): boolean {
    this.latest = undefined;
    const isProof = this.isUnproven && turn.era === this.era;
    if (isProof) this.survivors.add(turn);
    return isProof;
  }

  closed(turn: Turn): void {
    this.survivors.delete(turn);
  }

  /** Forgets all once a connection has lived long enough. Asked when it matters, so that no timer waits for it. */
  prove(now: number): void {
    if (now < this.provenAt) return;
    this.count = 0;
    this.isUnproven = false;
    this.survivors.clear();
    this.error = undefined;
  }

  /** When the endpoint is proven, if the oldest connection lives until then. */
  get provenAt(): number {
    const [oldest] = this.survivors;
    return oldest === undefined ? Infinity : oldest.connectedAt + this.resetAfter;
  }
}
