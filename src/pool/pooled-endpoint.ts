import type { Clock } from '../endpoint/clock.js';
import type { Candidate } from '../balance/candidate.js';
import { isGood } from '../balance/is-good.js';
import type { Placed } from '../balance/placed.js';
import { EndpointRecord, type Judged } from '../balance/endpoint-record.js';
import type { EndpointStatus } from '../endpoint/endpoint-status.js';
import { Heap } from '../endpoint/heap.js';
import { IdleSet } from './idle-set.js';
import { Samples } from './samples.js';
import type { Slot } from './slot.js';

/** What a weight of 0 counts as: somebody has to be last. */
const LEAST_WEIGHT = 0.001;

/** The time in which the memory of a long lease fades to 1/e, in ms. */
const FADES_IN = 10_000;

/** What one pool knows of one of its endpoints. */
export class PooledEndpoint<C> implements Candidate, Placed, Judged {
  readonly idle: IdleSet<C>;
  /** Those lent that may be lent once more at the same time, by how many have them; among equals, who has had so many for longest. */
  readonly shared: Heap<Slot<C>> = new Heap();
  connecting = 0;
  /** Connections that are idle, lent or checking. */
  open = 0;
  closing = 0;
  /** Its own, as its status has it. */
  status: EndpointStatus['state'] = 'idle';
  readonly record: EndpointRecord = new EndpointRecord();
  leases = 0;
  /** Borrowers in the queue who want this endpoint and no other. */
  waiting = 0;
  /** `validate` hooks that have not answered yet. */
  validating = 0;
  /** What has been idle since before this time is validated before its next grant: another one was lost. */
  suspectAt: number = -Infinity;
  /** The last attempt failed: its return is looked out for, whether or not somebody waits. */
  isDead = false;
  /** It has come, or failed, while the others served: it is to get as many connections as they have, by weight. */
  isFilling = false;
  /** Its last connection was lost, and it has not been tried since. */
  isLost = false;
  /** The gate was asked for a turn, said no, and will call. */
  asked = false;
  /** Called when it may have got its first connection to lend, or lent its last one. */
  changed: (() => void) | undefined;
  /** The pool has, or has had, several. */
  isOneOfSeveral = false;
  /** Whether whoever takes any endpoint may be given this one. */
  isInScope = true;
  /** It is lent only to those who want no other. */
  isShunned = false;
  /** How many are out of scope that come before it: it would not be used but for them. */
  standsInFor = 0;
  /** The longest that a lease has taken, as it has faded by `takenAt`. */
  private taken = 0;
  private takenAt = 0;
  mark = 0;
  readonly connectTime: Samples = new Samples();
  readonly useTime: Samples = new Samples();
  place = -1;

  constructor(
    /** How many the pool had had before. */
    readonly order: number,
    readonly address: string,
    idleOrder: 'lifo' | 'fifo',
    private readonly clock: Pick<Clock, 'now'>,
    /** Its share beside others, and the group it belongs to, as its transport has it. */
    public share = 1,
    public priority = 0,
  ) {
    this.idle = new IdleSet(idleOrder, this);
  }

  /**
   * A long lease counts in full at once; what is shorter, and time without any, lets it fade: Finagle's `PeakEwma`, with its decay of 10 s, so
   * that nobody who was slow once is avoided for ever.
   */
  get latency(): number {
    return this.taken * Math.exp((this.takenAt - this.clock.now()) / FADES_IN);
  }

  /** A lease has taken that long. */
  took(held: number, now: number): void {
    if (now === this.takenAt) {
      // Most leases are much shorter than what the clock can tell apart.
      if (held > this.taken) this.taken = held;
      return;
    }
    const kept = Math.exp((this.takenAt - now) / FADES_IN);
    this.taken = Math.max(held, this.taken * kept + held * (1 - kept));
    this.takenAt = now;
  }

  get state(): Candidate['state'] {
    return this.record.state === 'in' ? this.status : 'ejected';
  }

  /** Whether there is reason to send borrowers there. */
  get isEligible(): boolean {
    return this.isInScope && isGood(this);
  }

  get warmth(): number {
    return this.record.warmth(this.clock.now());
  }

  get weight(): number {
    return Math.max(this.share, LEAST_WEIGHT) * this.warmth;
  }

  /** Sockets from the start of dialling until they have closed. */
  get owned(): number {
    return this.connecting + this.open + this.closing;
  }
}
